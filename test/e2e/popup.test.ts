import type { Page } from 'playwright'
import { describe, expect } from 'vitest'
import { it } from '../support/e2e.ts'
import { end, type Visitor } from '../support/visitor.ts'

/** Starts in popup mode. @returns the window, once the hosted page is in it. */
async function open(visitor: Visitor): Promise<Page> {
  await visitor.open()
  await visitor.pick('mode', 'popup')
  const opened = visitor.page.waitForEvent('popup')
  await visitor.trigger.click()
  const popup = await opened
  await popup.locator('#begin').waitFor()
  return popup
}

describe('a verification in a popup', () => {
  it('ends approved, the window closes itself, and the page never left', async ({ visitor }) => {
    const popup = await open(visitor)
    const { page } = visitor
    const before = await page.evaluate(() => history.length)
    expect(await popup.evaluate(() => opener)).toBe(null)
    expect(await visitor.body.innerText()).toContain('open in another window')
    const sessionId = await visitor.session()
    const closed = popup.waitForEvent('close')
    await end(popup, 'approve')

    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
    await closed
    expect(await visitor.finals()).toHaveLength(1)
    expect(page.url()).toBe(visitor.home)
    expect(await page.evaluate(() => history.length)).toBe(before)
    await visitor.dialog.getByRole('button', { name: 'Done' }).click()
    await visitor.dialog.waitFor({ state: 'detached' })
  })

  it('can be opened again after the visitor has closed it', async ({ visitor }) => {
    const popup = await open(visitor)
    const sessionId = await visitor.session()
    await popup.close()
    const question = visitor.dialog.getByRole('alertdialog')
    await question.waitFor()
    expect(await visitor.finals()).toEqual([])

    const opened = visitor.page.waitForEvent('popup')
    await question.getByRole('button', { name: 'Open again' }).click()
    await end(await opened, 'decline')
    await visitor.hears('didit-complete', { sessionId, outcome: 'declined' })
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('ends although the window was closed before the verdict was there', async ({
    visitor,
    demo,
  }) => {
    const popup = await open(visitor)
    const sessionId = await visitor.session()
    await popup.close()
    const question = visitor.dialog.getByRole('alertdialog')
    await question.getByRole('button', { name: 'Continue' }).click()
    await demo.sandbox.move(sessionId, 'Approved')
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
    expect(await question.count()).toBe(0)
  })

  it('is stopped by the visitor who has closed it', async ({ visitor }) => {
    const popup = await open(visitor)
    await popup.close()
    await visitor.dialog.getByRole('button', { name: 'Stop' }).click()
    await visitor.hears('didit-cancel', { source: 'hosted' })
    await visitor.dialog.waitFor({ state: 'detached' })
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('that the page starts by itself is a link, and goes on from it', async ({ visitor }) => {
    // Before anything is done to the page, for all that a test does counts as an act of the visitor.
    await visitor.page.addInitScript(() => {
      sessionStorage.setItem('demo-mode', 'popup')
      void customElements.whenDefined('didit-verify').then(() => {
        void document.querySelector('didit-verify')?.start()
      })
    })
    await visitor.page.goto(visitor.home)
    await visitor.hears('didit-trouble', { code: 'popup-blocked' })
    const opened = visitor.context.waitForEvent('page')
    await visitor.dialog.getByRole('link', { name: 'Open in a new tab' }).click()
    const tab = await opened
    expect(await tab.evaluate(() => opener)).toBe(null)
    await visitor.reaches('open')
    await end(tab, 'approve')
    await visitor.hears('didit-complete', { outcome: 'approved' })
  })

  it('that was blocked goes on in this window where the visitor wants it', async ({ visitor }) => {
    const { page } = visitor
    await visitor.open()
    await visitor.pick('mode', 'popup')
    await page.evaluate(() => Object.assign(window, { open: () => null }))
    await visitor.trigger.click()
    await visitor.dialog.getByRole('button', { name: 'Continue in this window' }).click()
    await page.locator('#begin').waitFor()
    await end(page, 'approve')
    await page.waitForURL(`${visitor.home}**`)
    await visitor.hears('didit-session', { mode: 'redirect', reason: 'popup-blocked' })
    await visitor.hears('didit-complete', { outcome: 'approved' })
  })
})
