import { describe, expect, it } from 'vitest'
import { createOperatorApp } from '../../server/operator.ts'
import type { StatusEvent } from '../../server/options.ts'
import { runDue } from '../../server/reconcile.ts'
import { createBff } from '../support/bff.ts'

const TOKEN = 'anna-token-of-thirty-two-characters'

/** A host that could not be told of a session's start, and was given up. */
async function setUp() {
  const told: StatusEvent[] = []
  let busy = true
  const bff = await createBff({
    onStatus(event) {
      if (busy) throw new Error('the host is busy')
      told.push(event)
    },
  })
  const app = createOperatorApp({ ...bff.options, operators: { anna: TOKEN } })
  const call = async (method: string, path: string, token = TOKEN) => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await app.request(path, { method, headers })
    return { status: response.status, body: await response.json() }
  }
  const { session } = await bff.start({ reference: 'cart 7' })
  await bff.idle()
  const giveUp = async () => {
    for (const { id } of await bff.store.events({ state: 'waiting', limit: 10, offset: 0 })) {
      await bff.store.endEvent(id, { result: 'dead', error: 'busy', now: bff.clock.now() })
    }
  }
  const recover = () => {
    busy = false
  }
  return { ...bff, call, giveUp, recover, told, id: session.id }
}

describe('an operator', () => {
  it('sees what could not be told, and what waits', async () => {
    const { call, giveUp, id, clock } = await setUp()
    expect((await call('GET', '/outbox')).body).toEqual({ results: [] })
    const waiting = (await call('GET', '/outbox?state=waiting')).body.results
    expect(waiting).toMatchObject([{ id: `${id}.1`, error: 'the host is busy', attempts: 1 }])
    await giveUp()
    expect((await call('GET', '/outbox')).body.results).toEqual([
      {
        id: `${id}.1`,
        sessionId: id,
        version: 1,
        event: expect.objectContaining({ status: 'Not Started', untrustedReference: 'cart 7' }),
        attempts: 1,
        createdAt: clock.now(),
        dueAt: clock.now() + 5000,
        endedAt: clock.now(),
        result: 'dead',
        error: 'busy',
      },
    ])
  })

  it('has one event told again, and the audit log knows it', async () => {
    const { call, giveUp, recover, id, told, options, didit } = await setUp()
    await giveUp()
    recover()
    didit.calls.length = 0
    const answer = await call('POST', `/outbox/${id}.1/replay`)
    expect(answer).toEqual({ status: 200, body: { replayed: 1 } })
    await runDue(options)
    expect(told).toMatchObject([{ id: `${id}.1` }])
    // The session does not move by it, so Didit is not asked.
    expect(didit.calls).toEqual([])
    expect((await call('GET', `/audit?session=${id}`)).body.results).toMatchObject([
      { operator: 'anna', action: `replay event ${id}.1`, result: 'done' },
    ])
  })

  it('has all of them told again', async () => {
    const { call, giveUp, recover, start, told, options, idle } = await setUp()
    await start()
    await idle()
    await giveUp()
    recover()
    expect((await call('POST', '/outbox/replay')).body).toEqual({ replayed: 2 })
    await runDue(options)
    expect(told).toHaveLength(2)
    expect((await call('POST', '/outbox/replay')).body).toEqual({ replayed: 0 })
  })

  it('cannot replay what was delivered, what waits or what is not there', async () => {
    const { call, recover, id, options, clock, told } = await setUp()
    expect((await call('POST', `/outbox/${id}.1/replay`)).status).toBe(404)
    recover()
    clock.pass(5000)
    await runDue(options)
    expect(told).toHaveLength(1)
    expect((await call('POST', `/outbox/${id}.1/replay`)).status).toBe(404)
    expect((await call('POST', '/outbox/nothing/replay')).status).toBe(404)
    expect((await call('GET', '/audit')).body.results).toEqual([])
  })

  it.each(['state=all', 'limit=0', 'limit=201', 'offset=-1'])(
    'may not ask for %s',
    async (query) => {
      const { call } = await setUp()
      expect(await call('GET', `/outbox?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'invalid-body' },
      })
    },
  )

  it('is who has the token', async () => {
    const { call } = await setUp()
    expect((await call('GET', '/outbox', 'x'.repeat(32))).status).toBe(401)
  })
})
