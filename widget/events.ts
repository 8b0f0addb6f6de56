import type {
  VerifyCancelEvent,
  VerifyCloseRequestEvent,
  VerifyCompleteEvent,
  VerifyProgressEvent,
  VerifyStatusEvent,
  VerifySubmitEvent,
} from './course.events.ts'
import type {
  VerifyErrorEvent,
  VerifySessionEvent,
  VerifyStartEvent,
  VerifyStateEvent,
  VerifyTroubleEvent,
} from './element.events.ts'

export * from './course.events.ts'
export * from './element.events.ts'

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
