import type { VerifyEventMap } from '../../widget/events.ts'

/** Every event of the element. */
export const TYPES = [
  'didit-start',
  'didit-session',
  'didit-state',
  'didit-progress',
  'didit-submit',
  'didit-status',
  'didit-trouble',
  'didit-close-request',
  'didit-complete',
  'didit-cancel',
  'didit-error',
] as const satisfies readonly (keyof VerifyEventMap)[]
