// The shapes of contract.ts as schemas: what comes in is checked by them, and openapi.json is made of them.

import * as z from 'zod'
import {
  type CreateRequest,
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

/** The body of `POST /sessions`; any other key is refused. */
export const createRequest = z.strictObject({
  workflow: z.string().max(100).optional(),
  language: z.string().max(35).optional(),
  mode: z.enum(MODES).optional(),
  reference: z.string().max(256).optional(),
  returnUrl: z.string().max(2048).optional(),
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
