import { describe, expect, it } from 'vitest'
import type { StatusEvent } from '../../server/options.ts'
import { pauseAfter } from '../../server/outbox.ts'
import { runDue, startBackground } from '../../server/reconcile.ts'
import { createBff } from '../support/bff.ts'
import { createGate, until } from '../support/gate.ts'

const SECOND = 1000
const HOUR = 60 * 60 * SECOND
const DAY = 24 * HOUR

/** A BFF whose host writes down what it is told; `fail` says when it refuses. */
async function setUp(options: Parameters<typeof createBff>[0] = {}) {
  const told: StatusEvent[] = []
  const host = { fail: (_event: StatusEvent) => false, tries: 0 }
  const bff = await createBff({
    onStatus(event) {
      host.tries++
      if (host.fail(event)) throw new Error('the host is busy')
      told.push(event)
    },
    ...options,
  })
  const { session, token } = await bff.start({ reference: 'cart 7' })
  /** Moves the session at Didit and says so by a webhook, as it happens. */
  const happens = async (...statuses: string[]) => {
    for (const status of statuses) {
      bff.clock.pass(SECOND)
      await bff.move(session.id, status)
      await bff.hook({ session_id: session.id, status })
      await bff.idle()
    }
  }
  const versions = () => told.map(({ version }) => version)
  const listed = (state: 'dead' | 'waiting' = 'waiting') =>
    bff.store.events({ state, limit: 100, offset: 0 })
  await bff.idle()
  return { ...bff, id: session.id, token, told, host, happens, versions, listed }
}

