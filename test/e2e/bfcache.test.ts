import { describe, expect } from 'vitest'
import { it as base } from '../support/e2e.ts'
import { end, type Visitor } from '../support/visitor.ts'

// Playwright turns the cache off, which visitors have on.
const it = base.override('browserWithout', ['--disable-back-forward-cache'])

describe('Back to a page that the browser has kept', () => {
  for (const { name, slow } of [
    { name: 'finds a verification that can be continued', slow: false },
    { name: 'finds it also when a part of the element was still loading', slow: true },
  ]) {
    it(name, async ({ visitor }) => {
      const { page } = visitor
      await visitor.open()
      await page.evaluate(() => {
        addEventListener('pageshow', ({ persisted }) => {
          document.documentElement.dataset.kept = String(persisted)
        })
      })
      await visitor.pick('mode', 'redirect')
      // A slow line: the page may leave before all of the element is there, or wait for it.
      const leave = () => page.locator('#begin').waitFor({ timeout: 3_000 })
      if (slow) {
        await page.route('**/course.js', async (route) => {
          await leave().catch(() => {})
          await route.continue().catch(() => {})
        })
      }
      await visitor.trigger.click()
      await page.locator('#begin').waitFor()
      await page.goBack({ waitUntil: 'commit' })
      await page.locator('html[data-kept=true]').waitFor()
      await page.unrouteAll({ behavior: 'ignoreErrors' })
      await page.locator('didit-verify[data-state=resumable]').waitFor()
      expect(await visitor.finals()).toEqual([])

      await visitor.trigger.click()
      await page.locator('#begin').waitFor()
      await end(page, 'approve')
      await page.waitForURL(`${visitor.home}**`)
      await visitor.hears('didit-complete', { outcome: 'approved' })
    })
  }
})

describe('Back after the modal was closed', () => {
  for (const { name, close, state } of [
    {
      name: 'given up',
      async close({ dialog }: Visitor) {
        await dialog.locator('[part=close]').click()
        await dialog.getByRole('button', { name: 'Stop' }).click()
      },
      state: /idle|ended|resumable/,
    },
    {
      name: 'approved',
      async close({ dialog, hosted }: Visitor) {
        await end(hosted, 'approve')
        await dialog.getByRole('button', { name: 'Done' }).click()
      },
      state: /idle|ended/,
    },
  ]) {
    it(`leads to the page before, and revives no frame: ${name}`, async ({ visitor, demo }) => {
      const { page, requests } = visitor
      await visitor.open('/?before')
      await visitor.open('/?here')
      const before = await page.evaluate(() => history.length)
      await visitor.start()
      expect(await page.evaluate(() => history.length)).toBe(before)
      // The hosted page may go on in its frame, as any page may; those steps are its own.
      const inside = visitor.hosted.locator(':root')
      await inside.evaluate(() => history.pushState(null, '', '#deeper'))
      await close(visitor)
      await visitor.dialog.waitFor({ state: 'detached' })
      requests.length = 0
      while (!page.url().endsWith('?before')) {
        await page.goBack({ waitUntil: 'commit' })
        expect(await page.locator('didit-verify iframe').count()).toBe(0)
      }
      while (!page.url().endsWith('?here')) await page.goForward({ waitUntil: 'commit' })
      await page.locator('didit-verify[data-state]').waitFor()
      expect(await page.locator('didit-verify').getAttribute('data-state')).toMatch(state)
      expect(await page.locator('didit-verify iframe').count()).toBe(0)
      expect(requests.filter((url) => url.startsWith(demo.sandbox.origin))).toEqual([])
      expect(await visitor.finals()).toHaveLength(1)
    })
  }
})

describe('Back to a page whose modal was open', () => {
  it('finds it as it was, and goes on to its end', async ({ visitor }) => {
    const { page, hosted } = visitor
    await visitor.open()
    await page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => {
        document.documentElement.dataset.kept = String(persisted)
      })
    })
    const sessionId = await visitor.start()
    const loads = async () =>
      (await visitor.told()).filter(({ message }) => message === 'started').length
    await expect.poll(loads).toBe(1)
    // What comes out of the cache has frames that Playwright does not know: this is pressed by its place.
    const { x = 0, y = 0 } = (await hosted.locator('[data-scenario=approve]').boundingBox()) ?? {}
    await page.goto(new URL('/?elsewhere', visitor.home).href)
    await page.goBack({ waitUntil: 'commit' })
    await page.locator('html[data-kept=true]').waitFor()
    expect(await visitor.element.getAttribute('data-state')).toBe('open')
    // The hosted page loads anew when it is shown again, and a press before that would be lost.
    await expect.poll(loads).toBe(2)
    await page.mouse.click(x + 10, y + 10)
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
  })
})
