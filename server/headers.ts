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

/** Adds strict headers, and `no-store` where nothing else was said. */
export const strictHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  for (const [name, value] of Object.entries({ ...STRICT, 'cache-control': 'no-store' })) {
    if (!c.res.headers.has(name)) c.header(name, value)
  }
}
