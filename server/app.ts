import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { createAccess } from './access.ts'
import { TOKEN_HEADER } from './contract.ts'
import { strictHeaders } from './headers.ts'
import { hasLeft, type ObservedEnv, observe } from './observe.ts'
import { settle, type VerifyOptions } from './options.ts'
import { ProblemError, renderProblem } from './problems.ts'
import { createReceipts } from './receipts.ts'
import { keyRoutes } from './routes/keys.ts'
import { probeRoutes } from './routes/probes.ts'
import { returnRoutes } from './routes/return.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { streamRoutes } from './routes/stream.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { createUpdates } from './updates.ts'

export type VerifyApp = ReturnType<typeof createVerifyApp>

/**
 * The backend of `<didit-verify>`: creates sessions with the secret key, tells the browser their
 * status, receives Didit's webhooks. Mount it under the path of `publicUrl`.
 *
 * @example
 * new Hono().route('/api/verify', createVerifyApp({ publicUrl, didit, workflows, store }))
 */
export function createVerifyApp(options: VerifyOptions) {
  const settings = settle(options)
  const { allowedOrigins, log } = settings
  const updates = createUpdates(settings)
  const access = createAccess(settings)
  const receipts = createReceipts(settings)

  const exposed = ['etag', 'retry-after', 'x-request-id'].join()
  const preflight = cors({
    origin: (origin) => (allowedOrigins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['authorization', 'content-type', 'if-none-match', 'last-event-id', TOKEN_HEADER],
    credentials: true,
    maxAge: 600,
  })

  /** Lets pages of the allowed origins read the answers. On the answer itself: see `strictHeaders`. */
  const forPages: MiddlewareHandler = async (c, next) => {
    if (c.req.method === 'OPTIONS') return preflight(c, next)
    await next()
    const { headers } = c.res
    headers.append('vary', 'Origin')
    const origin = c.req.header('origin')
    if (!origin || !allowedOrigins.includes(origin)) return
    headers.set('access-control-allow-origin', origin)
    headers.set('access-control-allow-credentials', 'true')
    headers.set('access-control-expose-headers', exposed)
  }

  return (
    new Hono<ObservedEnv>()
      .use('*', observe(settings), strictHeaders)
      .use('/sessions/*', forPages, async (c, next) => {
        access.checkOrigin(c)
        await next()
      })
      .route('/', probeRoutes(settings))
      .route('/', sessionRoutes(settings, access, updates, receipts))
      .route('/', streamRoutes(settings, access, updates, receipts))
      .route('/', webhookRoutes(settings, updates))
      .route('/', returnRoutes(settings))
      .route('/', keyRoutes(receipts))
      // A route and not `notFound`, which would be the host's own once it mounts this.
      .all('*', () => renderProblem(new ProblemError('not-found')))
      .onError((error, c) => {
        const foreseen = error instanceof ProblemError
        if (!foreseen && hasLeft(c)) return renderProblem(new ProblemError('invalid-body'))
        const cause = foreseen ? error.cause : error
        // A cause may hold what Didit said; it is for the log and never for the browser.
        const code = foreseen ? error.code : 'internal'
        const requestId = c.get('requestId')
        if (cause) log.warn({ requestId, code, error: cause }, 'request failed')
        return renderProblem(error)
      })
  )
}
