import { DiditVerify } from './element.ts'

export * from './index.ts'

// Another copy of the script may have been there first; its element serves.
if (globalThis.customElements && !customElements.get('didit-verify')) {
  customElements.define('didit-verify', DiditVerify)
}
