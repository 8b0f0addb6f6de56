// What the session of a key person says about them, beside their entry in a company's decision.

import { check } from '../checks.ts'
import { latest } from '../flow.ts'
import type { KeyPerson } from '../people.ts'
import { DOCUMENT_NAMES } from '../persons.ts'
import type { SandboxSession } from '../session.ts'
import { microseconds } from '../time.ts'
import type { Scene } from './evidence.ts'

/** The words that the state of a step has there; others are `Not Finished`. */
const STATES = ['Approved', 'Declined', 'In Review', 'Resub Requested']

/** Everything that is known of somebody; null before they have done their part. */
export function summaryOf({ link }: Scene, { session }: KeyPerson) {
  const found = (feature: string) =>
    session && latest(session).find(({ node, cleared }) => node.feature === feature && !cleared)
  const document = found('OCR')
  const alive = found('LIVENESS')
  const listed = found('AML')
  const person = document && session?.person
  const word = listed?.status === 'Approved' ? 'clear' : 'match'
  return {
    aml_status: listed?.status ?? null,
    kyc_status: session?.status ?? null,
    kyc_session_url: session && link(session),
    kyc_session_id: session?.id ?? null,
    ...statusesOf(session),
    didit_internal_id: session?.internalId ?? null,
    kyc_document_type: (person && DOCUMENT_NAMES[person.document]) ?? null,
    kyc_nationality: person?.nationality ?? null,
    kyc_liveness_passed: alive ? alive.status === 'Approved' : null,
    kyc_verified_at: session?.status === 'Approved' ? microseconds(session.approvedAt) : null,
    kyc_aml_categories: listed
      ? { sanctions: word, pep: 'clear', adverse_media: 'clear', warnings: 'clear' }
      : null,
    kyc_notification_sent_at: null,
  }
}

/** The workflow that somebody is verified with, and how far they are. */
export function statusesOf(session: SandboxSession | null) {
  const runs = session ? latest(session) : []
  const features = session?.nodes.map(({ id, feature }) => {
    const status = runs.find(({ node }) => node.id === id)?.status ?? ''
    return {
      feature: check(feature).feature,
      status: STATES.includes(status) ? status : 'Not Finished',
    }
  })
  return {
    // Null for workflows that are graphs, as all of today's are.
    verification_workflow_type: null,
    verification_workflow_id: session?.workflow.workflowId ?? null,
    verification_workflow_label: session?.workflow.label ?? null,
    verification_workflow_features: features ?? null,
  }
}
