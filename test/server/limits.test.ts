import { describe, expect, it } from 'vitest'
import { createBff, problem } from '../support/bff.ts'

const MINUTE = 60_000
const identify = (request: Request) => request.headers.get('x-user')
const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } })
const refused = [429, 'too-many-requests']

describe('the limit per address', () => {
  it('refuses with the time until the next window, and lets others pass', async () => {
    const { post, clock, didit } = await createBff({ limits: { address: 2 } })
    clock.pass(15_000)
    for (let i = 0; i < 2; i++) expect((await post({}, {}, from('192.0.2.1'))).status).toBe(201)
    const response = await post({}, {}, from('192.0.2.1'))
    expect(response.headers.get('retry-after')).toBe('45')
    expect(await problem(response)).toEqual(refused)
    expect(didit.calls).toHaveLength(2)
    expect((await post({}, {}, from('192.0.2.2'))).status).toBe(201)
    clock.pass(44_999)
    expect((await post({}, {}, from('192.0.2.1'))).status).toBe(429)
    clock.pass(1)
    expect((await post({}, {}, from('192.0.2.1'))).status).toBe(201)
  })

  /** Whether the second of two requests, one allowed, is refused as the same client's. */
  async function share(
    trustedProxies: number,
    [one, two]: [string | undefined, string | undefined],
    [socket, other = socket] = ['192.0.2.1'] as string[],
  ) {
    const { post } = await createBff({ trustedProxies, limits: { address: 1 } })
    const headers = (value?: string): Record<string, string> =>
      value === undefined ? {} : { 'x-forwarded-for': value }
    await post({}, headers(one), from(socket ?? ''))
    return (await post({}, headers(two), from(other ?? ''))).status === 429
  }

  const rows: [string, boolean, Parameters<typeof share>][] = [
    ['a forged header without a proxy', true, [0, ['198.51.100.1', '198.51.100.2']]],
    [
      'a forged part before the proxy',
      true,
      [1, ['6.6.6.1, 198.51.100.1', '6.6.6.2, 198.51.100.1']],
    ],
    [
      'a forged part before two proxies',
      true,
      [2, ['6.6.6.1, 198.51.100.1, 10.0.0.1', '6.6.6.2,198.51.100.1,10.0.0.1']],
    ],
    ['no header behind a proxy', true, [1, [undefined, undefined]]],
    ['nonsense behind a proxy', true, [1, ['unknown', 'x'.repeat(5000)]]],
    ['fewer hops than proxies', true, [2, ['198.51.100.1', '198.51.100.2']]],
    ['ports that a proxy adds', true, [1, ['198.51.100.1:1001', '198.51.100.1:1002']]],
    [
      'two addresses of one /64',
      true,
      [0, [undefined, undefined], ['2001:db8::1', '2001:db8::2:0:0:2']],
    ],
    [
      'both families of one socket',
      true,
      [0, [undefined, undefined], ['192.0.2.1', '::ffff:192.0.2.1']],
    ],
    ['two /64', false, [0, [undefined, undefined], ['2001:db8:0:1::1', '2001:db8:0:2::1']]],
    ['two clients behind a proxy', false, [1, ['198.51.100.1', '198.51.100.2']]],
    ['two clients', false, [0, [undefined, undefined], ['192.0.2.1', '192.0.2.2']]],
  ]
  it.each(rows)('takes %s for one client: %s', async (_, same, given) => {
    expect(await share(...given)).toBe(same)
  })

  it('counts hand-backs too', async () => {
    const { post } = await createBff({ identify, limits: { address: 2 } })
    const user = { 'x-user': 'user-1' }
    expect((await post({}, user, from('192.0.2.1'))).status).toBe(201)
    expect((await post({}, user, from('192.0.2.1'))).status).toBe(200)
    expect((await post({}, user, from('192.0.2.1'))).status).toBe(429)
  })
})

