import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { setUp } from './fixture.ts'

const ALL = '/v3/webhook/destinations/'
const HOOK = {
  label: 'Shop',
  url: 'https://shop.example/hook',
  subscribed_events: ['status.updated'],
}

/** A sandbox with nothing but the destination of a test. */
async function withDestination(change: object = {}, options: Parameters<typeof setUp>[0] = {}) {
  const kit = setUp({ webhook: undefined, ...options })
  const { body } = await kit.ask('POST', ALL, { ...HOOK, ...change })
  return { ...kit, made: body, at: `${ALL}${body.uuid}/` }
}

describe('a destination', () => {
  it('has a secret of its own, which its webhooks are signed with', async () => {
    const { at, ask, hooks, made, played, sandbox } = await withDestination()
    expect(made.secret_shared_key).toMatch(/^[\w-]{43}$/)
    await played('approve')
    await sandbox.idle()
    const { raw, headers } = hooks[0] ?? {}
    const hmac = createHmac('sha256', made.secret_shared_key).update(String(raw)).digest('hex')
    expect(headers?.get('x-signature')).toBe(hmac)
    expect((await ask('GET', at)).body).toMatchObject({
      secret_shared_key: made.secret_shared_key,
      summary: { total_deliveries: 2, failed_deliveries: 0, error_rate_percentage: 0 },
    })
    expect((await ask('GET', ALL)).body).toMatchObject([{ deliveries_count: 2 }])
    expect(JSON.stringify((await ask('GET', ALL)).body)).not.toContain(made.secret_shared_key)
  })

  it('is told beside the single one and beside others, each signed for itself', async () => {
    const { ask, hooks, played, sandbox } = setUp()
    await ask('POST', ALL, HOOK)
    await ask('POST', ALL, { ...HOOK, url: 'https://shop.example/2' })
    await played('approve')
    await sandbox.idle()
    expect(hooks).toHaveLength(6)
    expect(new Set(hooks.map(({ headers }) => headers.get('x-signature'))).size).toBe(6)
  })

  it.each([
    ['switched off', { enabled: false }],
    ['told of other things', { subscribed_events: ['data.updated'] }],
    ['told of nothing', { subscribed_events: undefined }],
  ])('hears nothing when it is %s', async (_, change) => {
    const { hooks, played, sandbox } = await withDestination(change)
    await played('approve')
    await sandbox.idle()
    expect(hooks).toEqual([])
  })

  it.each(['v1', 'v2'])('of version %s gets one object for each check', async (version) => {
    const { hooks, played, sandbox } = await withDestination({ webhook_version: version })
    await played('approve')
    await sandbox.idle()
    const decision = hooks.at(-1)?.body.decision
    expect(decision).toMatchObject({ id_verification: { status: 'Approved' }, aml: null })
    expect(decision).not.toHaveProperty('id_verifications')
    expect(decision).not.toHaveProperty('session_kind')
  })

  it('can be changed, which leaves its secret, and deleted', async () => {
    const { at, ask, made } = await withDestination()
    const events = ['data.updated', 'status.updated']
    const wanted = { label: 'New', subscribed_events: events }
    expect((await ask('PATCH', at, wanted)).body).toMatchObject({
      ...wanted,
      url: HOOK.url,
      secret_shared_key: made.secret_shared_key,
    })
    expect((await ask('DELETE', at)).status).toBe(204)
    expect((await ask('GET', at)).status).toBe(404)
    expect((await ask('POST', ALL, HOOK)).status).toBe(201)
  })

  it.each([
    ['http', 'http://shop.example/hook'],
    ['this machine', 'https://localhost/hook'],
    ['a loopback address', 'https://127.0.0.1/hook'],
    ['a neighbour', 'https://192.168.1.7/hook'],
    ['a loopback address of six', 'https://[::1]/hook'],
    ['a mapped address', 'https://[::ffff:10.0.0.1]/hook'],
  ])('cannot be on %s when strict', async (_, url) => {
    const { ask } = setUp({ strict: true })
    const strict = await ask('POST', ALL, { ...HOOK, url })
    expect([strict.status, strict.body]).toEqual([400, { url: ['Enter a public https URL.'] }])
    expect((await setUp().ask('POST', ALL, { ...HOOK, url })).status).toBe(201)
  })

  it.each([
    ['no label', { label: undefined }, { label: ['This field is required.'] }],
    ['no URL', { url: 'shop' }, { url: ['Enter a valid URL.'] }],
    ['a file', { url: 'file:///etc/passwd' }, { url: ['Enter a valid URL.'] }],
    [
      'an unknown version',
      { webhook_version: 'v4' },
      { webhook_version: ['"v4" is not a valid choice.'] },
    ],
    [
      'an event of a prototype',
      { subscribed_events: ['toString'] },
      { subscribed_events: ['Unsupported webhook events: toString'] },
    ],
  ])('cannot have %s', async (_, change, body) => {
    const { ask } = setUp()
    const answer = await ask('POST', ALL, { ...HOOK, ...change })
    expect([answer.status, answer.body]).toEqual([400, body])
  })
})

