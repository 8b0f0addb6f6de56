import { describe, expect, it } from 'vitest'
import { DiditInputError } from '../../server/didit/client.ts'
import type { CreateWorkflow } from '../../server/didit/types.ts'
import {
  adaptiveAgeWorkflow,
  addressWorkflow,
  type BuiltWorkflow,
  biometricWorkflow,
  emailWorkflow,
  kycWorkflow,
  phoneWorkflow,
  questionnaireWorkflow,
} from '../../server/didit/workflow.ts'
import { createStub, UUID } from '../support/didit-stub.ts'
import { faultsOf, LEFT_OUT, openApi, resolve } from '../support/openapi.ts'

const OLD = { workflow_type: 'kyc', is_liveness_enabled: true, is_face_match_enabled: true }

/** A workflow, and the steps that it leads to. */
const TEMPLATES: [name: string, built: () => BuiltWorkflow, steps: string][] = [
  ['KYC', () => kycWorkflow(), 'OCR LIVENESS FACE_MATCH'],
  ['a document alone', () => kycWorkflow({ liveness: false }), 'OCR'],
  ['no comparison', () => kycWorkflow({ faceMatch: false }), 'OCR LIVENESS'],
  ['KYC + AML', () => kycWorkflow({ aml: true }), 'OCR LIVENESS FACE_MATCH AML'],
  [
    'KYC + phone + e-mail',
    () => kycWorkflow({ phone: true, email: true }),
    'OCR LIVENESS FACE_MATCH PHONE_VERIFICATION EMAIL_VERIFICATION',
  ],
  ['KYC + NFC', () => kycWorkflow({ nfc: true }), 'OCR NFC LIVENESS FACE_MATCH'],
  [
    'everything',
    () =>
      kycWorkflow({
        label: 'Everything',
        liveness: 'active_3d',
        aml: true,
        nfc: true,
        phone: true,
        email: true,
        poa: true,
        ipAnalysis: true,
        databaseValidation: true,
        thresholds: {
          faceMatchDecline: 40,
          faceMatchReview: 60,
          livenessDecline: 50,
          livenessReview: 70,
          amlApprove: 30,
          amlDecline: 80,
        },
        retries: 0,
        retryWindowDays: null,
        desktop: true,
        expiresIn: 3600,
        isDefault: false,
        whiteLabel: true,
        status: 'draft',
        config: { OCR: { duplicated_user_action: 'review' } },
      }),
    'OCR NFC LIVENESS FACE_MATCH PROOF_OF_ADDRESS PHONE_VERIFICATION EMAIL_VERIFICATION ' +
      'DATABASE_VALIDATION AML IP_ANALYSIS',
  ],
  ['flags, KYC', () => kycWorkflow(OLD), 'OCR LIVENESS FACE_MATCH'],
  [
    'flags, KYC + AML',
    () => kycWorkflow({ ...OLD, is_aml_enabled: true, aml_decline_threshold: 80 }),
    'OCR LIVENESS FACE_MATCH AML',
  ],
  [
    'flags, KYC + phone + e-mail',
    () =>
      kycWorkflow({
        ...OLD,
        is_phone_verification_enabled: true,
        is_email_verification_enabled: true,
      }),
    'OCR LIVENESS FACE_MATCH PHONE_VERIFICATION EMAIL_VERIFICATION',
  ],
  [
    'flags, KYC + NFC',
    () => kycWorkflow({ ...OLD, is_nfc_enabled: true }),
    'OCR NFC LIVENESS FACE_MATCH',
  ],
  ['flags, nothing on', () => kycWorkflow({ workflow_type: 'kyc' }), 'OCR'],
  ['adaptive age', () => adaptiveAgeWorkflow({ borderline: [16, 21] }), 'AGE_ESTIMATION'],
  ['biometric', () => biometricWorkflow(), 'LIVENESS FACE_MATCH'],
  ['biometric, anybody', () => biometricWorkflow({ faceMatch: false }), 'LIVENESS'],
  ['address', () => addressWorkflow(), 'PROOF_OF_ADDRESS'],
  ['questionnaire', () => questionnaireWorkflow({ questionnaire: UUID }), 'QUESTIONNAIRE'],
  ['e-mail', () => emailWorkflow(), 'EMAIL_VERIFICATION'],
  ['phone', () => phoneWorkflow({ retries: 10 }), 'PHONE_VERIFICATION'],
]

