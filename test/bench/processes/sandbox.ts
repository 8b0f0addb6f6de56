// Didit's sandbox without limits. It writes down when each webhook left.

import { Hono } from 'hono'
import { createSandbox } from '../../../server/sandbox/app.ts'
import { serve, task } from './process.ts'

export interface SandboxTask {
  port: number
  /** Where webhooks go. Nowhere by default. */
  webhook?: { url: string; secret: string }
}

/** A webhook as it left: when, in milliseconds since 1970. */
export interface Sent {
  session_id: string
  status: string
  at: number
}

const { port, webhook } = task<SandboxTask>()
let ahead = 0
let sent: Sent[] = []
const sandbox = createSandbox({
  publicUrl: `http://127.0.0.1:${port}`,
  limits: false,
  webhook,
  log: { info() {}, warn() {}, error() {} },
  now: () => Date.now() + ahead,
  fetch(input, init) {
    const { session_id, status } = JSON.parse(String(init?.body))
    sent.push({ session_id, status, at: performance.timeOrigin + performance.now() })
    return fetch(input, init)
  },
})
const app = new Hono()
  .get('/sent', (c) => {
    const webhooks = sent
    sent = []
    return c.json(webhooks)
  })
  // Events are told apart by seconds; a visitor needs as long for a step, a measurement does not.
  .put('/ahead/:ms', (c) => {
    ahead = Number(c.req.param('ms'))
    return c.body(null, 204)
  })
  .route('/', sandbox.app)

await serve({ port, fetch: app.fetch, stop: sandbox.close })
