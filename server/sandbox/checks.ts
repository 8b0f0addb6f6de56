// The checks a workflow can hold, and the many names Didit has for each.

import type { FeatureStatus } from '../didit/types.ts'

interface CheckRow {
  /** Its array in a decision; age estimation has none of its own and stands among the liveness ones. */
  list: string
  /** The same in the singular, for webhooks of version v1 and v2. */
  single: string
  /** What its nodes are called, before their number. */
  node: string
  /** In a decision's `features` and in the rows of a list. */
  feature: string
  /** In the `feature` of a warning. */
  warns: string
  /** What `nodes_to_resubmit` may call it. */
  names: readonly string[]
  /** Runs without the user; cannot come first. */
  passive: boolean
  /** What has to come before it. */
  after: readonly string[]
  /** Dollars. */
  price: number
  /** The word for it while it waits to be done again: the schemas differ. */
  awaited: FeatureStatus
}

const usual = { passive: false, after: [], awaited: 'Resub Requested' } as const
const contact = { ...usual, awaited: 'Not Finished' } as const
const silent = { ...usual, passive: true } as const

/** Every `feature` of `POST /v3/workflows/`, in the order that the older flags are put in. */
export const CHECKS = {
  AGE_ESTIMATION: {
    ...usual,
    list: 'liveness_checks',
    single: 'liveness',
    node: 'feature_age_estimation',
    feature: 'AGE_ESTIMATION',
    warns: 'LIVENESS',
    names: ['AGE_ESTIMATION'],
    price: 0.1,
  },
  OCR: {
    ...contact,
    list: 'id_verifications',
    single: 'id_verification',
    node: 'feature_ocr',
    feature: 'ID_VERIFICATION',
    warns: 'ID_VERIFICATION',
    names: ['OCR', 'OCR_BACK', 'ID_VERIFICATION'],
    price: 0.1,
  },
  NFC: {
    ...usual,
    list: 'nfc_verifications',
    single: 'nfc',
    node: 'feature_nfc',
    feature: 'NFC',
    warns: 'NFC',
    names: ['NFC'],
    after: ['OCR'],
    price: 0.1,
  },
  LIVENESS: {
    ...usual,
    list: 'liveness_checks',
    single: 'liveness',
    node: 'feature_liveness',
    feature: 'LIVENESS',
    warns: 'LIVENESS',
    names: ['LIVENESS', 'FACE', 'FACE_SEARCH'],
    price: 0.03,
  },
  FACE_MATCH: {
    ...usual,
    list: 'face_matches',
    single: 'face_match',
    node: 'feature_face_match',
    feature: 'FACE_MATCH',
    warns: 'FACEMATCH',
    names: ['FACE_MATCH'],
    after: ['OCR'],
    price: 0.02,
  },
  PROOF_OF_ADDRESS: {
    ...usual,
    list: 'poa_verifications',
    single: 'poa',
    node: 'feature_poa',
    feature: 'POA',
    warns: 'PROOF_OF_ADDRESS',
    names: ['PROOF_OF_ADDRESS', 'POA'],
    price: 0.5,
  },
  QUESTIONNAIRE: {
    ...usual,
    list: 'questionnaire_responses',
    single: 'questionnaire',
    node: 'feature_questionnaire',
    feature: 'QUESTIONNAIRE',
    warns: 'QUESTIONNAIRE',
    names: ['QUESTIONNAIRE'],
    price: 0.1,
  },
  DOCUMENT_AI: {
    ...contact,
    list: 'document_ai_documents',
    single: 'document_ai',
    node: 'feature_document_ai',
    feature: 'DOCUMENT_AI',
    warns: 'DOCUMENT_AI',
    names: ['DOCUMENT_AI'],
    price: 0.2,
  },
  PHONE_VERIFICATION: {
    ...contact,
    list: 'phone_verifications',
    single: 'phone',
    node: 'feature_phone',
    feature: 'PHONE',
    warns: 'PHONE',
    names: ['PHONE_VERIFICATION', 'PHONE'],
    price: 0.1,
  },
  EMAIL_VERIFICATION: {
    ...contact,
    list: 'email_verifications',
    single: 'email',
    node: 'feature_email',
    feature: 'EMAIL_VERIFICATION',
    warns: 'EMAIL',
    names: ['EMAIL_VERIFICATION', 'EMAIL'],
    price: 0.03,
  },
  DATABASE_VALIDATION: {
    ...silent,
    list: 'database_validations',
    single: 'database_validation',
    node: 'feature_db_validation',
    feature: 'DATABASE_VALIDATION',
    warns: 'DATABASE_VALIDATION',
    names: ['DATABASE_VALIDATION'],
    price: 0.3,
  },
  AML: {
    ...silent,
    list: 'aml_screenings',
    single: 'aml',
    node: 'feature_aml',
    feature: 'AML',
    warns: 'AML',
    names: ['AML'],
    price: 0.35,
  },
  IP_ANALYSIS: {
    ...silent,
    list: 'ip_analyses',
    single: 'ip_analysis',
    node: 'feature_ip',
    feature: 'IP_ANALYSIS',
    warns: 'LOCATION',
    names: ['IP_ANALYSIS'],
    price: 0.03,
  },
  KYB_REGISTRY: {
    ...contact,
    list: 'registry_checks',
    single: 'registry_check',
    node: 'feature_kyb_registry',
    feature: 'KYB_REGISTRY',
    warns: 'KYB_REGISTRY',
    names: [],
    price: 1.5,
  },
  KYB_DOCUMENTS: {
    ...usual,
    list: 'document_verifications',
    single: 'document_verification',
    node: 'feature_kyb_documents',
    feature: 'KYB_DOCUMENTS',
    warns: 'KYB_DOCUMENTS',
    names: ['KYB_DOCUMENTS'],
    price: 1,
  },
  KYB_KEY_PEOPLE: {
    ...contact,
    passive: true,
    list: 'key_people_checks',
    single: 'key_people_check',
    node: 'feature_kyb_key_people',
    feature: 'KYB_KEY_PEOPLE',
    warns: 'KYB_KEY_PEOPLE',
    names: [],
    price: 1,
  },
} as const satisfies Record<string, CheckRow>
export type CheckName = keyof typeof CHECKS

/** The row of a check, its optional parts widened. */
export function check(name: CheckName): CheckRow {
  return CHECKS[name]
}

export function isCheck(name: unknown): name is CheckName {
  return typeof name === 'string' && Object.hasOwn(CHECKS, name)
}

/** A step of a workflow. */
export interface Node {
  id: string
  feature: CheckName
}

/** The steps of a list of features: each numbered among those of its kind. */
export function nodesOf(features: readonly CheckName[]): Node[] {
  return features.map((feature, i) => {
    const number = features.slice(0, i + 1).filter((each) => each === feature).length
    return { id: `${check(feature).node}_${number}`, feature }
  })
}
