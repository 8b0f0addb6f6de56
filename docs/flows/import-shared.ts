// B2B sharing, service Y: takes over what service X has shared (share-between-services.ts).

import { serve } from '@hono/node-server'
import { createDidit, DiditError } from 'didit-verify/server'
import { Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'

const { DIDIT_API_KEY: apiKey, DIDIT_BASE_URL: baseUrl, DIDIT_WORKFLOW_ID = '' } = process.env
const { PARTNER_TOKEN = '', TRUST_PARTNER = 'no', PORT = '3000' } = process.env
const didit = createDidit({ apiKey, baseUrl })
const app = new Hono()

app.post('/imports', bearerAuth({ token: PARTNER_TOKEN }), async (c) => {
  const { share_token, user } = await c.req.json()
  try {
    const { session_id, status } = await didit.sessions.importShared({
      share_token,
      // Trusted, it keeps its status; otherwise it is In Review until one of your people decides.
      trust_review: TRUST_PARTNER === 'yes',
      workflow_id: DIDIT_WORKFLOW_ID,
      vendor_data: user,
    })
    return c.json({ session_id, status }, 201)
  } catch (error) {
    // The token is wrong or too old, or the session was imported before: once is all.
    if (error instanceof DiditError) return c.json({ detail: error.message }, 400)
    throw error
  }
})

serve({ fetch: app.fetch, port: Number(PORT) })
