// Programmatic review: rules decide what is In Review; a fraud is declined and every entity blocked.

import { serve } from '@hono/node-server'
import { type Check, createDidit, type Decision, verify } from 'didit-verify/server'
import { Hono } from 'hono'

const { DIDIT_API_KEY: apiKey, DIDIT_BASE_URL: baseUrl } = process.env
const { DIDIT_WEBHOOK_SECRET = '', PORT = '3000' } = process.env
const didit = createDidit({ apiKey, baseUrl, timeout: 1_000, retries: 0 })

/** Yours: what is fraud, what is fine, and what only a person can tell. */
const FRAUD = ['LIVENESS_FACE_ATTACK', 'DUPLICATED_FACE', 'NAME_MISMATCH_WITH_PROVIDED']

function judge(decision: Decision) {
  const { face_matches } = decision
  const checks: Check[] = Object.values(decision)
    .flat()
    .filter((each) => each?.node_id)
  const warnings = checks.flatMap((check) => check.warnings ?? [])
  if (warnings.some(({ risk }) => FRAUD.includes(risk))) return 'fraud'
  const doubtful = checks.filter(({ status }) => status !== 'Approved')
  const alike = face_matches?.every(({ score }) => score !== null && score >= 60)
  const onlyFaces = doubtful.every((check) => face_matches?.some((each) => each === check))
  return alike && onlyFaces ? 'fine' : 'unsure'
}

async function review(session_id: string) {
  const decision = await didit.sessions.decision(session_id)
  const open = decision.status === 'In Review'
  const verdict = judge(decision)
  if (open && verdict === 'fine')
    await didit.sessions.approve(session_id, { comment: 'by our rules' })
  if (open && verdict === 'fraud') await didit.sessions.decline(session_id, { comment: 'fraud' })
  // The decline comes back as a webhook: what failed here the first time is done then.
  if (verdict !== 'fraud' || !['In Review', 'Declined'].includes(decision.status)) return
  const entities = { blocklist_face: true, blocklist_document: true }
  const contacts = { blocklist_phone: true, blocklist_email: true }
  await didit.blocklist.add({ session_id, ...entities, ...contacts })
}

const app = new Hono().post('/webhooks', async (c) => {
  const body = new Uint8Array(await c.req.arrayBuffer())
  const from = { headers: c.req.raw.headers, secrets: [DIDIT_WEBHOOK_SECRET], now: Date.now() }
  const verdict = await verify({ body, ...from })
  if (!verdict.ok) return c.json({ code: verdict.code }, 401)
  if (verdict.payload.session_id) await review(verdict.payload.session_id)
  return c.body(null, 204)
})

serve({ fetch: app.fetch, port: Number(PORT) })
