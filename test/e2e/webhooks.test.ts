import { describe, expect } from 'vitest'
import type { SessionAnswer } from '../../server/contract.ts'
import type { Demo } from '../support/demo.ts'
import { it as base } from '../support/e2e.ts'
import { end } from '../support/visitor.ts'

// The log says when the BFF has learnt something that no page asked for.
const it = base.override('demoEnv', { LOG_LEVEL: 'info' })

describe('webhooks that are lost', () => {
  it('do not keep a waiting page from its outcome', async ({ visitor, demo }) => {
    await demo.sandbox.faults({ drop: true })
    await visitor.open()
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-submit')
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' }, 8_000)
    const all = await demo.sandbox.deliveries(sessionId)
    expect(all.map(({ error }) => error)).toEqual(['dropped', 'dropped'])
  })

  it('are made good by reconcile when nobody reads', async ({ visitor, demo }) => {
    await demo.sandbox.faults({ drop: true })
    await visitor.open()
    const sessionId = await visitor.start()
    const { token } = await visitor.kept(sessionId)
    await visitor.context.close()
    await demo.sandbox.move(sessionId, 'Approved')

    await demo.program.prints(new RegExp(`"session":"${sessionId}".*"to":"Approved"`))
    // It was stored: Didit cannot be asked any more.
    await demo.sandbox.faults({ status: 500 })
    const response = await fetch(new URL(`/api/verify/sessions/${sessionId}`, demo.url), {
      headers: { 'verify-token': token },
    })
    const { session } = (await response.json()) as SessionAnswer
    expect(session).toMatchObject({ status: 'Approved', outcome: 'approved', settled: true })
  })
})

describe('webhooks that come oddly', () => {
  it('twice are told once', async ({ visitor, demo }) => {
    await demo.sandbox.faults({ duplicate: true })
    await visitor.open()
    const sessionId = await visitor.start()
    // One after the other: of two that come at once a page may hear the second alone.
    await visitor.hears('didit-status', { status: 'In Progress' })
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { outcome: 'approved' })
    await expect.poll(() => answers(demo, sessionId)).toEqual([204, 204, 204, 204])

    expect(await visitor.statuses()).toEqual(['In Progress', 'Approved'])
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('in the wrong order never lead back', async ({ visitor, demo }) => {
    await demo.sandbox.faults({ reorder: true })
    await visitor.open()
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'review')
    await visitor.hears('didit-complete', { outcome: 'pending' })
    await expect.poll(() => answers(demo, sessionId)).toEqual([204, 204])
    const sent = await demo.sandbox.deliveries(sessionId)
    expect(sent.map(({ status }) => status)).toEqual(['In Review', 'In Progress'])

    // The next change comes through, and nothing else came before it.
    await demo.sandbox.faults({})
    await demo.sandbox.move(sessionId, 'Approved')
    await visitor.hears('didit-status', { outcome: 'approved' })
    expect((await visitor.statuses()).slice(-2)).toEqual(['In Review', 'Approved'])
    expect(await visitor.finals()).toHaveLength(1)
  })

  it('late find the outcome already there', async ({ visitor, demo }) => {
    await demo.sandbox.faults({ webhooks: true, delayMs: 4_000 })
    await visitor.open()
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'decline')
    await visitor.hears('didit-complete', { outcome: 'declined' })
    const told = await visitor.told()
    const outcomeCameFirst = (await answers(demo, sessionId)).length < 2
    expect(outcomeCameFirst).toBe(true)

    await expect.poll(() => answers(demo, sessionId)).toEqual([204, 204])
    expect(await visitor.told()).toEqual(told)
  })
})

/** What the BFF answered to each webhook about a session. */
async function answers(demo: Demo, id: string) {
  return (await demo.sandbox.deliveries(id)).map(({ answer }) => answer?.status)
}
