import { describe, expect } from 'vitest'
import { it } from '../support/e2e.ts'
import { createVisitor, end, type Visitor } from '../support/visitor.ts'

async function open(visitor: Visitor): Promise<string> {
  await visitor.open()
  await visitor.pick('mode', 'inline')
  return visitor.start()
}

describe('a verification in the page', () => {
  it('ends approved, with one final event and no history entry', async ({ visitor }) => {
    const { page } = visitor
    const before = await page.evaluate(() => history.length)
    const sessionId = await open(visitor)
    const section = visitor.element.locator('[part=inline]')
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
    expect(await visitor.body.innerText()).toContain('Your identity is verified.')
    // The one entry is that of the page itself.
    expect(await page.evaluate(() => history.length)).toBe(before + 1)

    await section.getByRole('button', { name: 'Done' }).click()
    await section.waitFor({ state: 'detached' })
    expect(await visitor.message.textContent()).toBe('Your identity is verified.')
  })

  it('is as high as the hosted page says, step by step', async ({ browser, demo }) => {
    const viewport = { width: 800, height: 2000 }
    const visitor = await createVisitor(browser, demo.url, { viewport })
    await open(visitor)
    const { page, hosted } = visitor
    const wanted = () =>
      hosted.locator(':root').evaluate((html) => Math.ceil(html.getBoundingClientRect().height))
    const given = () => page.locator('didit-verify iframe').evaluate((node) => node.clientHeight)
    await expect.poll(async () => (await given()) - (await wanted())).toBe(0)
    const first = await given()
    await hosted.locator('#begin').click()
    await expect.poll(async () => (await given()) !== first).toBe(true)
    await expect.poll(async () => (await given()) - (await wanted())).toBe(0)
    await visitor.leave()
  })

  it('is left and taken up again in the modal', async ({ visitor }) => {
    const sessionId = await open(visitor)
    const section = visitor.element.locator('[part=inline]')
    await section.getByRole('button', { name: 'Close' }).click()
    await section.getByRole('button', { name: 'Stop' }).click()
    await visitor.hears('didit-cancel', { sessionId, source: 'button' })
    await visitor.pick('mode', 'modal')
    expect(await visitor.start()).toBe(sessionId)
  })
})
