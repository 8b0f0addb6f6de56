// The least that creates a session: a handler that makes the same call to Didit and keeps nothing.

import { Hono } from 'hono'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { serve, task } from './process.ts'

export interface BareCreateTask {
  port: number
  didit: string
}

const { port, didit } = task<BareCreateTask>()

const app = new Hono().post('/api/verify/sessions', async (c) => {
  const { language } = await c.req.json()
  const answer = await fetch(`${didit}/v3/session/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'key' },
    body: JSON.stringify({
      workflow_id: DEFAULT_WORKFLOW,
      vendor_data: `anon_${crypto.randomUUID()}`,
      callback: `http://localhost:${port}/api/verify/return/${crypto.randomUUID()}`,
      language,
    }),
  })
  return c.json({ session: await answer.json() }, 201)
})

await serve({ port, fetch: app.fetch })
