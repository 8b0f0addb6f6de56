import type { Action, ErrorCode, Outcome } from '../server/contract.ts'
import { type Fields, VerifyEvent } from './event.ts'

/** What ended an attempt before the visitor was done. */
export type CancelSource = 'button' | 'escape' | 'page' | 'hosted' | 'removed' | 'prevented'

/** A message of the hosted page. Informative: nothing is decided by it. */
export class VerifyProgressEvent extends VerifyEvent {
  /** Didit's message type without its prefix. */
  declare readonly message: string
  declare readonly step: string | undefined
  declare readonly data: Readonly<Record<string, unknown>>
  constructor(fields: Fields<VerifyProgressEvent>) {
    super('didit-progress', fields)
  }
}

/** The hosted page or the callback says that the visitor is done. Nothing is decided. */
export class VerifySubmitEvent extends VerifyEvent {
  declare readonly sessionId: string
  /** The status that the page or the callback claims. Never act on it. */
  declare readonly hint: string | undefined
  constructor(fields: Fields<VerifySubmitEvent>) {
    super('didit-submit', fields)
  }
}

/** The server says that the status changed; also after the attempt has ended. */
export class VerifyStatusEvent extends VerifyEvent {
  declare readonly sessionId: string
  declare readonly status: string
  declare readonly outcome: Outcome | null
  declare readonly settled: boolean
  /** Proves the approval to the host's own server; `null` unless approved. */
  declare readonly receipt: string | null
  constructor(fields: Fields<VerifyStatusEvent>) {
    super('didit-status', fields)
  }
}

/** An obstacle with a way on. It is shown, and it is not final. */
export class VerifyTroubleEvent extends VerifyEvent {
  declare readonly code: ErrorCode
  /** For developers, in English: what happened and what to do. */
  declare readonly message: string
  /** `null` where there is no session yet. */
  declare readonly sessionId: string | null
  declare readonly actions: readonly Action[]
  constructor(fields: Fields<VerifyTroubleEvent>) {
    super('didit-trouble', fields)
  }
}

/** Before the question whether to stop. Cancelable: then everything stays open. */
export class VerifyCloseRequestEvent extends VerifyEvent {
  declare readonly source: CancelSource
  constructor(fields: Fields<VerifyCloseRequestEvent>) {
    super('didit-close-request', fields, true)
  }
}

/** Final: the server's outcome, or `pending` where it takes longer. */
export class VerifyCompleteEvent extends VerifyEvent {
  declare readonly sessionId: string
  declare readonly status: string
  declare readonly outcome: Outcome
  /** Proves the approval to the host's own server; `null` unless approved. */
  declare readonly receipt: string | null
  constructor(fields: Fields<VerifyCompleteEvent>) {
    super('didit-complete', fields)
  }
}

/** Final: the visitor or the page gave up before being done. */
export class VerifyCancelEvent extends VerifyEvent {
  declare readonly sessionId: string | null
  declare readonly source: CancelSource
  constructor(fields: Fields<VerifyCancelEvent>) {
    super('didit-cancel', fields)
  }
}
