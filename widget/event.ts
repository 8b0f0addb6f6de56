import type { VerifyEventMap } from './events.ts'

/** What an event of the element has besides the members of every event. */
export type Fields<T> = Omit<T, keyof Event>

/** An event of the element: it bubbles, out of shadow roots too, and carries its fields itself. */
export class VerifyEvent extends Event {
  constructor(type: keyof VerifyEventMap, fields: object, cancelable = false) {
    super(type, { bubbles: true, composed: true, cancelable })
    Object.assign(this, fields)
  }
}
