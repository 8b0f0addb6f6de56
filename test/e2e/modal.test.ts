import { describe, expect } from 'vitest'
import { it } from '../support/e2e.ts'
import { end, onThePhone } from '../support/visitor.ts'

describe('a verification in the modal', () => {
  it('ends approved, with one final event and no history entry', async ({ visitor, demo }) => {
    await visitor.open()
    const before = await visitor.page.evaluate(() => history.length)
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'approve')
    await visitor.reaches('ended')

    const final = { type: 'didit-complete', sessionId, status: 'Approved', outcome: 'approved' }
    expect(await visitor.finals()).toEqual([{ ...final, receipt: expect.any(String) }])
    expect((await demo.sandbox.session(sessionId)).status).toBe('Approved')
    expect(await visitor.body.innerText()).toContain('Your identity is verified.')
    expect(await visitor.page.evaluate(() => history.length)).toBe(before)

    await visitor.dialog.getByRole('button', { name: 'Done' }).click()
    await visitor.dialog.waitFor({ state: 'detached' })
    expect(await visitor.message.textContent()).toBe('Your identity is verified.')
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('ends declined, and may be started again with another session', async ({ visitor }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'decline')
    await visitor.reaches('ended')

    const final = { type: 'didit-complete', sessionId, status: 'Declined', outcome: 'declined' }
    expect(await visitor.finals()).toEqual([{ ...final, receipt: null }])

    await visitor.dialog.getByRole('button', { name: 'Done' }).click()
    const next = await visitor.start()
    expect(next).not.toBe(sessionId)
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { sessionId: next, outcome: 'approved' })
  })

  it('ends pending, and tells the later approval without a second end', async ({
    visitor,
    demo,
  }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'review')
    await visitor.hears('didit-complete', { status: 'In Review', outcome: 'pending' })

    await demo.sandbox.move(sessionId, 'Approved')
    await visitor.hears('didit-status', { sessionId, outcome: 'approved', settled: true })
    expect(await visitor.finals()).toHaveLength(1)
    expect(await visitor.outcome()).toBe('approved')
    expect(await visitor.body.innerText()).toContain('Your identity is verified.')
  })

  it('hears the approval of a review after a reload, without a second end', async ({
    visitor,
    demo,
  }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'review')
    await visitor.hears('didit-complete', { outcome: 'pending' })
    await visitor.page.reload()
    await visitor.reaches('ended')

    await demo.sandbox.move(sessionId, 'Approved')
    await visitor.hears('didit-status', { sessionId, outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('replays nothing after a reload', async ({ visitor }) => {
    await visitor.open()
    await visitor.start()
    await end(visitor.hosted, 'approve')
    await visitor.reaches('ended')
    visitor.requests.length = 0

    await visitor.page.reload({ waitUntil: 'networkidle' })
    expect(await visitor.element.getAttribute('data-state')).toBe('idle')
    expect(visitor.requests.filter((url) => url.includes('/api/'))).toEqual([])
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('is cancelled by the hosted page', async ({ visitor, demo }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'cancel')
    await visitor.reaches('ended')

    expect(await visitor.finals()).toEqual([{ type: 'didit-cancel', sessionId, source: 'hosted' }])
    expect(await visitor.outcome()).toBe(null)
    expect(await visitor.dialog.count()).toBe(0)
    expect((await demo.sandbox.session(sessionId)).status).toBe('In Progress')
  })

  it('goes on with the same session after a cancel', async ({ visitor }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'cancel')
    await visitor.reaches('ended')

    expect(await visitor.start()).toBe(sessionId)
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
  })

  it('asks back when the hosted page requests to close', async ({ visitor }) => {
    await visitor.open()
    await visitor.start()
    await visitor.hosted.locator('#close').click()
    const question = visitor.dialog.getByRole('alertdialog')
    await question.getByRole('button', { name: 'Continue' }).click()

    await question.waitFor({ state: 'detached' })
    expect(await visitor.finals()).toEqual([])
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { outcome: 'approved' })
  })

  it('leaves the frame where it is while the question stands before it', async ({ visitor }) => {
    await visitor.open()
    await visitor.start()
    const frame = visitor.dialog.locator('iframe')
    const before = await frame.boundingBox()
    await visitor.dialog.getByRole('button', { name: 'Close' }).click()
    await visitor.dialog.getByRole('alertdialog').waitFor()
    expect(await frame.boundingBox()).toEqual(before)
  })

  it('goes through every step with the real camera', async ({ visitor }) => {
    await visitor.open()
    await visitor.pick('mode', 'modal')
    await visitor.start()
    const { hosted } = visitor
    await hosted.getByRole('button', { name: 'Start' }).click()
    await hosted.getByRole('button', { name: 'Continue' }).click()
    await hosted.getByRole('button', { name: 'Use the camera' }).click()
    await hosted.getByRole('button', { name: 'Take picture' }).click()
    await hosted.getByRole('button', { name: 'Continue' }).click()

    await hosted.locator('#view[data-step=face][data-state=live]').waitFor()
    const size = await hosted
      .locator('video')
      .evaluate((video: HTMLVideoElement) => [video.videoWidth > 0, !video.paused])
    expect(size).toEqual([true, true])
    await hosted.getByRole('button', { name: 'Take selfie' }).click()
    await hosted.getByRole('button', { name: 'Submit' }).click()

    await visitor.hears('didit-complete', { outcome: 'approved' })
    for (const step of ['document_selection', 'document_front', 'face']) {
      await visitor.hears('didit-progress', { message: 'step_started', step })
    }
    await visitor.hears('didit-progress', { message: 'media_started', step: 'face' })
  })

  it('ends by itself when a phone finishes it', async ({ visitor, browser, demo }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    const phone = await onThePhone(browser, (await demo.sandbox.session(sessionId)).url)
    await end(phone, 'approve')

    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
    expect(await visitor.dialog.locator('iframe').count()).toBe(0)
    await phone.context().close()
  })

  it('ends by itself when Didit decides while it is open', async ({ visitor, demo }) => {
    await visitor.open()
    const sessionId = await visitor.start()
    await visitor.hears('didit-status', { status: 'In Progress' })
    await demo.sandbox.move(sessionId, 'Declined')

    await visitor.hears('didit-complete', { sessionId, outcome: 'declined' })
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('ends approved although the frame is redirected at once', async ({ visitor, demo }) => {
    await demo.sandbox.faults({ redirect: 'at-once' })
    await visitor.open()
    const before = await visitor.page.evaluate(() => history.length)
    await visitor.start()
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { outcome: 'approved' })
    expect(await visitor.finals()).toHaveLength(1)
    expect(await visitor.page.evaluate(() => history.length)).toBe(before)
  })

  it('learns from the return page in the frame when the hosted page says nothing', async ({
    visitor,
    demo,
  }) => {
    await demo.sandbox.faults({ messages: 'none', redirect: 'at-once' })
    await demo.sandbox.faults({ drop: true })
    await visitor.open()
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-submit', { sessionId, hint: 'Approved' })
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
  })

  it('reads messages that are JSON text', async ({ visitor, demo }) => {
    await demo.sandbox.faults({ messages: 'json' })
    await demo.sandbox.faults({ drop: true })
    await visitor.open()
    await visitor.start()
    await end(visitor.hosted, 'decline')
    await visitor.hears('didit-submit', { hint: 'Declined' })
    await visitor.hears('didit-complete', { outcome: 'declined' })
  })
})
