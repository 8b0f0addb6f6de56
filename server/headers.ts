import type { MiddlewareHandler } from 'hono'

/**
 * For every answer that does not know better. Pages of other origins read answers by CORS, which
 * the resource policy does not touch; what it forbids is to take them in without asking. No
 * Strict-Transport-Security: that speaks for the whole host, which is the site's own.
 */
const STRICT = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
}

const HEADERS = Object.entries({ ...STRICT, 'cache-control': 'no-store' })

/**
 * Adds strict headers, and `no-store` where nothing else was said. To the answer itself: `c.header()`
 * would make another one of it, which costs more than all else that is done for a read.
 */
export const strictHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  const { headers } = c.res
  for (const [name, value] of HEADERS) if (!headers.has(name)) headers.set(name, value)
}
