// Correcting what was read, and deciding single steps and hits. The session's own status stays.

import { z } from 'zod'
import type { Status } from '../contract.ts'
import { edited } from './activity.ts'
import { type Call, FORBIDDEN, fieldsOf, notFound, Refusal, sessionOf } from './call.ts'
import { type CheckName, check } from './checks.ts'
import { COUNTRIES } from './countries.ts'
import { findings } from './decision.ts'
import { body, choice, optional, text } from './fields.ts'
import { latest, type Run } from './flow.ts'
import { ageOf, DOCUMENT_NAMES } from './persons.ts'
import type { Changes, SandboxSession } from './session.ts'
import { around } from './sessions-api.ts'

/** Before that there is nothing that anybody has read to its end. */
const READ: readonly Status[] = ['Approved', 'Declined', 'In Review', 'Kyc Expired']

/** What a step's `feature_type` is: the first five are documented, the others follow their manner. */
const MODELS: { readonly [name in CheckName]: string } = {
  OCR: 'KYC',
  LIVENESS: 'Face',
  FACE_MATCH: 'FaceMatch',
  AML: 'AML',
  PROOF_OF_ADDRESS: 'POA',
  AGE_ESTIMATION: 'Face',
  NFC: 'NFC',
  QUESTIONNAIRE: 'Questionnaire',
  DOCUMENT_AI: 'DocumentAI',
  PHONE_VERIFICATION: 'Phone',
  EMAIL_VERIFICATION: 'Email',
  DATABASE_VALIDATION: 'DatabaseValidation',
  IP_ANALYSIS: 'IPAnalysis',
  KYB_REGISTRY: 'KYBRegistry',
  KYB_DOCUMENTS: 'KYBDocuments',
  KYB_KEY_PEOPLE: 'KYBKeyPeople',
}

const day = z.iso.date('Date has wrong format. Use YYYY-MM-DD.')
const state = text.refine((code) => Object.hasOwn(COUNTRIES, code), 'Enter a valid country code.')
const extra = z.record(z.string(), z.unknown(), 'Expected a dictionary of items.')
const address = z.strictObject(
  Object.fromEntries(
    ['address_type', 'city', 'region', 'street_1', 'street_2', 'postal_code', 'country'].map(
      (name) => [name, text.nullish()],
    ),
  ),
  'Invalid address.',
)
const node = { node_id: optional }

const DOCUMENTS = Object.entries(DOCUMENT_NAMES)
const documentType = text.transform((code, context) => {
  const found = DOCUMENTS.find((names) => names.includes(code))
  if (found) return found[0]
  context.addIssue(`${JSON.stringify(code)} is not a valid choice.`)
  return z.NEVER
})

const identity = body({
  ...node,
  document_type: documentType.optional(),
  document_number: text.optional(),
  personal_number: text.optional(),
  date_of_birth: day.optional(),
  date_of_issue: day.optional(),
  expiration_date: day.optional(),
  issuing_state: state.optional(),
  first_name: text.optional(),
  last_name: text.optional(),
  gender: choice(['M', 'F', 'U', 'X']).optional(),
  nationality: state.optional(),
  marital_status: choice(['SINGLE', 'MARRIED', 'DIVORCED', 'WIDOWED', 'UNKNOWN']).optional(),
  place_of_birth: text.optional(),
  address: text.optional(),
  parsed_address: address.optional(),
  extra_fields: extra.optional(),
})

const proof = body({
  ...node,
  issuing_state: state.optional(),
  document_type: choice([
    'UTILITY_BILL',
    'BANK_STATEMENT',
    'GOVERNMENT_ISSUED_DOCUMENT',
    'OTHER_POA_DOCUMENT',
    'UNKNOWN',
  ]).optional(),
  document_language: text.optional(),
  issuer: text.optional(),
  issue_date: day.optional(),
  poa_address: text.optional(),
  name_on_document: text.optional(),
  poa_parsed_address: address.optional(),
  extra_fields: extra.optional(),
})

