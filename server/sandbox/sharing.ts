// Handing a finished session to another application.

import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { type Call, checked, fieldsOf, notFound, Refusal, sessionOf, workflowFor } from './call.ts'
import { buildDecision } from './decision.ts'
import { body, text, truth, uuid } from './fields.ts'
import { around } from './sessions-api.ts'

const FINISHED = ['Approved', 'Declined', 'In Review']
const ttl = z
  .int('A valid integer is required.')
  .min(60, 'Ensure this value is greater than or equal to 60.')
  .max(86_400, 'Ensure this value is less than or equal to 86400.')
  .default(3_600)

const sharing = body({ for_application_id: uuid, ttl_in_seconds: ttl })
const importing = body({
  share_token: text,
  trust_review: truth,
  workflow_id: uuid,
  vendor_data: text.nullish(),
})

export async function shareSession(call: Call) {
  const session = sessionOf(call)
  const { c, state, application } = call
  const raw = await c.req.text()
  // The older guide sends nothing at all; such a token is for whoever has it.
  const older = raw.trim() === '' && !state.strict
  const wanted = older
    ? { for_application_id: null, ttl_in_seconds: 3_600 }
    : checked(sharing, parse(raw))
  const target = wanted.for_application_id
  if (target && !state.accounts.application(target)) {
    throw new Refusal(400, { for_application_id: ['Target application does not exist.'] })
  }
  if (target === application.id) {
    const sentence = 'Cannot share a session with the same application.'
    throw new Refusal(400, { for_application_id: [sentence] })
  }
  if (!FINISHED.includes(session.status)) {
    const sentence = 'Only finished sessions ("Approved", "Declined", "In Review") can be shared.'
    throw new Refusal(400, { detail: [sentence] })
  }
  const at = Math.floor(state.now() / 1000)
  const share_token = await new SignJWT({
    session_id: session.id,
    from_application_id: application.id,
    ...(target && { for_application_id: target }),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(at)
    .setExpirationTime(at + wanted.ttl_in_seconds)
    .sign(state.shareSecret)
  return c.json({
    share_token,
    ...(target && { for_application_id: target }),
    session_kind: session.workflow.kind,
  })
}

export async function importShared(call: Call) {
  const wanted = await fieldsOf(call, importing)
  const { c, state, application } = call
  const token = await readToken(call, wanted.share_token)
  if (token.for_application_id && token.for_application_id !== application.id) {
    throw refusal('This token is not valid for this application.')
  }
  const source = state.sessions.byId(String(token.session_id))
  if (!source) throw refusal('Original session does not exist.')
  const workflow = workflowFor(call, wanted.workflow_id)
  if (!workflow) throw notFound('Workflow does not exist for this application.')
  const once = `${source.id} ${application.id}`
  if (state.imports.has(once)) {
    const detail = 'This session has already been shared with your application.'
    throw new Refusal(403, { detail })
  }
  state.imports.add(once)
  const session = state.sessions.copy(
    source,
    {
      application: application.id,
      workflow,
      vendorData: wanted.vendor_data ?? null,
      callback: null,
      callbackMethod: 'initiator',
      metadata: source.metadata,
      language: source.language,
      contact: source.contact,
      expected: source.expected,
      portrait: source.portrait,
      scenario: null,
    },
    wanted.trust_review ? source.status : 'In Review',
  )
  const decision = buildDecision(session, around(state, call.scope))
  return c.json({ ...decision, shared_from_session: source.id }, 201)
}

async function readToken({ state }: Call, token: string) {
  const options = { algorithms: ['HS256'], currentDate: new Date(state.now()) }
  const { payload } = await jwtVerify(token, state.shareSecret, options).catch((error) => {
    const late = error instanceof errors.JWTExpired
    throw refusal(late ? 'Share token has expired.' : 'Invalid share token.')
  })
  return payload
}

function parse(raw: string): unknown {
  try {
    return raw.trim() === '' ? {} : JSON.parse(raw)
  } catch {
    throw new Refusal(400, { detail: 'JSON parse error' })
  }
}

function refusal(sentence: string) {
  return new Refusal(400, { share_token: [sentence] })
}
