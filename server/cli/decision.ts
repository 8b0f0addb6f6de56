// A decision as people read it.

import type { Decision } from '../didit/types.ts'
import { type Exit, exitOf } from './exits.ts'
import { type Column, type Paper, paint, pairs, type Style, table } from './output.ts'

/** Every array of a decision: what it is called, and how `--node` spells the step. */
const CHECKS = [
  ['id_verifications', 'Document', 'OCR'],
  ['nfc_verifications', 'Chip', 'NFC'],
  ['liveness_checks', 'Liveness', 'LIVENESS'],
  ['face_matches', 'Face match', 'FACE_MATCH'],
  ['poa_verifications', 'Address', 'PROOF_OF_ADDRESS'],
  ['phone_verifications', 'Phone', 'PHONE_VERIFICATION'],
  ['email_verifications', 'E-mail', 'EMAIL_VERIFICATION'],
  ['questionnaire_responses', 'Questions', 'QUESTIONNAIRE'],
  ['document_ai_documents', 'Other documents', 'DOCUMENT_AI'],
  ['database_validations', 'Registers', 'DATABASE_VALIDATION'],
  ['aml_screenings', 'Watch lists', 'AML'],
  ['ip_analyses', 'Network', 'IP_ANALYSIS'],
  ['registry_checks', 'Company', 'KYB_REGISTRY'],
  ['document_verifications', 'Company documents', 'KYB_DOCUMENTS'],
  ['key_people_checks', 'Key people', 'KYB_KEY_PEOPLE'],
] as const satisfies readonly (readonly [keyof Decision, string, string])[]

const STYLES: Readonly<Record<Exit, Style>> = {
  ok: 'green',
  failed: 'red',
  usage: 'red',
  declined: 'red',
  pending: 'yellow',
  expired: 'yellow',
  interrupted: 'yellow',
}

interface Row {
  label: string
  status: string
  node: string
  risks: string[]
}

/** What the entries of all checks have in common. */
interface Entry {
  status?: string
  node_id?: string | null
  warnings?: readonly object[] | null
}

const COLUMNS: readonly Column<Row>[] = [
  ['CHECK', ({ label }) => label],
  ['STATUS', ({ status }) => status],
  ['NODE', ({ node }) => node, 'whole'],
  ['WARNINGS', ({ risks }) => risks],
]

/** Who it is about, what came out, and what each check said. */
export function describeDecision(decision: Decision, paper: Paper): string {
  const rows = checksOf(decision)
  const [result = '', ...rest] = head(decision).split('\n')
  const colored = paint(STYLES[exitOf(decision.status)], result, paper)
  const checks = rows.length > 0 ? ['', table(rows, COLUMNS, paper)] : []
  return [colored, ...rest, ...checks].join('\n')
}

function head(decision: Decision): string {
  const document = best(decision.id_verifications)
  const chip = best(decision.nfc_verifications)?.chip_data
  const name = document?.full_name ?? joined(document?.first_name, document?.last_name)
  const state = document?.issuing_state ?? chip?.issuing_country
  const company = best(decision.registry_checks)?.company
  const reviews = decision.reviews ?? []
  return pairs([
    ['Result', decision.status],
    ['Session', decision.session_id],
    ['User', decision.vendor_data],
    ['Name', name ?? joined(chip?.first_name, chip?.last_name)],
    ['Date of birth', document?.date_of_birth ?? chip?.birth_date],
    ['Document', document?.document_type && `${document.document_type} (${state ?? 'unknown'})`],
    ['Valid until', document?.expiration_date],
    ['Company', company?.company_name],
    ['Reviewed', reviews.map(({ new_status, comment }) => joined(new_status, comment)).join('; ')],
    ['Environment', decision.environment === 'sandbox' ? 'sandbox' : undefined],
  ])
}

/** The steps as they went, the newest entry of each first. */
function checksOf(decision: Decision): Row[] {
  return CHECKS.flatMap(([key, label, feature]) => {
    const entries: readonly Entry[] = decision[key] ?? []
    return entries.map(({ status = '', node_id: node, warnings }) => ({
      label,
      status,
      node: node ? `${node}:${feature}` : '',
      risks: (warnings ?? []).flatMap((warning) => (warning as { risk?: string }).risk ?? []),
    }))
  })
}

/** Of several entries, as after a resubmission, the one that was approved. */
function best<T extends { status?: string }>(entries: readonly T[] | null | undefined) {
  return entries?.find(({ status }) => status === 'Approved') ?? entries?.[0]
}

function joined(...words: (string | null | undefined)[]): string | undefined {
  return words.filter(Boolean).join(' ') || undefined
}