describe('a built workflow', () => {
  it.each(TEMPLATES)('%s has the right steps in order', (_, built, steps) => {
    expect(stepsOf(built().body)).toBe(steps)
  })

  it.each(TEMPLATES)('%s passes the checks of the client', async (_, built) => {
    const { didit, sent } = createStub({}, { body: {} })
    await didit.workflows.create(built().body)
    expect(sent).toHaveLength(1)
  })

  it.runIf(openApi).each(TEMPLATES)(`%s is what Didit describes${LEFT_OUT}`, (_, built) => {
    const { body } = built()
    const schema = resolve({ $ref: '#/components/schemas/SimpleWorkflowRequest' })
    expect(schema.properties).toHaveProperty('features')
    expect(faultsOf(JSON.parse(JSON.stringify(body)), schema)).toEqual([])
  })

  it.runIf(openApi)(`uses settings that Didit's examples use${LEFT_OUT}`, () => {
    const examples = JSON.stringify(openApi?.paths['/v3/workflows/'])
    const details = JSON.stringify(openApi?.paths['/v3/workflows/{settings_uuid}/'])
    const { body } = kycWorkflow({
      liveness: 'passive',
      aml: true,
      thresholds: {
        faceMatchDecline: 1,
        faceMatchReview: 1,
        livenessDecline: 1,
        livenessReview: 1,
        amlApprove: 1,
        amlDecline: 1,
      },
    })
    const keys = [
      ...body.features.flatMap(({ config }) => Object.keys(config ?? {})),
      ...Object.keys(
        configOf(questionnaireWorkflow({ questionnaire: UUID, reviewManually: true })),
      ),
    ]
    expect(keys).toHaveLength(9)
    expect(keys.filter((key) => !`${examples}${details}`.includes(`"${key}"`))).toEqual([])
  })

  it('keeps limits in the steps that they belong to', () => {
    const { body } = kycWorkflow({
      liveness: 'flashing',
      aml: true,
      thresholds: { faceMatchDecline: 50, livenessReview: 70, amlApprove: 30, amlDecline: 80 },
    })
    expect(body).toEqual({
      workflow_label: 'KYC',
      features: [
        { feature: 'OCR' },
        {
          feature: 'LIVENESS',
          config: { face_liveness_method: 'flashing', face_liveness_score_review_threshold: 70 },
        },
        { feature: 'FACE_MATCH', config: { face_match_score_decline_threshold: 50 } },
        {
          feature: 'AML',
          config: { aml_score_approve_threshold: 30, aml_score_review_threshold: 80 },
        },
      ],
    })
  })

  it('says nothing that was not asked for', () => {
    const { body, warnings } = kycWorkflow()
    expect(Object.keys(body)).toEqual(['workflow_label', 'features'])
    expect(warnings).toEqual([])
  })

  it('lets settings of a step win over the options', () => {
    const { body } = kycWorkflow({
      thresholds: { faceMatchDecline: 50 },
      config: {
        FACE_MATCH: { face_match_score_decline_threshold: 55, face_match_max_attempts: 1 },
        OCR: { minimum_age: 18 },
      },
    })
    expect(body.features.map(({ config }) => config)).toEqual([
      { minimum_age: 18 },
      undefined,
      { face_match_score_decline_threshold: 55, face_match_max_attempts: 1 },
    ])
  })

  it('asks for a document where an age is too close to call', () => {
    expect(configOf(adaptiveAgeWorkflow({ minimumAge: 21, borderline: [18, 25] }))).toEqual({
      minimum_age_threshold: 21,
      borderline_minimum_age_threshold: 18,
      borderline_maximum_age_threshold: 25,
      enable_id_verification_fallback: true,
    })
  })
})

