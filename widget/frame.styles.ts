import { css } from 'lit'

/** The dialog round the frame, and what stands in its place has in common with it. */
export const frameStyles = css`
  .shell {
    --_line: color-mix(in srgb, currentcolor 18%, #0000);
    box-sizing: border-box;
    border: 1px solid var(--_line);
    border-radius: 16px;
    /* System colours follow the page's color-scheme, and forced colours. */
    background: var(--didit-background, Canvas);
    color: var(--didit-color, CanvasText);
    font: 1rem / 1.5 system-ui, sans-serif;
    text-align: start;
    overflow: hidden;
    pointer-events: auto;
  }
  dialog {
    /* Every browser keeps a modal dialog within its window. */
    width: 500px;
    height: 780px;
    padding: 0;
  }
  .shell[open] {
    display: grid;
    grid-template-rows: auto 1fr auto;
  }
  ::backdrop {
    background: #0009;
  }
  .bar {
    display: flex;
    align-items: center;
    padding: 0.5rem;
    border-bottom: 1px solid var(--_line);
  }
  h2 {
    flex: 1;
    margin: 0 0.75rem;
    font-size: 1.1rem;
    outline: none;
  }
  [part='body'] {
    grid-area: 2 / 1;
    display: grid;
    overflow: auto;
  }
  iframe {
    width: 100%;
    height: 100%;
    border: 0;
    background: #fff;
  }
  .note {
    display: grid;
    place-content: center;
  }
  [part='close'] {
    padding: 0.5em 1em;
    border: 0;
    background: none;
    color: inherit;
  }
  .wait {
    width: 2.5rem;
    height: 2.5rem;
    border: 4px solid var(--_line);
    border-top-color: var(--_accent);
    border-radius: 50%;
  }
  .quiet {
    position: absolute;
    clip-path: inset(50%);
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .wait {
      animation: turn 1s linear infinite;
    }
  }
  @media (max-width: 540px), (max-height: 560px) {
    dialog.shell {
      width: 100vw;
      height: 100dvh;
      max-width: none;
      max-height: none;
      border: 0;
      border-radius: 0;
    }
  }
`
