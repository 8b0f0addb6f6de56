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
  [part='trigger'] {
    font: inherit;
    font-weight: 600;
    min-height: 44px;
    padding: 0.6em 1.2em;
    border: 1px solid transparent;
    border-radius: var(--_radius);
    background: var(--_accent);
    color: var(--_on-accent);
    cursor: pointer;
  }
  [part='trigger']:focus-visible {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
  }
  [part='trigger'][aria-disabled='true'] {
    cursor: default;
    opacity: 0.75;
  }
  [part='message'] {
    margin: 0.5em 0 0;
  }
  [part='message']:empty {
    margin: 0;
  }
`
