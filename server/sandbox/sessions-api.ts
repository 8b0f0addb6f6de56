// Reading and deleting sessions: decision, PDF, single and batch deletion.

import { z } from 'zod'
import { type Call, fieldsOf, notFound, owns, Refusal, sessionOf } from './call.ts'
import { buildDecision, type Surroundings, sessionUrl, withEvents } from './decision.ts'
import { body } from './fields.ts'
import { renderPdf } from './pdf.ts'
import { allows, EVERYTHING, type Scope } from './scopes.ts'
import type { SandboxSession } from './session.ts'
import type { State } from './state.ts'

const DOCUMENTED = {
  user: {
    statuses: ['Approved', 'Declined', 'In Review', 'Kyc Expired'],
    words: 'in review, declined, approved or kyc expired',
  },
  business: {
    statuses: ['Approved', 'Declined', 'In Review'],
    words: 'in review, declined or approved',
  },
}

const batch = body({
  session_numbers: z
    .array(z.union([z.string(), z.int().transform(String)]), 'Expected a list of items.')
    .min(1, 'This list may not be empty.')
    .refine((numbers) => numbers.every((each) => /^\d+$/.test(each)), {
      error: 'All session_numbers must be numeric.',
    })
    .optional(),
  delete_all: z.boolean('Must be a valid boolean.').default(false),
})

export function getDecision(call: Call) {
  const { c, state } = call
  const session = sessionOf(call)
  const events = c.req.query('include')?.split(',').includes('events')
  const timeline = events && session.workflow.kind === 'user'
  return c.json((timeline ? withEvents : buildDecision)(session, around(state, call.scope)))
}

export async function getPdf(call: Call) {
  const { c, state } = call
  const session = sessionOf(call)
  const { kind } = session.workflow
  const { statuses, words } = DOCUMENTED[kind]
  if (!statuses.includes(session.status)) {
    throw new Refusal(403, { detail: `You can only generate a PDF for sessions ${words}` })
  }
  const bytes = await renderPdf(buildDecision(session, around(state)), state.now())
  const name = kind === 'user' ? 'session' : 'business'
  return c.body(bytes, 200, {
    'Content-Type': 'application/pdf',
    'Content-Length': String(bytes.byteLength),
    'Content-Disposition': `attachment; filename=${name}_${session.id}.pdf`,
  })
}

export function deleteSession(call: Call) {
  const { c, state } = call
  const session = sessionOf(call)
  state.sessions.remove(session)
  if (state.settings.deleteAnswer === 204) return c.body(null, 204)
  return c.json(deleted(session))
}

export async function deleteSessions(call: Call) {
  const { session_numbers, delete_all } = await fieldsOf(call, batch)
  const { c, state } = call
  if (!session_numbers && !delete_all) {
    const sentence = 'This field is required unless delete_all is true.'
    throw new Refusal(400, { session_numbers: [sentence] })
  }
  const wanted = new Set(session_numbers?.map(Number))
  const gone = state.sessions
    .list()
    .filter((session) => owns(call, session))
    // Companies are never deleted in batches; what is not there is skipped without a word.
    .filter(
      ({ workflow, number }) => workflow.kind === 'user' && (delete_all || wanted.has(number)),
    )
  for (const session of gone) state.sessions.remove(session)
  if (state.settings.deleteAnswer === 204) return c.body(null, 204)
  return c.json({ results: gone.map(deleted) })
}

/** What building a decision needs, as far as a key may see it. */
export function around({ publicUrl, now, media }: State, scope: Scope = EVERYTHING): Surroundings {
  const pictures = allows(scope, ['media', 'read'])
  const links = allows(scope, ['sessions', 'write'])
  return {
    now: now(),
    media: (session, name) => (pictures ? media.url(session, name) : null),
    link: (session) => (links ? sessionUrl(session, publicUrl) : null),
  }
}

/** Whether a session exists that is read before a key is asked for. */
export function mustExist({ state }: Pick<Call, 'state'>, id: string): SandboxSession {
  const session = state.sessions.byId(id)
  if (!session) throw notFound()
  return session
}

function deleted({ id, number }: SandboxSession) {
  return {
    session_id: id,
    session_number: number,
    face_retention_outcome: 'deleted',
    biometric_template_uuid: null,
  }
}
