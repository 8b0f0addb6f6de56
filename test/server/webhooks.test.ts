import { describe, expect, it } from 'vitest'
import type { Store } from '../../server/store/index.ts'
import { createBff, problem } from '../support/bff.ts'

const HOUR = 60 * 60_000

/** A BFF whose store says what was put on disk, and may be broken. */
async function setUp(options: Parameters<typeof createBff>[0] = {}) {
  const bff = await createBff(options)
  const kept: Parameters<Store['receive']>[0][] = []
  const { receive } = bff.store
  bff.store.receive = async (envelope, now) => {
    const fresh = await receive(envelope, now)
    if (fresh) kept.push(envelope)
    return fresh
  }
  return { ...bff, kept }
}

describe('a webhook', () => {
  it('is on disk before it is answered, without the decision', async () => {
    const { hook, kept, start, didit, store } = await setUp()
    const { session } = await start()
    didit.answer = () => new Promise(() => {})
    const event = { session_id: session.id, status: 'Approved', decision: { name: 'Jane' } }
    expect((await hook({ ...event, event_id: 'e1' })).status).toBe(204)
    const [envelope] = await store.openEnvelopes(session.id, 10)
    expect(envelope).toEqual({
      id: 'e1',
      sessionId: session.id,
      status: 'Approved',
      covered: true,
      eventAt: Date.UTC(2026, 0, 1, 12),
      hash: expect.stringMatching(/^[\da-f]{64}$/),
    })
    expect(kept).toHaveLength(1)
  })

  it('that cannot be stored is not acknowledged, so that Didit sends it again', async () => {
    const { hook, start, store, seen, idle } = await setUp()
    const { session, token } = await start()
    const { receive } = store
    store.receive = () => Promise.reject(new Error('disk full'))
    const event = { session_id: session.id, status: 'In Progress', event_id: 'e1' }
    const created_at = Date.UTC(2026, 0, 1, 12, 1) / 1000
    expect(await problem(await hook({ ...event, created_at }))).toEqual([500, 'internal'])
    store.receive = receive
    expect((await hook({ ...event, created_at })).status).toBe(204)
    await idle()
    expect((await seen(session.id, token)).status).toBe('In Progress')
  })

  it('is taken once, however often it comes', async () => {
    const { hook, kept, start, clock, idle, store } = await setUp()
    const { session } = await start()
    clock.pass(2000)
    const event = { session_id: session.id, status: 'In Progress', event_id: 'e1' }
    for (let i = 0; i < 3; i++) {
      expect((await hook(event)).status).toBe(204)
      clock.pass(60_000)
    }
    await idle()
    expect(kept).toHaveLength(1)
    expect(await store.session(session.id)).toMatchObject({ status: 'In Progress', version: 2 })
  })

  it.each([[undefined], [null], ['']])(
    'with the event id %j is known by its hash',
    async (event_id) => {
      const { hook, kept, start, clock, idle } = await setUp()
      const { session } = await start()
      clock.pass(2000)
      const event = { session_id: session.id, status: 'In Progress', event_id }
      for (const status of ['In Progress', 'In Progress', 'Approved']) {
        expect((await hook({ ...event, status })).status).toBe(204)
      }
      await idle()
      expect(kept.map(({ status }) => status)).toEqual(['In Progress', 'Approved'])
      for (const { id, hash } of kept) expect(id).toBe(hash)
    },
  )

  it('about a session that is not known yet waits for it', async () => {
    const { hook, start, didit, clock } = await setUp()
    didit.answer = async (_request, pass) => {
      const answer = await pass()
      const { session_id } = await answer.clone().json()
      clock.pass(1000)
      expect((await hook({ session_id, status: 'In Progress' })).status).toBe(204)
      return answer
    }
    expect((await start()).session).toMatchObject({ status: 'In Progress', version: 2 })
  })

  it.each([
    [HOUR - 1, 1],
    [HOUR + 1, 0],
  ])('about a session that becomes known after %i ms is applied %i times', async (ms, times) => {
    const { hook, store, clock, options } = await setUp()
    const { runDue } = await import('../../server/reconcile.ts')
    expect((await hook({ session_id: 'late', status: 'In Progress' })).status).toBe(204)
    clock.pass(ms)
    await runDue(options)
    const at = clock.now()
    const text = { id: 'late', subject: 'u', workflow: 'default', status: 'Not Started', url: '' }
    const times_ = { createdAt: at, changedAt: at, eventAt: 0, askedAt: at, checkAt: at + HOUR }
    await store.saveSession({ ...text, ret: 'r', reference: null, ...times_ })
    expect(await store.openEnvelopes('late', 10)).toHaveLength(times)
  })

  it('that only the simple signature covers leads to asking, whatever it says', async () => {
    const { hook, start, move, seen, idle, didit, kept } = await setUp()
    const { session, token } = await start()
    await move(session.id, 'In Review')
    didit.calls.length = 0
    const event = { session_id: session.id, status: 'Approved', created_at: 9_999_999_999 }
    const response = await hook({ ...event, event_id: 'e1' }, { headers: ['X-Signature-Simple'] })
    expect(response.status).toBe(204)
    await idle()
    expect((await seen(session.id, token)).status).toBe('In Review')
    expect(didit.calls).toHaveLength(1)
    expect(kept[0]).toMatchObject({ covered: false })
  })

  it('that only the simple signature covers cannot keep the real event out', async () => {
    const { hook, start, clock, kept, idle } = await setUp()
    const { session } = await start()
    clock.pass(2000)
    const event = { session_id: session.id, event_id: 'e1' }
    await hook({ ...event, status: 'Not Started' }, { headers: ['X-Signature-Simple'] })
    await hook({ ...event, status: 'In Progress' })
    await idle()
    expect(kept).toHaveLength(2)
  })

  it.each([
    { webhook_type: 'data.updated' },
    { webhook_type: 'data.updated', session_id: undefined, status: undefined },
    { webhook_type: 'user.status.updated', session_id: undefined, status: 'BLOCKED' },
    { webhook_type: 'something.new', status: 'Approved' },
  ])('of another type is taken and does nothing: %j', async (event) => {
    const { hook, start, kept, didit } = await setUp()
    const { session } = await start()
    expect((await hook({ session_id: session.id, ...event })).status).toBe(204)
    expect(kept).toEqual([])
    expect(didit.calls).toHaveLength(1)
  })

  it('is believed under each of two secrets while they rotate', async () => {
    const { hook, kept } = await setUp({ webhookSecrets: ['new-secret', 'old-secret'] })
    const event = { session_id: 's', status: 'Approved' }
    expect((await hook(event, { secret: 'old-secret' })).status).toBe(204)
    expect((await hook(event, { secret: 'new-secret' })).status).toBe(204)
    expect(await problem(await hook(event, { secret: 'older' }))).toEqual([
      401,
      'webhook-signature',
    ])
    expect(kept).toHaveLength(2)
  })
})

