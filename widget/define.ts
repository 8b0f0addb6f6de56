import { DiditVerify } from './element.ts'

// As types alone: the classes of events are for `instanceof` and come from the npm entry; here they
// would be bytes on every page view.
export type * from './index.ts'
export { DiditVerify }

// Another copy of the script may have been there first; its element serves.
if (globalThis.customElements && !customElements.get('didit-verify')) {
  customElements.define('didit-verify', DiditVerify)
}
