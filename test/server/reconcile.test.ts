import { describe, expect, it } from 'vitest'
import { runDue, startBackground } from '../../server/reconcile.ts'
import { createBff } from '../support/bff.ts'
import { createGate, until } from '../support/gate.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

async function setUp(...statuses: string[]) {
  const bff = await createBff()
  const { session, token } = await bff.start()
  const stored = async () => (await bff.store.session(session.id))?.status
  /** Lets time pass in steps of five seconds, with a round of the background at the end of each. */
  const rounds = async (ms: number) => {
    const stop = startBackground(bff.options)
    for (let passed = 0; passed < ms; passed += 5 * SECOND) {
      bff.clock.pass(5 * SECOND)
      await until(() => bff.clock.waiting() === 1)
    }
    await stop()
  }
  await bff.move(session.id, ...statuses)
  bff.didit.calls.length = 0
  return { ...bff, id: session.id, token, stored, rounds }
}

describe('a round', () => {
  it('asks nothing before it is time', async () => {
    const { rounds, didit } = await setUp()
    await rounds(15 * SECOND)
    expect(didit.calls).toEqual([])
  })

  it('finds what no webhook told, within 20 seconds of a fresh change', async () => {
    const { rounds, stored } = await setUp('In Progress')
    await rounds(20 * SECOND)
    expect(await stored()).toBe('In Progress')
  })

  it('finds the next change as soon', async () => {
    const { rounds, stored, move, id } = await setUp('In Progress')
    await rounds(20 * SECOND)
    await move(id, 'Approved')
    await rounds(20 * SECOND)
    expect(await stored()).toBe('Approved')
  })

  it('finds it as soon after an answer that changed nothing', async () => {
    const { rounds, stored, move, id } = await setUp()
    await rounds(25 * SECOND)
    await move(id, 'In Progress')
    await rounds(20 * SECOND)
    expect(await stored()).toBe('In Progress')
  })

  it('asks the more rarely, the longer nothing moves', async () => {
    const { rounds, didit } = await setUp()
    await rounds(10 * MINUTE)
    const first = didit.calls.length
    await rounds(10 * MINUTE)
    expect(first).toBeGreaterThan(3)
    expect(first).toBeLessThan(15)
    expect(didit.calls.length - first).toBeLessThan(4)
  })

  it('finds at the daily sweep that an approval was withdrawn', async () => {
    const { rounds, stored, move, id, clock, didit } = await setUp('In Progress', 'Approved')
    await rounds(2 * MINUTE)
    expect(await stored()).toBe('Approved')
    await move(id, 'Declined')
    didit.calls.length = 0
    clock.pass(DAY)
    await rounds(5 * SECOND)
    expect(await stored()).toBe('Declined')
    expect(didit.calls).toHaveLength(1)
  })

  it('finds within two days that a fresh refusal was overruled while nobody heard of it', async () => {
    const { rounds, stored, move, id, clock } = await setUp('In Progress', 'Declined')
    await rounds(2 * MINUTE)
    expect(await stored()).toBe('Declined')
    await move(id, 'Approved')
    for (let day = 0; day < 2; day++) {
      clock.pass(DAY)
      await rounds(5 * SECOND)
    }
    expect(await stored()).toBe('Approved')
  })

  it('confirms a fresh approval once, a minute later', async () => {
    const { rounds, stored, move, id, didit } = await setUp('In Progress', 'Approved')
    await rounds(20 * SECOND)
    expect(await stored()).toBe('Approved')
    await move(id, 'Declined')
    await rounds(MINUTE)
    expect(await stored()).toBe('Declined')
    didit.calls.length = 0
    await rounds(2 * MINUTE)
    // The refusal is confirmed in its turn.
    expect(didit.calls).toHaveLength(1)
    await rounds(2 * MINUTE)
    expect(didit.calls).toHaveLength(1)
  })

  it('asks at most weekly about what was declined long ago', async () => {
    const { rounds, clock, didit } = await setUp('Declined')
    await rounds(2 * MINUTE)
    for (let day = 0; day < 60; day++) {
      if (day === 30) didit.calls.length = 0
      clock.pass(DAY)
      await rounds(5 * SECOND)
    }
    expect(didit.calls.length).toBeGreaterThanOrEqual(3)
    expect(didit.calls.length).toBeLessThanOrEqual(5)
  })

  it('leaves in peace what nothing can follow', async () => {
    const { rounds, clock, didit } = await setUp('Expired')
    await rounds(20 * SECOND)
    didit.calls.length = 0
    for (let day = 0; day < 30; day++) {
      clock.pass(DAY)
      await rounds(5 * SECOND)
    }
    expect(didit.calls).toEqual([])
  })

  it('asks once when three processes work over one store', async () => {
    const { options, clock, didit, start } = await setUp()
    for (let i = 0; i < 7; i++) await start()
    clock.pass(MINUTE)
    didit.calls.length = 0
    await Promise.all([runDue(options), runDue(options), runDue(options)])
    expect(didit.calls).toHaveLength(8)
    expect(new Set(didit.calls).size).toBe(8)
  })

  it('takes over what a process that died had leased, after a minute', async () => {
    const { options, clock, didit, store } = await setUp()
    clock.pass(MINUTE)
    await store.leaseDue(clock.now(), clock.now() + MINUTE, 20)
    await runDue(options)
    expect(didit.calls).toEqual([])
    clock.pass(MINUTE)
    await runDue(options)
    expect(didit.calls).toHaveLength(1)
  })

  it('works off webhooks that a crash left in the inbox', async () => {
    const { options, store, id, clock, stored, didit } = await setUp('In Progress')
    const eventAt = clock.now() + SECOND
    const text = { id: 'e1', sessionId: id, status: 'In Progress', hash: 'h' }
    await store.receive({ ...text, covered: true, eventAt }, clock.now())
    await runDue(options)
    expect(await stored()).toBe('In Progress')
    expect(await store.openEnvelopes(id, 10)).toEqual([])
    expect(didit.calls).toEqual([])
  })

  it('puts off what it could not ask, and asks when Didit is back', async () => {
    const { rounds, didit, stored } = await setUp('In Progress')
    didit.answer = () => new Response('', { status: 503 })
    await rounds(5 * MINUTE)
    expect(didit.calls.length).toBeLessThan(10)
    didit.answer = (_request, pass) => pass()
    await rounds(5 * MINUTE)
    expect(await stored()).toBe('In Progress')
  })

  it('does not let one session that cannot be asked about hold up the others', async () => {
    const { rounds, didit, start, move, store, id } = await setUp()
    const other = await start()
    await move(other.session.id, 'In Progress')
    didit.answer = (request, pass) =>
      request.url.includes(id) ? new Response('', { status: 500 }) : pass()
    await rounds(5 * MINUTE)
    expect((await store.session(other.session.id))?.status).toBe('In Progress')
  })

  it('does not let one webhook that cannot be worked off hold up the others', async () => {
    const { rounds, didit, start, move, hook, idle, store, id, clock } = await setUp()
    const other = await start()
    await move(other.session.id, 'Declined')
    didit.answer = () => new Response('', { status: 500 })
    await hook({ session_id: id, status: 'Approved' })
    clock.pass(SECOND)
    await hook({ session_id: other.session.id, status: 'Declined' })
    await idle()
    didit.answer = (request, pass) =>
      request.url.includes(id) ? new Response('', { status: 500 }) : pass()
    await rounds(5 * MINUTE)
    expect((await store.session(other.session.id))?.status).toBe('Declined')
    expect(await store.openEnvelopes(id, 10)).toHaveLength(1)
  })

  it('marks what Didit does not know and asks no more', async () => {
    const { rounds, didit, seen, id, token } = await setUp()
    didit.answer = () => Response.json({ detail: 'Not found.' }, { status: 404 })
    await rounds(10 * MINUTE)
    expect(didit.calls).toHaveLength(1)
    expect(await seen(id, token)).toMatchObject({ status: 'Not Started', outcome: 'expired' })
  })

  it('forgets counters of windows that are over', async () => {
    const { options, clock, store } = await setUp()
    const until = clock.now() + MINUTE
    await store.count('x', until)
    await runDue(options)
    expect(await store.count('x', until)).toBe(2)
    clock.pass(MINUTE)
    await runDue(options)
    expect(await store.count('x', until)).toBe(1)
  })
})

