import type { ErrorCode } from '../server/contract.ts'
import type {
  VerifyCancelEvent,
  VerifyCloseRequestEvent,
  VerifyCompleteEvent,
  VerifyProgressEvent,
  VerifyStatusEvent,
  VerifySubmitEvent,
  VerifyTroubleEvent,
} from './course.events.ts'
import { type Fields, VerifyEvent } from './event.ts'
import type { State } from './flow.ts'

export * from './course.events.ts'

/** Before anything is created. Cancelable, synchronous. */
export class VerifyStartEvent extends VerifyEvent {
  constructor() {
    super('didit-start', {}, true)
  }
}

/** The server has a session and the presentation opens. */
export class VerifySessionEvent extends VerifyEvent {
  declare readonly sessionId: string
  declare readonly mode: 'modal' | 'redirect'
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

export interface VerifyEventMap {
  'didit-start': VerifyStartEvent
  'didit-session': VerifySessionEvent
  'didit-state': VerifyStateEvent
  'didit-progress': VerifyProgressEvent
  'didit-submit': VerifySubmitEvent
  'didit-status': VerifyStatusEvent
  'didit-trouble': VerifyTroubleEvent
  'didit-close-request': VerifyCloseRequestEvent
  'didit-complete': VerifyCompleteEvent
  'didit-cancel': VerifyCancelEvent
  'didit-error': VerifyErrorEvent
}

declare global {
  interface GlobalEventHandlersEventMap extends VerifyEventMap {}
}
