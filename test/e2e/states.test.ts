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

// Words and roles are the same in every view: axe looks where colours or sizes differ.
const VIEWS = [
  { name: 'by day', options: { viewport: { width: 1000, height: 800 } }, axe: true },
  { name: 'in the dark', options: { colorScheme: 'dark' }, axe: true },
  { name: 'at 400 %', options: { viewport: { width: 320, height: 256 } }, axe: true },
  {
    name: 'in German on 320 px',
    options: { viewport: { width: 320, height: 640 } },
    language: 'de',
  },
  { name: 'in Arabic', options: { viewport: { width: 360, height: 640 } }, language: 'ar' },
  { name: 'in forced colours', options: { forcedColors: 'active' } },
] as const

/** What is wrong in each of the states. */
async function look(page: Page, mode: Mode, language: string, axe: boolean) {
  const found: Record<string, string[]> = {}
  for (const scene of SCENES.filter(({ modes }) => modes.includes(mode))) {
    await play(page, scene, mode, language)
    const faults = axe ? await unsound(page) : []
    found[scene.name] = [...faults, ...(await overflow(page)), ...(await cut(page))]
    for (const popup of page.context().pages().slice(1)) await popup.close()
  }
  return found
}

for (const mode of ['modal', 'inline', 'popup', 'qr', 'redirect', 'auto'] as const) {
  describe(`mode ${mode}`, () => {
    // What it has chosen looks as where it was asked for.
    for (const { name, options, ...more } of mode === 'auto' ? VIEWS.slice(0, 1) : VIEWS) {
      it(`is sound, fits and is whole in every state, ${name}`, async ({ stage }) => {
        const context = await stage.browser.newContext(options)
        const page = await context.newPage()
        await page.goto(stage.url)
        const found = await look(
          page,
          mode,
          'language' in more ? more.language : 'en',
          'axe' in more,
        )
        await context.close()
        expect(Object.keys(found).length).toBeGreaterThan(5)
        expect(Object.entries(found).filter(([, faults]) => faults.length > 0)).toEqual([])
      })
    }
  })
}
