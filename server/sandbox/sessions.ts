// The sandbox's sessions: made, found, moved, forgotten. In memory.

import { follows, type Status } from '../contract.ts'
import type {
  CallbackMethod,
  ContactDetails,
  ExpectedDetails,
  Language,
  ResubmitNode,
  Review,
} from '../didit/types.ts'
import { magicScenario, type ScenarioName } from './scenarios.ts'

const WEEK = 7 * 24 * 60 * 60 * 1000

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
  Resubmitted: 'review',
  'Kyc Expired': 'approve',
}

/** The document that the visitor picked. */
export interface PickedDocument {
  type: string
  /** ISO 3166-1 alpha-3. */
  country: string
}

/** What a session is made from; checked already. */
export interface NewSession {
  workflowId: string
  vendorData: string | null
  callback: string | null
  callbackMethod: CallbackMethod
  metadata: unknown
  language: Language | null
  contact: ContactDetails | null
  expected: ExpectedDetails | null
  /** Decides how it ends unless the page is told otherwise; falls back to magic `vendor_data`. */
  scenario: ScenarioName | null
}

export interface SandboxSession extends NewSession {
  readonly id: string
  readonly number: number
  /** Secret, 12 URL-safe characters. */
  readonly token: string
  status: Status
  /** Milliseconds since 1970. */
  readonly createdAt: number
  expiresAt: number
  /** What the decision shows; null until checks have run. */
  played: ScenarioName | null
  document: PickedDocument | null
  resubmit: readonly ResubmitNode[]
  reviews: Review[]
}

export type Sessions = ReturnType<typeof createSessions>

/**
 * @param options.now milliseconds since 1970
 * @param options.onChange called after every change of a status, with the new one in place
 */
export function createSessions(options: {
  now(): number
  onChange(session: SandboxSession): void
}) {
  const { now, onChange } = options
  const byId = new Map<string, SandboxSession>()
  const byToken = new Map<string, SandboxSession>()
  const bySubject = new Map<string, SandboxSession>()
  let number = 1000

  /** Time passes only when somebody looks. */
  function current(session: SandboxSession | undefined): SandboxSession | undefined {
    const next = session && RUNS_OUT[session.status]
    if (session && next && now() >= session.expiresAt) set(session, next)
    return session
  }

  function set(session: SandboxSession, to: Status) {
    session.played ??= PLAYED[to] ?? null
    if (to === 'Resubmitted') {
      session.resubmit = [{ node_id: 'feature_liveness_1', feature: 'LIVENESS' }]
      session.expiresAt = now() + WEEK
    }
    if (to !== 'Resubmitted') session.resubmit = []
    session.status = to
    onChange(session)
  }

  return {
    /** Makes a session, or hands back the unfinished one with new callback and metadata. */
    create(wanted: NewSession): SandboxSession {
      const subject = JSON.stringify([wanted.vendorData, wanted.workflowId])
      const same = current(bySubject.get(subject))
      if (same && UNFINISHED.includes(same.status)) {
        return Object.assign(same, { callback: wanted.callback, metadata: wanted.metadata })
      }
      const session: SandboxSession = {
        ...wanted,
        scenario: wanted.scenario ?? magicScenario(wanted.vendorData) ?? null,
        id: crypto.randomUUID(),
        number: ++number,
        token: randomToken(),
        status: 'Not Started',
        createdAt: now(),
        expiresAt: now() + WEEK,
        played: null,
        document: null,
        resubmit: [],
        reviews: [],
      }
      byId.set(session.id, session)
      byToken.set(session.token, session)
      if (wanted.vendorData !== null) bySubject.set(subject, session)
      return session
    },

    byId: (id: string) => current(byId.get(id)),

    byToken: (token: string) => current(byToken.get(token)),

    /** Newest first. */
    list: () => [...byId.values()].map((session) => current(session) ?? session).reverse(),

    /** The visitor opens the link. A resubmitted session stays one until it is done again. */
    open(session: SandboxSession) {
      if (session.status === 'Not Started') set(session, 'In Progress')
    },

    /** The visitor, or a scenario in their place, reaches the end of the flow. */
    finish(session: SandboxSession, played: ScenarioName, status: Status) {
      session.played = played
      set(session, status)
    },

    /** Moves a session as Didit or a reviewer would. False when Didit has no such step. */
    move(session: SandboxSession, to: Status, force: boolean): boolean {
      const from = session.status
      if (!force && !follows(from, to)) return false
      if (REVIEWED.includes(from) && to !== 'Kyc Expired') {
        session.reviews.push({
          user: 'reviewer@sandbox.invalid',
          new_status: to,
          comment: 'Moved in the sandbox',
          created_at: new Date(now()).toISOString(),
        })
      }
      set(session, to)
      return true
    },

    clear() {
      for (const index of [byId, byToken, bySubject]) index.clear()
      number = 1000
    },
  }
}

/** Nine random bytes are twelve characters of base64. */
function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}
