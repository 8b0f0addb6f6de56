import { describe, expect, it } from 'vitest'
import { runDue, startBackground } from '../../server/reconcile.ts'
import { createBff } from '../support/bff.ts'
import { until } from '../support/gate.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const identify = (request: Request) => request.headers.get('x-user')

/** A visitor whose session Didit made, and of which nothing was heard here. */
async function brokenOff() {
  const bff = await createBff({ identify, onStatus() {} })
  const { didit, post } = bff
  didit.answer = async (request, pass) => {
    await pass()
    throw new TypeError(`the connection of ${request.method} is gone`)
  }
  const response = await post({ reference: 'cart 7' }, { 'x-user': 'user-1' })
  expect(response.status).toBe(502)
  didit.answer = (_request, pass) => pass()
  didit.calls.length = 0
  const rows = (await (
    await bff.sandbox.app.request('http://127.0.0.1:4010/_sandbox/sessions')
  ).json()) as { session_id: string }[]
  return { ...bff, id: rows[0]?.session_id ?? '', made: rows.length }
}

describe('a creation that was broken off', () => {
  it('is found at Didit after two minutes, with the reference and the way back', async () => {
    const { options, clock, store, id, request, didit } = await brokenOff()
    clock.pass(MINUTE)
    await runDue(options)
    expect(await store.session(id)).toBeUndefined()
    clock.pass(2 * MINUTE)
    await runDue(options)
    const row = await store.session(id)
    expect(row).toMatchObject({ subject: 'user-1', workflow: 'default', reference: 'cart 7' })
    expect(row?.url).toContain('/session/')
    expect((await request(`/return/${row?.ret}`)).status).toBe(303)
    didit.calls.length = 0
    await runDue(options)
    expect(didit.calls).toEqual([])
  })

  it('is found with what happened to it since', async () => {
    const { options, clock, store, id, move, hook, idle } = await brokenOff()
    await move(id, 'In Progress', 'Approved')
    await hook({ session_id: id, status: 'Approved' })
    await idle()
    clock.pass(3 * MINUTE)
    await runDue(options)
    expect(await store.session(id)).toMatchObject({ status: 'Approved' })
    expect(await store.openEnvelopes(id, 10)).toEqual([])
    const [event] = await store.events({ state: 'waiting', limit: 10, offset: 0 })
    expect(event).toBeUndefined()
    expect(await store.event(`${id}.1`)).toMatchObject({ result: 'delivered' })
  })

  it('is not looked for once the visitor has tried again', async () => {
    const { options, clock, store, id, start, made } = await brokenOff()
    const again = await start({}, { 'x-user': 'user-1' })
    expect([made, again.session.id]).toEqual([1, id])
    clock.pass(3 * MINUTE)
    await runDue(options)
    expect((await store.session(id))?.version).toBe(1)
    expect(await store.openIntents(clock.now(), 10)).toEqual([])
  })

  it('is forgotten when Didit never made it', async () => {
    const { options, clock, store, didit, post } = await createBff({ identify })
    didit.answer = () => Promise.reject(new TypeError('fetch failed'))
    await post({}, { 'x-user': 'user-1' })
    didit.answer = (_request, pass) => pass()
    clock.pass(3 * MINUTE)
    expect(await store.openIntents(clock.now(), 10)).toHaveLength(1)
    await runDue(options)
    expect(await store.openIntents(clock.now(), 10)).toEqual([])
  })

  it('is not looked for when Didit refused it', async () => {
    const { clock, store, didit, post } = await createBff()
    didit.answer = () => Response.json({ detail: 'No.' }, { status: 403 })
    await post()
    clock.pass(HOUR)
    expect(await store.openIntents(clock.now(), 10)).toEqual([])
  })

  it('is looked for until Didit answers', async () => {
    const { options, clock, store, didit, id } = await brokenOff()
    didit.answer = () => new Response('', { status: 500 })
    for (let i = 0; i < 3; i++) {
      clock.pass(3 * MINUTE)
      await runDue(options)
    }
    expect(await store.session(id)).toBeUndefined()
    didit.answer = (_request, pass) => pass()
    clock.pass(3 * MINUTE)
    await runDue(options)
    expect(await store.session(id)).toBeDefined()
  })
})

describe('an act of an operator that was broken off', () => {
  it('is marked, and its session asked about at once', async () => {
    const { options, clock, store, start, move } = await createBff()
    const { session } = await start()
    await move(session.id, 'In Review')
    clock.pass(HOUR)
    await runDue(options)
    await move(session.id, 'Approved')
    const act = { operator: 'anna', action: 'approve', session: session.id, before: 'In Review' }
    await store.beginAct({ ...act, id: 'a1', at: clock.now() })
    clock.pass(MINUTE)
    await runDue(options)
    expect((await store.acts({ limit: 1, offset: 0 }))[0]?.result).toBeNull()
    clock.pass(90 * SECOND)
    await runDue(options)
    expect((await store.acts({ limit: 1, offset: 0 }))[0]?.result).toBe('unknown')
    await runDue(options)
    expect((await store.session(session.id))?.status).toBe('Approved')
  })
})

describe('a process that was away', () => {
  /** How many are asked about in the first round after an absence. */
  async function askedAfter(ms: number) {
    const { options, clock, didit, start, move } = await createBff()
    const { session } = await start()
    await move(session.id, 'In Review')
    // So long ago that the next planned question is hours away.
    const background = async () => {
      const stop = startBackground(options)
      await until(() => clock.waiting() === 1)
      clock.pass(0)
      await until(() => clock.waiting() === 1)
      await stop()
    }
    for (let day = 0; day < 2; day++) {
      clock.pass(24 * HOUR)
      await background()
    }
    didit.calls.length = 0
    clock.pass(ms)
    await background()
    return didit.calls.length
  }

  it('asks about all that is open after more than Didit repeats', async () => {
    expect(await askedAfter(5 * MINUTE)).toBe(1)
  })

  it('asks about nothing after a restart', async () => {
    expect(await askedAfter(MINUTE)).toBe(0)
  })
})
