// What `GET /v3/session/{id}/decision/` answers and a webhook carries.

import type { Activity } from './activity.ts'
import { CHECKS, type CheckName, check } from './checks.ts'
import { companyPapers, keyPeople, registry } from './evidence/business.ts'
import { email, phone } from './evidence/contact.ts'
import { chip, document } from './evidence/document.ts'
import type { Evidence } from './evidence/evidence.ts'
import { age, faceMatch, liveness } from './evidence/face.ts'
import { network } from './evidence/network.ts'
import { papers, proofOfAddress, questionnaire } from './evidence/papers.ts'
import { database, watchLists } from './evidence/registers.ts'
import type { Run } from './flow.ts'
import { olderDocument } from './older.ts'
import type { SandboxSession } from './session.ts'
import { microseconds } from './time.ts'
import { priceOf } from './workflows.ts'

const EVIDENCE: { readonly [name in CheckName]: Evidence } = {
  AGE_ESTIMATION: age,
  OCR: document,
  NFC: chip,
  LIVENESS: liveness,
  FACE_MATCH: faceMatch,
  PROOF_OF_ADDRESS: proofOfAddress,
  QUESTIONNAIRE: questionnaire,
  DOCUMENT_AI: papers,
  PHONE_VERIFICATION: phone,
  EMAIL_VERIFICATION: email,
  DATABASE_VALIDATION: database,
  AML: watchLists,
  IP_ANALYSIS: network,
  KYB_REGISTRY: registry,
  KYB_DOCUMENTS: companyPapers,
  KYB_KEY_PEOPLE: keyPeople,
}

/** The arrays that only one kind of session has. */
const OF_PERSONS = [
  'id_verifications',
  'nfc_verifications',
  'liveness_checks',
  'face_matches',
  'poa_verifications',
  'document_ai_documents',
  'database_validations',
]
const OF_BUSINESSES = ['registry_checks', 'document_verifications', 'key_people_checks']

/** What an answer about a session needs beside it. */
export interface Surroundings {
  now: number
  /** The address of a picture or film of the session, for an hour; null for who may not see any. */
  media(session: SandboxSession, name: string): string | null
  /** Where its visitor goes; null for who may not create sessions. */
  link(session: SandboxSession): string | null
}

export type Decision = ReturnType<typeof buildDecision>

/** The decision of a session as it stands: at any status, each array null until its check ran. */
export function buildDecision(session: SandboxSession, around: Surroundings) {
  const business = session.workflow.kind === 'business'
  return {
    session_id: session.id,
    session_kind: session.workflow.kind,
    session_number: session.number,
    session_url: session.sharedFrom ? null : around.link(session),
    status: session.status,
    environment: 'sandbox',
    workflow_id: session.workflow.deleted ? null : session.workflow.workflowId,
    features: featuresOf(session).map(({ feature }) => check(feature).feature),
    vendor_data: session.vendorData,
    metadata: session.metadata,
    expected_details: Object.keys(session.expected ?? {}).length > 0 ? session.expected : null,
    contact_details: contactOf(session),
    callback: session.callback,
    ...lists(session, around, business ? OF_PERSONS : OF_BUSINESSES),
    reviews: session.activity.filter(({ new_status }) => new_status !== null).map(review),
    created_at: microseconds(session.createdAt),
    expires_at: microseconds(session.expiresAt),
  }
}

/** What the session was told; nothing where that is neither an e-mail address nor a phone number. */
function contactOf({ contact, workflow }: SandboxSession) {
  // Of a company the number is ignored.
  const number = workflow.kind === 'business' ? undefined : contact?.phone
  if (!contact?.email && !number) return null
  return { send_notification_emails: false, ...contact, phone: number ?? null }
}

/** The same with the timeline, as `?include=events` asks for it; persons only. */
export function withEvents(session: SandboxSession, around: Surroundings) {
  const { session_kind: _, ...decision } = buildDecision(session, around)
  const { workflow } = session
  return {
    ...decision,
    features: featuresOf(session).map(({ id, feature }) => ({
      feature: feature === 'EMAIL_VERIFICATION' ? 'EMAIL' : check(feature).feature,
      node_id: id,
    })),
    events: session.events.map(({ type, at }) => ({
      event_type: type,
      created_at: microseconds(at),
    })),
    activity_reviews: session.activity,
    blocklisted: { face: false, document: false, phone: false, email: false },
    cost_breakdown: { total: priceOf(workflow), currency: 'USD' },
    workflow_type: null,
    workflow_version: workflow.version,
    workflow_version_id: workflow.uuid,
    api_service: null,
    session_type: session.channel ?? 'API',
    has_device_nfc_support: false,
  }
}

/** Where the visitor goes; with a language in the path when one was asked for. */
export function sessionUrl(session: SandboxSession, publicUrl: string): string {
  const language = session.language ? `/${session.language}` : ''
  return `${publicUrl}${language}/session/${session.token}`
}

/** The steps of the workflow, and those that ran although it lacks them. */
export function featuresOf({ nodes, runs }: SandboxSession) {
  const extra = runs.map(({ node }) => node).filter(({ id }) => !nodes.some((own) => own.id === id))
  return [...nodes, ...extra.filter(({ id }, i) => extra.findIndex((each) => each.id === id) === i)]
}

function lists(session: SandboxSession, around: Surroundings, absent: readonly string[]) {
  const names = Object.values(CHECKS).map(({ list }) => list as string)
  const found = names
    .filter((name) => !absent.includes(name))
    .map((name) => {
      const runs = session.runs.filter(({ node }) => check(node.feature).list === name)
      return [name, runs.length > 0 ? runs.map((run) => entry(session, run, around)) : null]
    })
  return Object.fromEntries(found) as Record<string, Record<string, unknown>[] | null>
}

/** A step that is to be done again keeps its place and its state, and nothing of what it found. */
function entry(session: SandboxSession, run: Run, around: Surroundings) {
  const { node, status, warnings, cleared } = run
  const silent = node.feature === 'QUESTIONNAIRE'
  const common = { node_id: node.id, status, ...(!silent && { warnings }) }
  if (cleared || !session.person) return common
  const found = { ...common, ...findings(session, run, around) }
  const older = session.workflow.older && node.feature === 'OCR'
  return older ? olderDocument(found) : found
}

/** What a run has found of the person, with what was corrected since. */
export function findings(
  session: SandboxSession,
  run: Run,
  { now, media, link }: Surroundings,
): Record<string, unknown> {
  const { person } = session
  if (!person) return {}
  const own = (name: string) => media(session, name)
  const scene = { session, person, run, now, media: own, link }
  return { ...EVIDENCE[run.node.feature](scene), ...run.edits }
}

function review({ actor_display, new_status, comment, created_at }: Activity) {
  return { user: actor_display, new_status, comment: comment ?? '', created_at }
}
