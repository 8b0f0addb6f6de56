// B2B sharing, service X: hands a finished verification to service Y, which runs import-shared.ts.

import { serve } from '@hono/node-server'
import { createDidit, DiditError } from 'didit-verify/server'
import { Hono } from 'hono'

const { DIDIT_API_KEY: apiKey, DIDIT_BASE_URL: baseUrl, PORT = '3000' } = process.env
const { PARTNER_APPLICATION = '', PARTNER_URL = '', PARTNER_TOKEN = '' } = process.env
const didit = createDidit({ apiKey, baseUrl })
const app = new Hono()

// Yours: only the signed-in user's own session, and only once they have agreed.
app.post('/users/:user/sessions/:session/share', async (c) => {
  const { user, session } = c.req.param()
  const wanted = { for_application_id: PARTNER_APPLICATION, ttl_in_seconds: 300 }
  try {
    const { share_token } = await didit.sessions.share(session, wanted)
    // From backend to backend; the token lets Y alone import the session, once.
    const response = await fetch(`${PARTNER_URL}/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${PARTNER_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ share_token, user }),
    })
    return c.json(await response.json(), response.ok ? 201 : 502)
  } catch (error) {
    // Only what is Approved, Declined or In Review can be shared.
    if (error instanceof DiditError) return c.json({ detail: error.message }, 400)
    throw error
  }
})

serve({ fetch: app.fetch, port: Number(PORT) })
