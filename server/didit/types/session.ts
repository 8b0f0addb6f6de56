// Requests and answers about sessions, beside creating one and its decision.

import type { Status } from '../../contract.ts'
import type { Language } from '../types.ts'
import type { Decision, DecisionV2, FeatureStatus, Text } from './decision.ts'

/** One page of a list. `next` and `previous` are addresses, null at the ends. */
export interface Page<Row> {
  count: number
  next: string | null
  previous: string | null
  results: Row[]
}

/** Where a page begins and how long it is. */
export interface Paging {
  limit?: number
  offset?: number
}

/** Filters of `GET /v3/sessions/`. Lists may be given as arrays or comma separated. */
export interface ListSessions extends Paging {
  /** Default `user`. */
  session_kind?: 'user' | 'business' | 'all'
  status?: Status | readonly Status[] | (string & {})
  /** Exact; `search` finds parts. */
  vendor_data?: string
  search?: string
  workflow_id?: string | readonly string[]
  /** `YYYY-MM-DD`, UTC, inclusive for persons. */
  date_from?: string
  date_to?: string
  /** Alpha-3 codes of the issuing state for persons; the registry's country for businesses. */
  country?: string | readonly string[]
  /** Short codes: `P`, `ID`, `DL`, … */
  document_type?: string | readonly string[]
  document_name?: string | readonly string[]
  region?: string | readonly string[]
  /** Didit's own id of a person. */
  didit_internal_id?: string
  session_type?: string | readonly string[]
  api_service?: string
  screened_full_name?: string
  /** Risk codes. */
  warning?: string | readonly string[]
  status_initialized_as_in_review?: boolean
  is_kyc_to_be_reviewed?: boolean
  euuid?: string
  organization_name?: string | readonly string[]
}

/** A row of `GET /v3/sessions/` about a person. */
export interface UserSessionRow {
  session_id: string
  session_kind: 'user'
  session_number: number
  session_url: Text
  /** A link that dies after an hour. */
  portrait_image: Text
  /** A display name. */
  document_type: Text
  full_name: Text
  /** ISO 3166-1 alpha-3. */
  country: Text
  status: string
  vendor_data: Text
  didit_internal_id: Text
  created_at: string
  features: { feature: string; status: FeatureStatus }[]
  phone_number: { number: string; is_verified: boolean } | null
  email_address: { email: string; is_verified: boolean } | null
  additional_details: Record<string, Record<string, unknown>> | null
}

/** A row of `GET /v3/sessions/` about a business. */
export interface BusinessSessionRow {
  session_id: string
  session_kind: 'business'
  session_number: number
  status: string
  vendor_data: Text
  created_at: string
  workflow_id: Text
  workflow_type: Text
  workflow_label: Text
  company_name: Text
  registration_number: Text
  country: Text
}

export type SessionListRow = UserSessionRow | BusinessSessionRow

/** What deleting a session answers; older Didits answer nothing, which reads as null. */
export interface DeletedSession {
  session_id: string
  session_number: number
  face_retention_outcome?: Text
  biometric_template_uuid?: Text
}

/** The body of `POST /v3/sessions/delete/`. Unknown numbers are skipped without a word. */
export type DeleteSessions =
  | { session_numbers: readonly (string | number)[]; delete_all?: false }
  | { session_numbers?: undefined; delete_all: true }

/** Steps as `nodes_to_resubmit` spells them, aliases included. */
export const RESUBMIT_FEATURES = [
  'OCR',
  'OCR_BACK',
  'NFC',
  'AML',
  'FACE',
  'LIVENESS',
  'FACE_MATCH',
  'IP_ANALYSIS',
  'AGE_ESTIMATION',
  'PROOF_OF_ADDRESS',
  'PHONE_VERIFICATION',
  'EMAIL_VERIFICATION',
  'FACE_SEARCH',
  'DATABASE_VALIDATION',
  'QUESTIONNAIRE',
  'DOCUMENT_AI',
  'KYB_DOCUMENTS',
  'ID_VERIFICATION',
  'POA',
  'PHONE',
  'EMAIL',
] as const