describe('the flags of the guide', () => {
  it('become what the guide recommends', () => {
    const { body } = kycWorkflow({
      workflow_label: 'KYC Onboarding',
      workflow_type: 'kyc',
      is_liveness_enabled: true,
      is_face_match_enabled: true,
      face_match_score_decline_threshold: 50,
      is_aml_enabled: false,
      max_retry_attempts: 3,
    })
    expect(body).toEqual({
      workflow_label: 'KYC Onboarding',
      features: [
        { feature: 'OCR' },
        { feature: 'LIVENESS' },
        { feature: 'FACE_MATCH', config: { face_match_score_decline_threshold: 50 } },
      ],
      max_retry_attempts: 3,
    })
  })

  it('keep all the others that have a place today', () => {
    const { body } = kycWorkflow({
      ...OLD,
      face_liveness_method: 'PASSIVE',
      is_aml_enabled: true,
      aml_decline_threshold: 80,
      retry_window_days: null,
      is_desktop_allowed: true,
      is_default: true,
      is_white_label_enabled: false,
      session_expiration_time: 7200,
    })
    expect(body).toMatchObject({
      retry_window_days: null,
      is_desktop_allowed: true,
      is_default: true,
      is_white_label_enabled: false,
      session_expiration_time: 7200,
    })
    expect(body.features.map(({ config }) => config)).toEqual([
      undefined,
      { face_liveness_method: 'passive' },
      undefined,
      { aml_score_review_threshold: 80 },
    ])
  })

  it.each<[object, string]>([
    [{ is_magic_enabled: true }, 'is_magic_enabled'],
    [{ __proto__x: 1 }, '__proto__x'],
    [{ to_string: 1 }, 'to_string'],
    [{ workflow_type: 'kyb' }, 'workflow_type'],
    [{ ...OLD, face_match_score_decline_threshold: 101 }, 'thresholds.faceMatchDecline'],
    [{ ...OLD, max_retry_attempts: 11 }, 'retries'],
    [{ ...OLD, workflow_label: 'x'.repeat(51) }, 'label'],
  ])('%j are refused', (flags, field) => {
    expect(problemOf(() => kycWorkflow(flags))).toBe(field)
  })
})

describe('a workflow that Didit would refuse', () => {
  it.each<[string, () => unknown, string]>([
    ['a long label', () => kycWorkflow({ label: 'x'.repeat(51) }), 'label'],
    ['a score of 101', () => kycWorkflow({ thresholds: { amlApprove: 101 } }), 'thresholds.amlA'],
    ['an unknown method', () => kycWorkflow({ liveness: 'blink' as never }), 'liveness'],
    ['half a try', () => kycWorkflow({ retries: 0.5 }), 'retries'],
    ['a window of no days', () => emailWorkflow({ retryWindowDays: 0 }), 'retryWindowDays'],
    ['a minute', () => phoneWorkflow({ expiresIn: 60 }), 'expiresIn'],
    ['an age of 0', () => adaptiveAgeWorkflow({ minimumAge: 0 }), 'minimumAge'],
    ['no questions', () => questionnaireWorkflow({} as never), 'questionnaire'],
    ['a bad questionnaire', () => questionnaireWorkflow({ questionnaire: '7' }), 'questionnaire'],
  ])('is refused here: %s', (_, build, field) => {
    expect(problemOf(build)).toContain(field)
  })
})

describe('a warning', () => {
  it.each<[string, () => BuiltWorkflow, string]>([
    ['NFC', () => kycWorkflow({ nfc: true }), 'native apps'],
    ['NFC by flag', () => kycWorkflow({ is_nfc_enabled: true }), 'native apps'],
    ['empty databases', () => kycWorkflow({ databaseValidation: true }), 'does nothing'],
    ['biometrics', () => biometricWorkflow(), 'only after OCR'],
  ])('comes with %s', (_, built, words) => {
    expect(built().warnings).toEqual([expect.stringContaining(words)])
  })

  it.each<[string, () => BuiltWorkflow]>([
    ['KYC', () => kycWorkflow({ aml: true, phone: true, email: true, poa: true })],
    [
      'filled databases',
      () =>
        kycWorkflow({
          databaseValidation: true,
          config: {
            DATABASE_VALIDATION: {
              database_validation_countries: { BRA: { services: ['bra_cpf'] } },
            },
          },
        }),
    ],
    ['liveness alone', () => biometricWorkflow({ faceMatch: false })],
  ])('does not come with %s', (_, built) => {
    expect(built().warnings).toEqual([])
  })
})

function stepsOf({ features }: CreateWorkflow): string {
  return features.map(({ feature }) => feature).join(' ')
}

function configOf({ body }: BuiltWorkflow): Record<string, unknown> {
  return body.features[0]?.config ?? {}
}

function problemOf(build: () => unknown): string | undefined {
  try {
    build()
  } catch (error) {
    expect(error).toBeInstanceOf(DiditInputError)
    return (error as DiditInputError).field
  }
}
