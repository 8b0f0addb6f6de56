import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect } from 'vitest'
import { LANGUAGES } from '../../server/didit/types.ts'
import { it } from '../support/e2e.ts'
import { overflow, sound } from '../support/looks.ts'
import { root } from '../support/process.ts'
import { createVisitor, end } from '../support/visitor.ts'

const PAGES = readdirSync(path.join(root, 'demo'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.html'))
  .map((file) => file.replace('public', '').replace(/index\.html$/, ''))

describe('every page of the demo', () => {
  for (const address of PAGES) {
    it(`opens without an error and defines the tag: ${address}`, async ({ visitor }) => {
      await visitor.open(address)
      await visitor.element.first().waitFor()
    })
  }
})

describe('the choice of languages', () => {
  it('offers all of Didit’s and both scripts of Serbian, each by its own name', async ({
    visitor,
  }) => {
    await visitor.open()
    const options = await visitor.page.locator('#language option').evaluateAll((nodes) =>
      nodes.map((node) => {
        const { value, lang, label } = node as HTMLOptionElement
        return { value, lang, label }
      }),
    )
    expect(options.map(({ value }) => value).sort()).toEqual([...LANGUAGES, 'sr-Latn'].sort())
    expect(options.map(({ lang }) => lang)).toEqual(options.map(({ value }) => value))
    expect(new Set(options.map(({ label }) => label)).size).toBe(options.length)
  })
})

describe('a page view without an act of the visitor', () => {
  it('asks for page, script, style and images of its own origin, and for nothing else', async ({
    visitor,
  }) => {
    await visitor.page.goto(visitor.home, { waitUntil: 'networkidle' })
    const files = [
      '',
      'card.svg',
      'didit-verify.js',
      'icon.svg',
      'page.js',
      'style.css',
      'tick.svg',
    ]
    const wanted = files.map((file) => visitor.home + file)
    expect([...new Set(visitor.requests)].sort()).toEqual(wanted)
    expect(await visitor.context.cookies()).toEqual([])
  })

  it('loads the rest at the first sign of intent, before the click', async ({ visitor }) => {
    await visitor.open()
    const attempt = visitor.page.waitForRequest('**/attempt.js')
    await visitor.trigger.focus()
    await attempt
    expect(visitor.requests.filter((url) => url.includes('/api/'))).toEqual([])
  })
})

describe('the layout', () => {
  it('does not shift, neither while it loads nor when the result is there', async ({ visitor }) => {
    const { page } = visitor
    await page.addInitScript(() => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const shift: number = Reflect.get(entry, 'value')
          Reflect.set(window, 'shifted', (Reflect.get(window, 'shifted') ?? 0) + shift)
        }
      }).observe({ type: 'layout-shift', buffered: true })
    })
    const shifted = () => page.evaluate(() => Reflect.get(window, 'shifted') ?? 0)
    await visitor.page.goto(visitor.home, { waitUntil: 'networkidle' })
    expect(await shifted()).toBe(0)

    const below = page.locator('.facts')
    const before = await below.boundingBox()
    await visitor.start()
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { outcome: 'approved' })
    await visitor.dialog.getByRole('button', { name: 'Done' }).click()
    expect(await below.boundingBox()).toEqual(before)
  })

  for (const { name, options } of [
    { name: 'on 320 px', options: {} },
    { name: 'on 320 px, in the dark', options: { colorScheme: 'dark' } },
    { name: 'on 320 px, in Arabic', options: { language: 'ar' } },
    { name: 'on 320 px, in German', options: { language: 'de' } },
    { name: 'on 320 px, in Georgian', options: { language: 'ka' } },
  ] as const) {
    it(`never overflows sideways ${name}`, async ({ browser, demo }) => {
      const viewport = { width: 320, height: 640 }
      const visitor = await createVisitor(browser, demo.url, { viewport, ...options })
      await visitor.open()
      if ('language' in options) {
        await visitor.pick('language', options.language)
        await visitor.page.waitForFunction(
          (language) => document.querySelector('didit-verify')?.language === language,
          options.language,
        )
      }
      expect(await overflow(visitor.page)).toEqual([])
      await visitor.start()
      expect(await overflow(visitor.page)).toEqual([])
      await visitor.dialog.locator('[part=close]').click()
      await visitor.dialog.locator('#stay').click()
      await end(visitor.hosted, 'review')
      await visitor.hears('didit-complete', { outcome: 'pending' })
      expect(await overflow(visitor.page)).toEqual([])
      await visitor.dialog.locator('.done').click()
      expect(await overflow(visitor.page)).toEqual([])
      await visitor.leave()
    })
  }
})

describe('axe finds nothing', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`on the page, in the modal, at the question and at the end, ${colorScheme}`, async ({
      browser,
      demo,
    }) => {
      const visitor = await createVisitor(browser, demo.url, { colorScheme })
      await visitor.open()
      await sound(visitor.page)
      await visitor.start()
      await sound(visitor.page)
      await visitor.dialog.locator('[part=close]').click()
      await visitor.dialog.getByRole('alertdialog').waitFor()
      await sound(visitor.page)
      await visitor.dialog.locator('#stay').click()
      await end(visitor.hosted, 'approve')
      await visitor.hears('didit-complete', { outcome: 'approved' })
      await sound(visitor.page)
      await visitor.dialog.getByRole('button', { name: 'Done' }).click()
      await sound(visitor.page)
      await visitor.leave()
    })
  }

  it('on the hosted page of the sandbox', async ({ visitor }) => {
    const { page } = visitor
    await visitor.open()
    await visitor.pick('mode', 'redirect')
    await visitor.trigger.click()
    await page.locator('#begin').waitFor()
    await sound(page)
    await page.locator('#begin').click()
    await sound(page)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Use a sample picture' }).click()
    await sound(page)
    await end(page, 'cancel')
    await sound(page)
  })
})
