// Workflows: which checks run, in which order, with which limits.

/** The steps that a workflow can be made of. */
export const WORKFLOW_FEATURES = [
  'OCR',
  'NFC',
  'LIVENESS',
  'FACE_MATCH',
  'PROOF_OF_ADDRESS',
  'QUESTIONNAIRE',
  'DOCUMENT_AI',
  'PHONE_VERIFICATION',
  'EMAIL_VERIFICATION',
  'DATABASE_VALIDATION',
  'AML',
  'IP_ANALYSIS',
  'AGE_ESTIMATION',
  'KYB_REGISTRY',
  'KYB_DOCUMENTS',
  'KYB_KEY_PEOPLE',
] as const
export type WorkflowFeature = (typeof WORKFLOW_FEATURES)[number]

/** Those that need an earlier step to look at; a workflow cannot begin with one. */
export const PASSIVE_FEATURES: readonly WorkflowFeature[] = [
  'AML',
  'IP_ANALYSIS',
  'DATABASE_VALIDATION',
  'KYB_KEY_PEOPLE',
]

/** One step. */
export interface WorkflowStep {
  feature: WorkflowFeature
  /** The step's own settings; Didit drops keys that it does not know. */
  config?: Record<string, unknown>
  label?: string
}

/** The body of `POST /v3/workflows/`: these keys and no other. */
export interface CreateWorkflow {
  /** At most 50 characters. Default `ID Verification`. */
  workflow_label?: string
  is_default?: boolean
  /** Default `published`. */
  status?: 'draft' | 'published'
  /** In the order in which they run. */
  features: readonly WorkflowStep[]
  is_white_label_enabled?: boolean
  /** Default false: a desktop hands over to a phone. */
  is_desktop_allowed?: boolean
  /** From 0 to 10, default 3. */
  max_retry_attempts?: number
  /** From 1 to 365, default 7; null counts for all time. */
  retry_window_days?: number | null
  /** From 1 to 3, default 3. */
  face_liveness_max_attempts?: number
  face_match_max_attempts?: number
  /** Seconds, from 3600 to 2419200, default 604800. */
  session_expiration_time?: number
}

/** The body of `PATCH /v3/workflows/{uuid}/`; `features` are replaced as a whole. */
export type UpdateWorkflow = Partial<CreateWorkflow>

/** A row of `GET /v3/workflows/`: one version of a workflow. */
export interface WorkflowRow {
  /** Of this version. Get, update and delete want it. */
  uuid: string
  /** The same for all versions. Sessions want it. */
  workflow_id: string
  workflow_label: string
  workflow_type: string | null
  is_default: boolean
  is_archived: boolean
  is_white_label_enabled: boolean
  /** US dollars; text in older answers. */
  total_price: number | string
  min_price?: number
  max_price?: number
  /** `OCR + LIVENESS + FACE_MATCH`; a list in older answers. */
  features: string | string[]
  is_simple_workflow?: boolean
  is_editable?: boolean
  /** The UniLink: every visit begins a new session. */
  workflow_url: string
  max_retry_attempts: number
  retry_window_days: number | null
  session_expiration_time: number
  version: number
  status: 'draft' | 'published'
  has_draft?: boolean
  created_by?: { name: string; email: string | null; type: 'user' | 'api_key' } | null
  updated_at: string
}

/** The whole configuration of a version: some 190 settings beside those of the list. */
export interface Workflow extends WorkflowRow {
  workflow_graph?: { start_node: string; nodes: unknown }
  created_at?: string
  published_at?: string | null
  [setting: string]: unknown
}
