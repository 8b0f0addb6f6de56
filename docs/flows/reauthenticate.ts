// Biometric re-authentication: a new selfie is compared with the portrait of an approved session.

import { serve } from '@hono/node-server'
import { createDidit, reauthenticate, verify } from 'didit-verify/server'
import { Hono } from 'hono'

const { DIDIT_API_KEY: apiKey, DIDIT_BASE_URL: baseUrl, PORT = '3000' } = process.env
const { DIDIT_WORKFLOW_ID = '', DIDIT_BIOMETRIC_WORKFLOW_ID = '' } = process.env
const { DIDIT_WEBHOOK_SECRET = '' } = process.env
const didit = createDidit({ apiKey, baseUrl, timeout: 2_000, retries: 0 })
const confirmed = new Map<string, number>() // Yours: a column of a table.
const app = new Hono()

// Yours: who is signed in, in place of an id that anybody could write.
app.post('/users/:id/confirmation', async (c) => {
  const vendor_data = c.req.param('id')
  const known = { vendor_data, workflow_id: DIDIT_WORKFLOW_ID, status: 'Approved', limit: 1 }
  const [approved] = (await didit.sessions.list(known)).results
  if (!approved) return c.json({ detail: 'Verify your identity first.' }, 409)
  // Downloads the portrait now: a link that was kept is dead after an hour.
  const session = await reauthenticate(didit, {
    session_id: approved.session_id,
    workflow_id: DIDIT_BIOMETRIC_WORKFLOW_ID,
    callback: 'https://shop.example/confirmed',
  })
  return c.redirect(session.url, 303)
})

app.post('/webhooks', async (c) => {
  const body = new Uint8Array(await c.req.arrayBuffer())
  const from = { headers: c.req.raw.headers, secrets: [DIDIT_WEBHOOK_SECRET], now: Date.now() }
  const verdict = await verify({ body, ...from })
  if (!verdict.ok) return c.json({ code: verdict.code }, 401)
  const { session_id } = verdict.payload
  if (!session_id) return c.body(null, 204)
  const { status, workflow_id, vendor_data } = await didit.sessions.decision(session_id)
  const ours = workflow_id === DIDIT_BIOMETRIC_WORKFLOW_ID && vendor_data
  if (ours && status === 'Approved') confirmed.set(vendor_data, Date.now())
  return c.body(null, 204)
})

app.get('/users/:id', (c) => c.json({ confirmed: confirmed.get(c.req.param('id')) ?? null }))

serve({ fetch: app.fetch, port: Number(PORT) })
