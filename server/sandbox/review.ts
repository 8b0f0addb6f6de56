// What reviewers do: decide, send steps back, note.

import { z } from 'zod'
import { STATUSES, type Status } from '../contract.ts'
import { LANGUAGES } from '../didit/types.ts'
import { activity, note } from './activity.ts'
import {
  type Call,
  checked,
  fieldsOf,
  jsonOf,
  pageOf,
  Refusal,
  sessionOf,
  throttled,
} from './call.ts'
import { CHECKS, type CheckName, check, type Node } from './checks.ts'
import { sessionUrl } from './decision.ts'
import { body, choice, email, optional, text } from './fields.ts'
import { latest } from './flow.ts'
import { olderNode } from './older.ts'
import type { SandboxSession } from './session.ts'

const ELIGIBLE: readonly Status[] = [
  'Approved',
  'Declined',
  'In Review',
  'Kyc Expired',
  'Abandoned',
  'Resubmitted',
]
const TARGETS: readonly string[] = ['Approved', 'Declined', 'Resubmitted']
const ALL = Object.keys(STATUSES) as [Status, ...Status[]]
const COOLDOWN = 30_000
const PREVIEW_LIVES = 15 * 60_000

/** In the order in which Didit's refusal names them; DOCUMENT_AI is accepted and not named. */
const FEATURES = [
  'OCR',
  'OCR_BACK',
  'NFC',
  'AML',
  'FACE',
  'LIVENESS',
  'FACE_MATCH',
  'IP_ANALYSIS',
  'AGE_ESTIMATION',
  'PROOF_OF_ADDRESS',
  'PHONE_VERIFICATION',
  'EMAIL_VERIFICATION',
  'FACE_SEARCH',
  'DATABASE_VALIDATION',
  'QUESTIONNAIRE',
  'KYB_REGISTRY',
  'KYB_DOCUMENTS',
  'KYB_KEY_PEOPLE',
  'ID_VERIFICATION',
  'POA',
  'PHONE',
  'EMAIL',
  'KYB',
]
/** Only the sessions of the people behind a company can be sent back. */
const INDIRECT = ['KYB_REGISTRY', 'KYB_KEY_PEOPLE', 'KYB']

const step = z.object({
  node_id: text,
  feature: text.refine((name) => name === 'DOCUMENT_AI' || FEATURES.includes(name), {
    error: ({ input }) =>
      `"${input}" is not a valid choice. Valid choices are: ${FEATURES.join(', ')}`,
  }),
})
const steps = z.array(step, 'Expected a list of items.')
const language = choice(LANGUAGES)

const decision = body({
  new_status: choice(ALL),
  comment: optional,
  nodes_to_resubmit: steps.nullish(),
  send_email: z.boolean('Must be a valid boolean.').default(false),
  email_address: email.nullish(),
  email_language: language.default('en'),
  email_preview_token: optional,
})

const preview = body({
  email_address: email.nullish(),
  nodes_to_resubmit: steps.nullish(),
  email_language: language.default('en'),
})

const remark = body({ new_status: choice(ALL).nullish(), comment: text.nullish() })

export async function updateStatus(call: Call) {
  const session = sessionOf(call)
  const json = await jsonOf(call)
  const from = session.status
  if (!ELIGIBLE.includes(from)) {
    const detail = `Only sessions with status ${ELIGIBLE.join(', ')} can be updated. Current status: ${from}`
    throw new Refusal(400, { detail })
  }
  const wanted = readDecision(json)
  const to = wanted.new_status as 'Approved' | 'Declined' | 'Resubmitted'
  const { c, state } = call
  const answer = () => c.json({ session_id: session.id })
  if (to === from) {
    if (to !== 'Resubmitted' && state.settings.sameStatus === 'nothing') return answer()
    throw new Refusal(400, ['The new status is the same as the current status.'])
  }
  const recipient = recipientOf(session, wanted.email_address)
  if (wanted.send_email && !recipient.address) {
    throw new Refusal(400, {
      email_address: ['Email address is required when send_email is true.'],
    })
  }
  const nodes = to === 'Resubmitted' ? nodesFor(call, session, wanted.nodes_to_resubmit) : []
  if (wanted.email_preview_token) redeem(call, session, wanted.email_preview_token, nodes)
  if (to === 'Resubmitted') coolDown(call, session)

  const { comment = null } = wanted
  session.activity.unshift(activity({ previous: from, to, comment, now: state.now() }))
  if (to === 'Resubmitted') state.sessions.resubmit(session, nodes)
  else state.sessions.decide(session, to)
  if (wanted.send_email) {
    const subject = `Your verification: ${to}`
    const again = [...Object.values(session.reasons), sessionUrl(session, state.publicUrl)]
    const words = to === 'Resubmitted' ? again.join('\n') : to
    state.mails.push({ to: recipient.address, subject, text: words, at: state.now() })
  }
  return answer()
}