describe('what is refused is never stored', () => {
  const event = { session_id: 's', status: 'Approved' }
  const rows: [string, object, { headers?: string[]; secret?: string }, number, string][] = [
    ['no signature', event, { headers: [] }, 401, 'webhook-signature'],
    ['a foreign secret', event, { secret: 'guess' }, 401, 'webhook-signature'],
    ['an empty secret', event, { secret: 'x' }, 401, 'webhook-signature'],
    ['another timestamp inside', { ...event, timestamp: 1 }, {}, 401, 'webhook-stale'],
    ['no session', { status: 'Approved' }, {}, 400, 'webhook-invalid'],
    ['no status', { session_id: 's' }, {}, 400, 'webhook-invalid'],
    ['a status that is no text', { ...event, status: 1 }, {}, 400, 'webhook-invalid'],
    ['a time that is no number', { ...event, created_at: 'now' }, {}, 400, 'webhook-invalid'],
    ['more than 2 MiB', { ...event, pad: 'x'.repeat(2 ** 21) }, {}, 413, 'body-too-large'],
  ]
  it.each(rows)('%s', async (_, body, how, status, code) => {
    const { hook, kept } = await setUp()
    expect(await problem(await hook({ ...body }, how))).toEqual([status, code])
    expect(kept).toEqual([])
  })

  it('a replay after five minutes', async () => {
    const { hook, kept, clock } = await setUp()
    const timestamp = Math.floor(clock.now() / 1000)
    clock.pass(301_000)
    const response = await hook({ ...event, timestamp })
    expect(await problem(response)).toEqual([401, 'webhook-stale'])
    expect(kept).toEqual([])
  })

  it.each(['', 'null', '[]', '{', '\u0000'])('a body of %j', async (body) => {
    const { request, kept } = await setUp()
    const headers = { 'x-timestamp': String(Date.UTC(2026, 0, 1, 12) / 1000) }
    const response = await request('/webhooks', { method: 'POST', body, headers })
    expect(await problem(response)).toEqual([401, 'webhook-signature'])
    expect(kept).toEqual([])
  })

  it('anything while no secret is set, even when it is signed with an empty one', async () => {
    const { hook, kept } = await setUp({ webhookSecrets: [] })
    expect(await problem(await hook(event))).toEqual([503, 'webhooks-off'])
    expect(kept).toEqual([])
  })
})

describe('the sandbox and the BFF together', () => {
  it('carry a verification from start to approval by webhooks alone', async () => {
    const { start, move, seen, idle, didit, clock } = await setUp({ webhooks: true })
    const { session, token } = await start()
    for (const status of ['In Progress', 'In Review', 'Approved']) {
      clock.pass(1000)
      await move(session.id, status)
      await idle()
    }
    expect(await seen(session.id, token)).toMatchObject({ outcome: 'approved', version: 4 })
    expect(didit.calls).toEqual(['POST /v3/session/'])
  })
})
