// Bodies of workflows, built from what people want checked. Config keys are those that Didit's
// reference of feature settings names; a step without one has Didit's defaults.

import { check, type Shape } from './checks.ts'
import { fromFlags, isOld, type OldFlags } from './old-flags.ts'
import { atMost, between, nullable, oneOf, uuid, whole } from './rules.ts'
import type { CreateWorkflow, WorkflowFeature, WorkflowStep } from './types.ts'

/** What every workflow has. */
export interface WorkflowFrame {
  /** At most 50 characters; the default names the template. */
  label?: string
  /** How often somebody may try again after a decline, from 0 to 10. Didit's default is 3. */
  retries?: number
  /** Days in which tries are counted, from 1 to 365; null for all time. Didit's default is 7. */
  retryWindowDays?: number | null
  /** Whether desktops may take the pictures themselves. Didit's default is false. */
  desktop?: boolean
  /** Seconds until an unfinished session expires. Didit's default is a week. */
  expiresIn?: number
  isDefault?: boolean
  whiteLabel?: boolean
  /** Default published. */
  status?: 'draft' | 'published'
  /** Further settings of single steps, over those that the options lead to. */
  config?: { readonly [feature in WorkflowFeature]?: Record<string, unknown> }
}

/** Scores from 0 to 100. */
export interface Thresholds {
  /** Face match: below it declined; below the second in review. */
  faceMatchDecline?: number
  faceMatchReview?: number
  /** Liveness: as face match. */
  livenessDecline?: number
  livenessReview?: number
  /** AML, where high is bad: up to the first approved, above the second declined. */
  amlApprove?: number
  amlDecline?: number
}

export type LivenessMethod = 'passive' | 'active_3d' | 'flashing'

export interface KycWorkflow extends WorkflowFrame {
  /** Default true. A name chooses how; Didit's default is passive. */
  liveness?: boolean | LivenessMethod
  /** Default: as liveness, whose picture it compares. */
  faceMatch?: boolean
  /** Sanctions and politically exposed persons. This and the rest: default false, cost extra. */
  aml?: boolean
  /** Reads the chip of a document; only the native apps can. */
  nfc?: boolean
  phone?: boolean
  email?: boolean
  /** Proof of address. */
  poa?: boolean
  ipAnalysis?: boolean
  databaseValidation?: boolean
  thresholds?: Thresholds
}

/** A body for `workflows.create()`, and what its maker should know. */
export interface BuiltWorkflow {
  body: CreateWorkflow
  /** Sentences. */
  warnings: string[]
}

const NFC_WARNING =
  'Chips can only be read in the native apps of Didit: a browser cannot finish the NFC step.'
const DATABASE_WARNING =
  'Database validation does nothing until config.DATABASE_VALIDATION names ' +
  'database_validation_countries.'
const FACE_WARNING =
  'Didit lets FACE_MATCH come only after OCR in workflows of the API. If it refuses this one, ' +
  'make a biometric workflow in the console. Without FACE_MATCH the portrait would be ignored.'

/**
 * A document, a selfie and what else is wanted, in the order in which Didit takes it. Also reads the
 * flags of the guide: `{workflow_type: 'kyc', is_liveness_enabled: true, …}`.
 *
 * @throws {DiditInputError} for a label, number or flag that Didit would refuse.
 */
export function kycWorkflow(options: KycWorkflow | OldFlags = {}): BuiltWorkflow {
  const wanted = isOld(options) ? fromFlags(options) : (options as KycWorkflow)
  const { liveness = true, thresholds = {} } = wanted
  const { faceMatch = liveness !== false } = wanted
  check(OPTIONS, wanted)
  const steps: [WorkflowFeature, boolean | undefined, Record<string, unknown>?][] = [
    ['OCR', true],
    ['NFC', wanted.nfc],
    ['LIVENESS', liveness !== false, livenessConfig(liveness, thresholds)],
    ['FACE_MATCH', faceMatch, faceMatchConfig(thresholds)],
    ['PROOF_OF_ADDRESS', wanted.poa],
    ['PHONE_VERIFICATION', wanted.phone],
    ['EMAIL_VERIFICATION', wanted.email],
    ['DATABASE_VALIDATION', wanted.databaseValidation],
    ['AML', wanted.aml, amlConfig(thresholds)],
    ['IP_ANALYSIS', wanted.ipAnalysis],
  ]
  const features = steps.flatMap(([name, on, config]) => (on ? [step(name, config)] : []))
  const warnings = [
    ...(wanted.nfc ? [NFC_WARNING] : []),
    ...(wanted.databaseValidation && !wanted.config?.DATABASE_VALIDATION ? [DATABASE_WARNING] : []),
  ]
  return { body: frame('KYC', wanted, features), warnings }
}

