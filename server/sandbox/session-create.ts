// `POST /v3/session/`, and the other two ways in which a session begins.

import { z } from 'zod'
import { CALLBACK_METHODS, type CreatedSession, DOCUMENT_CODES, LANGUAGES } from '../didit/types.ts'
import { charge } from './billing.ts'
import { type Call, fieldsOf, idOf, notFound, Refusal, workflowFor } from './call.ts'
import { sessionUrl } from './decision.ts'
import { body, choice, optional, text, UUID } from './fields.ts'
import { isScenario } from './scenarios.ts'
import type { NewSession, SandboxSession } from './session.ts'

const MAX_PORTRAIT = 2 * 1024 * 1024
const BLOCKED =
  'This user or business has been blocked and cannot create new verification sessions.'

const language = choice(
  LANGUAGES,
  `Invalid language. Supported languages are: ${LANGUAGES.join(', ')}`,
)
const flag = z.boolean('Must be a valid boolean.')

/** Custom schemes are fine; those that run code in the page that follows them are not. */
function isCallback(url: string): boolean {
  return URL.canParse(url) && !/^\s*(javascript|data|vbscript|blob|file):/i.test(url)
}

/** The first problem of a field is the one that is told. */
const creation = body({
  workflow_id: text.regex(UUID, 'Must be a valid UUID.').toLowerCase(),
  vendor_data: optional,
  callback: optional.refine((url) => !url || isCallback(url), 'Enter a valid URL.'),
  callback_method: choice(CALLBACK_METHODS).optional(),
  metadata: z.unknown().optional(),
  language: language.nullish(),
  contact_details: z
    .object({
      email: z.email('Enter a valid email address.').optional(),
      send_notification_emails: flag.optional(),
      email_lang: language.optional(),
      // Didit drops a number that it cannot read, without a word.
      phone: z
        .string()
        .regex(/^\+[1-9]\d{6,14}$/)
        .optional()
        .catch(undefined),
    })
    .nullish(),
  expected_details: z
    .object({
      first_name: text.optional(),
      last_name: text.optional(),
      date_of_birth: z.iso.date('Date has wrong format. Use YYYY-MM-DD.').optional(),
      gender: choice(['M', 'F']).nullish(),
      nationality: text.optional(),
      country: text.optional(),
      id_country: text.optional(),
      poa_country: text.optional(),
      address: text.optional(),
      identification_number: text.optional(),
      ip_address: z.union([z.ipv4(), z.ipv6()], 'Enter a valid IPv4 or IPv6 address.').optional(),
      expected_document_types: z
        .array(text.toUpperCase().pipe(choice(DOCUMENT_CODES)))
        .transform((codes) => [...new Set(codes)])
        .optional(),
      company_name: text.max(255, 'Ensure this field has no more than 255 characters.').optional(),
      registry_country: text
        .max(10, 'Ensure this field has no more than 10 characters.')
        .optional(),
      registration_number: text
        .max(100, 'Ensure this field has no more than 100 characters.')
        .optional(),
    })
    .refine(({ address, country, poa_country }) => !address || country || poa_country, {
      error: 'An address needs `country` or `poa_country`.',
      path: ['address'],
    })
    .nullish(),
  portrait_image: optional
    .refine((image) => !image || (image.length * 3) / 4 <= MAX_PORTRAIT, 'Image size exceeds 2MB.')
    .refine((image) => !image || isBase64(image), 'Invalid base64 image.'),
  sandbox_scenario: optional.refine((name) => !name || isScenario(name), {
    error: ({ input }) => `Unknown sandbox scenario: '${input}'.`,
  }),
})

export async function createSession(call: Call) {
  const wanted = await fieldsOf(call, creation)
  const { c, state, application } = call
  const workflow = workflowFor(call, wanted.workflow_id)
  if (!workflow) throw new Refusal(400, { workflow_id: 'Invalid workflow_id.' })
  const vendorData = wanted.vendor_data || null
  const asked: NewSession = {
    application: application.id,
    workflow,
    vendorData,
    callback: wanted.callback || null,
    callbackMethod: wanted.callback_method ?? 'initiator',
    metadata: wanted.metadata ?? null,
    language: wanted.language ?? null,
    contact: wanted.contact_details ?? null,
    expected: wanted.expected_details ?? null,
    portrait: wanted.portrait_image ?? null,
    scenario: isScenario(wanted.sandbox_scenario) ? wanted.sandbox_scenario : null,
  }
  if (vendorData !== null) {
    if (state.lists.blocksUser(application.id, vendorData) || exhausted(call, asked)) {
      throw new Refusal(400, { vendor_data: BLOCKED })
    }
  }
  const known = vendorData !== null && state.sessions.reusable(asked)
  const stored = known ? null : reference(call, asked)
  if (!known) {
    spendQuota(call)
    charge(call, workflow)
  }
  const session = state.sessions.create(asked)
  if (stored) session.portraitFrom = stored.id
  if (!known) invite(call, session)
  return c.json(created(session, state.publicUrl), 201)
}

