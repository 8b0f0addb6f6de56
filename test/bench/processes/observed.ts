// What any backend of the kind adds to a bare handler, with the same libraries and nothing of ours
// around them: a request's id in every line of the log, one line, counters, and strict headers.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { MiddlewareHandler } from 'hono'
import pino from 'pino'
import { Counter, Histogram } from 'prom-client'

export function observed(): MiddlewareHandler {
  const context = new AsyncLocalStorage<object>()
  const log = pino(
    { base: undefined, mixin: () => ({ ...context.getStore() }) },
    pino.destination('/dev/null'),
  )
  const total = new Counter({ name: 'total', help: 'All.', labelNames: ['method', 'status'] })
  const time = new Histogram({ name: 'seconds', help: 'Each.', labelNames: ['method'] })
  return async (c, next) => {
    const requestId = crypto.randomUUID()
    const start = performance.now()
    await context.run({ requestId }, async () => {
      await next()
      const { method } = c.req
      const { status, headers } = c.res
      headers.set('x-request-id', requestId)
      headers.set('x-content-type-options', 'nosniff')
      headers.set('referrer-policy', 'no-referrer')
      headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
      headers.set('cross-origin-resource-policy', 'same-origin')
      headers.set('cache-control', 'no-store')
      const seconds = (performance.now() - start) / 1000
      total.inc({ method, status })
      time.observe({ method }, seconds)
      log.info({ method, status, ms: Math.round(seconds * 1000) }, 'request')
    })
  }
}
