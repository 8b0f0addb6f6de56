import type { VerifyEventMap } from './events.ts'

/** What an event is made of. */
export type Fields<T> = Omit<T, keyof Event>

/** Every event of the element goes up to the document, out of shadow roots too. */
export class VerifyEvent extends Event {
  constructor(type: keyof VerifyEventMap, fields: object, cancelable = false) {
    super(type, { bubbles: true, composed: true, cancelable })
    Object.assign(this, fields)
  }
}
