// The backend as a host mounts it, with the log of `serve`, and with limits far away: here thousands
// of sessions come from one address.

import { Hono } from 'hono'
import pino from 'pino'
import { createDidit, createVerifyApp, openStore, startBackground } from '../../../server/index.ts'
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
const log = pino({ base: undefined }, pino.destination('/dev/null'))
const store = await openStore(databaseUrl)
const working = new Set<Promise<unknown>>()
const options = {
  publicUrl: `http://localhost:${port}/api/verify`,
  didit: createDidit({ apiKey: 'key', baseUrl: didit, budget: false, retries: 0, log }),
  workflows: { default: DEFAULT_WORKFLOW },
  store,
  secret,
  webhookSecrets: [webhookSecret],
  limits: NO_LIMITS,
  waitUntil(work: Promise<unknown>) {
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
