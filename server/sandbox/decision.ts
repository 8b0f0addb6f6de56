// What `GET /v3/session/{id}/decision/` answers and a webhook carries.

import type { Check, Decision, FeatureStatus, IdVerification, Warning } from '../didit/types.ts'
import {
  CHECKS,
  type CheckName,
  SCENARIOS,
  type ScenarioName,
  scenario,
  USUAL_CHECKS,
} from './scenarios.ts'
import type { SandboxSession } from './sessions.ts'

const YEAR = 365.25 * 24 * 60 * 60 * 1000

/** Names of the states whose documents the hosted page offers. */
export const COUNTRIES: Readonly<Record<string, string>> = {
  ESP: 'Spain',
  DEU: 'Germany',
  FRA: 'France',
  ITA: 'Italy',
  PRT: 'Portugal',
  GBR: 'United Kingdom',
  USA: 'United States',
  BRA: 'Brazil',
  IND: 'India',
  JPN: 'Japan',
}

/** Didit's warnings spell two checks differently from its list of features. */
const WARNING_NAMES: { readonly [check in CheckName]?: string } = {
  face: 'FACEMATCH',
  ip: 'LOCATION',
  address: 'PROOF_OF_ADDRESS',
}

/** The decision of a session as it stands: at any status, each array null until its check ran. */
export function buildDecision(session: SandboxSession, publicUrl: string, now: number): Decision {
  const checks = checksOf(session)
  const one = <T extends object>(name: CheckName, details: T): (Check & T)[] | null => {
    const check = checks.get(name)
    return check ? [{ ...check, ...details }] : null
  }
  return {
    session_id: session.id,
    session_kind: 'user',
    session_number: session.number,
    session_url: sessionUrl(session, publicUrl),
    status: session.status,
    environment: 'sandbox',
    workflow_id: session.workflowId,
    features: featuresOf(session.played).map((name) => CHECKS[name].feature),
    vendor_data: session.vendorData,
    metadata: session.metadata,
    expected_details: session.expected,
    contact_details: session.contact,
    callback: session.callback,
    id_verifications: one('document', documentOf(session, now)),
    nfc_verifications: one('nfc', {}),
    liveness_checks: one('liveness', {
      method: 'PASSIVE',
      score: checks.get('liveness')?.status === 'Approved' ? 94.6 : 21.3,
      reference_image: null,
      video_url: null,
      age_estimation: 34.2,
      matches: [],
      face_quality: 88.1,
      face_luminance: 51.7,
    }),
    face_matches: one('face', {
      score: { Approved: 96.4, 'In Review': 62.8 }[String(checks.get('face')?.status)] ?? 24.1,
      source_image_session_id: null,
      source_image: null,
      target_image: null,
    }),
    phone_verifications: null,
    email_verifications: null,
    poa_verifications: one('address', {}),
    document_ai_documents: null,
    questionnaire_responses: null,
    aml_screenings: one('aml', {}),
    ip_analyses: one('ip', {
      device_brand: null,
      device_model: null,
      browser_family: null,
      os_family: null,
      platform: null,
      ip_country: 'Spain',
      ip_country_code: 'ES',
      ip_address: '192.0.2.17',
      is_vpn_or_tor: false,
      is_data_center: false,
      matches: [],
    }),
    database_validations: one('database', {}),
    reviews: session.reviews,
    created_at: microseconds(session.createdAt),
    expires_at: microseconds(session.expiresAt),
  }
}

/** Where the visitor goes; with a language in the path when one was asked for. */
export function sessionUrl(session: SandboxSession, publicUrl: string): string {
  const language = session.language ? `/${session.language}` : ''
  return `${publicUrl}${language}/session/${session.token}`
}

function featuresOf(played: ScenarioName | null): readonly CheckName[] {
  const cause = played && scenario(played).cause?.[0]
  const extra = cause && !(USUAL_CHECKS as readonly CheckName[]).includes(cause) ? [cause] : []
  return [...USUAL_CHECKS, ...extra]
}

/** The checks that have run. Steps to be done again have lost their data. */
function checksOf(session: SandboxSession): Map<CheckName, Check> {
  if (!session.played) return new Map()
  const { status, cause } = scenario(session.played)
  const again = session.resubmit.map(({ node_id }) => node_id)
  const ran = featuresOf(session.played).filter((name) => !again.includes(CHECKS[name].node))
  return new Map(
    ran.map((name) => {
      const node_id = CHECKS[name].node
      const spoiled = cause?.[0] === name && status !== null
      const expired = name === 'document' && session.status === 'Kyc Expired'
      const state: FeatureStatus = spoiled ? status : 'Approved'
      const warnings = spoiled ? [warning(name, cause[1], cause[2], status)] : []
      return [name, { node_id, status: expired ? 'Expired' : state, warnings }]
    }),
  )
}

function warning(name: CheckName, risk: string, sentence: string, status: string): Warning {
  return {
    feature: WARNING_NAMES[name] ?? CHECKS[name].feature,
    risk,
    additional_data: null,
    log_type: status === 'Declined' ? 'error' : 'warning',
    short_description: risk.charAt(0) + risk.slice(1).toLowerCase().replaceAll('_', ' '),
    long_description: sentence,
    node_id: CHECKS[name].node,
  }
}

function documentOf(session: SandboxSession, now: number): Omit<IdVerification, keyof Check> {
  const { expected, played, document } = session
  const cause = played ? scenario(played).cause?.[1] : undefined
  const first = expected?.first_name ?? 'Álvaro'
  const last = expected?.last_name ?? 'Muñoz Serrano'
  const young = cause === SCENARIOS.decline_minimum_age.cause[1]
  const stale = cause === SCENARIOS.decline_document_expired.cause[1]
  const over = stale || session.status === 'Kyc Expired'
  const born = young ? day(now - 15.5 * YEAR) : (expected?.date_of_birth ?? '1990-05-15')
  const state = document?.country ?? expected?.id_country ?? 'ESP'
  return {
    document_type: document?.type ?? 'Passport',
    document_subtype: null,
    document_number: expected?.identification_number ?? 'XSB123456',
    personal_number: null,
    portrait_image: null,
    front_image: null,
    back_image: null,
    date_of_birth: born,
    age: Math.floor((now - Date.parse(born)) / YEAR),
    expiration_date: day(session.createdAt + (over ? -0.1 : 6) * YEAR),
    date_of_issue: day(session.createdAt - 4 * YEAR),
    issuing_state: state,
    issuing_state_name: COUNTRIES[state] ?? null,
    first_name: first,
    last_name: last,
    full_name: `${first} ${last}`,
    gender: expected?.gender ?? 'M',
    address: null,
    formatted_address: null,
    place_of_birth: null,
    marital_status: null,
    nationality: expected?.nationality ?? state,
    matches: [],
  }
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Didit's times carry six decimals. */
function microseconds(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}
