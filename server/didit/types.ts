// Didit's wire: what it is sent, what it answers, what it posts, named as there. Types, the lists of
// words they are made of, and one schema for what comes unasked. One file per noun in types/.

import { z } from 'zod'

export type * from './types/account.ts'
export type * from './types/aml.ts'
export * from './types/blocklist.ts'
export type * from './types/business.ts'
export type * from './types/decision.ts'
export type * from './types/person.ts'
export * from './types/session.ts'
export * from './types/webhook.ts'
export * from './types/workflow.ts'

/** The languages of the hosted page and of Didit's e-mails. Didit compares them case-sensitively. */
// biome-ignore format: a word list reads better in rows
export const LANGUAGES = [
  'en', 'ar', 'bg', 'bn', 'bs', 'ca', 'cnr', 'cs', 'da', 'de', 'el', 'es', 'et', 'fa', 'fi', 'fr',
  'he', 'hi', 'hr', 'hu', 'hy', 'id', 'it', 'ja', 'ka', 'kk', 'ko', 'ky', 'lt', 'lv', 'mk', 'mn',
  'ms', 'nl', 'no', 'pl', 'pt-BR', 'pt', 'ro', 'ru', 'sk', 'sl', 'so', 'sq', 'sr', 'sv', 'th', 'tr',
  'uk', 'uz', 'vi', 'zh-CN', 'zh-TW', 'zh',
] as const
export type Language = (typeof LANGUAGES)[number]

/** Those of {@link LANGUAGES} that are written from right to left. */
export const RTL_LANGUAGES: readonly Language[] = ['ar', 'he', 'fa']

/** Which device follows the callback: the one that started, the one that finished, or either. */
export const CALLBACK_METHODS = ['initiator', 'completer', 'both'] as const
export type CallbackMethod = (typeof CALLBACK_METHODS)[number]

/** Short codes of documents, as requests spell them; decisions hold display names. */
export const DOCUMENT_CODES = ['P', 'ID', 'DL', 'RP', 'HIC', 'TC', 'SSC'] as const
export type DocumentCode = (typeof DOCUMENT_CODES)[number]

/** How Didit may write to the person. */
export interface ContactDetails {
  email?: string
  /** Default false. */
  send_notification_emails?: boolean
  email_lang?: Language
  /** E.164. Didit ignores a number it cannot parse, without a word. */
  phone?: string
}

/** What the documents are compared with; a difference becomes a warning in the decision. */
export interface ExpectedDetails {
  first_name?: string
  last_name?: string
  /** `YYYY-MM-DD`. */
  date_of_birth?: string
  gender?: 'M' | 'F' | null
  /** ISO 3166-1 alpha-3, as the other countries of persons. */
  nationality?: string
  country?: string
  id_country?: string
  poa_country?: string
  /** Needs `country` or `poa_country` beside it. */
  address?: string
  identification_number?: string
  ip_address?: string
  expected_document_types?: DocumentCode[]
  /** The last three are for businesses only. */
  company_name?: string
  registry_country?: string
  registration_number?: string
}

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
