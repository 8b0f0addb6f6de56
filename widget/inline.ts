import { css, html, type TemplateResult } from 'lit'

/** Heading and presentation in the flow of the page. */
export function section(content: TemplateResult): TemplateResult {
  return html`<section class="shell" part="inline" aria-labelledby="title">${content}</section>`
}

/** Gives the frame the height that the hosted page asks for; the style sheet bounds it. */
export function resize(frame: HTMLElement, height: unknown): void {
  if (typeof height === 'number' && height > 0) frame.style.height = `${Math.ceil(height)}px`
}

/** The section, and what it stands in for: trigger and message are gone meanwhile. */
export const inlineStyles = css`
  div:has(> #stage > section) > :is(slot, p) {
    display: none;
  }
  /* As wide as it may be in a host that is as wide as what is in it. */
  #stage:has(section) {
    display: grid;
    grid-template-columns: minmax(0, 500px);
  }
  section {
    --_most: 90dvh;
    position: relative;
    display: grid;
    grid-template-rows: auto 1fr auto;
  }
  section iframe {
    height: 700px;
    min-height: 320px;
    max-height: var(--_most);
  }
  /* As high as a frame to begin with: what is below it on the page stays where it is. */
  section .note:not(.strip) {
    box-sizing: border-box;
    min-height: clamp(320px, var(--_most), 700px);
  }
  /* A page with room gets a card that keeps its size, whatever step is shown in it. */
  @media (min-width: 1024px) {
    section iframe {
      height: 700px !important;
    }
  }
  @media (max-width: 540px) {
    #stage:has(section) {
      grid-template-columns: minmax(0, 100vw);
    }
    section {
      --_most: 100dvh;
    }
  }
`
