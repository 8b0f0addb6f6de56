// What happens when the steps of a session run: each check gets a result, and together they decide.

import type { Status } from '../contract.ts'
import type { FeatureStatus, Warning } from '../didit/types.ts'
import { type CheckName, check, type Node } from './checks.ts'
import { mismatches, type Person, personOf, sentenceOf } from './persons.ts'
import { type Cause, type ScenarioName, scenario } from './scenarios.ts'
import type { SandboxSession } from './session.ts'

/** Checks of persons and of companies; further ones are of one kind alone. */
const SHARED: readonly CheckName[] = [
  'AML',
  'PHONE_VERIFICATION',
  'EMAIL_VERIFICATION',
  'QUESTIONNAIRE',
  'IP_ANALYSIS',
]
/** What goes wrong with a company where it would be a person's face or document. */
const OF_COMPANIES = 'decline_kyb_registry_mismatch'

/** One run of one step. Of a step that is to be done again only this much is kept. */
export interface Run {
  node: Node
  status: FeatureStatus
  warnings: Warning[]
  /** Milliseconds since 1970. */
  at: number
  /** What somebody has corrected since, over what was found. */
  edits?: Record<string, unknown>
  /** Whether its data was deleted, because the step is to be done again or was never finished. */
  cleared: boolean
}

/** Something of a person that stands on a blocklist. */
export interface Hit {
  feature: 'OCR' | 'LIVENESS' | 'PHONE_VERIFICATION' | 'EMAIL_VERIFICATION'
  risk: string
  /** The session it was taken from, where it was taken from one. */
  session: string | null
}

/**
 * Runs the steps that are due, all of them or those of a resubmission, as a scenario says. A check
 * that the workflow lacks runs when the scenario is about it. Returns what the session becomes.
 */
export function play(
  session: SandboxSession,
  name: ScenarioName,
  { now, hits }: { now: number; hits(session: SandboxSession, person: Person): Hit[] },
): Status {
  const { status } = scenario(name)
  const cause = causeFor(session, name)
  const due = session.resubmit.length > 0 ? session.resubmit : session.nodes
  const extra = cause && !due.some(({ feature }) => feature === cause[0]) ? [cause[0]] : []
  if (!session.person || due.some(({ feature }) => feature === 'OCR')) {
    session.person = personOf({
      ...session,
      asExpected: name !== 'review_expected_mismatch',
      risk: cause?.[1],
      now,
    })
  }
  const { person } = session
  const blocked = hits(session, person)
  // A contact on the blocklist is looked at even where the workflow would not ask for it.
  const contacts = blocked.filter(({ feature }) => feature.endsWith('_VERIFICATION'))
  const wanted = [...due.map(({ feature }) => feature), ...extra]
  const more = contacts.map(({ feature }) => feature).filter((each) => !wanted.includes(each))
  const nodes = [...due, ...[...extra, ...more].map((feature) => known(session, feature))]

  const fresh = nodes.map((node): Run => {
    const own = node.feature === cause?.[0] && status ? causeOf(node, cause, status) : []
    const found = node.feature === 'OCR' ? mismatches(person, session.expected) : []
    const listed = blocked.filter(({ feature }) => feature === node.feature).map(listing(node))
    const differing = found.some(({ risk }) => own.some((each) => each.risk === risk))
      ? found
      : [...own, ...found]
    const warnings = [...listed, ...differing]
    const result = listed.length > 0 ? 'Declined' : own.length > 0 && status ? status : 'Approved'
    return { node, status: result, warnings, at: now, cleared: false }
  })
  session.runs = [...fresh, ...session.runs]
  session.played = name
  return verdict(session, status ?? 'Approved')
}

/** What went wrong, at a check that this kind of session can have. */
function causeFor({ workflow }: SandboxSession, name: ScenarioName): Cause | undefined {
  const { cause } = scenario(name)
  const personal = cause && !cause[0].startsWith('KYB_') && !SHARED.includes(cause[0])
  return personal && workflow.kind === 'business' ? scenario(OF_COMPANIES).cause : cause
}

/** The newest run of each step, those that were never done left out. */
export function latest(session: SandboxSession): Run[] {
  const seen = new Set<string>()
  return session.runs.filter(({ node }) => !seen.has(node.id) && seen.add(node.id))
}

/** Deletes what the steps have found, so that they can be done again. */
export function clear(session: SandboxSession, nodes: readonly Node[]): void {
  for (const run of latest(session)) {
    if (!nodes.some(({ id }) => id === run.node.id)) continue
    const status = check(run.node.feature).awaited
    Object.assign(run, { status, warnings: [], edits: undefined, cleared: true })
  }
}

/** The scenario decides, unless a check that it did not touch stands against it. */
function verdict(session: SandboxSession, wanted: Status): Status {
  const found = latest(session).map(({ status }) => status)
  if (found.includes('Declined')) return 'Declined'
  if (wanted === 'Approved' && found.includes('In Review')) return 'In Review'
  return wanted
}

function known(session: SandboxSession, feature: Node['feature']): Node {
  const node = session.nodes.find((each) => each.feature === feature)
  return node ?? { id: `${check(feature).node}_1`, feature }
}

function causeOf(
  node: Node,
  [, risk, sentence]: readonly [unknown, string, string],
  status: Status,
): Warning[] {
  return [warning(node, risk, sentence, status === 'Declined' ? 'error' : 'warning')]
}

function listing(node: Node) {
  return ({ risk, session }: Hit): Warning => ({
    ...warning(node, risk, 'It is on a blocklist.', 'error'),
    additional_data: session ? { blocklisted_session_id: session } : null,
  })
}

function warning(
  { id, feature }: Node,
  risk: string,
  sentence: string,
  log_type: Warning['log_type'],
): Warning {
  return {
    feature: check(feature).warns,
    risk,
    additional_data: null,
    log_type,
    short_description: sentenceOf(risk),
    long_description: sentence,
    node_id: id,
  }
}
