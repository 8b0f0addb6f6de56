import { generate } from 'lean-qr/nano'
import { css, html } from 'lit'
import type { Presentation } from './frame.ts'
import type { Messages } from './locales/en.ts'

/** What the code asks and tells. */
export interface CodeEvents {
  /** Whether the phone has opened the hosted page. */
  taken(): boolean
  redraw(): void
}

/** The hosted page as a code for the visitor's phone, with a link for who cannot scan it. */
export function createCode(url: URL, words: Messages, on: CodeEvents): Presentation {
  const code = generate(url.href)
  const { size } = code
  const cells = Array.from({ length: size * size }, (_, i) => [i % size, Math.floor(i / size)])
  const path = cells.map(([x = 0, y = 0]) => (code.get(x, y) ? `M${x} ${y}h1v1h-1z` : '')).join('')
  let copied = false

  async function copy(event: Event): Promise<void> {
    const link = (event.target as HTMLElement).parentElement?.previousElementSibling
    try {
      await navigator.clipboard.writeText(url.href)
      copied = true
      on.redraw()
    } catch {
      // Where a policy forbids it, the visitor's own keys still can.
      if (link) getSelection()?.selectAllChildren(link)
    }
  }

  const text = () => (on.taken() ? words.phone : words.scan)
  return {
    get status() {
      return copied ? words.copied : text()
    },
    get body() {
      return html`<div class="note code">
        <svg role="img" aria-label=${words.phone} viewBox="-4 -4 ${size + 8} ${size + 8}">
          <path d=${path}></path>
        </svg>
        <p>${text()}</p>
        <a href=${url.href} target="_blank" rel="noopener noreferrer">${url.href}</a>
        <div class="actions">
          <button class="button" type="button" @click=${copy}
            >${copied ? words.copied : words.copy}</button>
        </div>
      </div>`
    },
  }
}

export const codeStyles = css`
  .code svg {
    width: min(280px, 100%);
    border-radius: var(--_radius);
    background: #fff;
    fill: #000;
    /* A phone reads dark on light, whatever the colours around. */
    forced-color-adjust: none;
    shape-rendering: crispEdges;
  }
  .code a {
    color: inherit;
    font-size: 0.875rem;
    overflow-wrap: anywhere;
  }
`
