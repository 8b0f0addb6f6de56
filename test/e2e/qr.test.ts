import { chromium } from 'playwright'
import { describe, expect } from 'vitest'
import { chromiumFlags, findBrowsers } from '../../scripts/browsers.ts'
import { it } from '../support/e2e.ts'
import { scan } from '../support/scan.ts'
import { createVisitor, end, onThePhone, type Visitor } from '../support/visitor.ts'

const code = (visitor: Visitor) => visitor.dialog.locator('.code svg')

async function open(visitor: Visitor): Promise<void> {
  await visitor.open()
  await visitor.pick('mode', 'qr')
  await visitor.trigger.click()
  await code(visitor).waitFor()
}

describe('a verification on the phone', () => {
  it('is scanned, finished there, and the page follows it live', async ({ visitor, browser }) => {
    await open(visitor)
    const sessionId = await visitor.session()
    const phone = await onThePhone(browser, (await scan(code(visitor))) ?? '')
    await phone.locator('#begin').waitFor()
    await visitor.hears('didit-status', { sessionId, status: 'In Progress' })
    expect(await visitor.body.innerText()).toContain('Continue on your phone')
    await end(phone, 'approve')
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
    expect(await code(visitor).count()).toBe(0)
    await phone.context().close()
  })

  it('can be read in the dark as well', async ({ browser, demo }) => {
    const visitor = await createVisitor(browser, demo.url, { colorScheme: 'dark' })
    await open(visitor)
    const link = await visitor.dialog.locator('.code a').getAttribute('href')
    expect(await scan(code(visitor))).toBe(link)
    await visitor.leave()
  })

  it('may be started by the link that is copied', async ({ visitor, browser }) => {
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await open(visitor)
    await visitor.dialog.getByRole('button', { name: 'Copy the link' }).click()
    await visitor.dialog.getByRole('button', { name: 'The link is copied.' }).waitFor()
    const copied = await visitor.page.evaluate(() => navigator.clipboard.readText())
    const phone = await onThePhone(browser, copied)
    await end(phone, 'decline')
    await visitor.hears('didit-complete', { outcome: 'declined' })
    await phone.context().close()
  })

  it('takes over from a modal whose camera fails', async ({ browser, demo }) => {
    const visitor = await createVisitor(browser, demo.url)
    await visitor.context.addInitScript(() => {
      const { mediaDevices } = navigator
      if (mediaDevices && window !== top) {
        mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))
      }
    })
    await visitor.open()
    await visitor.pick('mode', 'modal')
    const sessionId = await visitor.start()
    await visitor.hosted.getByRole('button', { name: 'Start' }).click()
    await visitor.hosted.getByRole('button', { name: 'Continue' }).click()
    await visitor.hosted.getByRole('button', { name: 'Use the camera' }).click()
    await visitor.hears('didit-trouble', { code: 'camera-blocked', sessionId })
    await visitor.dialog.getByRole('button', { name: 'Continue on your phone' }).click()
    const phone = await onThePhone(browser, (await scan(code(visitor))) ?? '')
    await end(phone, 'approve')
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
    await phone.context().close()
    await visitor.leave()
  })
})

describe('auto', () => {
  it('takes the code on a desktop without a camera', async ({ demo }) => {
    const browser = await chromium.launch({
      executablePath: findBrowsers().chromium?.path,
      args: chromiumFlags().filter((flag) => !flag.includes('fake-device')),
    })
    const visitor = await createVisitor(browser, demo.url)
    // A busy machine may need longer to look for cameras than a visitor should wait.
    await visitor.context.addInitScript(() => {
      const { setTimeout } = window
      window.setTimeout = ((run: () => void, ms = 0, ...rest: unknown[]) =>
        setTimeout(run, ms === 150 ? 10_000 : ms, ...rest)) as typeof window.setTimeout
    })
    await visitor.open()
    await visitor.trigger.click()
    await code(visitor).waitFor()
    await visitor.hears('didit-session', { mode: 'qr', reason: 'no-camera' })
    await visitor.leave()
    await browser.close()
  })

  it('leaves for the hosted page inside an app', async ({ browser, demo }) => {
    const userAgent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Instagram 400.0'
    const visitor = await createVisitor(browser, demo.url, { userAgent })
    await visitor.open()
    await visitor.trigger.click()
    await visitor.page.locator('#begin').waitFor()
    await end(visitor.page, 'approve')
    await visitor.hears('didit-session', { mode: 'redirect', reason: 'in-app-browser' })
    await visitor.hears('didit-complete', { outcome: 'approved' })
    await visitor.leave()
  })
})
