// Who stands before the camera: made up of what the session expects, what was picked on the page, and
// the sample person of the document's country.

import type { DocumentCode, ExpectedDetails, Warning } from '../didit/types.ts'
import { check } from './checks.ts'
import { country } from './countries.ts'

const YEAR = 365.25 * 24 * 60 * 60 * 1000

/** Short codes of documents, as requests spell them, and the display names of decisions. */
export const DOCUMENT_NAMES: Readonly<Record<string, DocumentCode>> = {
  Passport: 'P',
  'Identity Card': 'ID',
  "Driver's License": 'DL',
  'Residence Permit': 'RP',
  'Health Insurance Card': 'HIC',
  'Tax Card': 'TC',
}

/** The document that the visitor picked. */
export interface PickedDocument {
  /** A display name. */
  type: string
  /** ISO 3166-1 alpha-3. */
  country: string
}

export interface Person {
  first: string
  last: string
  born: string
  gender: string
  nationality: string
  /** Who issued the document, ISO 3166-1 alpha-3. */
  issuer: string
  document: string
  documentNumber: string
  issued: string
  expires: string
  phone: string
  email: string
  /** Equal for equal faces: the same expected name and birthday, else the same `vendor_data`. */
  face: string
}

/** What a person is made from. */
export interface PersonInput {
  vendorData: string | null
  expected: ExpectedDetails | null
  contact: { email?: string; phone?: string } | null
  document: PickedDocument | null
  /** Whether the document shows what the session expects. */
  asExpected: boolean
  /** A cause of a scenario that shows on the document itself. */
  risk: string | undefined
  createdAt: number
  now: number
}

export function personOf(input: PersonInput): Person {
  const { vendorData, document, contact, risk, createdAt, now } = input
  const given = input.expected
  const expected = input.asExpected ? given : null
  const issuer = document?.country ?? expected?.id_country ?? 'ESP'
  const sample = country(issuer)
  const first = expected?.first_name ?? sample.first
  const last = expected?.last_name ?? sample.last
  const born = expected?.date_of_birth ?? '1990-05-15'
  const named = given?.first_name || given?.last_name
  const face = named ? `${first} ${last} ${born}` : (vendorData ?? `${first} ${last}`)
  const wanted = expected?.expected_document_types?.[0]
  const [usual] = Object.entries(DOCUMENT_NAMES).find(([, code]) => code === wanted) ?? []
  const stale = risk === 'DOCUMENT_EXPIRED'
  return {
    first,
    last,
    born: risk === 'AGE_BELOW_MINIMUM' ? day(now - 15.5 * YEAR) : born,
    gender: expected?.gender ?? sample.gender,
    nationality: expected?.nationality ?? issuer,
    issuer,
    document: document?.type ?? usual ?? 'Passport',
    documentNumber: expected?.identification_number ?? `X${checksum(`${issuer} ${face}`)}`,
    issued: day(createdAt - 4 * YEAR),
    expires: day(createdAt + (stale ? -0.1 : 6) * YEAR),
    // One person has one number and one address; the last two digits stay in the country's sample range.
    phone: contact?.phone ?? sample.phone.join('').replace(/..$/, checksum(face).slice(-2)),
    email: contact?.email ?? `person-${checksum(face)}@mail.example`,
    face,
  }
}

/** What differs between the document and what the session expects. */
export function mismatches(person: Person, expected: ExpectedDetails | null): Warning[] {
  if (!expected) return []
  const { first, last, born, gender, nationality, issuer, document, documentNumber } = person
  const types = expected.expected_document_types
  const code = DOCUMENT_NAMES[document]
  const state = expected.id_country ?? expected.country
  const rows: [risk: string, wanted: unknown, found: unknown][] = [
    [
      'NAME_MISMATCH_WITH_PROVIDED',
      joined(expected.first_name ?? first, expected.last_name ?? last),
      joined(first, last),
    ],
    ['DOB_MISMATCH_WITH_PROVIDED', expected.date_of_birth ?? born, born],
    ['GENDER_MISMATCH_WITH_PROVIDED', expected.gender ?? gender, gender],
    ['NATIONALITY_MISMATCH_WITH_PROVIDED', expected.nationality ?? nationality, nationality],
    ['COUNTRY_MISMATCH_WITH_PROVIDED', state ?? issuer, issuer],
    [
      'ID_NUMBER_MISMATCH_WITH_PROVIDED',
      expected.identification_number ?? documentNumber,
      documentNumber,
    ],
    [
      'DOCUMENT_TYPE_MISMATCH_WITH_PROVIDED',
      code && types && !types.includes(code) ? types.join(', ') : code,
      code,
    ],
  ]
  return rows
    .filter(([, wanted, found]) => plain(wanted) !== plain(found))
    .map(([risk, wanted, found]) => ({
      feature: check('OCR').warns,
      risk,
      additional_data: { expected: wanted, found },
      log_type: 'warning',
      short_description: sentenceOf(risk),
      long_description: 'The document shows something else than the session was told to expect.',
      node_id: `${check('OCR').node}_1`,
    }))
}

/** `LOW_FACE_MATCH` as words. */
export function sentenceOf(risk: string): string {
  return risk.charAt(0) + risk.slice(1).toLowerCase().replaceAll('_', ' ')
}

/** A date without its time. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Whole years between a birthday and now. */
export function ageOf(born: string, now: number): number {
  return Math.floor((now - Date.parse(born)) / YEAR)
}

function joined(...names: string[]): string {
  return names.join(' ').trim()
}

/** Capitals and accents are no difference. */
function plain(value: unknown): string {
  return String(value).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** Eight digits that are the same for the same text, so that one person has one document. */
function checksum(text: string): string {
  let sum = 7
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 99_999_989
  return String(sum).padStart(8, '0')
}
