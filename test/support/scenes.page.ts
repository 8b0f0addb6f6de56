// The browser's side of `scenes.ts`: an element with a backend inside the page.

import type { DiditVerify } from '../../widget/element.ts'
import { Backend, problem } from './backend.ts'
import { hurry, restore } from './haste.ts'

/** What the backend answers when it is asked for a session, by name. */
const ANSWERS: Record<string, () => Response | undefined> = {
  nothing: () => undefined,
  unreachable: () => Response.error(),
  busy: () => problem(429, 'too-many-requests'),
  wrong: () => new Response('', { status: 404 }),
  refused: () => problem(401, 'sign-in-required'),
}

export interface Setting {
  /** Attributes of the element. */
  attributes: Record<string, string>
  /** What the tab has kept of the session. */
  kept?: 'open' | 'submitted' | 'pending'
  /** What the backend answers to who wants a session; by default one. */
  answer?: string
  /** Where the session leads instead of the hosted page. */
  url?: string
  /** Whether the browser opens no window. */
  blocked?: boolean
  /** Whether waits are shorter. */
  hurried?: boolean
  /** Whether the browser lacks what came last of all that is needed. */
  old?: boolean
}

const { open } = window
const { any } = AbortSignal

/** Puts an element on the page, in place of an earlier one. */
export function raise(setting: Setting): void {
  const { attributes, kept, answer, url, blocked, hurried, old } = setting
  document.querySelector('didit-verify')?.remove()
  sessionStorage.clear()
  window.open = blocked ? () => null : open
  hurried ? hurry() : restore()
  Object.assign(AbortSignal, { any: old ? undefined : any })
  const element = document.createElement('didit-verify')
  const backend = new Backend()
  if (url) backend.session = { ...backend.session, url }
  if (answer) backend.answers.set('create', ANSWERS[answer] as () => Response | undefined)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.fetch = backend.fetch
  const { id: sessionId } = backend.session
  if (kept) {
    const owner = `${location.origin}/api/verify ${attributes.workflow ?? ''} `
    const name = { sessionId, token: backend.token, owner }
    const text = JSON.stringify({ ...name, mode: attributes.mode, phase: kept, at: 1 })
    sessionStorage.setItem(`didit-verify:${sessionId}`, text)
  }
  Object.assign(window, { element, backend })
  document.querySelector('main')?.append(element)
}

/** The hosted page says something, out of the frame. */
export function say(message: unknown): void {
  const { element } = window as unknown as { element: DiditVerify }
  const frame = element.renderRoot.querySelector('iframe')
  frame?.contentWindow?.postMessage({ say: message }, '*')
}

Object.assign(window, { raise, say })
