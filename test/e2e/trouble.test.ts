import type { Route } from 'playwright'
import { describe, expect } from 'vitest'
import type { ErrorCode } from '../../server/contract.ts'
import { it } from '../support/e2e.ts'
import { end } from '../support/visitor.ts'

const CREATE = { path: '/v3/session/', method: 'POST' }

describe('Didit refuses to create a session', () => {
  for (const { status, code } of [
    { status: 401, code: 'misconfigured' },
    { status: 403, code: 'misconfigured' },
    { status: 400, code: 'misconfigured' },
  ] satisfies { status: number; code: ErrorCode }[]) {
    it(`with ${status}: the page is told ${code}, and the visitor reads it`, async ({
      visitor,
      demo,
    }) => {
      visitor.expectMishap(/status of 502/)
      await demo.sandbox.faults({ ...CREATE, status })
      await visitor.open()
      await visitor.trigger.click()
      await visitor.hears('didit-error', { code, sessionId: null })

      const text = 'Verification is not available here at the moment.'
      expect(await visitor.body.innerText()).toContain(text)
      expect(await visitor.finals()).toHaveLength(1)
      await visitor.dialog.getByRole('button', { name: 'Done' }).click()
      await visitor.dialog.waitFor({ state: 'detached' })
      expect(await visitor.message.textContent()).toBe(text)

      await demo.sandbox.faults({})
      await visitor.start()
      await end(visitor.hosted, 'approve')
      await visitor.hears('didit-complete', { outcome: 'approved' })
    })
  }
})

describe('Didit cannot create a session now', () => {
  for (const { fault, answer, code, text } of [
    {
      fault: { status: 429, retryAfter: 0 },
      answer: 503,
      code: 'rate-limited',
      text: 'There are too many attempts. Please wait a moment.',
    },
    {
      fault: { status: 500 },
      answer: 502,
      code: 'backend-unreachable',
      text: 'The verification service cannot be reached.',
    },
    {
      // The BFF waits ten seconds for Didit.
      fault: { delayMs: 60_000 },
      answer: 504,
      code: 'backend-unreachable',
      text: 'The verification service cannot be reached.',
    },
  ] as const) {
    it(`and the visitor tries again after ${answer}`, async ({ visitor, demo }) => {
      visitor.expectMishap(new RegExp(`status of ${answer}`))
      await demo.sandbox.faults({ ...CREATE, ...fault })
      await visitor.open()
      await visitor.trigger.click()
      await visitor.hears('didit-trouble', { code, sessionId: null, actions: ['retry'] })
      expect(await visitor.body.innerText()).toContain(text)
      expect(await visitor.finals()).toEqual([])

      await demo.sandbox.faults({})
      await visitor.dialog.getByRole('button', { name: 'Try again' }).click()
      await visitor.hosted.locator('#begin').waitFor()
      await end(visitor.hosted, 'approve')
      await visitor.hears('didit-complete', { outcome: 'approved' })
      expect(await visitor.finals()).toHaveLength(1)
    })
  }

  it('and the visitor gives up: then the trouble is the error', async ({ visitor, demo }) => {
    visitor.expectMishap(/status of 502/)
    await demo.sandbox.faults({ ...CREATE, status: 500 })
    await visitor.open()
    await visitor.trigger.click()
    await visitor.reaches('trouble')
    await visitor.dialog.getByRole('button', { name: 'Close' }).click()

    await visitor.hears('didit-error', { code: 'backend-unreachable' })
    expect(await visitor.finals()).toHaveLength(1)
    expect(await visitor.dialog.count()).toBe(0)
  })

  it('in redirect mode: the page shows the trouble and its way on', async ({ visitor, demo }) => {
    visitor.expectMishap(/status of 502/)
    await demo.sandbox.faults({ ...CREATE, status: 500, count: 1 })
    await visitor.open()
    await visitor.pick('mode', 'redirect')
    await visitor.trigger.click()
    await visitor.hears('didit-trouble', { code: 'backend-unreachable' })
    await visitor.element.getByRole('button', { name: 'Try again' }).click()
    await visitor.page.locator('#begin').waitFor()
    await end(visitor.page, 'approve')
    await visitor.page.waitForURL(`${visitor.home}**`)
    await visitor.hears('didit-complete', { outcome: 'approved' })
  })
})

describe('an obstacle in the browser', () => {
  it('that the BFF cannot be reached leaves a retry', async ({ visitor }) => {
    visitor.expectMishap(/ERR_FAILED/)
    await visitor.open()
    await visitor.page.route('**/api/verify/sessions', (route) => route.abort())
    await visitor.trigger.click()
    await visitor.hears('didit-trouble', { code: 'backend-unreachable', actions: ['retry'] })
    await visitor.page.unrouteAll()
    await visitor.dialog.getByRole('button', { name: 'Try again' }).click()
    await visitor.hosted.locator('#begin').waitFor()
  })

  it('that it is offline in the middle is named, and goes away by itself', async ({
    visitor,
    demo,
  }) => {
    visitor.expectMishap(/ERR_INTERNET_DISCONNECTED/)
    await visitor.open()
    await Promise.all([
      visitor.page.waitForResponse('**/attempt.js'),
      visitor.trigger.dispatchEvent('pointerdown'),
    ])
    await visitor.context.setOffline(true)
    await visitor.trigger.click()
    await visitor.hears('didit-trouble', { code: 'offline' })
    await visitor.page.getByText('Check your connection and try again.').waitFor()
    await visitor.context.setOffline(false)
    await visitor.hosted.locator('#begin').waitFor()
    expect((await demo.sandbox.session(await visitor.session())).status).toBe('In Progress')
  })

  it('that it is offline before all of the element is there goes away by itself', async ({
    visitor,
  }) => {
    visitor.expectMishap(/ERR_INTERNET_DISCONNECTED/)
    await visitor.open()
    await visitor.context.setOffline(true)
    await visitor.trigger.click()
    await visitor.hears('didit-trouble', { code: 'offline', sessionId: null, actions: ['retry'] })
    await visitor.page.getByText('Check your connection and try again.').waitFor()
    await visitor.trigger.click()
    expect(await visitor.finals()).toEqual([])
    await visitor.context.setOffline(false)
    await visitor.hosted.locator('#begin').waitFor()
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('that it comes back online during another try is not missed', async ({ visitor }) => {
    const { context, trigger, hosted } = visitor
    visitor.expectMishap(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/)
    await visitor.open()
    await context.setOffline(true)
    await trigger.click()
    await visitor.hears('didit-trouble', { code: 'offline' })
    await context.route('**/attempt.js', backOnlineAndLost, { times: 1 })
    await trigger.click()
    await hosted.locator('#begin').waitFor()

    async function backOnlineAndLost(route: Route) {
      await context.setOffline(false)
      await route.abort()
    }
  })

  it('that the hosted page stays silent leaves ways on, and its first word withdraws it', async ({
    visitor,
    demo,
  }) => {
    await demo.sandbox.faults({ messages: 'none' })
    await visitor.open()
    const sessionId = await visitor.start()
    await visitor.hears('didit-trouble', { code: 'frame-timeout', sessionId })
    const newTab = visitor.dialog.getByRole('link', { name: 'Open in a new tab' })
    expect(await newTab.getAttribute('href')).toContain(demo.sandbox.origin)
    expect(await newTab.getAttribute('rel')).toContain('noopener')

    const inFrame = visitor.page.frames().find((each) => each.url().includes('/session/'))
    await inFrame?.evaluate(() => parent.postMessage({ type: 'didit:step_started' }, '*'))
    await visitor.reaches('open')
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
  })
})