describe('the background', () => {
  it('does a round every five seconds until it is stopped', async () => {
    const { options, clock, stored, didit } = await setUp('In Progress')
    const stop = startBackground(options)
    for (let i = 0; i < 4; i++) {
      await until(() => clock.waiting() === 1)
      clock.pass(5 * SECOND)
    }
    await until(async () => (await stored()) === 'In Progress')
    await until(() => clock.waiting() === 1)
    await stop()
    expect(clock.waiting()).toBe(0)
    expect(didit.calls).toHaveLength(1)
  })

  it('goes on after a round that failed', async () => {
    const { options, clock, stored, store, lines } = await setUp('In Progress')
    const { leaseDue } = store
    store.leaseDue = () => Promise.reject(new Error('disk error'))
    const stop = startBackground(options)
    clock.pass(0)
    await until(() => lines.some(({ level }) => level === 'error'))
    store.leaseDue = leaseDue
    for (let i = 0; i < 5; i++) {
      await until(() => clock.waiting() === 1)
      clock.pass(5 * SECOND)
    }
    await until(async () => (await stored()) === 'In Progress')
    await stop()
  })

  it('stops after the question that is under way, not after the batch', async () => {
    const { options, clock, didit, start } = await setUp()
    for (let i = 0; i < 5; i++) await start()
    clock.pass(MINUTE)
    didit.calls.length = 0
    const gate = createGate()
    didit.answer = async (_request, pass) => {
      await gate.opened
      return pass()
    }
    const stop = startBackground(options)
    clock.pass(0)
    await until(() => didit.calls.length === 1)
    const stopped = stop()
    gate.open()
    await stopped
    expect(didit.calls).toHaveLength(1)
  })
})
