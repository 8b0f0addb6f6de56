import type { Page } from 'playwright'
import { describe, expect } from 'vitest'
import type { Mode } from '../../server/contract.ts'
import { it as base } from '../support/e2e.ts'
import { overflow, unsound } from '../support/looks.ts'
import { cut, play, SCENES, startStage } from '../support/scenes.ts'

const it = base.extend('stage', { scope: 'file' }, async ({ browser }, { onCleanup }) => {
  const stage = await startStage()
  onCleanup(stage.stop)
  return { ...stage, browser }
})

// Words and roles are the same in every view: what axe asks elsewhere is what may differ there.
const VIEWS = [
  { name: 'by day', options: { viewport: { width: 1000, height: 800 } }, rules: undefined },
  { name: 'in the dark', options: { colorScheme: 'dark' }, rules: ['color-contrast'] },
  {
    name: 'at 400 %',
    options: { viewport: { width: 320, height: 256 } },
    rules: ['color-contrast', 'scrollable-region-focusable', 'target-size'],
  },
  {
    name: 'in German on 320 px',
    options: { viewport: { width: 320, height: 640 } },
    language: 'de',
  },
  { name: 'in Arabic', options: { viewport: { width: 360, height: 640 } }, language: 'ar' },
  { name: 'in forced colours', options: { forcedColors: 'active' } },
] as const

/** What is wrong in each of the states. */
async function look(page: Page, mode: Mode, view: (typeof VIEWS)[number]) {
  const language = 'language' in view ? view.language : 'en'
  const found: Record<string, string[]> = {}
  for (const scene of SCENES.filter(({ modes }) => modes.includes(mode))) {
    await play(page, scene, mode, language)
    const faults = 'rules' in view ? await unsound(page, [], view.rules) : []
    found[scene.name] = [...faults, ...(await overflow(page)), ...(await cut(page))]
    for (const popup of page.context().pages().slice(1)) await popup.close()
  }
  return found
}

for (const mode of ['modal', 'inline', 'popup', 'qr', 'redirect', 'auto'] as const) {
  describe.concurrent(`mode ${mode}`, () => {
    // What it has chosen looks as where it was asked for.
    for (const view of mode === 'auto' ? VIEWS.slice(0, 1) : VIEWS) {
      it(`is sound, fits and is whole in every state, ${view.name}`, async ({ stage }) => {
        const context = await stage.browser.newContext(view.options)
        const page = await context.newPage()
        await page.goto(stage.url)
        const found = await look(page, mode, view)
        await context.close()
        expect(Object.keys(found).length).toBeGreaterThan(5)
        expect(Object.entries(found).filter(([, faults]) => faults.length > 0)).toEqual([])
      })
    }
  })
}