/** The statuses that the API can give to a session. */
export const SETTABLE_STATUSES = ['Approved', 'Declined', 'Resubmitted'] as const
export type SettableStatus = (typeof SETTABLE_STATUSES)[number]

/** A step of the flow that has to be done again. Take `node_id` from the decision. */
export interface ResubmitNode {
  node_id: string
  feature: string
}

/** What may go along with a change of status. */
export interface StatusNote {
  /** Ends up in the decision's `reviews`. */
  comment?: string
  /** Default false; true needs `email_address`. */
  send_email?: boolean
  email_address?: string
  /** Default `en`. */
  email_language?: Language
  /** From {@link ResubmissionPreview}; Didit answers 409 when things have changed since. */
  email_preview_token?: string
}

/** The body of `PATCH /v3/session/{id}/update-status/`. */
export interface UpdateStatus extends StatusNote {
  new_status: SettableStatus
  nodes_to_resubmit?: readonly ResubmitNode[]
}

/** The body of `POST /v3/session/{id}/resubmission-preview/`. */
export interface PreviewResubmission {
  nodes_to_resubmit?: readonly ResubmitNode[]
  email_address?: string
  email_language?: Language
}

/** What a resubmission would do. More keys than these. */
export interface ResubmissionPreview {
  recipient: Text
  recipient_source: 'email_verification' | 'contact_details' | 'request' | ''
  will_be_sent: boolean
  not_sent_reason: 'no_user_action' | 'no_recipient' | 'sandbox' | null
  requires_user_action: boolean
  /** Valid for 15 minutes. */
  preview_token: string
  [key: string]: unknown
}

/** The body of `POST /v3/session/{id}/share/`. */
export interface ShareSession {
  /** The application that may import it. */
  for_application_id: string
  /** From 60 to 86400; default 3600. */
  ttl_in_seconds?: number
}

export interface SharedSession {
  /** A secret until it is redeemed. */
  share_token: string
  for_application_id: string
  session_kind: 'user' | 'business'
}

/** The body of `POST /v3/session/import-shared/`. */
export interface ImportShared {
  share_token: string
  /** Whether the source's verdict holds; false puts the copy In Review. */
  trust_review: boolean
  workflow_id: string
  vendor_data?: string | null
}

/**
 * The answer of an import: version 2 for persons until the summer of 2026, version 3 since, always
 * version 3 for businesses. Ask for the decision when more than its head is needed.
 */
export type ImportedSession =
  | DecisionV2
  | (Partial<Decision> & {
      session_id: string
      session_kind: 'user' | 'business'
      session_number: number | null
      status: string
      shared_from_session?: unknown
    })

/** The query of a session's reviews. Newest first unless `ordering` is `created_at`. */
export interface ListReviews extends Paging {
  ordering?: '-created_at' | 'created_at'
}

/** An entry of a session's activity log. */
export interface ReviewEntry {
  uuid: string
  /** `STATUS_UPDATED`, `COMMENT`, `KYC_DATA_UPDATED`, … */
  activity_type: string
  actor_display: string
  actor_email: Text
  actor_type: 'API_KEY' | 'CONSOLE_USER' | 'SYSTEM'
  new_status: Text
  previous_status: Text
  comment: Text
  mentioned_emails: string[]
  previous_value: object | null
  new_value: object | null
  changed_fields: string[]
  metadata: object | null
  created_at: string
}

/** The body of `POST /v3/sessions/{id}/reviews/`: a note; it never changes the session. */
export interface AddReview {
  new_status?: Status | null
  comment?: string | null
}

export interface AddedReview {
  user: string
  new_status: Text
  comment: Text
  created_at: string
}

/** The body of `POST /v3/session/{id}/sandbox/arm/`; sandbox applications only. */
export interface ArmScenario {
  scenario: string
}

export interface ArmedScenario {
  session_id: string
  scenario: string
  status: string
}