describe('deliveries', () => {
  it('are on record, each attempt for itself, newest first', async () => {
    let status = 500
    const { at, ask, create, sandbox, send, time } = await withDestination(
      {},
      { hook: () => status },
    )
    const { session_id, session_token } = await create()
    await send('POST', `/session/${session_token}/start`, {})
    await sandbox.idle()
    status = 204
    time.pass(60_000)
    await sandbox.idle()
    const { body } = await ask('GET', `${at}deliveries/`)
    expect(body).toMatchObject({
      count: 2,
      results: [
        { session_id, response_status: 204, status: 'success', webhook_type: 'status.updated' },
        { session_id, response_status: 500, status: 'failed', request_url: HOOK.url },
      ],
    })
    const detail = (await ask('GET', `${at}deliveries/${body.results[0].uuid}/`)).body
    expect(JSON.parse(detail.request_body)).toMatchObject({ session_id, status: 'In Progress' })
    expect(JSON.parse(detail.request_header)).toHaveProperty('X-Signature-V2')
    expect((await ask('GET', `${at}deliveries/?date_from=2026-01-02`)).body.results).toEqual([])
    expect((await ask('GET', `${at}deliveries/${session_id}/`)).status).toBe(404)
  })

  it('can be sent again: the same event, a new time, a new signature', async () => {
    const { at, ask, hooks, played, sandbox, time } = await withDestination()
    await played('approve')
    await sandbox.idle()
    const [last] = (await ask('GET', `${at}deliveries/`)).body.results
    time.pass(60_000)
    const { body } = await ask('POST', `${at}deliveries/${last.uuid}/resend/`)
    expect(body).toMatchObject({ response_status: 204, status: 'success' })
    expect(body.uuid).not.toBe(last.uuid)
    const [first, second] = hooks.slice(-2)
    expect(second?.body.event_id).toBe(first?.body.event_id)
    expect(Number(second?.body.timestamp)).toBe(Number(first?.body.timestamp) + 60)
    expect(second?.headers.get('x-signature')).not.toBe(first?.headers.get('x-signature'))
    expect((await ask('GET', `${at}deliveries/`)).body.count).toBe(3)
  })
})

describe('the single configuration of the older API', () => {
  const SINGLE = '/v3/webhook/'

  it('is empty at first, with a secret ready', async () => {
    const { ask } = setUp({ webhook: undefined })
    expect((await ask('GET', SINGLE)).body).toEqual({
      webhook_url: null,
      webhook_version: 'v3',
      secret_shared_key: expect.stringMatching(/^[\w-]{43}$/),
      capture_method: 'both',
      data_retention_months: null,
    })
  })

  it('is what the controls show, and rotates its secret at once', async () => {
    const { ask, hooks, played, request, sandbox } = setUp({ webhook: undefined })
    const wanted = { webhook_url: 'https://shop.example/old', rotate_secret_key: true }
    const before = (await ask('GET', SINGLE)).body.secret_shared_key
    const { secret_shared_key } = (await ask('PATCH', SINGLE, wanted)).body
    expect(secret_shared_key).not.toBe(before)
    const shown = await (await request('/_sandbox/webhook')).json()
    expect(shown).toEqual({ url: wanted.webhook_url, secret: secret_shared_key })
    await played('approve')
    await sandbox.idle()
    const { raw, headers } = hooks[0] ?? {}
    const hmac = createHmac('sha256', secret_shared_key).update(String(raw)).digest('hex')
    expect(headers?.get('x-signature')).toBe(hmac)
  })

  it.each([
    [{ data_retention_months: 121 }],
    [{ data_retention_months: 0 }],
    [{ capture_method: 'fax' }],
    [{ webhook_url: 'nowhere' }],
    [{ webhook_version: 'v9' }],
  ])('refuses %j', async (body) => {
    const { ask } = setUp()
    expect((await ask('PATCH', SINGLE, body)).status).toBe(400)
  })
})
