import { describe, expect } from 'vitest'
import { it as base } from '../support/e2e.ts'
import { end } from '../support/visitor.ts'

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
