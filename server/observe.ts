import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Settings } from './options.ts'

/** What a request carries for those who handle it. */
export interface ObservedEnv {
  Variables: { requestId: string }
}

/** As proxies make them; nothing that could break out of a line or a header. */
const WELL_FORMED = /^[\w.:=-]{8,128}$/
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']
/** What asks every few seconds would fill a log by itself. */
const PROBE = /\/(health|ready|metrics)$/

/** Whether the client is gone, or was cut off for being slow: what fails then has not failed here. */
export const hasLeft = (c: Context): boolean => c.req.raw.signal.aborted

/**
 * Gives each request an id, counts it, and writes down what was answered. The id is the proxy's
 * `X-Request-Id` where proxies are trusted, else a fresh one; the answer carries it.
 *
 * Refusals leave no line: whoever sends a flood of them must not fill the disk. They are counted,
 * and what failed on our side has a line of its own.
 */
export function observe({ metrics, trustedProxies, within, log, logsRequests }: Settings) {
  const observed: MiddlewareHandler<ObservedEnv> = async (c, next) => {
    const given = trustedProxies > 0 ? (c.req.header('x-request-id') ?? '') : ''
    const requestId = WELL_FORMED.test(given) ? given : crypto.randomUUID()
    c.set('requestId', requestId)
    const start = performance.now()
    await within({ requestId }, next)

    c.res.headers.set('x-request-id', requestId)
    const seconds = (performance.now() - start) / 1000
    const method = METHODS.includes(c.req.method) ? c.req.method : 'other'
    const { status } = c.res
    // The route and not the path: paths hold ids.
    const route = routePath(c)
    metrics.count('http_requests_total', { route, method, status: String(status) })
    metrics.time('http_request_seconds', seconds, { route, method })
    if (!logsRequests || status >= 400 || PROBE.test(route)) return
    const session = c.req.param('id')
    const ms = Math.round(seconds * 1000)
    log.info({ requestId, method, route, status, ms, ...(session && { session }) }, 'request')
  }
  return observed
}
