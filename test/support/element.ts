// What tests of the element do again and again: make one, hear its events, see into its dialog.

import { fixture, fixtureCleanup, html } from '@open-wc/testing'
import type { DiditVerify } from '../../widget/element.ts'
import '../../widget/define.ts'
import type { VerifyEventMap } from '../../widget/events.ts'
import { Backend } from './backend.ts'
import { TYPES } from './event-types.ts'

export type VerifyEvents = VerifyEventMap[keyof VerifyEventMap][]

/** An element on the page, the backend it speaks to, and every event it has sent. */
export interface Stage {
  element: DiditVerify
  backend: Backend
  events: VerifyEvents
  /** The types of the events so far, in order; `didit-state` with its state. */
  log(): string[]
}

/** An element with a backend of its own, in modal mode. */
export async function stage(
  properties: Partial<DiditVerify> = {},
  backend = new Backend(),
): Promise<Stage> {
  const element = document.createElement('didit-verify')
  Object.assign(element, { mode: 'modal', fetch: backend.fetch, ...properties })
  const events = hear(element)
  await fixture(html`${element}`)
  return { element, backend, events, log: () => events.map(word) }
}

/** Every event of an element from now on. */
export function hear(target: EventTarget): VerifyEvents {
  const events: VerifyEvents = []
  for (const type of TYPES) {
    target.addEventListener(type, (event) => events.push(event as VerifyEvents[number]))
  }
  return events
}

export const word = (event: VerifyEvents[number]) =>
  event.type === 'didit-state' ? `${event.type} ${Reflect.get(event, 'state')}` : event.type

/** An element whose modal is open and whose frame has loaded. */
export async function opened(
  properties: Partial<DiditVerify> = {},
  backend = new Backend(),
): Promise<Stage> {
  const made = await stage(properties, backend)
  void made.element.start()
  await loaded(made)
  return made
}

/** Waits until the hosted page in the frame has spoken and the stream is there. */
export async function loaded({ element, events, backend }: Stage): Promise<void> {
  await until(() => events.some(({ type }) => type === 'didit-progress'))
  await until(() => backend.streams.size)
  await element.updateComplete
}

// Taken before a test makes the clock run faster.
const { setTimeout } = globalThis

/** Waits until a condition holds: long enough for a busy machine. */
export async function until(condition: () => unknown, what = String(condition)): Promise<void> {
  const deadline = performance.now() + 8_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`In vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Lets the hosted page say something, out of the frame. */
export function say({ element }: Pick<Stage, 'element'>, message: unknown): void {
  const target = frame(element)?.contentWindow
  if (!target) throw new Error('There is no frame to speak out of.')
  target.postMessage({ say: message }, '*')
}

export const root = (element: DiditVerify) => element.renderRoot as ShadowRoot

export const dialog = (element: DiditVerify) => root(element).querySelector('dialog')

/** What stands round heading and presentation: the dialog, or a section of the page. */
export const shell = (element: DiditVerify) => root(element).querySelector<HTMLElement>('.shell')

export const frame = (element: DiditVerify) => root(element).querySelector('iframe')

export const question = (element: DiditVerify) =>
  root(element).querySelector<HTMLElement>('[role=alertdialog]')

export const trigger = (element: DiditVerify) => find<HTMLButtonElement>(element, '[part=trigger]')

/** What stands inside the element; fails the test when it is not there. */
export function find<T extends HTMLElement = HTMLElement>(
  element: DiditVerify,
  selector: string,
): T {
  const found = root(element).querySelector<T>(selector)
  if (!found) throw new Error(`${selector} is not there.`)
  return found
}

/** What has the focus inside the element. */
export const focused = (element: DiditVerify) => root(element).activeElement

/**
 * Every text that its live regions say from now on: a text that changes, and one that comes with its
 * region. What is hidden, or outside an open modal dialog, says nothing.
 */
export function announcements(element: DiditVerify): string[] {
  const said: string[] = []
  const before = new Map<Element, string>()
  const look = (say: (text: string) => void) => {
    const modal = root(element).querySelector(':modal')
    for (const region of root(element).querySelectorAll('[role=status], [role=alert]')) {
      const text = region.textContent?.trim().replace(/\s+/g, ' ') ?? ''
      const heard = region.checkVisibility() && (!modal || modal.contains(region))
      if (heard && text && before.get(region) !== text) say(text)
      before.set(region, text)
    }
  }
  look(() => {})
  new MutationObserver(() => look((text) => said.push(text))).observe(root(element), {
    subtree: true,
    childList: true,
    characterData: true,
  })
  return said
}

/** Takes away what a test has left: elements, what the tab kept, the address. */
export function clean(): void {
  fixtureCleanup()
  sessionStorage.clear()
}
