import { html, type TemplateResult } from 'lit'
import type { Messages } from './locales/en.ts'

/** What Didit asks for, as its own SDK grants it. */
const PERMISSIONS = 'camera microphone fullscreen autoplay encrypted-media geolocation'

/** The frame of the hosted page, and what came from it before anybody listened. */
export interface Frame {
  node: HTMLIFrameElement
  url: URL
  signal: AbortSignal
  /** Hands over every event so far and from now on: messages, loads, policy violations. */
  listen(hear: (event: Event) => void): void
}

/**
 * Makes the frame, with its address set before anybody inserts it: so it adds no history entry. It
 * lives until `signal` aborts and is never moved.
 */
export function createFrame(url: URL, title: string, allow: string, signal: AbortSignal): Frame {
  const node = document.createElement('iframe')
  node.allow = allow
  node.title = title
  node.src = url.href
  const early: Event[] = []
  let hear = (event: Event): void => void early.push(event)
  const collect = (event: Event) => hear(event)
  addEventListener('message', collect, { signal })
  document.addEventListener('securitypolicyviolation', collect, { signal })
  node.addEventListener('load', collect, { signal })
  return {
    node,
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
  return PERMISSIONS.split(' ')
    .map((name) => `${name} ${origins.join(' ')}`)
    .join('; ')
}

/** What the dialog shows besides its frame. */
export interface Scene {
  /** In place of the frame. */
  note?: TemplateResult
  /** Below the frame. */
  strip?: TemplateResult
  /** The question whether to stop; the rest is inert while it stands. */
  question?: TemplateResult
  /** What is said to who cannot see it. */
  status: string
}

/** What can happen to the dialog itself. */
export interface DialogEvents {
  close(): void
  cancel(event: Event): void
  closed(): void
}

/** The dialog round the frame. */
export function dialog(
  words: Messages,
  frame: Frame | undefined,
  { note, strip, question, status }: Scene,
  on: DialogEvents,
): TemplateResult {
  return html`<dialog part="dialog" aria-labelledby="title" @cancel=${on.cancel} @close=${on.closed}>
    <div class="bar" ?inert=${question}>
      <h2 id="title" tabindex="-1">${words.title}</h2>
      <button part="close" type="button" @click=${on.close}>${words.close}</button>
    </div>
    <div part="body" ?inert=${question}>
      ${frame?.node ?? note ?? html`<div class="note"><div class="wait"></div></div>`}
    </div>
    <div ?inert=${question}>${strip}</div>
    ${question}
    <p class="quiet" role="status">${status}</p>
  </dialog>`
}
