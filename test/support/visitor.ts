import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright'
import { expect } from 'vitest'
import type { Outcome } from '../../server/contract.ts'
import type { VerifyEventMap } from '../../widget/events.ts'
import type { State } from '../../widget/flow.ts'
import type { Kept } from '../../widget/kept.ts'
import { TYPES } from './event-types.ts'

/** An event that the page was told, with its fields. */
export interface Told {
  type: keyof VerifyEventMap
  sessionId?: string | null
  state?: State
  status?: string
  outcome?: Outcome | null
  [field: string]: unknown
}

const FINAL = ['didit-complete', 'didit-cancel', 'didit-error']

export type Visitor = Awaited<ReturnType<typeof createVisitor>>

/**
 * A fresh anonymous visitor: a browser context with one page, where everything that goes wrong in
 * the console or against a policy is kept, and everything that the host page is told.
 */
export async function createVisitor(browser: Browser, home: string, options = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  context.setDefaultTimeout(30_000)
  const mishaps: string[] = []
  const expected: RegExp[] = []
  const requests: string[] = []

  await context.exposeBinding('reportMishap', (_source, text: string) => mishaps.push(text))
  // In the storage of the tab, because a redirect leaves the page at once.
  await context.addInitScript((types: readonly string[]) => {
    document.addEventListener('securitypolicyviolation', (violation) => {
      const { effectiveDirective, blockedURI, sourceFile } = violation
      const report = Reflect.get(window, 'reportMishap') as (text: string) => void
      report(`policy: ${effectiveDirective} ${blockedURI} in ${sourceFile}`)
    })
    if (window !== top) return
    for (const type of types) {
      document.addEventListener(type, (event) => {
        const told = JSON.parse(sessionStorage.getItem('told') ?? '[]')
        const fields = Object.fromEntries(
          Object.entries(event).filter(([name]) => name !== 'isTrusted' && name !== 'cause'),
        )
        sessionStorage.setItem('told', JSON.stringify([...told, { type, ...fields }]))
      })
    }
  }, TYPES)
  context.on('console', (message) => {
    if (message.type() === 'error') mishaps.push(`console: ${message.text()}`)
  })
  context.on('weberror', (error) => mishaps.push(`thrown: ${error.error().message}`))
  context.on('request', (request) => requests.push(request.url()))

  const page = await context.newPage()
  const element = page.locator('didit-verify')

  const told = () =>
    page.evaluate(() => JSON.parse(sessionStorage.getItem('told') ?? '[]') as Told[])

  return {
    context,
    page,
    element,
    home,
    /** The address of every request of this visitor. */
    requests,
    /** The button that starts it. */
    trigger: element.locator('[part=trigger]'),
    message: element.locator('[part=message]'),
    dialog: element.locator('dialog'),
    /** What is inside the dialog, below its heading. */
    body: element.locator('[part=body]'),
    /** The hosted page inside the dialog. */
    hosted: page.frameLocator('didit-verify iframe'),
    told,

    /** Opens the demo page, or another address on its origin. */
    async open(path = '/'): Promise<void> {
      await page.goto(new URL(path, home).href)
      await page.waitForFunction(() => customElements.get('didit-verify') !== undefined)
    },

    async pick(group: 'mode' | 'language', value: string): Promise<void> {
      if (group === 'language') await page.locator('#language').selectOption(value)
      else await page.locator(`#${group} [value="${value}"]`).check()
    },

    /** Presses the trigger and waits for the hosted page in the dialog. @returns the session's id. */
    async start(): Promise<string> {
      await element.locator('[part=trigger]').click()
      await page.frameLocator('didit-verify iframe').locator('#begin').waitFor()
      return this.session()
    },

    /** The id of the session that the element has. */
    async session(): Promise<string> {
      const id = await element.evaluate((verify) => Reflect.get(verify, 'session')?.id)
      return String(id)
    },

    reaches: (state: State) => page.locator(`didit-verify[data-state=${state}]`).waitFor(),

    outcome: (): Promise<Outcome | null> =>
      element.evaluate((verify) => Reflect.get(verify, 'outcome')),

    /** Waits for an event with these fields. */
    async hears(type: keyof VerifyEventMap, fields: Partial<Told> = {}, timeout = 30_000) {
      await expect
        .poll(told, { timeout, interval: 50 })
        .toContainEqual(expect.objectContaining({ type, ...fields }))
    },

    /** The final events, of which an attempt has one. */
    finals: async () => (await told()).filter(({ type }) => FINAL.includes(type)),

    statuses: async () =>
      (await told()).filter(({ type }) => type === 'didit-status').map(({ status }) => status),

    /** What the tab keeps of a session. */
    kept: (id: string): Promise<Kept> =>
      page.evaluate((key) => JSON.parse(sessionStorage.getItem(key) ?? '{}'), `didit-verify:${id}`),

    /** Names a mishap that belongs to the test; all others fail it. */
    expectMishap(pattern: RegExp): void {
      expected.push(pattern)
    },

    async leave(): Promise<void> {
      await context.close()
      const unexpected = mishaps.filter((text) => !expected.some((pattern) => pattern.test(text)))
      expect(unexpected).toEqual([])
    },
  }
}

/** Chooses how the verification on a hosted page ends. */
export async function end(
  hosted: Page | FrameLocator,
  scenario: 'approve' | 'decline' | 'review' | 'cancel',
): Promise<void> {
  const choice: Locator = hosted.locator(`[data-scenario="${scenario}"]`)
  await choice.click()
}

/** Opens a session's address in a browser of its own, as a phone would. */
export async function onThePhone(browser: Browser, url: string): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ hasTouch: true })
  const page = await context.newPage()
  await page.goto(url)
  return page
}
