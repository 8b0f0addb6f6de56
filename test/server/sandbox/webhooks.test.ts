import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { DAY, MINUTE, SECRET, START, setUp } from './fixture.ts'

describe('webhooks', () => {
  it('tell of the start and of every change', async () => {
    const { create, play, move, told, sandbox } = setUp()
    const { session_id, session_token } = await create()
    await play(session_token, 'review')
    await move(session_id, 'Resubmitted')
    await play(session_token, 'approve')
    await sandbox.idle()
    expect(told()).toEqual(['In Progress', 'In Review', 'Resubmitted', 'Approved'])
  })

  it('look like Didit’s', async () => {
    const { create, play, move, hooks, sandbox } = setUp()
    const { session_id, session_token } = await create({ vendor_data: 'u', metadata: { a: 1 } })
    await play(session_token, 'review')
    await move(session_id, 'Resubmitted')
    await sandbox.idle()
    const [started, reviewed, again] = hooks.map(({ body }) => body)
    expect(started).toEqual({
      event_id: expect.stringMatching(/^[\da-f-]{36}$/),
      webhook_type: 'status.updated',
      timestamp: START / 1000,
      created_at: START / 1000,
      application_id: expect.any(String),
      environment: 'sandbox',
      sandbox_scenario: null,
      session_id,
      status: 'In Progress',
      workflow_id: DEFAULT_WORKFLOW,
      workflow_version: 1,
      vendor_data: 'u',
      metadata: { a: 1 },
    })
    expect(reviewed).toMatchObject({ decision: { status: 'In Review', session_id } })
    expect(again).not.toHaveProperty('decision')
    expect(again).toMatchObject({
      resubmit_info: {
        nodes_to_resubmit: [{ node_id: 'feature_face_match_1', feature: 'FACE_MATCH' }],
      },
    })
  })

  it('are sorted ASCII, signed over those bytes', async () => {
    const { create, play, hooks, sandbox } = setUp()
    const { session_token } = await create({ metadata: { z: 'ü😀', 10: 1, 9: 2 } })
    await play(session_token, 'approve')
    await sandbox.idle()
    const { raw, headers } = hooks[0] ?? {}
    expect(raw).toContain(String.raw`"metadata":{"10":1,"9":2,"z":"\u00fc\ud83d\ude00"}`)
    expect(raw).toMatch(/^\{"application_id":/)
    const hmac = createHmac('sha256', SECRET).update(String(raw)).digest('hex')
    expect(headers?.get('x-signature')).toBe(hmac)
    expect(headers?.get('x-timestamp')).toBe(String(START / 1000))
    expect(headers?.get('user-agent')).toBe('DiditWebhook/2.0 +https://didit.me')
  })

  it.each([500, 503, 404])(
    'come again after a minute and four more when the answer is %i',
    async (status) => {
      const { create, send, hooks, sandbox, time } = setUp({ hook: () => status })
      const { session_token } = await create()
      await send('POST', `/session/${session_token}/start`, {})
      await sandbox.idle()
      for (const [wait, attempts] of [
        [MINUTE - 1, 1],
        [1, 2],
        [4 * MINUTE - 1, 2],
        [1, 3],
        [DAY, 3],
      ] as const) {
        time.pass(wait)
        await sandbox.idle()
        expect(hooks).toHaveLength(attempts)
      }
      expect(new Set(hooks.map(({ body }) => body.event_id)).size).toBe(1)
      expect(new Set(hooks.map(({ body }) => body.created_at)).size).toBe(1)
      expect(hooks.map(({ body }) => Number(body.timestamp) - START / 1000)).toEqual([0, 60, 300])
      expect(new Set(hooks.map(({ headers }) => headers.get('x-signature'))).size).toBe(3)
    },
  )

  it.each([200, 204, 301, 400, 401, 422])(
    'do not come again when the answer is %i',
    async (status) => {
      const { create, send, hooks, sandbox, time } = setUp({ hook: () => status })
      await send('POST', `/session/${(await create()).session_token}/start`, {})
      await sandbox.idle()
      time.pass(DAY)
      await sandbox.idle()
      expect(hooks).toHaveLength(1)
    },
  )

  it('come again when nobody is there, and are on record', async () => {
    let up = false
    const hook = () => (up ? 204 : new TypeError('refused'))
    const { create, send, request, sandbox, time } = setUp({ hook })
    await send('POST', `/session/${(await create()).session_token}/start`, {})
    await sandbox.idle()
    up = true
    time.pass(MINUTE)
    await sandbox.idle()
    const deliveries = await (await request('/_sandbox/deliveries')).json()
    expect(deliveries).toMatchObject([
      { attempt: 1, answer: null, error: 'connection', retry: true },
      { attempt: 2, answer: { status: 204 }, error: null, retry: false, status: 'In Progress' },
    ])
    expect(deliveries[1].headers['X-Signature-V2']).toMatch(/^[\da-f]{64}$/)
    expect(JSON.parse(deliveries[1].body).timestamp).toBe(START / 1000 + 60)
    expect(JSON.stringify(deliveries)).not.toContain(SECRET)
  })

  it('wait five seconds for an answer', async () => {
    let called = () => {}
    const calling = new Promise<void>((resolve) => {
      called = resolve
    })
    const hook = () => {
      called()
      return new Promise<number>(() => {})
    }
    const { create, send, request, sandbox, time } = setUp({ hook })
    await send('POST', `/session/${(await create()).session_token}/start`, {})
    await calling
    time.pass(5_000)
    await sandbox.idle()
    const deliveries = await (await request('/_sandbox/deliveries')).json()
    expect(deliveries).toMatchObject([{ error: 'timeout', ms: 5_000, retry: true }])
  })

  it.each([
    [{ drop: true }, []],
    [{ drop: 1 }, ['Approved']],
    [{ duplicate: true }, ['In Progress', 'In Progress', 'Approved', 'Approved']],
    [{ duplicate: 1 }, ['In Progress', 'In Progress', 'Approved']],
    [{ reorder: true }, ['Approved', 'In Progress']],
  ])('go wrong as %j says', async (fault, expected) => {
    const { create, play, send, told, sandbox } = setUp()
    expect((await send('PUT', '/_sandbox/faults', fault)).status).toBe(200)
    await play((await create()).session_token, 'approve')
    await sandbox.idle()
    expect(told()).toEqual(expected)
  })

  it('do not wait for ever to be out of order', async () => {
    const { create, send, told, sandbox, time } = setUp()
    await send('PUT', '/_sandbox/faults', { reorder: true })
    await send('POST', `/session/${(await create()).session_token}/start`, {})
    time.pass(5_000)
    await sandbox.idle()
    expect(told()).toEqual(['In Progress'])
  })

  it('come late, and still in order', async () => {
    const { create, play, send, told, sandbox, time } = setUp()
    await send('PUT', '/_sandbox/faults', { webhooks: true, delayMs: 1_000 })
    await play((await create()).session_token, 'approve')
    expect(told()).toEqual([])
    for (const expected of [['In Progress'], ['In Progress', 'Approved']]) {
      time.pass(1_000)
      await sandbox.idle()
      expect(told()).toEqual(expected)
    }
  })

  it('stop with the sandbox', async () => {
    const { create, send, hooks, sandbox, time } = setUp({ hook: () => 500 })
    await send('POST', `/session/${(await create()).session_token}/start`, {})
    await sandbox.idle()
    sandbox.close()
    time.pass(DAY)
    await sandbox.idle()
    expect(hooks).toHaveLength(1)
  })
})
