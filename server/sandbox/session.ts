// One session: what it was made from and what has become of it.

import type { Status } from '../contract.ts'
import type { CallbackMethod, ContactDetails, ExpectedDetails, Language } from '../didit/types.ts'
import type { Activity } from './activity.ts'
import type { Node } from './checks.ts'
import type { Run } from './flow.ts'
import type { KeyPerson } from './people.ts'
import type { Person, PickedDocument } from './persons.ts'
import type { ScenarioName } from './scenarios.ts'
import type { Workflow } from './workflows.ts'

/** Field -> what it was and what it is, as `data.updated` tells it. */
export type Changes = Record<string, { previous: unknown; current: unknown }>

/** What a session is made from; checked already. */
export interface NewSession {
  /** The application that owns it. */
  application: string
  /** The version it is pinned to. */
  workflow: Workflow
  vendorData: string | null
  callback: string | null
  callbackMethod: CallbackMethod
  metadata: unknown
  language: Language | null
  contact: ContactDetails | null
  expected: ExpectedDetails | null
  /** Base64. */
  portrait: string | null
  /** The earlier session of the person that the face is compared with. */
  portraitFrom?: string | null
  /** Decides how it ends unless the page is told otherwise; falls back to magic `vendor_data`. */
  scenario: ScenarioName | null
  /** How it was made: by the API, or by somebody opening a UniLink. */
  channel?: 'API' | 'HOSTED'
}

export interface SandboxSession extends NewSession {
  readonly id: string
  readonly number: number
  /** Secret, 12 URL-safe characters. */
  readonly token: string
  /** Didit's own id of the person: the same for the same `vendor_data`. */
  readonly internalId: string
  status: Status
  /** Milliseconds since 1970. */
  readonly createdAt: number
  expiresAt: number
  /** When it was approved last; a document that was over by then does not end the approval. */
  approvedAt: number
  /** When steps were sent back, the newest last. */
  resubmittedAt: number[]
  readonly nodes: readonly Node[]
  /** Newest first; several of one step after a resubmission. */
  runs: Run[]
  person: Person | null
  played: ScenarioName | null
  document: PickedDocument | null
  /** The steps to be done again, and why. */
  resubmit: readonly Node[]
  reasons: Record<string, string>
  activity: Activity[]
  events: { type: string; at: number }[]
  /** The session it was imported from. */
  sharedFrom: string | null
  /** The people behind a company, and what it becomes once they are verified. */
  readonly people: KeyPerson[]
  verdict: Status | null
  /** The company that a key person is verified for. */
  parent: SandboxSession | null
}