const decision = body({
  new_status: choice(['Approved', 'Declined', 'In Review']),
  comment: optional,
})
const DISPOSITIONS = ['Unreviewed', 'Confirmed Match', 'False Positive', 'Inconclusive'] as const
const disposition = { hit_id: text, review_status: choice(DISPOSITIONS) }
const hit = body({ ...node, ...disposition })
const hits = body({
  ...node,
  hit_updates: z
    .array(z.object(disposition), 'Expected a list of items.')
    .min(1, 'This list may not be empty.'),
})
const screening = body({
  ...node,
  status: choice(['Approved', 'Declined', 'In Review', 'Not Finished', 'Resub Requested']),
})

/** `PATCH …/update-data/`: what was read from a document. */
export async function updateData(call: Call) {
  const { parsed_address, extra_fields, node_id, ...plain } = await fieldsOf(call, identity)
  const session = readable(call)
  const run = runOf(call, session, ['OCR'], node_id)
  const known = findings(session, run, around(call.state, call.scope))
  const { first_name = known.first_name, last_name = known.last_name } = plain
  const wanted = {
    ...plain,
    ...((plain.first_name ?? plain.last_name) !== undefined && {
      full_name: `${first_name} ${last_name}`.trim(),
    }),
    ...(plain.date_of_birth && { age: ageOf(plain.date_of_birth, call.state.now()) }),
    ...(plain.issuing_state && { issuing_state_name: COUNTRIES[plain.issuing_state]?.name }),
    ...(plain.address !== undefined && { formatted_address: plain.address }),
    ...merged(known, { parsed_address, extra_fields }),
  }
  return edit(call, session, run, wanted, known, 'KYC_DATA_UPDATED')
}

/** `PATCH …/update-poa-data/`: what was read from a proof of address. */
export async function updateProof(call: Call) {
  const { poa_parsed_address, extra_fields, node_id, ...plain } = await fieldsOf(call, proof)
  const session = readable(call)
  const run = runOf(call, session, ['PROOF_OF_ADDRESS'], node_id)
  const known = findings(session, run, around(call.state, call.scope))
  const wanted = {
    ...plain,
    ...(plain.poa_address !== undefined && { poa_formatted_address: plain.poa_address }),
    ...merged(known, { poa_parsed_address, extra_fields }),
  }
  return edit(call, session, run, wanted, known, 'POA_DATA_UPDATED')
}

/** `PATCH …/features/{node}/update-status/`: one step, and nothing else. */
export async function updateFeature(call: Call) {
  const { new_status, comment } = await fieldsOf(call, decision)
  const session = sessionOf(call)
  const name = call.c.req.param('node') ?? ''
  const runs = latest(session)
  const run = name === 'default' && runs.length === 1 ? runs[0] : byNode(runs, name)
  if (!run) throw notFound()
  const changes = { status: { previous: run.status, current: new_status } }
  run.status = new_status
  note(call, session, changes, 'STATUS_UPDATED', comment)
  const { id, feature } = run.node
  const feature_type = MODELS[feature]
  return call.c.json({ session_id: session.id, node_id: id, feature_type, new_status })
}

/** `PATCH …/update-aml-status/`: the screening as a whole. */
export async function updateScreening(call: Call) {
  const { status, node_id } = await fieldsOf(call, screening)
  const session = sessionOf(call)
  const run = runOf(call, session, ['AML'], node_id)
  const previous_status = run.status
  run.status = status
  note(
    call,
    session,
    { status: { previous: previous_status, current: status } },
    'AML_STATUS_UPDATED',
  )
  return call.c.json({ session_id: session.id, node_id: run.node.id, previous_status, status })
}

/** `PATCH …/update-aml-hit-status/`: one hit. */
export async function updateHit(call: Call) {
  const { node_id, hit_id, review_status } = await fieldsOf(call, hit)
  dispose(call, node_id, [{ hit_id, review_status }])
  const message = 'Hit status updated successfully'
  return call.c.json({ message, hit_id, review_status })
}

