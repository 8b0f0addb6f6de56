import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Frame, Page } from 'playwright'
import { describe, expect } from 'vitest'
import { it } from '../support/e2e.ts'
import { createVisitor, end, type Visitor } from '../support/visitor.ts'

/** What would end it, if the right window on the right origin said it. */
function forgeries(sessionId: string): unknown[] {
  const data = { sessionId, status: 'Approved' }
  return [
    { type: 'didit:completed', data },
    JSON.stringify({ type: 'didit:completed', data }),
    { type: 'didit:cancelled', data },
    { type: 'didit:close_request' },
    { type: 'didit:error', data: { error: 'forged' } },
    { type: 'didit-verify:return', sessionId, status: 'Approved' },
  ]
}

describe('a forged message', () => {
  it('of the page itself changes nothing', async ({ visitor }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await unmoved(visitor, () => post(visitor.page, visitor.page, forgeries(sessionId)))
  })

  it('of another frame on the hosted origin changes nothing', async ({ visitor, demo }) => {
    const { page } = visitor
    await visitor.open()
    const sessionId = await visitor.start()
    visitor.expectMishap(/status of 404/)
    const src = `${demo.sandbox.origin}/session/forger`
    await page.evaluate((address) => {
      const frame = document.createElement('iframe')
      frame.src = address
      document.body.append(frame)
    }, src)
    await expect.poll(() => page.frame({ url: src })).toBeTruthy()
    const forger = page.frame({ url: src })
    if (!forger) throw new Error('The frame is gone.')
    await forger.waitForLoadState()
    await unmoved(visitor, () => post(forger, page, forgeries(sessionId)))
  })

  it('of another origin changes nothing', async ({ visitor }) => {
    const stranger = createServer((_request, response) => response.end('<!doctype html>')).listen()
    const { port } = stranger.address() as AddressInfo
    visitor.expectMishap(/favicon/)
    const attacker = await visitor.context.newPage()
    await attacker.goto(`http://localhost:${port}/`)
    const [popup] = await Promise.all([
      attacker.waitForEvent('popup'),
      attacker.evaluate((url) => Reflect.set(window, 'victim', window.open(url)), visitor.home),
    ])
    await popup.waitForFunction(() => customElements.get('didit-verify') !== undefined)
    await popup.locator('[part=trigger]').click()
    await popup.frameLocator('didit-verify iframe').locator('#begin').waitFor()
    const element = popup.locator('didit-verify')
    const sessionId = await element.evaluate((verify) => Reflect.get(verify, 'session').id)

    await post(attacker, popup, forgeries(sessionId))
    expect(await element.getAttribute('data-state')).toBe('open')
    expect(await popup.locator('[role=alertdialog]').count()).toBe(0)
    await end(popup.frameLocator('didit-verify iframe'), 'decline')
    await popup.locator('didit-verify[data-state=ended]').waitFor()
    expect(await element.evaluate((verify) => Reflect.get(verify, 'outcome'))).toBe('declined')
    stranger.close()
  })
})

describe('a forged callback', () => {
  it('with an unknown id is left alone', async ({ visitor }) => {
    const path = `/?verificationSessionId=${crypto.randomUUID()}&status=Approved`
    await leftAlone(visitor, path)
  })

  it("with another visitor's id is left alone", async ({ visitor, demo, browser }) => {
    const other = await createVisitor(browser, demo.url)
    await other.open()
    const foreign = await other.start()
    await end(other.hosted, 'approve')
    await other.hears('didit-complete', { outcome: 'approved' })
    await other.leave()

    await leftAlone(visitor, `/?verificationSessionId=${foreign}&status=Approved`)
  })

  it("with another visitor's id does not touch a verification of one's own", async ({
    visitor,
  }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    const path = `/?verificationSessionId=${crypto.randomUUID()}&status=Approved`
    await visitor.open(path)
    await visitor.reaches('resumable')

    expect(await visitor.session()).toBe(sessionId)
    expect(visitor.page.url()).toBe(new URL(path, visitor.home).href)
    expect(await visitor.outcome()).toBe(null)
    expect(await visitor.finals()).toEqual([])
  })

  it("with one's own id cannot turn a decline into an approval", async ({ visitor, demo }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await visitor.hears('didit-status', { status: 'In Progress' })
    await visitor.page.goto('about:blank')
    await demo.sandbox.move(sessionId, 'Declined')

    await visitor.open(`/?verificationSessionId=${sessionId}&status=Approved`)
    await visitor.hears('didit-complete', { sessionId, outcome: 'declined' })
    expect(visitor.page.url()).toBe(visitor.home)
    expect((await visitor.told()).map(({ outcome }) => outcome)).not.toContain('approved')
  })

  it("with one's own id does not end what Didit says is open", async ({ visitor }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await visitor.hears('didit-status', { status: 'In Progress' })
    await visitor.open(`/?verificationSessionId=${sessionId}&status=Approved`)

    await visitor.hears('didit-submit', { sessionId, hint: 'Approved' })
    expect(visitor.page.url()).toBe(visitor.home)
    const answer = await visitor.page.waitForResponse((response) =>
      response.url().endsWith(`/sessions/${sessionId}`),
    )
    expect((await answer.json()).session.outcome).toBe(null)
    expect(await visitor.outcome()).toBe(null)
    expect(await visitor.finals()).toEqual([])
  })
})

/** Posts to the page, and waits until the page has received all of it. */
async function post(from: Page | Frame, to: Page, messages: unknown[]): Promise<void> {
  const received = to.evaluate(
    () =>
      new Promise<void>((resolve) => {
        addEventListener('message', ({ data }) => data === 'the last one' && resolve())
      }),
  )
  await from.evaluate(
    (all) => {
      const victim: Window = Reflect.get(window, 'victim') ?? window.parent
      for (const message of all) victim.postMessage(message, '*')
    },
    [...messages, 'the last one'],
  )
  await received
}

/** Nothing that `attack` does shows, and the visitor's own decision still counts. */
async function unmoved(visitor: Visitor, attack: () => Promise<void>): Promise<void> {
  await visitor.hears('didit-status', { status: 'In Progress' })
  const before = await visitor.told()
  await attack()
  expect(await visitor.told()).toEqual(before)
  expect(await visitor.dialog.getByRole('alertdialog').count()).toBe(0)
  await end(visitor.hosted, 'decline')
  await visitor.hears('didit-complete', { outcome: 'declined' })
  expect(await visitor.finals()).toHaveLength(1)
}

async function leftAlone(visitor: Visitor, path: string): Promise<void> {
  const href = new URL(path, visitor.home).href
  await visitor.page.goto(href, { waitUntil: 'networkidle' })
  expect(await visitor.told()).toEqual([])
  expect(await visitor.element.getAttribute('data-state')).toBe('idle')
  expect(visitor.page.url()).toBe(href)
  expect(visitor.requests.filter((url) => url.includes('/api/'))).toEqual([])
}
