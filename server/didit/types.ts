// Didit's wire: what it is sent, what it answers, what it posts, named as there. Types, the lists of
// words they are made of, and one schema for what comes unasked. One file per noun in types/.

import { z } from 'zod'
import type { ContactDetails, ExpectedDetails, Language } from '../contract.ts'

// A page may name these too, so they are in the contract with it.
export {
  type ContactDetails,
  DOCUMENT_CODES,
  type DocumentCode,
  type ExpectedDetails,
  LANGUAGES,
  type Language,
} from '../contract.ts'
export type * from './types/account.ts'
export type * from './types/aml.ts'
export * from './types/blocklist.ts'
export type * from './types/business.ts'
export type * from './types/decision.ts'
export type * from './types/person.ts'
export * from './types/session.ts'
export * from './types/webhook.ts'
export * from './types/workflow.ts'

/** Those of {@link LANGUAGES} that are written from right to left. */
export const RTL_LANGUAGES: readonly Language[] = ['ar', 'he', 'fa']

/** Which device follows the callback: the one that started, the one that finished, or either. */
export const CALLBACK_METHODS = ['initiator', 'completer', 'both'] as const
export type CallbackMethod = (typeof CALLBACK_METHODS)[number]

/** The body of `POST /v3/session/`. */
export interface CreateSession {
  workflow_id: string
  /** Who is verified. The same value gets the same unfinished session back. */
  vendor_data?: string
  /** Custom schemes are allowed. */
  callback?: string
  /** Default `initiator`. */
  callback_method?: CallbackMethod
  /** Any JSON; comes back verbatim. */
  metadata?: unknown
  language?: Language
  contact_details?: ContactDetails
  expected_details?: ExpectedDetails
  /** Base64, 2 MB at most. */
  portrait_image?: string
  /** Only sandbox applications; refused on live ones. */
  sandbox_scenario?: string
}

/** The answer of `POST /v3/session/`: these ten keys and no other. */
export interface CreatedSession {
  session_id: string
  session_number: number
  /** A secret: whoever holds it can open the session. Opaque, no format is promised. */
  session_token: string
  url: string
  vendor_data: string | null
  metadata: unknown
  /** The real one: a session that is handed back may be further on than `Not Started`. */
  status: string
  callback: string | null
  workflow_id: string
  workflow_version: number
}

/** The body of a webhook about a session; its times are Unix seconds. Further keys are dropped. */
export const webhookPayload = z
  .object({
    /** Absent from the samples that the console sends. */
    event_id: z.string().nullish(),
    /** `status.updated`, `data.updated`, … */
    webhook_type: z.string(),
    /** When this attempt was sent; the same as the `X-Timestamp` header. */
    timestamp: z.int().optional(),
    /** When it happened. */
    created_at: z.int(),
    application_id: z.string().nullish(),
    environment: z.string().nullish(),
    /** Session events have both; those about entities and transactions have neither. */
    session_id: z.string().min(1).optional(),
    status: z.string().optional(),
    workflow_id: z.string().nullish(),
    workflow_version: z.number().nullish(),
    vendor_data: z.string().nullish(),
    metadata: z.unknown().optional(),
    /** A {@link Decision} when the status is Approved, Declined, In Review or Abandoned. */
    decision: z.unknown().optional(),
    /** Only when the status is Resubmitted. */
    resubmit_info: z.unknown().optional(),
  })
  .refine(
    ({ webhook_type, session_id, status }) =>
      webhook_type !== 'status.updated' || (session_id !== undefined && status !== undefined),
  )
export type WebhookPayload = z.infer<typeof webhookPayload>