describe('the limit per subject', () => {
  it('counts new sessions of one person in an hour', async () => {
    const { post, start, move, clock, store } = await createBff({
      identify,
      limits: { subject: 2 },
    })
    const user = { 'x-user': 'user-1' }
    for (let i = 0; i < 2; i++) {
      const { session } = await start({}, user)
      await move(session.id, 'Expired')
      clock.pass(5 * MINUTE)
    }
    const response = await post({}, user)
    expect(response.headers.get('retry-after')).toBe(String(50 * 60))
    expect(await problem(response)).toEqual(refused)
    expect((await post({}, { 'x-user': 'user-2' })).status).toBe(201)
    clock.pass(50 * MINUTE)
    await store.dropCounters(clock.now())
    expect((await post({}, user)).status).toBe(201)
  })

  it('does not count hand-backs', async () => {
    const { post } = await createBff({ identify, limits: { subject: 1 } })
    for (let i = 0; i < 5; i++) expect((await post({}, { 'x-user': 'user-1' })).ok).toBe(true)
  })

  it('counts an anonymous visitor by the token', async () => {
    const { start, post, move, clock } = await createBff({ limits: { subject: 1 } })
    const { session, token } = await start()
    await move(session.id, 'Expired')
    clock.pass(MINUTE)
    expect(await problem(await post({}, { 'verify-token': token }))).toEqual(refused)
  })
})

describe('the limit of the whole app', () => {
  it('is the most that can be billed in an hour', async () => {
    const { post, clock, didit } = await createBff({ limits: { app: 3 } })
    const statuses: number[] = []
    for (let i = 0; i < 5; i++) statuses.push((await post()).status)
    expect(statuses).toEqual([201, 201, 201, 429, 429])
    expect(didit.calls).toHaveLength(3)
    clock.pass(60 * MINUTE)
    expect((await post()).status).toBe(201)
  })

  it('holds for many who come at once', async () => {
    const { post, didit } = await createBff({ limits: { app: 3 } })
    const responses = await Promise.all(Array.from({ length: 10 }, () => post()))
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(3)
    expect(didit.calls).toHaveLength(3)
  })

  it('outlives a restart', async () => {
    const one = await createBff({ limits: { app: 1 } })
    await one.start()
    const two = await createBff({ limits: { app: 1 }, store: one.store, clock: one.clock })
    expect(await problem(await two.post())).toEqual(refused)
  })
})

describe('instances over one store', () => {
  async function two(limits: object) {
    const one = await createBff({ identify, limits })
    const options = { identify, limits, store: one.store, clock: one.clock }
    const other = await createBff(options)
    return { one, other, ...one }
  }

  it('share what an address may', async () => {
    const { one, other } = await two({ address: 2 })
    const start = (bff: typeof one, user: string) =>
      bff.post({}, { 'x-user': user }, from('192.0.2.1'))
    expect((await start(one, 'user-1')).status).toBe(201)
    expect((await start(other, 'user-2')).status).toBe(201)
    expect(await problem(await start(one, 'user-3'))).toEqual(refused)
    expect(await problem(await start(other, 'user-4'))).toEqual(refused)
  })

  it('share what a subject may', async () => {
    const { one, other, move, clock } = await two({ subject: 2 })
    const user = { 'x-user': 'user-1' }
    for (const bff of [one, other]) {
      const { session } = await bff.start({}, user)
      await bff.move(session.id, 'Expired')
      await move(session.id, 'Expired').catch(() => {})
      clock.pass(5 * MINUTE)
    }
    expect(await problem(await one.post({}, user))).toEqual(refused)
    expect(await problem(await other.post({}, user))).toEqual(refused)
  })

  it('share what can be billed, however many come to each at once', async () => {
    const { one, other } = await two({ app: 5 })
    const starts = Array.from({ length: 20 }, (_, i) =>
      (i % 2 ? one : other).post({}, { 'x-user': `user-${i}` }),
    )
    const statuses = (await Promise.all(starts)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(5)
    expect(one.didit.calls.length + other.didit.calls.length).toBe(5)
  })
})
