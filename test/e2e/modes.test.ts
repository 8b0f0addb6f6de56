import { describe, expect } from 'vitest'
import type { Demo } from '../support/demo.ts'
import { it as base } from '../support/e2e.ts'
import { overflow, sound } from '../support/looks.ts'
import { createVisitor, end, type Visitor } from '../support/visitor.ts'

// A classic scrollbar, which takes room; Playwright hides it.
const it = base.override('browserWithout', ['--hide-scrollbars'])

const MODES = ['modal', 'inline', 'popup', 'qr'] as const

/** Starts, and waits until what the mode shows is there. */
async function start(visitor: Visitor, mode: (typeof MODES)[number]): Promise<void> {
  await visitor.trigger.click()
  const { element, hosted } = visitor
  if (mode === 'popup') await element.locator('[part=body] button').waitFor()
  else if (mode === 'qr') await element.locator('.code svg').waitFor()
  else await hosted.locator('#begin').waitFor()
}

/** Didit approves what the visitor has opened, here or elsewhere. */
async function approve(visitor: Visitor, { sandbox }: Demo): Promise<void> {
  const sessionId = await visitor.session()
  const { status } = await sandbox.session(sessionId)
  if (status === 'Not Started') await sandbox.move(sessionId, 'In Progress')
  await visitor.hears('didit-status', { status: 'In Progress' })
  await sandbox.move(sessionId, 'Approved')
  await visitor.hears('didit-complete', { outcome: 'approved' })
}

const VIEWS = [
  {
    name: 'on 320 px, which is 400 % of a desktop',
    options: { viewport: { width: 320, height: 256 } },
  },
  {
    name: 'on a phone in the dark',
    options: { viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
  },
  { name: 'in Arabic', options: { viewport: { width: 360, height: 640 } }, language: 'ar' },
  { name: 'in forced colours', options: { forcedColors: 'active' } },
  { name: 'in the middle', options: { viewport: { width: 800, height: 700 } }, language: 'de' },
] as const

for (const mode of MODES) {
  describe(`mode ${mode}`, () => {
    for (const { name, options, ...more } of VIEWS) {
      it(`is sound and fits ${name}, open, asking and ended`, async ({ browser, demo }) => {
        const visitor = await createVisitor(browser, demo.url, options)
        await visitor.context.addInitScript(
          ([mode, language]) => {
            if (window !== top) return
            sessionStorage.setItem('demo-mode', mode)
            sessionStorage.setItem('demo-language', language)
          },
          [mode, 'language' in more ? more.language : 'en'] as const,
        )
        await visitor.open()
        const { page, element } = visitor
        const check = async () => {
          // There axe looks at colours that nobody sees.
          await sound(page, 'forcedColors' in options ? ['color-contrast'] : [])
          expect(await overflow(page)).toEqual([])
        }
        await start(visitor, mode)
        await check()
        await element.locator('[part=close]').click()
        await element.locator('[role=alertdialog]').waitFor()
        await check()
        await element.locator('#stay').click()
        await approve(visitor, demo)
        expect(await overflow(page)).toEqual([])
        await element.locator('.done').click()
        expect(await overflow(page)).toEqual([])
        for (const popup of visitor.context.pages().slice(1)) await popup.close()
        await visitor.leave()
      })
    }

    it('moves nothing for who wants no motion', async ({ browser, demo }) => {
      for (const [reducedMotion, animation] of [
        ['reduce', 'none'],
        ['no-preference', 'turn'],
      ] as const) {
        const visitor = await createVisitor(browser, demo.url, { reducedMotion })
        await visitor.open()
        await visitor.pick('mode', mode)
        await visitor.page.route('**/api/verify/sessions', () => {})
        await visitor.trigger.click()
        const wait = visitor.element.locator('.wait')
        expect(await wait.evaluate((node) => getComputedStyle(node).animationName)).toBe(animation)
        await visitor.leave()
      }
    })
  })
}

describe('the layout, beside a classic scrollbar', () => {
  for (const mode of ['modal', 'popup', 'qr'] as const) {
    it(`does not shift when mode ${mode} opens and closes`, async ({ visitor, demo }) => {
      const { page, element } = visitor
      await visitor.open()
      await visitor.pick('mode', mode)
      const bar = () => page.evaluate(() => innerWidth - document.documentElement.clientWidth)
      const places = () =>
        page.evaluate(() =>
          [...document.querySelectorAll('h1, .card, .facts, .lab')].map((node) => {
            const { x, y, width, height } = node.getBoundingClientRect()
            return [x, y, width, height]
          }),
        )
      expect(await bar()).toBeGreaterThan(5)
      await page.evaluate(() => scrollTo(0, 0))
      const before = await places()
      await start(visitor, mode)
      expect(await places()).toEqual(before)
      expect(await bar()).toBeGreaterThan(5)
      await approve(visitor, demo)
      await element.locator('.done').click()
      await element.locator('dialog').waitFor({ state: 'detached' })
      expect(await places()).toEqual(before)
      for (const popup of visitor.context.pages().slice(1)) await popup.close()
    })
  }
})

describe('with the keyboard alone', () => {
  it('the code is copied, left and the focus comes back', async ({ visitor }) => {
    const { page, element } = visitor
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await visitor.open()
    await visitor.pick('mode', 'qr')
    await visitor.trigger.focus()
    await page.keyboard.press('Enter')
    await element.locator('.code svg').waitFor()
    const focused = () =>
      element.evaluate((verify) => verify.shadowRoot?.activeElement?.textContent?.trim())
    expect(await focused()).toBe('Identity verification')
    const order: unknown[] = []
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('Tab')
      order.push(await focused())
    }
    expect(order).toEqual(['Close', expect.stringMatching(/^http/), 'Copy the link'])
    await page.keyboard.press('Enter')
    await expect.poll(focused).toBe('The link is copied.')
    await page.keyboard.press('Escape')
    await expect.poll(focused).toBe('Continue')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await visitor.hears('didit-cancel', { source: 'escape' })
    await expect.poll(focused).toBe('Verify your identity')
  })

  it('the frame in the page is reached, finished and left', async ({ visitor }) => {
    const { page, element } = visitor
    await visitor.open()
    await visitor.pick('mode', 'inline')
    await visitor.trigger.focus()
    await page.keyboard.press('Enter')
    await visitor.hosted.locator('#begin').waitFor()
    const focused = () =>
      element.evaluate((verify) => verify.shadowRoot?.activeElement?.textContent?.trim())
    expect(await focused()).toBe('Identity verification')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Close')
    for (let i = 0; i < 3; i++) await page.keyboard.press('Tab')
    const inside = visitor.hosted.locator(':root')
    expect(await inside.evaluate(() => document.activeElement?.tagName)).toBe('BUTTON')
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { outcome: 'approved' })
    await expect.poll(focused).toBe('Done')
    await page.keyboard.press('Enter')
    await expect.poll(focused).toBe('Verify your identity')
  })
})