describe('onStatus', () => {
  it('is told of every change as soon as it is stored', async () => {
    const { told, happens, id, clock, store } = await setUp()
    await happens('In Progress', 'Approved')
    expect(told.map(({ previous, status, version }) => [previous, status, version])).toEqual([
      [null, 'Not Started', 1],
      ['Not Started', 'In Progress', 2],
      ['In Progress', 'Approved', 3],
    ])
    expect(told.at(-1)).toEqual({
      id: `${id}.3`,
      sessionId: id,
      subject: (await store.session(id))?.subject,
      workflow: 'default',
      status: 'Approved',
      previous: 'In Progress',
      outcome: 'approved',
      settled: true,
      version: 3,
      untrustedReference: 'cart 7',
      at: new Date(clock.now()).toISOString(),
    })
  })

  it('is told once of what several sources say at the same time', async () => {
    const { told, hook, idle, move, seen, id, token, clock } = await setUp()
    clock.pass(10 * SECOND)
    await move(id, 'In Progress')
    await Promise.all([
      hook({ session_id: id, status: 'In Progress' }),
      hook({ session_id: id, status: 'In Progress' }),
      seen(id, token),
    ])
    await idle()
    expect(told.map(({ status }) => status)).toEqual(['Not Started', 'In Progress'])
  })

  it('is told when Didit no longer knows a session', async () => {
    const { told, seen, id, token, didit, clock, idle } = await setUp()
    clock.pass(10 * SECOND)
    didit.answer = () => Response.json({ detail: 'Not found.' }, { status: 404 })
    await seen(id, token)
    await idle()
    expect(told.at(-1)).toMatchObject({
      status: 'Not Started',
      previous: 'Not Started',
      outcome: 'expired',
      settled: true,
      version: 2,
    })
  })

  it('that fails is told again after a growing pause', async () => {
    const { host, happens, told, clock, options, versions } = await setUp()
    host.fail = ({ version }) => version === 2
    await happens('In Progress')
    expect(versions()).toEqual([1])
    clock.pass(4 * SECOND)
    await runDue(options)
    expect(host.tries).toBe(2)
    clock.pass(SECOND)
    await runDue(options)
    expect(host.tries).toBe(3)
    clock.pass(14 * SECOND)
    await runDue(options)
    expect(host.tries).toBe(3)
    host.fail = () => false
    clock.pass(SECOND)
    await runDue(options)
    expect(versions()).toEqual([1, 2])
    expect(told.at(-1)?.status).toBe('In Progress')
  })

  it('hears nothing later of a session before what it refused, and all of the others', async () => {
    const { host, happens, start, idle, clock, options, told, id } = await setUp()
    host.fail = ({ sessionId, version }) => sessionId === id && version === 2
    await happens('In Progress', 'Approved')
    const other = await start()
    await idle()
    expect(told.map(({ sessionId, version }) => [sessionId, version])).toEqual([
      [id, 1],
      [other.session.id, 1],
    ])
    host.fail = () => false
    clock.pass(5 * SECOND)
    await runDue(options)
    expect(told.slice(2).map(({ version }) => version)).toEqual([2, 3])
  })

  it('that takes longer than 30 seconds counts as failed', async () => {
    const never = createGate()
    let calls = 0
    const { clock, listed, lines } = await setUp({
      onStatus: () => (calls++ === 0 ? never.opened : undefined),
      waitUntil: () => {},
    })
    await until(() => clock.waiting() > 0 && calls === 1)
    clock.pass(30 * SECOND)
    await until(async () => (await listed())[0]?.error !== null)
    expect(await listed()).toMatchObject([{ attempts: 1, error: 'onStatus took longer than 30 s' }])
    expect(lines).toContainEqual(expect.objectContaining({ message: 'onStatus failed' }))
    never.open()
  })

  it('is told by another process what one that died had taken', async () => {
    const { store, clock, options, host, happens, versions } = await setUp()
    host.fail = () => true
    await happens('In Progress')
    host.fail = () => false
    clock.pass(5 * SECOND)
    // It takes the event and dies.
    expect(await store.leaseEvents(clock.now(), clock.now() + 60 * SECOND, 10)).toHaveLength(1)
    await runDue(options)
    expect(versions()).toEqual([1])
    clock.pass(60 * SECOND)
    await runDue(options)
    expect(versions()).toEqual([1, 2])
  })

  it('is told again when its yes could not be written down', async () => {
    const { store, clock, options, move, id, versions } = await setUp()
    const { endEvent } = store
    store.endEvent = () => Promise.reject(new Error('disk full'))
    await move(id, 'In Progress')
    clock.pass(60 * SECOND)
    await runDue(options).catch(() => {})
    store.endEvent = endEvent
    clock.pass(60 * SECOND)
    await runDue(options)
    expect(versions()).toEqual([1, 2, 2])
  })

  it('is given up after three days, and holds up nothing from then on', async () => {
    const { host, happens, clock, options, listed, versions } = await setUp()
    host.fail = ({ version }) => version === 2
    await happens('In Progress', 'Approved')
    const start = clock.now()
    while ((await listed('dead')).length === 0) {
      clock.pass(HOUR)
      await runDue(options)
    }
    expect(clock.now() - start).toBeGreaterThan(3 * DAY)
    expect(clock.now() - start).toBeLessThan(4 * DAY)
    expect(await listed('dead')).toMatchObject([{ attempts: 20, error: 'the host is busy' }])
    expect(versions()).toEqual([1, 3])
  })

  it('pauses five seconds, then thrice as long each time, six hours at most', () => {
    const pauses = [1, 2, 3, 4, 5, 8, 9, 19].map((tries) => pauseAfter(tries) / SECOND)
    expect(pauses).toEqual([5, 15, 45, 135, 405, 10_935, 21_600, 21_600])
  })

  it('costs nothing where nobody wants to be told', async () => {
    const { start, move, hook, idle, store } = await createBff()
    const { session } = await start()
    await move(session.id, 'In Progress')
    await hook({ session_id: session.id, status: 'In Progress' })
    await idle()
    expect(await store.events({ state: 'waiting', limit: 10, offset: 0 })).toEqual([])
  })

  it('is told by the background what waits, without holding up its rounds', async () => {
    const gate = createGate()
    const { options, clock, store, host, happens, versions, move, id } = await setUp()
    host.fail = () => true
    await happens('In Progress')
    host.fail = () => false
    const { onStatus } = options
    options.onStatus = async (event) => {
      await gate.opened
      return onStatus?.(event)
    }
    await move(id, 'Approved')
    const stop = startBackground(options)
    for (let i = 0; i < 5; i++) {
      // The next round, and the delivery that waits for the host or for its own next round.
      await until(() => clock.waiting() >= 2)
      clock.pass(5 * SECOND)
    }
    await until(async () => (await store.session(id))?.status === 'Approved')
    expect(versions()).toEqual([1])
    gate.open()
    await until(() => versions().length === 3)
    expect(versions()).toEqual([1, 2, 3])
    await stop()
  })

  it('starts no further batch once the process is leaving', async () => {
    const leaving = new AbortController()
    const { happens, versions, options } = await setUp({ signal: leaving.signal })
    leaving.abort()
    await happens('In Progress')
    expect(versions()).toEqual([1])
    await runDue({ ...options, signal: undefined })
    expect(versions()).toEqual([1, 2])
  })
})
