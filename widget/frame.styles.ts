import { css } from 'lit'

/** The dialog round the frame, and what stands in its place has in common with it. */
export const frameStyles = css`
  .shell {
    /* System colours follow the page's color-scheme, and forced colours. */
    --_paper: var(--didit-background, Canvas);
    --_ink: var(--didit-color, CanvasText);
    --_line: color-mix(in srgb, var(--_ink) 18%, var(--_paper));
    box-sizing: border-box;
    border: 1px solid var(--_line);
    border-radius: 16px;
    background: var(--_paper);
    color: var(--_ink);
    font: 1rem / 1.5 system-ui, sans-serif;
    text-align: start;
    overflow: hidden;
    pointer-events: auto;
  }
  dialog {
    width: min(500px, 100vw - 2rem);
    height: min(780px, 100dvh - 2rem);
    max-width: none;
    max-height: none;
    padding: 0;
    overscroll-behavior: contain;
  }
  dialog[open] {
    display: grid;
    grid-template-rows: auto 1fr auto;
  }
  dialog::backdrop {
    background: rgb(8 12 20 / 0.6);
  }
  .bar {
    display: flex;
    align-items: center;
    gap: 1rem;
    padding-block: 0.5rem;
    padding-inline: 1.25rem 0.5rem;
    border-bottom: 1px solid var(--_line);
  }
  h2 {
    flex: 1;
    margin: 0;
    font-size: 1.0625rem;
    outline: none;
  }
  [part='body'] {
    grid-area: 2 / 1;
    display: grid;
    min-height: 0;
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
    align-content: center;
    justify-items: center;
    gap: 1rem;
    padding: 1.5rem;
    text-align: center;
  }
  [part='close'] {
    min-height: 44px;
    padding: 0.5em 1em;
    border: 0;
    border-radius: var(--_radius);
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  [part='close']:focus-visible {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
  }
  .wait {
    width: 2.5rem;
    height: 2.5rem;
    border: 4px solid var(--_line);
    border-block-start-color: var(--_accent);
    border-radius: 50%;
    animation: turn 1s linear infinite;
  }
  .quiet {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .wait {
      animation-duration: 6s;
    }
  }
  @media (max-width: 540px), (max-height: 560px) {
    dialog {
      width: 100vw;
      height: 100dvh;
      border: 0;
      border-radius: 0;
    }
  }
`