/** `GET /u/{id}`: a session of its own at every visit. */
export function openUniLink(call: Call) {
  const { c, state } = call
  const workflow = state.workflows.published(
    call.application.id,
    fromBase64url(c.req.param('link') ?? ''),
  )
  if (!workflow) throw notFound()
  const session = state.sessions.create({
    application: call.application.id,
    workflow,
    vendorData: null,
    callback: null,
    callbackMethod: 'initiator',
    metadata: null,
    language: null,
    contact: null,
    expected: null,
    portrait: null,
    scenario: null,
    channel: 'HOSTED',
  })
  const { search } = new URL(c.req.url)
  return c.redirect(sessionUrl(session, state.publicUrl) + search, 302)
}

const arming = body({ scenario: text })

/** `POST /v3/session/{id}/sandbox/arm/`, with the session's own token. */
export async function armSession(call: Call) {
  const { c, state } = call
  const session = state.sessions.byId(idOf(call, 'session'))
  if (!session || c.req.header('session-token') !== session.token) throw notFound()
  const { scenario } = await fieldsOf(call, arming)
  if (!isScenario(scenario)) {
    throw new Refusal(400, { scenario: [`Unknown sandbox scenario: '${scenario}'.`] })
  }
  if (session.status !== 'Not Started') {
    throw new Refusal(400, ['Scenario can only be armed before the verification starts.'])
  }
  session.scenario = scenario
  return c.json({ session_id: session.id, scenario, status: session.status })
}

/** Writes to the person, where somebody wants that. */
function invite({ state }: Call, session: SandboxSession) {
  const { email, send_notification_emails: wanted } = session.contact ?? {}
  if (!email || !wanted) return
  const text = sessionUrl(session, state.publicUrl)
  state.mails.push({ to: email, subject: 'Please verify your identity', text, at: state.now() })
}

function created(session: SandboxSession, publicUrl: string): CreatedSession {
  return {
    session_id: session.id,
    session_number: session.number,
    session_token: session.token,
    url: sessionUrl(session, publicUrl),
    vendor_data: session.vendorData,
    metadata: session.metadata,
    status: session.status,
    callback: session.callback,
    workflow_id: session.workflow.workflowId,
    workflow_version: session.workflow.version,
  }
}

/** Zero retries block a person after the first decline, three after the fourth. */
function exhausted({ state }: Call, asked: NewSession): boolean {
  const { maxRetries } = asked.workflow
  return maxRetries !== null && state.sessions.declines(asked) > maxRetries
}

/** A face to compare with, where no document of this workflow brings one. */
function reference({ state }: Call, asked: NewSession): SandboxSession | null {
  const has = (name: string) => asked.workflow.features.some(({ feature }) => feature === name)
  if (!has('FACE_MATCH') || has('OCR') || asked.portrait) return null
  if (asked.vendorData === null) {
    throw new Refusal(400, {
      portrait_image:
        'A portrait image is required to perform face match for this workflow. Send a portrait_image, or provide the vendor_data of a user with a previously stored face image to reuse it.',
    })
  }
  const stored = state.sessions
    .list()
    .find(
      ({ application, vendorData, status }) =>
        application === asked.application &&
        vendorData === asked.vendorData &&
        status === 'Approved',
    )
  if (stored) return stored
  throw new Refusal(400, {
    portrait_image:
      'No stored face image was found for this user. Send a portrait_image, or complete an approved verification with face liveness or an ID document for this vendor_data first.',
  })
}

/** Didit's sandboxes make so many sessions a day, and say so without the usual headers. */
function spendQuota({ state, application }: Call) {
  const { quota } = state.settings
  const wait = state.limits ? state.quota.wait(application.id, quota) : 0
  if (wait <= 0) return
  const seconds = Math.max(1, Math.ceil(wait / 1000))
  const detail = `Sandbox session quota exceeded (${quota} sessions per 24h). Wait for the window to reset. Expected available in ${seconds} seconds.`
  throw new Refusal(429, { detail }, { 'Retry-After': String(seconds) })
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text)
}

/** Sixteen bytes in base64 as a UUID; the empty text when it is none. */
function fromBase64url(link: string): string {
  if (!/^[\w-]{22}$/.test(link)) return ''
  const bytes = atob(link.replaceAll('-', '+').replaceAll('_', '/'))
  const hex = [...bytes].map((character) => character.charCodeAt(0).toString(16).padStart(2, '0'))
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