/** What an update to Resubmitted would do and whom it would write to; changes nothing. */
export async function previewResubmission(call: Call) {
  const session = sessionOf(call)
  const wanted = await fieldsOf(call, preview)
  const { c, state } = call
  const nodes = nodesFor(call, session, wanted.nodes_to_resubmit)
  const { address, source } = recipientOf(session, wanted.email_address)
  const requires = nodes.some(({ feature }) => !check(feature).passive)
  const preview_token = crypto.randomUUID()
  state.previews.set(preview_token, {
    session: session.id,
    nodes: nodes.map(({ id }) => id).join(' '),
    until: state.now() + PREVIEW_LIVES,
  })
  const reason = !requires ? 'no_user_action' : address ? 'sandbox' : 'no_recipient'
  return c.json({
    session_id: session.id,
    nodes_to_resubmit: nodes.map(named),
    recipient: address,
    recipient_source: source,
    email_language: wanted.email_language,
    // A sandbox application writes to nobody.
    will_be_sent: false,
    not_sent_reason: reason,
    requires_user_action: requires,
    preview_token,
  })
}

export function listReviews(call: Call) {
  const session = person(call)
  const oldest = call.c.req.query('ordering') === 'created_at'
  const rows = oldest ? [...session.activity].reverse() : session.activity
  return call.c.json(pageOf(call, rows))
}

/** A note only: the session stays as it is, and nobody is told. */
export async function addReview(call: Call) {
  const session = person(call)
  const { new_status = null, comment = null } = await fieldsOf(call, remark)
  const entry = note(new_status, comment, call.state.now())
  session.activity.unshift(entry)
  const { created_at } = entry
  return call.c.json({ user: 'Unknown', new_status, comment, created_at }, 201)
}

/** A step as `resubmit_info` and the preview name it. */
export function named({ id, feature }: Node) {
  return { node_id: id, feature }
}

function readDecision(json: unknown) {
  const fields = checked(decision, json)
  if (TARGETS.includes(fields.new_status)) return fields
  throw new Refusal(400, {
    new_status: ["You can only update the status to 'Approved', 'Declined', or 'Resubmitted'."],
  })
}

/** The steps to send back: those that are named, else those whose result is not good. */
function nodesFor(
  { state }: Call,
  session: SandboxSession,
  named: z.infer<typeof steps> | null | undefined,
): Node[] {
  const nothing = 'No features found that need resubmission. All features are already approved.'
  if (!named) {
    const found = state.sessions.unsettled(session)
    if (found.length === 0) throw new Refusal(400, { nodes_to_resubmit: nothing })
    return inOrder(session, found)
  }
  const indirect = named.filter(({ feature }) => INDIRECT.includes(feature))
  if (indirect.length > 0) {
    const names = indirect.map(({ feature }) => feature).join(', ')
    throw new Refusal(400, {
      nodes_to_resubmit: `The following features cannot be resubmitted directly: ${names}. Resubmit the relevant child KYC sessions instead; the parent will recompute automatically.`,
    })
  }
  if (named.length === 0) throw new Refusal(400, { nodes_to_resubmit: nothing })
  const steps = [...session.nodes, ...latest(session).map(({ node }) => node)]
  const found = named.map(({ node_id, feature }) => {
    const node = steps.find(({ id }) => id === node_id || id === olderNode(node_id))
    if (node && nameOf(feature) === node.feature) return node
    throw new Refusal(400, {
      nodes_to_resubmit: `Node '${node_id}' (${feature}) is not part of this session's workflow.`,
    })
  })
  return inOrder(session, found)
}

/** Each step once, in the order of the workflow. */
function inOrder({ nodes }: SandboxSession, chosen: readonly Node[]): Node[] {
  const ids = new Set(chosen.map(({ id }) => id))
  const extra = chosen.filter(({ id }, i) => {
    const first = chosen.findIndex((each) => each.id === id) === i
    return first && !nodes.some((own) => own.id === id)
  })
  return [...nodes.filter(({ id }) => ids.has(id)), ...extra]
}

/** A feature by any of its names. */
function nameOf(alias: string): CheckName | undefined {
  const names = Object.keys(CHECKS) as CheckName[]
  return names.find((name) => check(name).names.includes(alias))
}

function recipientOf(session: SandboxSession, asked: string | null | undefined) {
  const verified = latest(session).some(
    ({ node, status }) => node.feature === 'EMAIL_VERIFICATION' && status === 'Approved',
  )
  if (asked) return { address: asked, source: 'request' }
  if (verified && session.person) {
    return { address: session.person.email, source: 'email_verification' }
  }
  const address = session.contact?.email ?? ''
  return { address, source: address ? 'contact_details' : '' }
}

/** A preview that no longer holds must not lead to a letter that nobody has seen. */
function redeem({ state }: Call, session: SandboxSession, token: string, nodes: readonly Node[]) {
  const seen = state.previews.get(token)
  const same = seen?.session === session.id && seen.nodes === nodes.map(({ id }) => id).join(' ')
  if (!seen || !same || state.now() >= seen.until) {
    throw new Refusal(409, { detail: 'The preview has changed or expired. Preview it again.' })
  }
  state.previews.delete(token)
}

function coolDown({ state }: Call, { resubmittedAt }: SandboxSession) {
  const wait = (resubmittedAt.at(-1) ?? Number.NEGATIVE_INFINITY) + COOLDOWN - state.now()
  if (state.limits && wait > 0) throw throttled(wait / 1000)
}

function person(call: Call): SandboxSession {
  const session = sessionOf(call, 'Session not found.')
  if (session.workflow.kind === 'user') return session
  throw new Refusal(404, { detail: 'Session not found.' })
}
