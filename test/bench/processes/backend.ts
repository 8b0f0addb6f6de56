// The backend as `serve` has it, log and metrics included, but for the limits: of one address, and
// of what Didit allows in a minute.

import { AsyncLocalStorage } from 'node:async_hooks'
import { Hono } from 'hono'
import pino from 'pino'
import {
  createDidit,
  createMetrics,
  createVerifyApp,
  observeDidit,
  openStore,
  startBackground,
  type VerifyOptions,
} from '../../../server/index.ts'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { bundle, OURS } from '../bundle.ts'
import { NO_LIMITS } from '../limits.ts'
import { serve, task } from './process.ts'

export interface BackendTask {
  port: number
  databaseUrl: string
  /** Where the sandbox is. */
  didit: string
  secret: string
  webhookSecret: string
}

const { port, databaseUrl, didit, secret, webhookSecret } = task<BackendTask>()
const context = new AsyncLocalStorage<object>()
const log = pino(
  { base: undefined, mixin: () => ({ ...context.getStore() }) },
  pino.destination('/dev/null'),
)
const metrics = await createMetrics({ runtime: true })
const store = await openStore(databaseUrl)
const working = new Set<Promise<unknown>>()
const options: VerifyOptions = {
  publicUrl: `http://localhost:${port}/api/verify`,
  didit: createDidit({
    apiKey: 'key',
    baseUrl: didit,
    budget: false,
    retries: 0,
    log,
    observe: observeDidit(metrics),
  }),
  workflows: { default: DEFAULT_WORKFLOW },
  store,
  secret,
  webhookSecrets: [webhookSecret],
  limits: NO_LIMITS,
  metrics,
  within: (request, work) => context.run(request, work),
  waitUntil(work) {
    working.add(work)
    void work.finally(() => working.delete(work))
  },
  log,
}
const files = bundle()
const app = new Hono()
  .route('/api/verify', createVerifyApp(options))
  .get('/', (c) => c.html(`<!doctype html><html lang="en"><title>A host</title>${OURS}`))
  .get('/didit-verify*', (c) => {
    const file = files[c.req.path]
    return file ? c.body(file.body, 200, { 'content-type': file.type }) : c.notFound()
  })

const stopBackground = startBackground(options)
await serve({
  port,
  fetch: app.fetch,
  async stop() {
    await Promise.all([stopBackground(), ...working])
    await store.close()
  },
})
