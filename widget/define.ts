import { DiditVerify } from './element.ts'

// As types alone: what is not needed on every page view stays out of the script-tag bundle.
export type * from './index.ts'
export { DiditVerify }

// Another copy of the script may have been there first; its element serves.
if (globalThis.customElements && !customElements.get('didit-verify')) {
  customElements.define('didit-verify', DiditVerify)
}
