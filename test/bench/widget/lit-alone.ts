// The least that an element of Lit can be: one button. The floor of what ours takes to be usable.

import { html, LitElement } from 'lit'

class LitAlone extends LitElement {
  protected override render() {
    return html`<button type="button"><slot>Verify</slot></button>`
  }
}

customElements.define('lit-alone', LitAlone)
