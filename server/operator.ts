import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { createActs } from './acts.ts'
import { settle, type VerifyOptions } from './options.ts'
import { ProblemError, renderProblem } from './problems.ts'
import { accountRoutes } from './routes/operator/account.ts'
import { renderForOperator } from './routes/operator/errors.ts'
import { outboxRoutes } from './routes/operator/outbox.ts'
import { pictureRoutes } from './routes/operator/pictures.ts'
import { reviewRoutes } from './routes/operator/review.ts'

export interface OperatorOptions extends VerifyOptions {
  /** Name -> bearer token of 32 characters or more. The name is what the audit log writes down. */
  operators: Readonly<Record<string, string>>
  /** Fetches pictures from Didit's storage. Default `globalThis.fetch`. */
  fetch?: typeof globalThis.fetch
}

/** What a request of an operator carries once the token has been recognised. */
export interface OperatorEnv {
  Variables: { operator: string }
}

export type OperatorApp = ReturnType<typeof createOperatorApp>

/**
 * What reviewers and administrators do after the decision, behind named bearer tokens: every act
 * is in the audit log, and is applied to the store at once, so that a waiting browser hears of it.
 *
 * No page of a browser reaches it from another origin: it sends no CORS headers.
 *
 * @throws when a token is shorter than 32 characters, or two operators share one.
 */
export function createOperatorApp(options: OperatorOptions) {
  const settings = settle(options)
  const acts = createActs(settings)
  const operatorOf = createGate(options.operators)
  const { log } = settings

  return new Hono<OperatorEnv>()
    .use('*', async (c, next) => {
      c.header('cache-control', 'no-store')
      c.header('x-content-type-options', 'nosniff')
      const operator = await operatorOf(c)
      if (!operator) {
        throw new ProblemError('operator-token', { 'www-authenticate': 'Bearer' })
      }
      c.set('operator', operator)
      await next()
    })
    .use('*', maxBody)
    .route('/', reviewRoutes(settings, acts))
    .route('/', pictureRoutes(settings, options.fetch ?? globalThis.fetch))
    .route('/', accountRoutes(settings, acts))
    .route('/', outboxRoutes(settings, acts))
    .get('/audit', async (c) => c.json(await acts.log(c.req.query())))
    .all('*', () => renderProblem(new ProblemError('not-found')))
    .onError((error) => {
      if (!(error instanceof ProblemError)) {
        log.warn({ error: error.message }, 'operator request failed')
      }
      return renderForOperator(error)
    })
}

// A portrait of two megabytes is the largest thing that Didit takes, here as base64.
const maxBody = bodyLimit({
  maxSize: 4 * 1024 * 1024,
  onError: () => {
    throw new ProblemError('body-too-large')
  },
})

/** Recognises the operator of a request by its bearer token. */
function createGate(operators: Readonly<Record<string, string>>) {
  const tokens = Object.values(operators)
  if (tokens.some((token) => token.length < 32)) {
    throw new Error('An operator token has fewer than 32 characters; use a longer random text.')
  }
  if (new Set(tokens).size < tokens.length) {
    throw new Error('Two operators share a token; give each their own.')
  }
  // Digests are compared, so that the time it takes says nothing about a token.
  const digests = Promise.all(
    Object.entries(operators).map(async ([name, token]) => [await digest(token), name] as const),
  )
  return async (c: Context): Promise<string | undefined> => {
    const [, token] = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
    return token && new Map(await digests).get(await digest(token))
  }
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes)).join()
}
