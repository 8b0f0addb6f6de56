// Basic KYC: the visitor goes to Didit, a webhook says that something changed, the decision says what.

import { serve } from '@hono/node-server'
import { createDidit, verify } from 'didit-verify/server'
import { Hono } from 'hono'

const { DIDIT_API_KEY: apiKey, DIDIT_BASE_URL: baseUrl, DIDIT_WORKFLOW_ID = '' } = process.env
const { DIDIT_WEBHOOK_SECRET = '', PORT = '3000' } = process.env
// A webhook has to be answered in five seconds; Didit repeats what was not.
const didit = createDidit({ apiKey, baseUrl, timeout: 2_000, retries: 0 })
const users = new Map<string, string>() // Yours: a column of a table.
const app = new Hono()

// Yours: who is signed in, in place of an id that anybody could write.
app.post('/users/:id/verification', async (c) => {
  const vendor_data = c.req.param('id')
  const callback = 'https://shop.example/verified'
  const wanted = { workflow_id: DIDIT_WORKFLOW_ID, vendor_data, callback }
  return c.redirect((await didit.sessions.create(wanted)).url, 303)
})

app.post('/webhooks', async (c) => {
  const body = new Uint8Array(await c.req.arrayBuffer())
  const from = { headers: c.req.raw.headers, secrets: [DIDIT_WEBHOOK_SECRET], now: Date.now() }
  const verdict = await verify({ body, ...from })
  if (!verdict.ok) return c.json({ code: verdict.code }, 401)
  const { session_id } = verdict.payload
  if (!session_id) return c.body(null, 204)

  const { status, vendor_data, id_verifications, reviews } =
    await didit.sessions.decision(session_id)
  const [document] = id_verifications ?? []
  const unreadable = document?.warnings.some(({ risk }) => risk === 'COULD_NOT_RECOGNIZE_DOCUMENT')
  const again = reviews.some(({ new_status }) => new_status === 'Resubmitted')
  if (status === 'Declined' && document && unreadable && !again) {
    // A second try, of this step only; the same address works again.
    await didit.sessions.resubmit(session_id, [{ node_id: document.node_id, feature: 'OCR' }])
  } else if (vendor_data) {
    // Only Approved is verified. In Review: a person decides, or review-and-block.ts.
    users.set(vendor_data, status)
  }
  return c.body(null, 204)
})

app.get('/users/:id', (c) => c.json({ status: users.get(c.req.param('id')) ?? null }))

serve({ fetch: app.fetch, port: Number(PORT) })
