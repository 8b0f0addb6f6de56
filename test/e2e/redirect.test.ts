import { describe, expect } from 'vitest'
import { it } from '../support/e2e.ts'
import { end, type Visitor } from '../support/visitor.ts'

describe('a verification by redirect', () => {
  it('comes back approved to the same address, two history entries later', async ({ visitor }) => {
    await visitor.open('/?plan=gold&status=new#offer')
    const before = await visitor.page.evaluate(() => history.length)
    const sessionId = await goToHosted(visitor)
    await end(visitor.page, 'approve')
    await visitor.page.waitForURL(`${visitor.home}**`)

    await visitor.hears('didit-submit', { sessionId, hint: 'Approved' })
    await visitor.hears('didit-complete', { sessionId, status: 'Approved', outcome: 'approved' })
    expect(visitor.page.url()).toBe(`${visitor.home}?plan=gold&status=new#offer`)
    expect(await visitor.page.evaluate(() => history.length)).toBe(before + 2)
    expect(await visitor.finals()).toHaveLength(1)
    expect(await visitor.message.textContent()).toBe('Your identity is verified.')
  })

  for (const { scenario, status, outcome } of [
    { scenario: 'decline', status: 'Declined', outcome: 'declined' },
    { scenario: 'review', status: 'In Review', outcome: 'pending' },
  ] as const) {
    it(`comes back ${outcome}`, async ({ visitor }) => {
      await visitor.open()
      const sessionId = await goToHosted(visitor)
      await end(visitor.page, scenario)
      await visitor.page.waitForURL(`${visitor.home}**`)

      await visitor.hears('didit-complete', { sessionId, status, outcome })
      expect(visitor.page.url()).toBe(visitor.home)
      expect(await visitor.finals()).toHaveLength(1)
    })
  }

  it('reads a status whose space is written as a plus', async ({ visitor, demo }) => {
    await demo.sandbox.faults({ space: '+' })
    await visitor.open()
    await goToHosted(visitor)
    await end(visitor.page, 'review')
    await visitor.page.waitForURL(`${visitor.home}**`)
    await visitor.hears('didit-submit', { hint: 'In Review' })
    expect(visitor.page.url()).toBe(visitor.home)
  })

  it('replays nothing when the page it came back to is loaded again', async ({ visitor }) => {
    await visitor.open()
    await goToHosted(visitor)
    await end(visitor.page, 'approve')
    await visitor.page.waitForURL(`${visitor.home}**`)
    await visitor.hears('didit-complete', { outcome: 'approved' })

    await visitor.page.reload({ waitUntil: 'networkidle' })
    expect(await visitor.element.getAttribute('data-state')).toBe('idle')
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('can be continued after Back', async ({ visitor }) => {
    await visitor.open()
    const sessionId = await goToHosted(visitor)
    await visitor.page.goBack()
    await visitor.reaches('resumable')

    expect(await visitor.trigger.innerText()).toBe('Continue verification')
    expect(await visitor.finals()).toEqual([])
    expect(await goToHosted(visitor)).toBe(sessionId)
    await end(visitor.page, 'approve')
    await visitor.page.waitForURL(`${visitor.home}**`)
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
  })

  it('can be continued when the visitor told the browser to stay', async ({ visitor }) => {
    const { page } = visitor
    await visitor.open()
    await page.evaluate(() => {
      addEventListener('beforeunload', (event) => event.preventDefault())
    })
    page.once('dialog', (dialog) => dialog.dismiss())
    await visitor.pick('mode', 'redirect')
    await visitor.trigger.click()
    await visitor.reaches('resumable')
    expect(await visitor.trigger.innerText()).toBe('Continue verification')
    expect(await visitor.finals()).toEqual([])

    page.once('dialog', (dialog) => dialog.accept())
    await visitor.trigger.click()
    await page.locator('#begin').waitFor()
    await end(page, 'approve')
    await page.waitForURL(`${visitor.home}**`)
    await visitor.hears('didit-complete', { outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('can be continued after the visitor has left the hosted page', async ({ visitor }) => {
    await visitor.open()
    const sessionId = await goToHosted(visitor)
    await end(visitor.page, 'cancel')
    await visitor.page.getByRole('link', { name: 'Return to' }).click()
    await visitor.page.waitForURL(`${visitor.home}**`)

    // The callback says In Progress: nobody claims to be done.
    await visitor.reaches('resumable')
    expect(visitor.page.url()).toBe(visitor.home)
    expect(await visitor.finals()).toEqual([])
    expect(await goToHosted(visitor)).toBe(sessionId)
  })
})

describe('a reload in the middle of the modal', () => {
  it('leaves a session that is continued to its end', async ({ visitor }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await visitor.page.reload()
    await visitor.reaches('resumable')
    expect(await visitor.dialog.count()).toBe(0)

    expect(await visitor.start()).toBe(sessionId)
    await visitor.hears('didit-session', { sessionId, resumed: true })
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('finds what was decided meanwhile', async ({ visitor, demo }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await visitor.hears('didit-status', { status: 'In Progress' })
    await visitor.page.goto('about:blank')
    await demo.sandbox.move(sessionId, 'Approved')

    await visitor.open()
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
  })
})

/** Starts in redirect mode and waits for the hosted page. @returns the session's id. */
async function goToHosted(visitor: Visitor): Promise<string> {
  const { page } = visitor
  await visitor.pick('mode', 'redirect')
  await visitor.trigger.click()
  await page.locator('#begin').waitFor()
  const config = await page.locator('#config').textContent()
  return JSON.parse(config ?? '').sessionId
}
