// A host: the backend mounted in a server of its own, which tells the campaign of every change.

import type { Server } from 'node:http'
import { Hono } from 'hono'
import { createVerifyApp } from '../../server/app.ts'
import { createDidit } from '../../server/didit/client.ts'
import { close, listen, stopOnSignal } from '../../server/main.ts'
import { createOperatorApp } from '../../server/operator.ts'
import type { VerifyOptions } from '../../server/options.ts'
import { startBackground } from '../../server/reconcile.ts'
import { DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { shareBudget } from '../../server/shared-budget.ts'
import { openStore } from '../../server/store/index.ts'
import { type ClockSettings, createFastClock } from './clock.ts'

/** What the campaign tells a host, as JSON in the variable `HOST`. */
export interface HostSettings {
  port: number
  publicUrl: string
  databaseUrl: string
  didit: string
  /** Where changes are told. */
  told: string
  webhookSecret: string
  operatorToken: string
  clock: ClockSettings
}

const settings = JSON.parse(process.env.HOST ?? '') as HostSettings
const clock = createFastClock(settings.clock)
const { now, timers } = clock
const log = {
  info() {},
  warn: (data: object, message: string) => console.log(JSON.stringify({ message, ...data })),
  error: (data: object, message: string) => console.error(JSON.stringify({ message, ...data })),
}
const leaving = new AbortController()
const working = new Set<Promise<unknown>>()
const store = await openStore(settings.databaseUrl)

const options: VerifyOptions = {
  publicUrl: settings.publicUrl,
  store,
  didit: createDidit({
    apiKey: 'key',
    baseUrl: settings.didit,
    retries: 0,
    patience: 2_000,
    timeout: 20_000,
    budget: shareBudget(store, { now, log }),
    now,
    timers,
    log,
  }),
  workflows: { default: DEFAULT_WORKFLOW },
  webhookSecrets: [settings.webhookSecret],
  identify: (request) => request.headers.get('x-user'),
  allowAnonymous: true,
  limits: { address: 1e6, subject: 1e6, app: 1e6 },
  async onStatus(event) {
    const response = await fetch(settings.told, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    })
    if (!response.ok) throw new Error(`the host's own system answered ${response.status}`)
  },
  signal: leaving.signal,
  waitUntil(work) {
    working.add(work)
    void work.finally(() => working.delete(work))
  },
  now,
  timers,
  log,
}

const app = new Hono()
  .post('/_clock', async (c) => {
    clock.put((await c.req.json()).ahead)
    return c.body(null, 204)
  })
  // What the campaign compares with Didit; a file can be opened by one process only.
  .post('/_rows', async (c) => {
    const ids = (await c.req.json()) as string[]
    return c.json(await Promise.all(ids.map((id) => store.session(id))))
  })
  .get('/_waiting', async (c) =>
    c.json(await store.events({ state: 'waiting', limit: 10, offset: 0 })),
  )
  .route('/api/verify', createVerifyApp(options))
  .route(
    '/api/operator',
    createOperatorApp({ ...options, operators: { anna: settings.operatorToken } }),
  )
const servers: Server[] = []
await listen(servers, app, settings.port, '127.0.0.1')
const stopBackground = startBackground(options)
stopOnSignal(async () => {
  leaving.abort()
  await Promise.all([...servers.map(close), stopBackground()])
  await Promise.allSettled(working)
  await store.close()
})
console.log('Ready')
