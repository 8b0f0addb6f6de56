import { html, type TemplateResult } from 'lit'
import type { Messages } from './locales/en.ts'

/** What Didit asks for, as its own SDK grants it. */
const PERMISSIONS = 'camera microphone fullscreen autoplay encrypted-media geolocation'

/** What the visitor is shown of a session, until they are done. */
export interface Presentation {
  /** What stands below the heading. */
  readonly body: unknown
  /** What is said of it to who cannot see it; nothing where a page speaks for itself. */
  readonly status: string
}

/** The frame of the hosted page, and what came from it before anybody listened. */
export interface Frame extends Presentation {
  readonly body: HTMLIFrameElement
  readonly url: URL
  readonly signal: AbortSignal
  /** Hands over every event so far and from now on: messages, loads, policy violations. */
  listen(hear: (event: Event) => void): void
}

/**
 * Makes the frame, with its address set before anybody inserts it: so it adds no history entry. It
 * lives until `signal` aborts and is never moved.
 */
export function createFrame(url: URL, title: string, allow: string, signal: AbortSignal): Frame {
  const body = document.createElement('iframe')
  body.allow = allow
  body.title = title
  body.src = url.href
  const early: Event[] = []
  let hear = (event: Event): void => void early.push(event)
  const collect = (event: Event) => hear(event)
  addEventListener('message', collect, { signal })
  document.addEventListener('securitypolicyviolation', collect, { signal })
  body.addEventListener('load', collect, { signal })
  return {
    body,
    status: '',
    url,
    signal,
    listen(listener) {
      hear = listener
      early.forEach(listener)
    },
  }
}

/** Didit's permissions, for these origins only. */
export function permissions(origins: readonly string[]): string {
  return PERMISSIONS.replace(/\S+/g, `$& ${origins.join(' ')};`)
}

/** What is shown besides the presentation. */
export interface Scene {
  /** In its place. */
  note?: TemplateResult
  /** Below it. */
  strip?: TemplateResult
  /** The question whether to stop; the rest is inert while it stands. */
  question?: TemplateResult
  /** What is said to who cannot see it. */
  status: string
}

/** Is given `click` of the button Close, and `cancel` and `close` of the dialog. */
export type Hear = (event: Event) => void

/** What stands round heading and presentation. */
export type Wrap = (content: TemplateResult, hear: Hear) => TemplateResult

/** Heading, presentation and all that may stand around it. */
export function content(
  words: Messages,
  presentation: Presentation | undefined,
  { note, strip, question, status }: Scene,
  hear: Hear,
): TemplateResult {
  return html`<div class="bar" ?inert=${question}>
      <h2 id="title" tabindex="-1">${words.title}</h2>
      <button part="close" @click=${hear}>${words.close}</button>
    </div>
    <div part="body" ?inert=${question}>
      ${presentation?.body ?? note ?? html`<div class="note"><div class="wait"></div></div>`}
    </div>
    <div ?inert=${question}>${strip}</div>
    ${question}
    <p class="quiet" role="status">${status}</p>`
}

export function dialog(content: TemplateResult, hear: Hear): TemplateResult {
  return html`<dialog class="shell" part="dialog" aria-labelledby="title"
    @cancel=${hear} @close=${hear}>${content}</dialog>`
}
