// How a verification can end, by name. The page's buttons, `sandbox_scenario` and `vendor_data` all
// pick from this table.

/** A check that a scenario can spoil: where it stands in a decision and how Didit names it there. */
export const CHECKS = {
  document: { list: 'id_verifications', node: 'feature_ocr_1', feature: 'ID_VERIFICATION' },
  liveness: { list: 'liveness_checks', node: 'feature_liveness_1', feature: 'LIVENESS' },
  face: { list: 'face_matches', node: 'feature_face_match_1', feature: 'FACE_MATCH' },
  ip: { list: 'ip_analyses', node: 'feature_ip_1', feature: 'IP_ANALYSIS' },
  aml: { list: 'aml_screenings', node: 'feature_aml_1', feature: 'AML' },
  nfc: { list: 'nfc_verifications', node: 'feature_nfc_1', feature: 'NFC' },
  address: { list: 'poa_verifications', node: 'feature_poa_1', feature: 'POA' },
  database: {
    list: 'database_validations',
    node: 'feature_db_validation_1',
    feature: 'DATABASE_VALIDATION',
  },
} as const
export type CheckName = keyof typeof CHECKS

/** The checks of the sandbox's workflow; the others run only in a scenario about them. */
export const USUAL_CHECKS = ['document', 'liveness', 'face', 'ip'] as const

interface Scenario {
  /** The button's words. */
  label: string
  /** What the session becomes; `null` when the visitor leaves and it stays as it is. */
  status: 'Approved' | 'Declined' | 'In Review' | null
  /** What went wrong: the check, Didit's code for it (an open set), and a sentence. */
  cause?: readonly [check: CheckName, risk: string, sentence: string]
}

/** The first four have large buttons of their own; those with Didit's names follow. */
export const SCENARIOS = {
  approve: { label: 'Approve', status: 'Approved' },
  decline: {
    label: 'Decline',
    status: 'Declined',
    cause: ['face', 'LOW_FACE_MATCH_SIMILARITY', 'Selfie and document show different faces.'],
  },
  review: {
    label: 'Review',
    status: 'In Review',
    cause: ['face', 'LOW_FACE_MATCH_SIMILARITY', 'Selfie and document may show different faces.'],
  },
  cancel: { label: 'Leave', status: null },
  decline_document_expired: {
    label: 'Document has expired',
    status: 'Declined',
    cause: ['document', 'DOCUMENT_EXPIRED', 'The document is no longer valid.'],
  },
  decline_could_not_recognize_document: {
    label: 'Document not recognised',
    status: 'Declined',
    cause: ['document', 'COULD_NOT_RECOGNIZE_DOCUMENT', 'No known document is in the picture.'],
  },
  decline_mrz_validation: {
    label: 'Machine-readable zone is wrong',
    status: 'Declined',
    cause: ['document', 'MRZ_VALIDATION_FAILED', 'The check digits of the document are wrong.'],
  },
  decline_minimum_age: {
    label: 'Too young',
    status: 'Declined',
    cause: ['document', 'AGE_BELOW_MINIMUM', 'The person is younger than the workflow allows.'],
  },
  decline_face_match_low_similarity: {
    label: 'Face does not match',
    status: 'Declined',
    cause: ['face', 'LOW_FACE_MATCH_SIMILARITY', 'Selfie and document show different faces.'],
  },
  decline_liveness_attack: {
    label: 'Not a living person',
    status: 'Declined',
    cause: ['liveness', 'LIVENESS_FACE_ATTACK', 'The camera was shown a picture or a mask.'],
  },
  decline_aml_hit: {
    label: 'On a sanctions list',
    status: 'Declined',
    cause: ['aml', 'POSSIBLE_MATCH_FOUND', 'The person is on a watch list.'],
  },
  decline_ip_blocklist: {
    label: 'Address is blocked',
    status: 'Declined',
    cause: ['ip', 'IP_ADDRESS_IN_BLOCKLIST', 'The network address is on the blocklist.'],
  },
  decline_poa_address_mismatch: {
    label: 'Address does not match',
    status: 'Declined',
    cause: ['address', 'ADDRESS_MISMATCH', 'The proof of address names another address.'],
  },
  decline_nfc_chip_not_verified: {
    label: 'Chip not verified',
    status: 'Declined',
    cause: ['nfc', 'NFC_CHIP_NOT_VERIFIED', 'The signature of the chip could not be verified.'],
  },
  decline_database_no_match: {
    label: 'Not in the register',
    status: 'Declined',
    cause: ['database', 'DATABASE_VALIDATION_NO_MATCH', 'The register does not know the person.'],
  },
  review_aml_possible_match: {
    label: 'Perhaps on a sanctions list',
    status: 'In Review',
    cause: ['aml', 'POSSIBLE_MATCH_FOUND', 'The person may be on a watch list.'],
  },
  review_face_match_borderline: {
    label: 'Face match is borderline',
    status: 'In Review',
    cause: ['face', 'LOW_FACE_MATCH_SIMILARITY', 'Selfie and document may show different faces.'],
  },
  review_poa_partial_match: {
    label: 'Address matches in part',
    status: 'In Review',
    cause: ['address', 'ADDRESS_MISMATCH', 'The proof of address agrees only in part.'],
  },
} as const satisfies Record<string, Scenario>
export type ScenarioName = keyof typeof SCENARIOS

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
