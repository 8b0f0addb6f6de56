import { DiditVerify } from './element.ts'

export type * from './index.ts'
// The classes of events are for `instanceof` and come from the npm entry: here they would be bytes.
export { DiditVerify }

// Another copy of the script may have been there first; its element serves.
if (globalThis.customElements && !customElements.get('didit-verify')) {
  customElements.define('didit-verify', DiditVerify)
}
