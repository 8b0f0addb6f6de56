// The flags that workflows are made of, and what they come to.

import type { UpdateWorkflow } from '../didit/types.ts'
import type { KycWorkflow, LivenessMethod, WorkflowFrame } from '../didit/workflow.ts'
import { type Input, json, list, number, on, text } from './command.ts'
import { objectOf } from './object.ts'

/** What every workflow has. */
export const FRAME = {
  label: text('TEXT', 'Its name, at most 50 characters.', { field: ['label', 'workflow_label'] }),
  retries: number('How often somebody may try again, 0 to 10.', {
    field: ['retries', 'max_retry_attempts'],
  }),
  'retry-days': number('Days in which tries are counted, 1 to 365.', {
    field: ['retryWindowDays', 'retry_window_days'],
  }),
  desktop: on('Lets desktops take the pictures themselves.', {
    field: ['desktop', 'is_desktop_allowed'],
  }),
  'expires-in': number('Seconds until an unfinished session expires, 3600 to 2419200.', {
    field: ['expiresIn', 'session_expiration_time'],
  }),
  default: on('Makes it the default of the application.', { field: 'is_default' }),
  'white-label': on('Shows your own domain and looks.', { field: 'is_white_label_enabled' }),
  draft: on('Does not publish it.', { field: 'status' }),
} as const

/** What a KYC workflow checks, beside the document. */
export const KYC = {
  ...FRAME,
  liveness: on('A live selfie. On unless --no-liveness.'),
  'no-liveness': on('No selfie, and so no face match either.'),
  'liveness-method': text('METHOD', 'passive, active_3d or flashing.', { field: 'liveness' }),
  'face-match': on('Compares selfie and document. On unless --no-face-match.'),
  'no-face-match': on('Does not compare them.'),
  aml: on('Sanctions and politically exposed persons.'),
  nfc: on('Reads the chip; only the native apps of Didit can.'),
  phone: on('A code by phone.'),
  email: on('A code by e-mail.'),
  address: on('A proof of address.'),
  'ip-analysis': on('Looks at the network address.'),
  'database-validation': on('Asks registers; wants --config as well.'),
  'face-match-decline': number('Declined below this score, 0 to 100.', {
    field: 'thresholds.faceMatchDecline',
  }),
  'face-match-review': number('In review below this score.', {
    field: 'thresholds.faceMatchReview',
  }),
  'liveness-decline': number('Declined below this score.', {
    field: 'thresholds.livenessDecline',
  }),
  'liveness-review': number('In review below this score.', {
    field: 'thresholds.livenessReview',
  }),
  'aml-approve': number('Approved up to this score; high is bad.', {
    field: 'thresholds.amlApprove',
  }),
  'aml-decline': number('Declined above this score.', { field: 'thresholds.amlDecline' }),
  config: json('Further settings: {"DATABASE_VALIDATION": {…}}.', { field: 'config' }),
} as const

/** What the body of a workflow says beside its frame. */
export const FEATURES = {
  features: list('NAME', 'Its steps in order, like OCR,LIVENESS,FACE_MATCH.', {
    field: 'features',
  }),
  body: json('The whole body as Didit takes it; the other flags go over it.', { field: 'body' }),
} as const

type Nothing = Record<never, never>
type FrameInput = Input<Nothing, typeof FRAME>

/** The flags as options of the templates. */
export function frameOf(input: FrameInput): WorkflowFrame {
  return {
    label: input.label,
    retries: input.retries,
    retryWindowDays: input['retry-days'],
    desktop: input.desktop || undefined,
    expiresIn: input['expires-in'],
    isDefault: input.default || undefined,
    whiteLabel: input['white-label'] || undefined,
    status: input.draft ? 'draft' : undefined,
  }
}

export function kycOf(input: Input<Nothing, typeof KYC>): KycWorkflow {
  const liveness = (input['liveness-method'] as LivenessMethod | undefined) ?? true
  const { config } = input
  return {
    ...frameOf(input),
    liveness: input['no-liveness'] ? false : liveness,
    faceMatch: input['no-face-match'] ? false : undefined,
    aml: input.aml,
    nfc: input.nfc,
    phone: input.phone,
    email: input.email,
    poa: input.address,
    ipAnalysis: input['ip-analysis'],
    databaseValidation: input['database-validation'],
    thresholds: {
      faceMatchDecline: input['face-match-decline'],
      faceMatchReview: input['face-match-review'],
      livenessDecline: input['liveness-decline'],
      livenessReview: input['liveness-review'],
      amlApprove: input['aml-approve'],
      amlDecline: input['aml-decline'],
    },
    config: config as KycWorkflow['config'],
  }
}

/** The flags as Didit's own body. */
export function bodyOf(input: FrameInput & Input<Nothing, typeof FEATURES>): UpdateWorkflow {
  const flags = {
    workflow_label: input.label,
    max_retry_attempts: input.retries,
    retry_window_days: input['retry-days'],
    is_desktop_allowed: input.desktop || undefined,
    session_expiration_time: input['expires-in'],
    is_default: input.default || undefined,
    is_white_label_enabled: input['white-label'] || undefined,
    status: input.draft ? 'draft' : undefined,
    features: input.features?.map((feature) => ({ feature })),
  }
  const given = Object.entries(flags).filter(([, value]) => value !== undefined)
  return { ...objectOf(input.body), ...Object.fromEntries(given) }
}
