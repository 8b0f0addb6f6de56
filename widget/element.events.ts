import type { Action, ErrorCode, Mode } from '../server/contract.ts'
import { type Fields, VerifyEvent } from './event.ts'
import type { State } from './flow.ts'

/** Before anything is created. Cancelable, synchronous. */
export class VerifyStartEvent extends VerifyEvent {
  constructor() {
    super('didit-start', {}, true)
  }
}

/** The server has a session and the presentation opens. */
export class VerifySessionEvent extends VerifyEvent {
  /** `null` where the page has given its own `url`. */
  declare readonly sessionId: string | null
  declare readonly mode: Exclude<Mode, 'auto'>
  /** Why this mode: `requested`, or what `auto` found. */
  declare readonly reason: string
  /** Whether an earlier attempt goes on. */
  declare readonly resumed: boolean
  constructor(fields: Fields<VerifySessionEvent>) {
    super('didit-session', fields)
  }
}

/** Every change of state. */
export class VerifyStateEvent extends VerifyEvent {
  declare readonly state: State
  declare readonly previous: State
  constructor(fields: Fields<VerifyStateEvent>) {
    super('didit-state', fields)
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

/** Final: no way on, or the visitor declined it. */
export class VerifyErrorEvent extends VerifyEvent {
  declare readonly code: ErrorCode
  /** For developers, in English: what happened and what to do. */
  declare readonly message: string
  /** `null` where there is no session yet. */
  declare readonly sessionId: string | null
  declare readonly cause: unknown
  constructor(fields: Fields<VerifyErrorEvent>) {
    super('didit-error', fields)
  }
}
