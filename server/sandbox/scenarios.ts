// How a verification can end, by name. The page's buttons, `sandbox_scenario` and `vendor_data` all
// pick from this table.

import type { CheckName } from './checks.ts'

/** The check, Didit's code for what was wrong with it (an open set), and a sentence. */
export type Cause = readonly [check: CheckName, risk: string, sentence: string]

interface Scenario {
  /** The button's words. */
  label: string
  /** What the session becomes; `null` when the visitor leaves and it stays as it is. */
  status: 'Approved' | 'Declined' | 'In Review' | null
  /** What went wrong. */
  cause?: Cause
}

/** The first four have large buttons of their own; those with Didit's names follow. */
export const SCENARIOS = {
  approve: { label: 'Approve', status: 'Approved' },
  decline: {
    label: 'Decline',
    status: 'Declined',
    cause: ['FACE_MATCH', 'LOW_FACE_MATCH_SIMILARITY', 'Selfie and document show different faces.'],
  },
  review: {
    label: 'Review',
    status: 'In Review',
    cause: [
      'FACE_MATCH',
      'LOW_FACE_MATCH_SIMILARITY',
      'Selfie and document may show different faces.',
    ],
  },
  cancel: { label: 'Leave', status: null },
  decline_document_expired: {
    label: 'Document has expired',
    status: 'Declined',
    cause: ['OCR', 'DOCUMENT_EXPIRED', 'The document is no longer valid.'],
  },
  decline_could_not_recognize_document: {
    label: 'Document not recognised',
    status: 'Declined',
    cause: ['OCR', 'COULD_NOT_RECOGNIZE_DOCUMENT', 'No known document is in the picture.'],
  },
  decline_mrz_validation: {
    label: 'Machine-readable zone is wrong',
    status: 'Declined',
    cause: ['OCR', 'MRZ_VALIDATION_FAILED', 'The check digits of the document are wrong.'],
  },
  decline_minimum_age: {
    label: 'Too young',
    status: 'Declined',
    cause: ['OCR', 'AGE_BELOW_MINIMUM', 'The person is younger than the workflow allows.'],
  },
  decline_face_match_low_similarity: {
    label: 'Face does not match',
    status: 'Declined',
    cause: ['FACE_MATCH', 'LOW_FACE_MATCH_SIMILARITY', 'Selfie and document show different faces.'],
  },
  decline_liveness_attack: {
    label: 'Not a living person',
    status: 'Declined',
    cause: ['LIVENESS', 'LIVENESS_FACE_ATTACK', 'The camera was shown a picture or a mask.'],
  },
  decline_aml_hit: {
    label: 'On a sanctions list',
    status: 'Declined',
    cause: ['AML', 'POSSIBLE_MATCH_FOUND', 'The person is on a watch list.'],
  },
  decline_ip_blocklist: {
    label: 'Address is blocked',
    status: 'Declined',
    cause: ['IP_ANALYSIS', 'IP_ADDRESS_IN_BLOCKLIST', 'The network address is on the blocklist.'],
  },
  decline_poa_address_mismatch: {
    label: 'Address does not match',
    status: 'Declined',
    cause: ['PROOF_OF_ADDRESS', 'ADDRESS_MISMATCH', 'The proof of address names another address.'],
  },
  decline_nfc_chip_not_verified: {
    label: 'Chip not verified',
    status: 'Declined',
    cause: ['NFC', 'NFC_CHIP_NOT_VERIFIED', 'The signature of the chip could not be verified.'],
  },
  decline_database_no_match: {
    label: 'Not in the register',
    status: 'Declined',
    cause: [
      'DATABASE_VALIDATION',
      'DATABASE_VALIDATION_NO_MATCH',
      'The register does not know the person.',
    ],
  },
  review_aml_possible_match: {
    label: 'Perhaps on a sanctions list',
    status: 'In Review',
    cause: ['AML', 'POSSIBLE_MATCH_FOUND', 'The person may be on a watch list.'],
  },
  review_face_match_borderline: {
    label: 'Face match is borderline',
    status: 'In Review',
    cause: [
      'FACE_MATCH',
      'LOW_FACE_MATCH_SIMILARITY',
      'Selfie and document may show different faces.',
    ],
  },
  review_poa_partial_match: {
    label: 'Address matches in part',
    status: 'In Review',
    cause: ['PROOF_OF_ADDRESS', 'ADDRESS_MISMATCH', 'The proof of address agrees only in part.'],
  },
  decline_kyb_registry_mismatch: {
    label: 'Company register disagrees',
    status: 'Declined',
    cause: ['KYB_REGISTRY', 'COMPANY_NAME_MISMATCH', 'The register names another company.'],
  },
  review_expected_mismatch: {
    label: 'Not the expected person',
    status: 'In Review',
    cause: ['OCR', 'NAME_MISMATCH_WITH_PROVIDED', 'The document shows another person.'],
  },
  decline_phone_code: {
    label: 'Phone code wrong too often',
    status: 'Declined',
    cause: [
      'PHONE_VERIFICATION',
      'VERIFICATION_CODE_ATTEMPTS_EXCEEDED',
      'The code was entered wrongly too often.',
    ],
  },
  decline_email_code: {
    label: 'E-mail code wrong too often',
    status: 'Declined',
    cause: [
      'EMAIL_VERIFICATION',
      'VERIFICATION_CODE_ATTEMPTS_EXCEEDED',
      'The code was entered wrongly too often.',
    ],
  },
  review_age_borderline: {
    label: 'Age cannot be told from the face',
    status: 'In Review',
    cause: ['AGE_ESTIMATION', 'AGE_NOT_CERTAIN', 'The face alone does not tell the age.'],
  },
} as const satisfies Record<string, Scenario>
export type ScenarioName = keyof typeof SCENARIOS

/** Names of the sandbox's own making; the others are Didit's. */
const OWN: readonly ScenarioName[] = [
  'decline',
  'review',
  'cancel',
  'review_expected_mismatch',
  'decline_phone_code',
  'decline_email_code',
  'review_age_borderline',
]

/** What `GET /v1/sandbox/scenarios/` lists: Didit's names. The fields are not documented anywhere. */
export function catalogue() {
  return (Object.keys(SCENARIOS) as ScenarioName[])
    .filter((slug) => !OWN.includes(slug))
    .map((slug) => {
      const { label, status, cause } = scenario(slug)
      return { slug, label, outcome: status, feature: cause?.[0] ?? null, risk: cause?.[1] ?? null }
    })
}

/** The row of a scenario, its optional parts included. */
export function scenario(name: ScenarioName): Scenario {
  return SCENARIOS[name]
}

export function isScenario(name: unknown): name is ScenarioName {
  return typeof name === 'string' && Object.hasOwn(SCENARIOS, name)
}

/** Magic `vendor_data`: `user-42+decline` asks for the scenario after its last plus. */
export function magicScenario(vendorData: string | null): ScenarioName | undefined {
  const name = vendorData?.match(/\+(\w+)$/)?.[1]
  return isScenario(name) ? name : undefined
}
