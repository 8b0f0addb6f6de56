// What holds in every host, whatever it is made with.

import { describe, expect } from 'vitest'
import { type Guest, it } from '../support/hosts.ts'
import { end } from '../support/visitor.ts'

/** Goes to a page and verifies there; the page shows the outcome by a listener of its own. */
export async function verify(guest: Guest, page: string): Promise<void> {
  await guest.open(page)
  await guest.start()
  await end(guest.hosted, 'approve')
  await guest.output.getByText('approved', { exact: true }).waitFor({ state: 'attached' })
  expect((await guest.finals()).map(({ type }) => type)).toEqual(['didit-complete'])
  expect(guest.starts()).toBe(1)
}

/** Takes the element away in the middle of a verification, then brings it back and verifies. */
export async function interrupt(guest: Guest, page: string): Promise<void> {
  await guest.open(page)
  const sessionId = await guest.start()
  await guest.hears('didit-status', { status: 'In Progress' })
  await guest.toggle()
  await guest.quiet()
  expect(await guest.page.locator('didit-verify, iframe, dialog').count()).toBe(0)
  expect(await guest.finals()).toEqual([])

  await guest.toggle()
  expect(await guest.start()).toBe(sessionId)
  await end(guest.hosted, 'approve')
  await guest.hears('didit-complete', { sessionId, outcome: 'approved' })
  expect(await guest.finals()).toHaveLength(1)
}

export function hostContract(name: string, page: string): void {
  describe(name, () => {
    it('verifies a visitor, and tells the page by its own listener', ({ guest }) =>
      verify(guest, page))

    it('leaves nothing behind when the element is taken away in the middle', ({ guest }) =>
      interrupt(guest, page))
  })
}
