import { check } from './checks.ts'
import { DiditInputError } from './errors.ts'
import { oneOf } from './rules.ts'
import type { KycWorkflow, Thresholds } from './workflow.ts'

/** The flat flags of the KYC guide, which Didit's API refuses today. What is not set is off. */
export interface OldFlags {
  workflow_label?: string
  workflow_type?: string
  is_liveness_enabled?: boolean
  is_face_match_enabled?: boolean
  is_aml_enabled?: boolean
  is_nfc_enabled?: boolean
  is_phone_verification_enabled?: boolean
  is_email_verification_enabled?: boolean
  is_ip_analysis_enabled?: boolean
  is_database_validation_enabled?: boolean
  face_liveness_method?: string
  face_liveness_score_decline_threshold?: number
  face_liveness_score_review_threshold?: number
  face_match_score_decline_threshold?: number
  face_match_score_review_threshold?: number
  aml_decline_threshold?: number
  is_default?: boolean
  is_white_label_enabled?: boolean
  is_desktop_allowed?: boolean
  max_retry_attempts?: number
  retry_window_days?: number | null
  session_expiration_time?: number
}

/** Flag of the guide -> where it is found today. */
const FLAGS: Readonly<Record<keyof OldFlags, keyof KycWorkflow | keyof Thresholds>> = {
  workflow_label: 'label',
  workflow_type: 'label',
  is_liveness_enabled: 'liveness',
  is_face_match_enabled: 'faceMatch',
  is_aml_enabled: 'aml',
  is_nfc_enabled: 'nfc',
  is_phone_verification_enabled: 'phone',
  is_email_verification_enabled: 'email',
  is_ip_analysis_enabled: 'ipAnalysis',
  is_database_validation_enabled: 'databaseValidation',
  face_liveness_method: 'liveness',
  face_liveness_score_decline_threshold: 'livenessDecline',
  face_liveness_score_review_threshold: 'livenessReview',
  face_match_score_decline_threshold: 'faceMatchDecline',
  face_match_score_review_threshold: 'faceMatchReview',
  aml_decline_threshold: 'amlDecline',
  is_default: 'isDefault',
  is_white_label_enabled: 'whiteLabel',
  is_desktop_allowed: 'desktop',
  max_retry_attempts: 'retries',
  retry_window_days: 'retryWindowDays',
  session_expiration_time: 'expiresIn',
}

/** Whether options are written in flags. */
export function isOld(options: object): options is OldFlags {
  return Object.keys(options).some((key) => key.includes('_'))
}

/** @throws {DiditInputError} for what is not a flag. */
export function fromFlags(flags: OldFlags): KycWorkflow {
  const unknown = Object.keys(flags).find((key) => !Object.hasOwn(FLAGS, key))
  if (unknown) {
    const message = `is not a flag of the guide. Known are ${Object.keys(FLAGS).join(', ')}.`
    throw new DiditInputError({ field: unknown, message })
  }
  check({ fields: { workflow_type: oneOf(['kyc']) } }, flags)
  const { workflow_type, face_liveness_method: method, ...rest } = flags
  const entries = Object.entries(rest).map(([flag, value]) => [
    FLAGS[flag as keyof OldFlags],
    value,
  ])
  const named = Object.fromEntries(entries)
  return {
    ...named,
    liveness: flags.is_liveness_enabled === true && (method?.toLowerCase() ?? true),
    faceMatch: flags.is_face_match_enabled === true,
    thresholds: named,
  }
}
