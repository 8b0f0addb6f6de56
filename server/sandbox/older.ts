// The older forms that the sandbox still takes, because two older guides are written in them. A
// request of today's form never comes here, and a strict sandbox refuses all of them.
//
// A workflow made of flags is remembered as one. Its answers, and the decisions of its sessions, say
// the older words beside today's; whoever made the workflow in today's form sees today's alone.

import { isCheck } from './checks.ts'
import type { WorkflowRequest } from './workflow-body.ts'
import { graphOf, priceOf, type Workflow, type WorkflowSettings } from './workflows.ts'

/** What a template of the older form begins with. */
const TEMPLATES = {
  kyc: ['OCR'],
  adaptive_age_verification: ['AGE_ESTIMATION'],
  biometric_authentication: ['LIVENESS', 'FACE_MATCH'],
  address_verification: ['PROOF_OF_ADDRESS'],
  questionnaire_verification: ['QUESTIONNAIRE'],
  email_verification: ['EMAIL_VERIFICATION'],
  phone_verification: ['PHONE_VERIFICATION'],
  kyb: ['KYB_REGISTRY'],
} as const

/** Its flags, in the order in which they run. */
const FLAGS = {
  is_nfc_enabled: 'NFC',
  is_liveness_enabled: 'LIVENESS',
  is_face_match_enabled: 'FACE_MATCH',
  is_proof_of_address_enabled: 'PROOF_OF_ADDRESS',
  is_questionnaire_enabled: 'QUESTIONNAIRE',
  is_phone_verification_enabled: 'PHONE_VERIFICATION',
  is_email_verification_enabled: 'EMAIL_VERIFICATION',
  is_database_validation_enabled: 'DATABASE_VALIDATION',
  is_aml_enabled: 'AML',
  is_ip_analysis_enabled: 'IP_ANALYSIS',
  is_age_estimation_enabled: 'AGE_ESTIMATION',
} as const

/** Whether a body says what it wants in flags, and not in `features`. */
export function isOlderWorkflow(json: Record<string, unknown>): boolean {
  if ('features' in json) return false
  return 'workflow_type' in json || Object.keys(FLAGS).some((flag) => flag in json)
}

/** Reads flags; what it does not know it keeps, and sends back. */
export function readOlderWorkflow(json: Record<string, unknown>): WorkflowRequest {
  const { workflow_type = 'kyc', workflow_label, max_retry_attempts, is_default } = json
  const type = String(workflow_type)
  const first = Object.hasOwn(TEMPLATES, type) ? TEMPLATES[type as keyof typeof TEMPLATES] : ['OCR']
  const more = Object.entries(FLAGS).flatMap(([flag, feature]) =>
    json[flag] === true ? [feature] : [],
  )
  const names = [...new Set([...first, ...more])].filter(isCheck)
  const settings: Partial<WorkflowSettings> = {
    features: names.map((feature) => ({ feature, config: {}, label: null })),
    older: { ...json, workflow_type: type },
    ...(typeof workflow_label === 'string' && { label: workflow_label.slice(0, 50) }),
    ...(typeof max_retry_attempts === 'number' && { maxRetries: max_retry_attempts }),
    ...(typeof is_default === 'boolean' && { isDefault: is_default }),
  }
  return { settings, status: undefined }
}

/** Today's answer in the older types: features as a list of small words, the price as text. */
export function olderAnswer(answer: object, workflow: Workflow) {
  return {
    ...answer,
    ...workflow.older,
    features: workflow.features.map(({ feature }) => feature.toLowerCase()),
    total_price: priceOf(workflow).toFixed(2),
    workflow_graph: graphOf(workflow),
  }
}

/** The fields of a document that were called otherwise once. */
export function olderDocument(document: Record<string, unknown>) {
  if (document.document_number === undefined) return document
  return {
    ...document,
    issuing_country: document.issuing_state,
    expiry_date: document.expiration_date,
  }
}

/** `feature_ocr` stood for the first step of its kind. */
export function olderNode(id: string): string {
  return /_\d+$/.test(id) ? id : `${id}_1`
}
