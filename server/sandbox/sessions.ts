// The sandbox's sessions: made, found, moved, forgotten. In memory.

import { follows, type Status } from '../contract.ts'
import type { Warning } from '../didit/types.ts'
import { activity } from './activity.ts'
import { type CheckName, check, type Node, nodesOf } from './checks.ts'
import { clear, type Hit, latest, play, type Run } from './flow.ts'
import { childOf, peopleOf, verdictOf } from './people.ts'
import type { Person } from './persons.ts'
import { magicScenario, type ScenarioName } from './scenarios.ts'
import type { NewSession, SandboxSession } from './session.ts'
import { randomToken } from './tokens.ts'
import type { Workflow } from './workflows.ts'

const DAY = 24 * 60 * 60 * 1000

/** Those that `POST /v3/session/` hands back for the same `vendor_data` instead of a new one. */
const UNFINISHED: readonly Status[] = ['Not Started', 'In Progress', 'Resubmitted', 'Awaiting User']

/** What a session becomes when its time is over: never opened, or opened and left. */
const RUNS_OUT: { readonly [from in Status]?: Status } = {
  'Not Started': 'Expired',
  'In Progress': 'Abandoned',
  Resubmitted: 'Abandoned',
}

/** From here a change is a decision of a person or the API, and is kept in the decision's reviews. */
const REVIEWED: readonly Status[] = [
  'In Review',
  'Approved',
  'Declined',
  'Abandoned',
  'Kyc Expired',
]

/** What the decision shows when nobody has played the flow. */
const PLAYED: { readonly [to in Status]?: ScenarioName } = {
  Approved: 'approve',
  Declined: 'decline',
  'In Review': 'review',
  'Kyc Expired': 'approve',
  'Awaiting User': 'approve',
}

/** The steps that Didit chooses when nobody says what to do again, and their states. */
const CHOSEN: readonly CheckName[] = [
  'OCR',
  'LIVENESS',
  'FACE_MATCH',
  'PROOF_OF_ADDRESS',
  'PHONE_VERIFICATION',
  'EMAIL_VERIFICATION',
  'AML',
  'DATABASE_VALIDATION',
  'QUESTIONNAIRE',
]
const UNSETTLED: readonly string[] = ['Declined', 'In Review', 'Not Finished', 'Expired']

export type Sessions = ReturnType<typeof createSessions>

/** Where a company can be by the people behind it. */
const SETTLED: readonly Status[] = ['Approved', 'Declined', 'In Review']

export interface SessionsOptions {
  /** Milliseconds since 1970. */
  now(): number
  /** What of a person is on a blocklist. */
  hits(session: SandboxSession, person: Person): Hit[]
  /** What the people behind a company are verified with. */
  kyc(application: string): Workflow | undefined
  /** Called after every change of a status, with the new one in place. */
  onChange(session: SandboxSession): void
}