/** An age guessed from a selfie, and a document where the guess is too close to call. */
export function adaptiveAgeWorkflow(
  options: WorkflowFrame & {
    /** Years. Default 18. */
    minimumAge?: number
    /** Guesses from the first to the second year lead to a document. */
    borderline?: readonly [number, number]
    /** Whether borderline guesses ask for a document. Default true. */
    documentFallback?: boolean
  } = {},
): BuiltWorkflow {
  const { minimumAge = 18, borderline, documentFallback = true } = options
  check({ fields: { minimumAge: whole(1, 100) } }, { minimumAge })
  const age = step('AGE_ESTIMATION', {
    minimum_age_threshold: minimumAge,
    borderline_minimum_age_threshold: borderline?.[0],
    borderline_maximum_age_threshold: borderline?.[1],
    enable_id_verification_fallback: documentFallback,
  })
  return { body: frame('Age verification', options, [age]), warnings: [] }
}

/** A selfie that is compared with a known portrait: for people who were verified before. */
export function biometricWorkflow(
  options: WorkflowFrame & {
    liveness?: LivenessMethod
    /** Default true. False checks only that somebody is there, whoever it is. */
    faceMatch?: boolean
    thresholds?: Thresholds
  } = {},
): BuiltWorkflow {
  const { liveness = true, faceMatch = true, thresholds = {} } = options
  check(OPTIONS, options)
  const features = [step('LIVENESS', livenessConfig(liveness, thresholds))]
  if (faceMatch) features.push(step('FACE_MATCH', faceMatchConfig(thresholds)))
  const body = frame('Biometric authentication', options, features)
  return { body, warnings: faceMatch ? [FACE_WARNING] : [] }
}

/** A proof of address. */
export function addressWorkflow(options: WorkflowFrame = {}): BuiltWorkflow {
  const body = frame('Address verification', options, [step('PROOF_OF_ADDRESS')])
  return { body, warnings: [] }
}

/** Questions of a questionnaire that exists at Didit. */
export function questionnaireWorkflow(
  options: WorkflowFrame & {
    /** Its id. */
    questionnaire: string
    /** Whether a person reads the answers. Didit's default is false. */
    reviewManually?: boolean
  },
): BuiltWorkflow {
  const { questionnaire, reviewManually } = options
  check({ required: ['questionnaire'], fields: { questionnaire: uuid } }, { questionnaire })
  const questions = step('QUESTIONNAIRE', {
    questionnaire_uuid: questionnaire,
    review_questionnaire_manually: reviewManually,
  })
  return { body: frame('Questionnaire', options, [questions]), warnings: [] }
}

/** A code by e-mail. */
export function emailWorkflow(options: WorkflowFrame = {}): BuiltWorkflow {
  const body = frame('E-mail verification', options, [step('EMAIL_VERIFICATION')])
  return { body, warnings: [] }
}

/** A code by phone. */
export function phoneWorkflow(options: WorkflowFrame = {}): BuiltWorkflow {
  const body = frame('Phone verification', options, [step('PHONE_VERIFICATION')])
  return { body, warnings: [] }
}

const score = between(0, 100)
const OPTIONS: Shape = {
  fields: {
    liveness: (value) =>
      typeof value === 'boolean' ? undefined : oneOf(['passive', 'active_3d', 'flashing'])(value),
    'thresholds.faceMatchDecline': score,
    'thresholds.faceMatchReview': score,
    'thresholds.livenessDecline': score,
    'thresholds.livenessReview': score,
    'thresholds.amlApprove': score,
    'thresholds.amlDecline': score,
  },
}

const FRAME: Shape = {
  fields: {
    label: atMost(50),
    retries: whole(0, 10),
    retryWindowDays: nullable(whole(1, 365)),
    expiresIn: whole(3600, 2_419_200),
  },
}

function frame(
  label: string,
  options: WorkflowFrame,
  features: readonly WorkflowStep[],
): CreateWorkflow {
  check(FRAME, options)
  const settled = features.map(({ feature, config }) =>
    step(feature, { ...config, ...options.config?.[feature] }),
  )
  return given({
    workflow_label: options.label ?? label,
    features: settled,
    max_retry_attempts: options.retries,
    retry_window_days: options.retryWindowDays,
    is_desktop_allowed: options.desktop,
    session_expiration_time: options.expiresIn,
    is_default: options.isDefault,
    is_white_label_enabled: options.whiteLabel,
    status: options.status,
  })
}

function step(feature: WorkflowFeature, config: Record<string, unknown> = {}): WorkflowStep {
  const settings = given(config)
  return Object.keys(settings).length > 0 ? { feature, config: settings } : { feature }
}

function given<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}

function livenessConfig(liveness: boolean | LivenessMethod, limits: Thresholds) {
  return {
    face_liveness_method: typeof liveness === 'string' ? liveness : undefined,
    face_liveness_score_decline_threshold: limits.livenessDecline,
    face_liveness_score_review_threshold: limits.livenessReview,
  }
}

function faceMatchConfig(limits: Thresholds) {
  return {
    face_match_score_decline_threshold: limits.faceMatchDecline,
    face_match_score_review_threshold: limits.faceMatchReview,
  }
}

/** Didit's review threshold is where review ends: what is above it is declined. */
function amlConfig(limits: Thresholds) {
  return {
    aml_score_approve_threshold: limits.amlApprove,
    aml_score_review_threshold: limits.amlDecline,
  }
}
