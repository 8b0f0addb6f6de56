import { describe, expect, it } from 'vitest'
import { createMoved } from '../support/moved.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

describe('a session that Didit does not know', () => {
  async function missing(...statuses: string[]) {
    const bff = await createMoved(...statuses)
    bff.clock.pass(MINUTE)
    bff.didit.answer = () => Response.json({ detail: 'Not found.' }, { status: 404 })
    const answer = await bff.seen(bff.id, bff.token)
    bff.didit.answer = (_request, pass) => pass()
    return { ...bff, answer }
  }

  it('keeps its status, is marked, and ends its waiters as expired', async () => {
    const { answer, stored, told, clock } = await missing()
    expect(answer).toMatchObject({ status: 'Not Started', outcome: 'expired', settled: true })
    expect(answer.url).toBeUndefined()
    expect(await stored()).toMatchObject({ status: 'Not Started', missingAt: clock.now() })
    expect(told).toHaveLength(1)
  })

  it('is not asked about by readers again', async () => {
    const { seen, id, token, didit, clock } = await missing()
    didit.calls.length = 0
    clock.pass(24 * 60 * MINUTE)
    await seen(id, token)
    expect(didit.calls).toEqual([])
  })

  it('comes back when a webhook speaks of it, with a new version', async () => {
    const { hook, idle, seen, id, token, stored, told } = await missing('In Progress')
    const { version } = await stored()
    await hook('In Progress')
    await idle()
    const session = await seen(id, token)
    expect(session).toMatchObject({ status: 'In Progress', outcome: null, version: version + 1 })
    expect(told).toHaveLength(2)
  })

  it('comes back even when its status is the old one', async () => {
    const { idle, hook, seen, id, token, stored, didit } = await missing()
    const { version } = await stored()
    didit.answer = () => Response.json({ status: 'Not Started' })
    await hook('Not Started', { created_at: 1 })
    await idle()
    const session = await seen(id, token)
    expect(session).toMatchObject({ status: 'Not Started', outcome: null, version: version + 1 })
  })

  it.each([
    ['Not Started', []],
    ['In Progress', ['In Progress']],
  ])('comes back when Didit hands it out again as %s', async (status, statuses) => {
    const { start, token, id } = await missing(...statuses)
    const again = await start({}, { 'verify-token': token })
    expect(again.session).toMatchObject({ id, status, outcome: null })
    expect(again.session.url).toContain('/session/')
  })

  it('keeps its outcome when it was settled', async () => {
    const { hook, idle, seen, id, token, didit, stored } = await createMoved(
      'In Progress',
      'Approved',
    )
    await hook('In Progress')
    await idle()
    await hook('Approved')
    await idle()
    didit.answer = () => Response.json({ detail: 'Not found.' }, { status: 404 })
    await hook('Declined', { created_at: 1 })
    await idle()
    expect(await seen(id, token)).toMatchObject({ outcome: 'approved', settled: true })
    expect((await stored()).missingAt).toBeNull()
  })
})

describe('an outage of Didit', () => {
  it('is met with growing silence, not with a flood', async () => {
    const { id, token, didit, seen, clock } = await createMoved('In Progress')
    didit.answer = () => new Response('<h1>Bad Gateway</h1>', { status: 502 })
    for (let second = 0; second < 300; second++) {
      await seen(id, token, { 'cache-control': 'no-cache' })
      clock.pass(SECOND)
    }
    expect(didit.calls.length).toBeGreaterThan(3)
    expect(didit.calls.length).toBeLessThan(15)
  })

  it('is not met with a question for every webhook', async () => {
    const { hook, idle, didit } = await createMoved('In Progress', 'Approved')
    didit.answer = () => new Response('', { status: 500 })
    for (let i = 0; i < 10; i++) {
      await hook('Approved')
      await idle()
    }
    expect(didit.calls).toHaveLength(1)
  })

  it('is over at the first answer', async () => {
    const { id, token, didit, seen, clock } = await createMoved('In Progress')
    didit.answer = () => new Response('', { status: 500 })
    await seen(id, token)
    didit.answer = (_request, pass) => pass()
    clock.pass(20 * SECOND)
    expect((await seen(id, token)).status).toBe('In Progress')
  })

  it('keeps quiet for as long as Retry-After says', async () => {
    const { id, token, didit, seen, clock } = await createMoved('In Progress')
    didit.answer = () => new Response('{}', { status: 429, headers: { 'retry-after': '30' } })
    await seen(id, token)
    clock.pass(29 * SECOND)
    await seen(id, token)
    expect(didit.calls).toHaveLength(1)
    clock.pass(20 * SECOND)
    await seen(id, token)
    expect(didit.calls).toHaveLength(2)
  })

  it('is looked at again after a minute, whatever Retry-After says', async () => {
    const { id, token, didit, seen, clock } = await createMoved('In Progress')
    didit.answer = () => new Response('{}', { status: 503, headers: { 'retry-after': '86400' } })
    await seen(id, token)
    didit.answer = (_request, pass) => pass()
    clock.pass(61 * SECOND)
    expect((await seen(id, token)).status).toBe('In Progress')
  })

  it('leaves webhooks that need an answer in the inbox', async () => {
    const { id, hook, idle, store, didit } = await createMoved('In Progress', 'Approved')
    didit.answer = () => Promise.reject(new TypeError('fetch failed'))
    await hook('Approved')
    await idle()
    expect(await store.openEnvelopes(id, 10)).toHaveLength(1)
  })
})
