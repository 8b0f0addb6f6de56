// A page of its own, on the tests' origin: for what leads away from a page, or back to one.

import { fixture, html, oneEvent } from '@open-wc/testing'
import type { DiditVerify } from '../../widget/element.ts'
import { Backend } from './backend.ts'
import { hear, type Stage, until, word } from './element.ts'

export interface Page {
  window: Window & typeof globalThis
  /** The address it went to, once it has loaded. */
  gone(): Promise<string>
}

/** Opens one of the pages beside this file. */
export async function page(address = 'page.html'): Promise<Page> {
  const node = document.createElement('iframe')
  Object.assign(node, { title: 'page', width: 600, height: 600 })
  node.src = `/test/support/${address}`
  const load = oneEvent(node, 'load')
  await fixture(html`${node}`)
  await load
  return {
    get window() {
      return node.contentWindow as Page['window']
    },
    async gone() {
      await oneEvent(node, 'load')
      return node.contentWindow?.location.href ?? ''
    },
  }
}

/** Puts an element on a page. */
export async function stageOn(
  { window }: Page,
  properties: Partial<DiditVerify> = {},
  backend = new Backend(),
): Promise<Stage> {
  const element = window.document.createElement('didit-verify')
  Object.assign(element, { mode: 'redirect', fetch: backend.fetch, ...properties })
  const events = hear(element)
  window.document.body.append(element)
  await until(() => element.dataset.state, 'the element to be defined')
  await element.updateComplete
  return { element, backend, events, log: () => events.map(word) }
}