export function createSessions({ now, hits, kyc, onChange }: SessionsOptions) {
  const byId = new Map<string, SandboxSession>()
  const byToken = new Map<string, SandboxSession>()
  const bySubject = new Map<string, SandboxSession>()
  const persons = new Map<string, string>()
  let number = 1000

  /** Time passes only when somebody looks. */
  function current(session: SandboxSession | undefined): SandboxSession | undefined {
    if (!session) return undefined
    for (const person of session.people) current(person.session ?? undefined)
    const next = RUNS_OUT[session.status]
    if (next && now() >= session.expiresAt) set(session, next)
    const { person, approvedAt, status } = session
    if (status !== 'Approved') return session
    const read = session.runs.find(({ node }) => node.feature === 'OCR')
    const expiry = person && read ? Date.parse(expiryOf(read, person)) : Number.POSITIVE_INFINITY
    if (now() >= expiry && approvedAt < expiry) set(session, 'Kyc Expired')
    return session
  }

  function set(session: SandboxSession, to: Status) {
    const unplayed = session.runs.every(({ cleared }) => cleared) && PLAYED[to]
    if (unplayed) play(session, unplayed, { now: now(), hits: () => [] })
    if (to === 'Awaiting User') gather(session)
    if (to === 'Abandoned' && session.runs.length === 0) session.runs = begun(session)
    if (to === 'Kyc Expired') lapse(session)
    if (to === 'Approved') session.approvedAt = now()
    if (to !== 'Resubmitted') Object.assign(session, { resubmit: [], reasons: {} })
    session.status = to
    session.events.push({ type: to, at: now() })
    onChange(session)
    if (session.parent) settle(session.parent)
  }

  /** Gives everybody behind a company a session. */
  function gather(session: SandboxSession) {
    const workflow = kyc(session.application)
    for (const person of workflow ? session.people : []) {
      if (person.session) continue
      person.session = add(childOf(session, person, workflow as Workflow))
      person.session.parent = session
    }
    mark(session)
  }

  /** The step of the people behind a company is not finished before they are. */
  function mark(session: SandboxSession) {
    for (const run of session.runs) {
      if (run.node.feature === 'KYB_KEY_PEOPLE') run.status = verdictOf(session) ?? 'Not Finished'
    }
  }

  /** What a company becomes by the people behind it, who are all done; a reviewer's word stands. */
  function settle(session: SandboxSession) {
    const verdict = verdictOf(session)
    const decided = session.activity.some(({ previous_status }) => previous_status !== null)
    const open = session.status === 'Awaiting User'
    if (!verdict || (!open && (decided || !SETTLED.includes(session.status)))) return
    const to = worst(session.verdict ?? 'Approved', verdict)
    mark(session)
    if (to !== session.status) set(session, to)
  }

  /** The first step was begun, and that is all that is known. */
  function begun({ nodes }: SandboxSession): Run[] {
    const node = nodes.find(({ feature }) => !check(feature).passive)
    return node ? [{ node, status: 'Not Finished', warnings: [], at: now(), cleared: true }] : []
  }

  function lapse(session: SandboxSession) {
    const yesterday = new Date(now() - DAY).toISOString().slice(0, 10)
    const { person } = session
    const [run] = latest(session).filter(({ node }) => node.feature === 'OCR')
    if (run && person && expiryOf(run, person) > yesterday) {
      person.expires = yesterday
      if (run.edits) delete run.edits.expiration_date
    }
    if (run) run.status = 'Expired'
  }

  function add(wanted: NewSession): SandboxSession {
    const internalId = persons.get(subjectOf(wanted)) ?? crypto.randomUUID()
    if (wanted.vendorData !== null) persons.set(subjectOf(wanted), internalId)
    const session: SandboxSession = {
      ...wanted,
      scenario: wanted.scenario ?? magicScenario(wanted.vendorData) ?? null,
      id: crypto.randomUUID(),
      number: ++number,
      token: randomToken(9),
      internalId,
      status: 'Not Started',
      createdAt: now(),
      expiresAt: now() + wanted.workflow.lifetime * 1000,
      approvedAt: 0,
      resubmittedAt: [],
      nodes: nodesOf(wanted.workflow.features.map(({ feature }) => feature)),
      runs: [],
      person: null,
      played: null,
      document: null,
      resubmit: [],
      reasons: {},
      activity: [],
      events: [{ type: 'Not Started', at: now() }],
      sharedFrom: null,
      people: wanted.workflow.kind === 'business' ? peopleOf(wanted) : [],
      verdict: null,
      parent: null,
    }
    byId.set(session.id, session)
    byToken.set(session.token, session)
    return session
  }

  function resubmit(session: SandboxSession, nodes: readonly Node[]) {
    const warnings = latest(session).flatMap((run) => run.warnings)
    session.reasons = Object.fromEntries(nodes.map(({ id }) => [id, reason(warnings, id)]))
    clear(session, nodes)
    session.resubmit = nodes
    session.resubmittedAt.push(now())
    session.expiresAt = now() + session.workflow.lifetime * 1000
    set(session, 'Resubmitted')
    // Steps without the user run at once.
    if (nodes.every(({ feature }) => check(feature).passive)) {
      finish(session, session.scenario ?? 'approve')
    }
  }

  function finish(session: SandboxSession, played: ScenarioName) {
    const verdict = play(session, played, { now: now(), hits })
    session.verdict = verdict
    const asked = session.runs.some(({ node }) => node.feature === 'KYB_KEY_PEOPLE')
    if (!asked || verdict === 'Declined') return set(session, verdict)
    gather(session)
    const found = verdictOf(session)
    set(session, found ? worst(verdict, found) : 'Awaiting User')
  }

  return {
    /** The unfinished session of the same person on the same version of the workflow. */
    reusable(wanted: Pick<NewSession, 'vendorData' | 'application' | 'workflow'>) {
      const same = current(bySubject.get(`${subjectOf(wanted)} ${wanted.workflow.uuid}`))
      return same && UNFINISHED.includes(same.status) ? same : undefined
    },

    /** Makes a session, or hands back the unfinished one with new callback and metadata. */
    create(wanted: NewSession): SandboxSession {
      const same = wanted.vendorData === null ? undefined : this.reusable(wanted)
      if (same) {
        return Object.assign(same, { callback: wanted.callback, metadata: wanted.metadata })
      }
      const session = add(wanted)
      const subject = `${subjectOf(wanted)} ${wanted.workflow.uuid}`
      if (wanted.vendorData !== null) bySubject.set(subject, session)
      return session
    },

    /** A copy of a finished session for another application, with an id of its own. */
    copy(source: SandboxSession, wanted: NewSession, status: Status): SandboxSession {
      const { runs, person, document, played, approvedAt, nodes } = source
      const copied = structuredClone({ runs, person, document, played, approvedAt, nodes })
      return Object.assign(add(wanted), copied, { status, sharedFrom: source.id })
    },

    byId: (id: string) => current(byId.get(id)),

    byToken: (token: string) => current(byToken.get(token)),

    /** Newest first. */
    list: () => [...byId.values()].map((session) => current(session) ?? session).reverse(),

    /** Forgets a session; nobody is told. */
    remove(session: SandboxSession) {
      byId.delete(session.id)
      byToken.delete(session.token)
      for (const [subject, each] of bySubject) if (each === session) bySubject.delete(subject)
      for (const person of session.people) if (person.session) person.session.parent = null
      for (const person of session.parent?.people ?? []) {
        if (person.session === session) person.session = null
      }
      if (session.parent) settle(session.parent)
    },

    /** The visitor opens the link. A resubmitted session stays one until it is done again. */
    open(session: SandboxSession) {
      if (session.status === 'Not Started') set(session, 'In Progress')
    },

    /** The visitor, or a scenario in their place, reaches the end of the flow. */
    finish,

    /** A decision of a reviewer or the API. */
    decide(session: SandboxSession, to: 'Approved' | 'Declined') {
      set(session, to)
    },

    /** Sends steps back to the user, under the same URL; the time to do them starts afresh. */
    resubmit,

    /** The steps that Didit sends back when nobody says which. */
    unsettled: (session: SandboxSession): Node[] =>
      latest(session)
        .filter(({ node, status }) => CHOSEN.includes(node.feature) && UNSETTLED.includes(status))
        .map(({ node }) => node),

    /** Moves a session as Didit or a reviewer would. False when Didit has no such step. */
    move(session: SandboxSession, to: Status, force: boolean): boolean {
      const waiting = to === 'Awaiting User' && session.workflow.kind === 'user'
      if (!force && (waiting || !follows(session.status, to))) return false
      if (REVIEWED.includes(session.status) && to !== 'Kyc Expired') {
        session.activity.unshift(activity({ previous: session.status, to, now: now() }))
      }
      if (to !== 'Resubmitted') set(session, to)
      else {
        if (session.runs.length === 0) play(session, 'review', { now: now(), hits: () => [] })
        const nodes = this.unsettled(session)
        resubmit(session, nodes.length > 0 ? nodes : session.nodes.slice(0, 1))
      }
      return true
    },

    /** How often a person has been declined by a workflow within the time that it counts. */
    declines(wanted: Pick<NewSession, 'vendorData' | 'application' | 'workflow'>): number {
      const { retryWindow, workflowId } = wanted.workflow
      const since = retryWindow === null ? 0 : now() - retryWindow * DAY
      return [...byId.values()].filter(
        ({ status, createdAt, workflow, ...session }) =>
          subjectOf({ ...session }) === subjectOf(wanted) &&
          workflow.workflowId === workflowId &&
          status === 'Declined' &&
          createdAt >= since,
      ).length
    },

    clear() {
      byId.clear()
      byToken.clear()
      bySubject.clear()
      persons.clear()
      number = 1000
    },
  }
}

function worst(...statuses: readonly string[]): Status {
  if (statuses.includes('Declined')) return 'Declined'
  return statuses.includes('In Review') ? 'In Review' : 'Approved'
}

/** What the document says, or what somebody has corrected it to. */
function expiryOf({ edits }: Run, { expires }: Person): string {
  return typeof edits?.expiration_date === 'string' ? edits.expiration_date : expires
}

function subjectOf({ application, vendorData }: Pick<NewSession, 'application' | 'vendorData'>) {
  return JSON.stringify([application, vendorData])
}

function reason(warnings: readonly Warning[], node: string): string {
  const found = warnings.find(({ node_id }) => node_id === node)
  return found?.long_description ?? 'Please do this step again.'
}
