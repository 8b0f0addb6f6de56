import { css } from '#lit'

/** The element on the page. Everything of the dialog comes with the attempt. */
export const styles = css`
  :host {
    display: inline-block;
    font: inherit;
    --_accent: var(--didit-accent, #2157d5);
    --_on-accent: var(--didit-on-accent, #fff);
    --_radius: var(--didit-radius, 10px);
  }
  :host([hidden]) {
    display: none;
  }
  button {
    min-height: 44px;
    border-radius: var(--_radius);
    font: inherit;
    cursor: pointer;
  }
  :is(a, button):focus-visible {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
  }
  [part='trigger'] {
    padding: 0.6em 1.2em;
    border: 1px solid transparent;
    background: var(--_accent);
    color: var(--_on-accent);
    font-weight: 600;
  }
  :disabled,
  [aria-disabled='true'] {
    cursor: default;
    opacity: 0.75;
  }
  p {
    margin: 0.5em 0 0;
  }
  p:empty {
    margin: 0;
  }
`
