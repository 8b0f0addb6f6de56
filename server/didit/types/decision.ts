// The answer of `GET /v3/session/{id}/decision/` and the `decision` of a webhook. Didit promises no
// field: what a check did not read, what the application's settings hide and what a scoped key may
// not see is null or absent. Media links die after an hour; download at once, never store a link.

import type { ContactDetails, ExpectedDetails } from '../types.ts'
import type { AmlScreening } from './aml.ts'
import type { BusinessDocuments, KeyPeopleCheck, RegistryCheck } from './business.ts'
import type {
  DatabaseValidation,
  DocumentAi,
  EmailVerification,
  FaceMatch,
  IdVerification,
  IpAnalysis,
  LivenessCheck,
  NfcVerification,
  PhoneVerification,
  PoaVerification,
  QuestionnaireResponse,
} from './person.ts'

/** A field as Didit read it: null where there was nothing to read. */
export type Text = string | null

/** The state of one check inside a decision. */
export type FeatureStatus =
  | 'Not Finished'
  | 'Approved'
  | 'Declined'
  | 'In Review'
  | 'Expired'
  | 'Resub Requested'

/** How warnings spell the check that they are about; features and workflows spell some differently. */
export type WarningFeature =
  | 'ID_VERIFICATION'
  | 'NFC'
  | 'LIVENESS'
  | 'FACEMATCH'
  | 'PROOF_OF_ADDRESS'
  | 'PHONE'
  | 'EMAIL'
  | 'AML'
  | 'LOCATION'
  | 'DATABASE_VALIDATION'
  | 'QUESTIONNAIRE'
  | 'DOCUMENT_AI'
  | 'KYB_REGISTRY'
  | 'KYB_DOCUMENTS'
  | 'KYB_KEY_PEOPLE'

/** Something a check has noticed. `risk` is an open set of upper-case codes. */
export interface Warning {
  /** One of {@link WarningFeature}. */
  feature: string
  risk: string
  additional_data: object | null
  log_type: 'error' | 'warning' | 'information'
  short_description: string
  long_description: string
  node_id: string
}

/** What every check of a decision has. */
export interface Check {
  node_id: string
  status: FeatureStatus
  warnings: Warning[]
}

/** Another session, import or list entry that the same face, document, number or device is in. */
export interface Match {
  session_id?: Text
  session_number?: number | null
  vendor_data?: Text
  verification_date?: Text
  status?: Text
  is_blocklisted?: boolean
  api_service?: Text
  /** `session`, `imported`, `list_entry` or `retained_template`. */
  source?: string
}

/** A decision that a person or the API took over the checks' own. */
export interface Review {
  user: string
  new_status: string
  comment: string | null
  created_at: string
}

/** What version 2 and 3 of a decision have in common. */
export interface DecisionHead {
  session_id: string
  session_number: number | null
  session_url: string | null
  /** One of Didit's ten statuses, or what a newer Didit sends. */
  status: string
  workflow_id: string | null
  vendor_data: string | null
  metadata: unknown
  expected_details: ExpectedDetails | null
  contact_details: ContactDetails | null
  callback: string | null
  reviews: Review[]
  /** ISO 8601, UTC, microseconds. */
  created_at: string
  expires_at: string | null
}

/** The answer of `GET /v3/session/{id}/decision/`, version 3. An array is null until its check ran. */
export interface Decision extends DecisionHead {
  session_kind: 'user' | 'business'
  environment: 'live' | 'sandbox'
  /** `ID_VERIFICATION`, `LIVENESS`, `FACE_MATCH`, `POA`, `PHONE`, `EMAIL_VERIFICATION`, … */
  features: string[]
  id_verifications: IdVerification[] | null
  nfc_verifications: NfcVerification[] | null
  liveness_checks: LivenessCheck[] | null
  face_matches: FaceMatch[] | null
  phone_verifications: PhoneVerification[] | null
  email_verifications: EmailVerification[] | null
  poa_verifications: PoaVerification[] | null
  document_ai_documents: DocumentAi[] | null
  questionnaire_responses: QuestionnaireResponse[] | null
  aml_screenings: AmlScreening[] | null
  ip_analyses: IpAnalysis[] | null
  database_validations: DatabaseValidation[] | null
  /** The last three only when `session_kind` is `business`. */
  registry_checks?: RegistryCheck[] | null
  document_verifications?: BusinessDocuments[] | null
  key_people_checks?: KeyPeopleCheck[] | null
}

/** A decision asked for with `include=events`. Businesses answer with a plain {@link Decision}. */
export interface DecisionWithEvents extends Omit<Decision, 'session_kind' | 'features'> {
  session_kind?: never
  /** E-mail is `EMAIL` here. */
  features: { feature: string; node_id: string }[]
  /** The session's time line. */
  events: Record<string, unknown>[]
  /** The whole activity log, of which `reviews` is a part. */
  activity_reviews: Record<string, unknown>[]
  blocklisted: Record<string, unknown> | null
  cost_breakdown: Record<string, unknown> | null
  workflow_type: string | null
  workflow_version: number | null
  workflow_version_id?: string | null
  api_service?: string | null
  session_type?: 'API' | 'HOSTED' | 'MIGRATED'
  has_device_nfc_support?: boolean
}

/** Version 2: one object per check. From importing a shared session, and old webhook destinations. */
export interface DecisionV2 extends Partial<DecisionHead> {
  session_id: string
  session_number: number | null
  status: string
  session_kind?: never
  id_verification?: Partial<IdVerification> | null
  nfc?: Partial<NfcVerification> | null
  liveness?: Partial<LivenessCheck> | null
  face_match?: Partial<FaceMatch> | null
  phone?: Partial<PhoneVerification> | null
  email?: Partial<EmailVerification> | null
  poa?: Partial<PoaVerification> | null
  aml?: Partial<AmlScreening> | null
  ip_analysis?: Partial<IpAnalysis> | null
  database_validation?: Partial<DatabaseValidation> | null
}
