// The shapes of contract.ts as schemas: what comes in is checked by them, and openapi.json is made of them.

import * as z from 'zod'
import {
  type CreateRequest,
  DOCUMENT_CODES,
  LANGUAGES,
  MODES,
  type Outcome,
  PROBLEMS,
  type Problem,
  type ProblemCode,
  type Session,
  type SessionAnswer,
  type SessionGrant,
  STATUSES,
} from './contract.ts'

/** Long enough for every name and place; Didit names limits for companies only. */
const line = z.string().max(255).optional()

const contact = z.strictObject({
  email: z.string().max(254).optional(),
  send_notification_emails: z.boolean().optional(),
  email_lang: z.enum(LANGUAGES).optional(),
  phone: z.string().max(32).optional(),
})

const expected = z.strictObject({
  first_name: line,
  last_name: line,
  date_of_birth: z.string().max(10).optional(),
  gender: z.enum(['M', 'F']).nullable().optional(),
  nationality: z.string().max(3).optional(),
  country: z.string().max(3).optional(),
  id_country: z.string().max(3).optional(),
  poa_country: z.string().max(3).optional(),
  address: z.string().max(1000).optional(),
  identification_number: z.string().max(100).optional(),
  ip_address: z.string().max(45).optional(),
  expected_document_types: z.array(z.enum(DOCUMENT_CODES)).max(DOCUMENT_CODES.length).optional(),
  company_name: line,
  registry_country: z.string().max(10).optional(),
  registration_number: z.string().max(100).optional(),
})

/** The body of `POST /sessions`; any other key is refused, in its objects too. */
export const createRequest = z.strictObject({
  workflow: z.string().max(100).optional(),
  language: z.string().max(35).optional(),
  mode: z.enum(MODES).optional(),
  reference: z.string().max(256).optional(),
  returnUrl: z.string().max(2048).optional(),
  contact: contact.optional().describe("For the host's buildSession; else it is dropped."),
  expected: expected.optional().describe("For the host's buildSession; else it is dropped."),
}) satisfies z.ZodType<CreateRequest>

const outcomes = Object.values(STATUSES).flatMap(({ outcome }) => outcome ?? [])

export const session = z.strictObject({
  id: z.string(),
  workflow: z.string(),
  status: z.string().describe("Didit's status; newer ones than this version knows come through."),
  outcome: z.enum([...new Set<Outcome>(outcomes)]).nullable(),
  settled: z.boolean(),
  url: z.url().optional().describe('Only while the session is open.'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  version: z.int().min(1),
}) satisfies z.ZodType<Session>

const answer = {
  session,
  receipt: z.jwt().optional().describe('Only while approved; signed by a key of /receipt-keys.'),
}

export const sessionAnswer = z.strictObject(answer) satisfies z.ZodType<SessionAnswer>

export const sessionGrant = z.strictObject({
  ...answer,
  token: z.string().describe('Opaque, 30 days.'),
}) satisfies z.ZodType<SessionGrant>

const codes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]

export const problem = z.strictObject({
  status: z.int().min(400).max(599),
  code: z.enum([...codes, 'operator-token']),
  title: z.string(),
  detail: z.string(),
}) satisfies z.ZodType<Omit<Problem, 'code'>>

export const receiptKeys = z.strictObject({
  keys: z.array(
    z.strictObject({
      kid: z.string(),
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: z.string(),
      y: z.string(),
      alg: z.literal('ES256'),
      use: z.literal('sig'),
    }),
  ),
})

export const health = z.strictObject({ status: z.literal('ok') })

const part = z.enum(['ok', 'down'])

export const readiness = z.strictObject({
  status: z.enum(['ready', 'degraded', 'unready']),
  store: part,
  upstream: part,
})
export type Readiness = z.infer<typeof readiness>
