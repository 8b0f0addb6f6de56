import type { Page } from 'playwright'
import { describe, expect } from 'vitest'
import { it } from '../support/e2e.ts'
import type { Visitor } from '../support/visitor.ts'

describe('with the keyboard alone', () => {
  it('is started, finished and left, and the focus comes back', async ({ visitor }) => {
    const { page } = visitor
    await visitor.open()
    await tabTo(page, () => focused(visitor), 'Verify your identity')
    await page.keyboard.press('Enter')
    await visitor.hosted.locator('#begin').waitFor()
    expect(await focused(visitor)).toBe('Identity verification')

    await page.keyboard.press('Tab')
    expect(await focused(visitor)).toBe('Close')
    const inFrame = () =>
      visitor.hosted.locator(':root').evaluate(() => document.activeElement?.textContent)
    await tabTo(page, inFrame, 'Approve')
    await page.keyboard.press('Enter')

    await visitor.hears('didit-complete', { outcome: 'approved' })
    await expect.poll(() => focused(visitor)).toBe('Done')
    await page.keyboard.press('Enter')
    await visitor.dialog.waitFor({ state: 'detached' })
    expect(await focused(visitor)).toBe('Verify your identity')
  })

  it('is stopped by Escape and the question', async ({ visitor }) => {
    const { page } = visitor
    await visitor.open()
    await visitor.start()
    await page.keyboard.press('Escape')
    await visitor.dialog.getByRole('alertdialog').waitFor()
    expect(await focused(visitor)).toBe('Continue')

    await page.keyboard.press('Tab')
    expect(await focused(visitor)).toBe('Stop')
    await page.keyboard.press('Enter')
    await visitor.hears('didit-cancel', { source: 'escape' })
    expect(await visitor.finals()).toHaveLength(1)
    expect(await visitor.dialog.count()).toBe(0)
    expect(await focused(visitor)).toBe('Verify your identity')
  })

  it('goes on when the question is answered with Escape', async ({ visitor }) => {
    const { page } = visitor
    await visitor.open()
    await visitor.start()
    await page.keyboard.press('Escape')
    const question = visitor.dialog.getByRole('alertdialog')
    await question.waitFor()
    await page.keyboard.press('Escape')

    await question.waitFor({ state: 'detached' })
    expect(await visitor.finals()).toEqual([])
    expect(await visitor.hosted.locator('#begin').isVisible()).toBe(true)
  })
})

/** Presses Tab until `where` says so. */
async function tabTo(page: Page, where: () => Promise<string | null | undefined>, name: string) {
  for (let presses = 0; presses < 30; presses++) {
    if ((await where()) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Thirty times Tab do not lead to ${name}.`)
}

/** The words of what has the focus, inside the element too. */
function focused({ page }: Visitor): Promise<string | undefined> {
  return page.evaluate(() => {
    let active = document.activeElement
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
    const slotted = active?.querySelector('slot')
    return (slotted ?? active)?.textContent?.trim()
  })
}
