// `GET /v3/sessions/`.

import { type Call, owns, pageOf, Refusal } from './call.ts'
import { check } from './checks.ts'
import { featuresOf, findings } from './decision.ts'
import { UUID } from './fields.ts'
import { latest, type Run } from './flow.ts'
import { DOCUMENT_NAMES, type Person } from './persons.ts'
import type { SandboxSession } from './session.ts'
import { around } from './sessions-api.ts'
import { microseconds } from './time.ts'

/** Services that can be asked for alone; the sandbox has no session of any of them. */
const SERVICES = [
  'ID_VERIFICATION',
  'FACE_MATCH',
  'AGE_ESTIMATION',
  'FACE_SEARCH',
  'POA',
  'AML',
  'KYB_REGISTRY',
  'PASSIVE_LIVENESS',
  'DATABASE_VALIDATION',
  'PHONE_VERIFICATION',
  'EMAIL_VERIFICATION',
]

/** What a row's features may be called and be like; the others are left out, or `Not Finished`. */
const UNLISTED = ['DOCUMENT_AI']
const STATES = ['Not Finished', 'Approved', 'Declined', 'In Review', 'Resub Requested']

type Test = (session: SandboxSession) => boolean
type Filter = (value: string) => Test

/** Every filter of the query that is not one of types; several in a list count as any of them. */
const FILTERS: Readonly<Record<string, Filter>> = {
  status: (value) => any(value, ({ status }) => status),
  vendor_data: (value) => (session) => session.vendorData === value,
  search: (value) => found(value.trim()),
  workflow_id: (value) => any(value.toLowerCase(), ({ workflow }) => workflow.workflowId),
  country: (value) => any(value, (session) => readOf(session).issuer ?? ''),
  document_type: (value) =>
    any(value, (session) => DOCUMENT_NAMES[readOf(session).document ?? ''] ?? ''),
  session_type: (value) =>
    value.split(',').includes('ALL') ? () => true : any(value, ({ channel }) => channel ?? 'API'),
  warning: (value) => (session) =>
    latest(session).some(({ warnings }) =>
      warnings.some(({ risk }) => value.split(',').includes(risk)),
    ),
  didit_internal_id: (value) => (session) => session.internalId === value.toLowerCase(),
  date_from: (value) => {
    const from = Date.parse(value)
    return ({ createdAt }) => createdAt >= from
  },
  date_to: (value) => {
    const until = Date.parse(value) + 24 * 60 * 60 * 1000
    return ({ createdAt }) => createdAt < until
  },
  api_service: () => () => false,
}

/** Those that hold for companies too, and their own; the others say nothing about companies. */
const OF_COMPANIES: Readonly<Record<string, Filter>> = {
  ...Object.fromEntries(
    ['status', 'vendor_data', 'workflow_id', 'date_from', 'date_to', 'warning'].flatMap((name) =>
      FILTERS[name] ? [[name, FILTERS[name]]] : [],
    ),
  ),
  country: (value) => any(value, ({ expected }) => expected?.registry_country ?? 'GB'),
  search: (value) => foundCompany(value.trim()),
}

export function listSessions(call: Call) {
  const { c } = call
  const query = c.req.query()
  validate(query)
  const kind = query.session_kind ?? 'user'
  const people = kind === 'business' ? undefined : pageOf(call, ofKind(call, 'user'))
  const companies = kind === 'user' ? undefined : pageOf(call, ofKind(call, 'business'))
  // Both kinds together: a page of each, and links that turn the pages of persons.
  return c.json({
    count: (people?.count ?? 0) + Math.min(100, companies?.count ?? 0),
    next: (people ?? companies)?.next ?? null,
    previous: (people ?? companies)?.previous ?? null,
    results: [
      ...(people?.results.map((session) => personRow(session, call)) ?? []),
      ...(companies?.results.map(businessRow) ?? []),
    ],
  })
}

/** The caller's sessions of one kind that match the query, newest first. */
function ofKind(call: Call, kind: 'user' | 'business'): SandboxSession[] {
  const { c, state } = call
  const filters = kind === 'user' ? FILTERS : OF_COMPANIES
  const tests = Object.entries(filters).flatMap(([name, filter]) => {
    const value = c.req.query(name)
    return value ? [filter(value)] : []
  })
  return state.sessions
    .list()
    .filter((session) => session.workflow.kind === kind && owns(call, session))
    .filter((session) => tests.every((test) => test(session)))
}

function validate(query: Record<string, string>) {
  const { session_kind, didit_internal_id, api_service } = query
  if (session_kind !== undefined && !['user', 'business', 'all'].includes(session_kind)) {
    throw new Refusal(400, { session_kind: 'Must be "user", "business", or "all".' })
  }
  for (const name of ['date_from', 'date_to']) {
    const date = query[name]
    if (date && !isDay(date)) throw new Refusal(400, { [name]: ['Enter a valid date.'] })
  }
  if (didit_internal_id && !UUID.test(didit_internal_id)) {
    throw new Refusal(400, { didit_internal_id: ['Enter a valid UUID.'] })
  }
  if (api_service && !SERVICES.includes(api_service)) {
    const sentence = `Select a valid choice. ${api_service} is not one of the available choices.`
    throw new Refusal(400, { api_service: [sentence] })
  }
}

