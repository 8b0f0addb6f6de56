import { css } from 'lit'

/** What stands in the dialog besides the frame, and the panel where there is no dialog. */
export const courseStyles = css`
  .shell {
    /* In a menu that has closed, for one; what is not rendered at all goes on elsewhere. */
    visibility: visible;
  }
  .note {
    justify-items: center;
    gap: 1rem;
    padding: 1.5rem;
    text-align: center;
  }
  .note p {
    margin: 0;
    max-width: 34ch;
    font-size: 1.125rem;
  }
  .mark {
    display: grid;
    place-content: center;
    width: 4rem;
    height: 4rem;
    border: 3px solid;
    border-radius: 50%;
    font-size: 2rem;
    line-height: 1;
  }
  .mark[data-of='approved'] {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  :is(.strip, .panel) :is(.mark, .wait) {
    display: none;
  }
  iframe {
    /* Beside what stands below it, it is as high as what is left. */
    min-height: 0;
  }
  .strip {
    /* On a small screen it scrolls, so that the frame keeps its half. */
    max-height: 50dvh;
    overflow: auto;
    box-sizing: border-box;
    align-content: start;
    padding: 1rem;
    gap: 0.75rem;
    border-block-start: 1px solid var(--_line);
  }
  [role='alertdialog'] {
    grid-area: 2 / 1;
    z-index: 1;
    place-content: safe center;
    overflow: auto;
    background: inherit;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0.75rem;
    scroll-margin: 1rem;
  }
  .actions:empty {
    display: none;
  }
  .button {
    display: inline-grid;
    place-content: center;
    box-sizing: border-box;
    min-height: 44px;
    padding: 0.5em 1.1em;
    border: 1px solid var(--_line, currentcolor);
    border-radius: var(--_radius);
    background: none;
    color: inherit;
    font: inherit;
    font-weight: 600;
    text-decoration: none;
    cursor: pointer;
  }
  .button:is(:first-child, .done) {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  @media (max-height: 400px) {
    /* What there is to read and to press comes first. */
    .note .mark {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .wait {
      /* A ring of one colour would not be seen to turn. */
      forced-color-adjust: none;
      border-top-color: Highlight;
    }
  }
  .panel {
    place-content: start;
    justify-items: start;
    padding: 0.75rem 0 0;
    text-align: start;
  }
`