/** `PATCH …/bulk-update-aml-hit-status/`: all of them, or none. */
export async function updateHits(call: Call) {
  const { node_id, hit_updates } = await fieldsOf(call, hits)
  dispose(call, node_id, hit_updates)
  const message = 'Hit statuses updated successfully'
  return call.c.json({ message, updated_hits: hit_updates })
}

/** `POST /v3/session/imports/`: off until Didit has switched it on for an organisation. */
export function importVerifications(): never {
  throw new Refusal(403, { detail: FORBIDDEN })
}

function dispose(
  call: Call,
  node_id: string | undefined,
  updates: readonly { hit_id: string; review_status: (typeof DISPOSITIONS)[number] }[],
) {
  const session = sessionOf(call)
  const run = runOf(call, session, ['AML'], node_id)
  const known = findings(session, run, around(call.state, call.scope)).hits as Record<
    string,
    unknown
  >[]
  const before = new Map((known ?? []).map(({ id, review_status }) => [id, review_status]))
  const missing = updates.find(({ hit_id }) => !before.has(hit_id))
  if (missing) throw notFound(`AML hit ${missing.hit_id} was not found in this session.`)
  const wanted = new Map(updates.map(({ hit_id, review_status }) => [hit_id, review_status]))
  const hits = known.map((each) => {
    const review_status = wanted.get(String(each.id)) ?? each.review_status
    return { ...each, review_status }
  })
  run.edits = { ...run.edits, hits }
  const changes = [...wanted].map(([id, current]) => {
    return [`hits.${id}.review_status`, { previous: before.get(id), current }]
  })
  note(call, session, Object.fromEntries(changes), 'AML_HIT_STATUS_UPDATED')
}

function edit(
  call: Call,
  session: SandboxSession,
  run: Run,
  wanted: Record<string, unknown>,
  known: Record<string, unknown>,
  type: 'KYC_DATA_UPDATED' | 'POA_DATA_UPDATED',
) {
  const changes: Changes = {}
  for (const [field, current] of Object.entries(wanted)) {
    const previous = known[field] ?? null
    if (JSON.stringify(previous) !== JSON.stringify(current)) changes[field] = { previous, current }
  }
  run.edits = { ...run.edits, ...wanted }
  note(call, session, changes, type)
  return call.c.json({ session_id: session.id })
}

/** Writes it down and tells who listens, if anything has changed. */
function note(
  { state }: Call,
  session: SandboxSession,
  changes: Changes,
  type: Parameters<typeof edited>[0],
  comment: string | null = null,
) {
  const fields = Object.keys(changes)
  if (fields.every((field) => changes[field]?.previous === changes[field]?.current)) return
  session.activity.unshift(edited(type, changes, comment, state.now()))
  state.edited(session, changes)
}

function readable(call: Call): SandboxSession {
  const session = sessionOf(call)
  if (READ.includes(session.status)) return session
  const detail = `Only sessions with status ${READ.join(', ')} can be updated. Current status: ${session.status}`
  throw new Refusal(400, { detail })
}

/** The newest run of a step of these kinds, the named one where there are several. */
function runOf(
  { c }: Call,
  session: SandboxSession,
  kinds: readonly CheckName[],
  named: string | undefined,
): Run {
  const runs = latest(session).filter(
    ({ node, cleared }) => kinds.includes(node.feature) && !cleared,
  )
  const name = named ?? c.req.query('node_id')
  const run = name === undefined ? runs[0] : byNode(runs, name)
  if (run) return run
  throw notFound(`This session has no ${kinds.map((kind) => check(kind).feature).join(' or ')}.`)
}

function byNode(runs: readonly Run[], name: string): Run | undefined {
  return runs.find(({ node }) => node.id === name)
}

/** Objects over the known ones, key by key; in `extra_fields` null takes a key away. */
function merged(known: Record<string, unknown>, given: Record<string, object | undefined>) {
  const entries = Object.entries(given).flatMap(([name, change]) => {
    if (!change) return []
    const whole = Object.entries({ ...(known[name] as object), ...change })
    const kept = name === 'extra_fields' ? whole.filter(([, value]) => value !== null) : whole
    return [[name, Object.fromEntries(kept)] as const]
  })
  return Object.fromEntries(entries)
}