/** Whether it is a day that exists: `2026-02-30` is none. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && date.toJSON()?.slice(0, 10) === text
}

function any(list: string, read: (session: SandboxSession) => string): Test {
  const values = list.split(',').map((each) => each.trim())
  return (session) => values.includes(read(session))
}

/** The newest run that has read a document. */
function documentOf(session: SandboxSession): Run | undefined {
  const found = latest(session).find(({ node, cleared }) => node.feature === 'OCR' && !cleared)
  return session.person ? found : undefined
}

/** What has been read of the person, and corrected since. */
function readOf(session: SandboxSession): Partial<Person> {
  const run = documentOf(session)
  const { issuing_state, document_type, first_name, last_name, document_number } = (run?.edits ??
    {}) as Record<string, string | undefined>
  const { person } = session
  if (!run || !person) return {}
  return {
    issuer: issuing_state ?? person.issuer,
    document: document_type ?? person.document,
    first: first_name ?? person.first,
    last: last_name ?? person.last,
    documentNumber: document_number ?? person.documentNumber,
  }
}

/** A UUID is an id, digits are numbers, `@` is an address, everything else a name. */
function found(words: string): Test {
  const plain = fold(words)
  if (UUID.test(words)) return ({ id }) => id === words.toLowerCase()
  if (/^[\d+\-. ]+$/.test(words)) {
    const digits = words.replaceAll(/[-. ]/g, '')
    return (session) =>
      String(session.number).startsWith(digits) ||
      session.vendorData === words ||
      readOf(session).documentNumber?.includes(digits) === true ||
      session.person?.phone.replace('+', '').startsWith(digits.replace('+', '')) === true
  }
  if (words.includes('@')) {
    return ({ contact, vendorData }) =>
      contact?.email?.toLowerCase().startsWith(plain) === true || vendorData === words
  }
  return (session) => {
    const { first = '', last = '' } = readOf(session)
    return [`${first} ${last}`, session.vendorData].some((name) => fold(name ?? '').includes(plain))
  }
}

/** By name, number in the register, `vendor_data`, number or id. */
function foundCompany(words: string): Test {
  const plain = fold(words)
  return ({ id, number, vendorData, expected }) =>
    id === plain ||
    String(number).startsWith(words) ||
    bare(expected?.registration_number ?? '').startsWith(bare(words)) ||
    [expected?.company_name, vendorData].some((name) => fold(name ?? '').includes(plain))
}

/** As it is typed into the search: without its separators. */
function bare(number: string): string {
  return number.replace(/[-. /]/g, '').toLowerCase() || '-'
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

function personRow(session: SandboxSession, { state, scope }: Call) {
  const { contact, vendorData, internalId } = session
  const runs = latest(session)
  const run = documentOf(session)
  const surroundings = around(state, scope)
  const papers = run && findings(session, run, surroundings)
  const verified = (feature: string) =>
    runs.some(({ node, status }) => node.feature === feature && status === 'Approved')
  return {
    session_id: session.id,
    session_kind: 'user',
    session_number: session.number,
    session_url: session.sharedFrom ? null : surroundings.link(session),
    portrait_image: papers?.portrait_image ?? null,
    document_type: papers?.document_type ?? null,
    full_name: papers?.full_name ?? null,
    country: papers?.issuing_state ?? null,
    status: session.status,
    vendor_data: vendorData,
    didit_internal_id: internalId,
    created_at: microseconds(session.createdAt),
    features: featuresOf(session)
      .filter(({ feature }) => !UNLISTED.includes(feature))
      .map(({ id, feature }) => {
        const status = runs.find(({ node }) => node.id === id)?.status ?? 'Not Finished'
        return {
          feature: check(feature).feature,
          status: STATES.includes(status) ? status : 'Not Finished',
        }
      }),
    phone_number: contact?.phone
      ? { number: contact.phone, is_verified: verified('PHONE_VERIFICATION') }
      : null,
    email_address: contact?.email
      ? { email: contact.email, is_verified: verified('EMAIL_VERIFICATION') }
      : null,
    additional_details: null,
  }
}

function businessRow(session: SandboxSession) {
  const { workflow, expected } = session
  return {
    session_id: session.id,
    session_kind: 'business',
    session_number: session.number,
    status: session.status,
    vendor_data: session.vendorData,
    created_at: microseconds(session.createdAt),
    workflow_id: workflow.workflowId,
    workflow_type: 'kyb',
    workflow_label: workflow.label,
    company_name: expected?.company_name ?? null,
    registration_number: expected?.registration_number ?? null,
    country: expected?.registry_country ?? null,
  }
}
