import { Hono } from 'hono'
import { AUDIT_FILTERS, createActs } from './acts.ts'
import { createGate, type Operators } from './gate.ts'
import { strictHeaders } from './headers.ts'
import { maxBody } from './max-body.ts'
import { hasLeft, type ObservedEnv, observe } from './observe.ts'
import { settle, type VerifyOptions } from './options.ts'
import { ProblemError, renderProblem } from './problems.ts'
import { accountRoutes } from './routes/operator/account.ts'
import { renderForOperator } from './routes/operator/errors.ts'
import { ownPage, readQuery } from './routes/operator/input.ts'
import { listRoutes } from './routes/operator/lists.ts'
import { outboxRoutes } from './routes/operator/outbox.ts'
import { pictureRoutes } from './routes/operator/pictures.ts'
import { reviewRoutes } from './routes/operator/review.ts'
import { webhookRoutes } from './routes/operator/webhooks.ts'
import { workflowRoutes } from './routes/operator/workflows.ts'

export interface OperatorOptions extends VerifyOptions {
  operators: Operators
  /** Fetches pictures from Didit's storage. Default `globalThis.fetch`. */
  fetch?: typeof globalThis.fetch
}

/** What a request of an operator carries once the token has been recognised. */
export interface OperatorEnv {
  Variables: ObservedEnv['Variables'] & { operator: string }
}

export type OperatorApp = ReturnType<typeof createOperatorApp>

/**
 * What reviewers and administrators do after the decision, behind named bearer tokens: every act
 * is in the audit log, and is applied to the store at once, so that a waiting browser hears of it.
 *
 * No page of a browser reaches it from another origin: it sends no CORS headers.
 *
 * @throws when a token is shorter than 32 characters, or stands twice.
 */
export function createOperatorApp(options: OperatorOptions) {
  const settings = settle(options)
  const acts = createActs(settings)
  const operatorOf = createGate(options.operators)
  const { log } = settings

  const app = new Hono<OperatorEnv>()
    .use('*', observe(settings), strictHeaders)
    .use('*', async (c, next) => {
      c.set('operator', await operatorOf(c))
      await next()
    })
    .use('*', maxBody(MOST))
    .route('/', reviewRoutes(settings, acts))
    .route('/', pictureRoutes(settings, options.fetch ?? globalThis.fetch))
    .route('/', listRoutes(settings, acts))
    .route('/', workflowRoutes(settings, acts))
    .route('/', webhookRoutes(settings, acts))
    .route('/', accountRoutes(settings, acts))
    .route('/', outboxRoutes(settings, acts))
    .get('/audit', async (c) => c.json(ownPage(c, await acts.log(readQuery(c, AUDIT_FILTERS)))))

  for (const [path, methods] of methodsOf(app)) {
    app.all(path, () => {
      throw new ProblemError('method-not-allowed', { allow: methods.join(', ') })
    })
  }

  return app
    .all('*', () => {
      throw new ProblemError('not-found')
    })
    .onError((error, c) => {
      if (hasLeft(c)) return renderProblem(new ProblemError('invalid-body'))
      if (!(error instanceof ProblemError)) {
        log.warn({ requestId: c.get('requestId'), error }, 'operator request failed')
      }
      return renderForOperator(error)
    })
}

/** Path -> the methods that it takes. */
function methodsOf({ routes }: Pick<Hono, 'routes'>): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { path, method } of routes) {
    const known = found.get(path) ?? []
    if (method !== 'ALL' && !known.includes(method)) found.set(path, [...known, method])
  }
  return found
}

// A portrait of two megabytes is the largest thing that Didit takes, here as base64.
const MOST = 4 * 1024 * 1024
