import { decodeJwt, decodeProtectedHeader, type JSONWebKeySet } from 'jose'
import { describe, expect, it } from 'vitest'
import { STATUSES } from '../../server/contract.ts'
import { rotateReceiptKeys } from '../../server/keyring.ts'
import { openStore, type Store } from '../../server/store/index.ts'
import { type ReceiptExpectations, verifyReceipt } from '../../server/verify-receipt.ts'
import { createBff, PAGE, PUBLIC_URL } from '../support/bff.ts'
import { createClock } from '../support/clock.ts'
import { readEvents } from '../support/events.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
const identify = (request: Request) => request.headers.get('x-user')

type Bff = Awaited<ReturnType<typeof createBff>>

/** A visitor whose stored session has a status, by whatever way it came there. */
async function createVisitor(bff: Bff, status = 'Approved', headers: Record<string, string> = {}) {
  const { store, clock, request, start } = bff
  const { session, token } = await start({}, headers)
  const { id } = session

  const read = (more: Record<string, string> = { origin: PAGE }) =>
    request(`/sessions/${id}`, { headers: { 'verify-token': token, ...more } })

  async function change(next: string) {
    const now = clock.now()
    const { version = 0 } = (await store.session(id)) ?? {}
    await store.changeStatus(id, version, { status: next, eventAt: now, checkAt: now + HOUR, now })
  }

  await change(status)
  return {
    id,
    token,
    read,
    change,
    receipt: async (more?: Record<string, string>) => (await (await read(more)).json()).receipt,
  }
}

async function publicKeys({ request }: Bff): Promise<JSONWebKeySet> {
  return (await request('/receipt-keys')).json()
}

/** What a host's server makes of a receipt: whom it is about, or why it refuses. */
async function judge(bff: Bff, receipt: unknown, audience = PAGE): Promise<string> {
  const expected: ReceiptExpectations = {
    keys: await publicKeys(bff),
    audience,
    workflow: 'default',
    consume: () => true,
    now: bff.clock.now,
  }
  return verifyReceipt(receipt, expected).then(
    ({ sub }) => sub,
    (error) => error.code ?? error,
  )
}

const kidOf = (receipt: string) => decodeProtectedHeader(receipt).kid

const kids = async (bff: Bff) => (await publicKeys(bff)).keys.map(({ kid }) => kid)

describe('a receipt', () => {
  it('says who is verified, for whom, by what and how long', async () => {
    const bff = await createBff({ identify })
    const { id, receipt } = await createVisitor(bff, 'Approved', { 'x-user': 'user-1' })
    const given = await receipt()
    const iat = bff.clock.now() / 1000
    expect(decodeJwt(given)).toEqual({
      iss: PUBLIC_URL,
      aud: PAGE,
      sid: id,
      sub: 'user-1',
      wf: 'default',
      jti: id,
      iat,
      exp: iat + 24 * 60 * 60,
    })
    expect(await judge(bff, given)).toBe('user-1')
  })

  it.each([
    ...Object.keys(STATUSES).filter((status) => status !== 'Approved'),
    'Approved Later',
    'approved',
    'toString',
  ])('is not given for %s', async (status) => {
    const bff = await createBff()
    const { id, token, read } = await createVisitor(bff, status)
    const bearer = { 'verify-token': token, origin: PAGE }
    const events = readEvents(await bff.request(`/sessions/${id}/events`, { headers: bearer }))
    const texts = [
      await (await read()).text(),
      await (await bff.request('/sessions/current', { headers: bearer })).text(),
      await (await bff.post({}, bearer)).text(),
      await events.next(),
    ]
    await events.abort()
    for (const text of texts) {
      expect(text).toContain('"status"')
      expect(text).not.toContain('receipt')
    }
  })

  it('is not given for an approval once it is revoked, and again when it is restored', async () => {
    const bff = await createBff()
    const { change, receipt } = await createVisitor(bff)
    expect(await receipt()).toBeTypeOf('string')
    await change('Declined')
    expect(await receipt()).toBeUndefined()
    await change('Approved')
    expect(await receipt()).toBeTypeOf('string')
  })

  it('is not given for a session that Didit does not know any more', async () => {
    const bff = await createBff()
    const { id, receipt } = await createVisitor(bff)
    const { version = 0 } = (await bff.store.session(id)) ?? {}
    const now = bff.clock.now()
    await bff.store.markMissing(id, version, { now, checkAt: now })
    expect(await receipt()).toBeUndefined()
  })

  it('is not given to who may not read the session', async () => {
    const bff = await createBff()
    const { id } = await createVisitor(bff)
    const stranger = await bff.start()
    for (const token of ['', 'forged', stranger.token]) {
      const headers = { 'verify-token': token }
      const response = await bff.request(`/sessions/${id}`, { headers })
      expect([response.status, await response.text()]).toEqual([404, expect.not.stringMatching(id)])
    }
  })

  it('comes with every way to hear of an approval', async () => {
    const bff = await createBff({ identify })
    const headers = { origin: PAGE, 'x-user': 'user-1' }
    const { id, token } = await createVisitor(bff, 'In Progress', headers)
    const bearer = { ...headers, 'verify-token': token }
    const events = readEvents(await bff.request(`/sessions/${id}/events`, { headers: bearer }))
    await events.next()
    await bff.move(id, 'Approved')
    await bff.hook({ session_id: id, status: 'Approved' })
    const data = /^data: (.*)$/m.exec((await events.next()) ?? '')?.[1]
    for (const { session, receipt } of [
      JSON.parse(data ?? '{}'),
      await (await bff.request(`/sessions/${id}`, { headers: bearer })).json(),
      await (await bff.request('/sessions/current', { headers })).json(),
    ]) {
      expect(session).toMatchObject({ id, outcome: 'approved' })
      expect(await judge(bff, receipt)).toBe('user-1')
    }
  })

  it('comes with a start that finds the visitor approved', async () => {
    const bff = await createBff()
    const { session, token } = await bff.start()
    await bff.move(session.id, 'Approved')
    bff.clock.pass(60_000)
    const response = await bff.post({}, { 'verify-token': token })
    expect(await judge(bff, (await response.json()).receipt)).toMatch(/^anon_/)
  })

  it('is for the page that asks, or for the own origin of the backend', async () => {
    const other = 'https://www.shop.example'
    const bff = await createBff({ allowedOrigins: [PAGE, other] })
    const { receipt } = await createVisitor(bff)
    expect(await judge(bff, await receipt({ origin: PAGE }))).toMatch(/^anon_/)
    expect(await judge(bff, await receipt({ origin: other }))).toBe('receipt-audience')
    expect(await judge(bff, await receipt({ origin: other }), other)).toMatch(/^anon_/)
    expect(await judge(bff, await receipt({}), new URL(PUBLIC_URL).origin)).toMatch(/^anon_/)
  })

  it('is renewed by a read and names the same approval', async () => {
    const bff = await createBff()
    const { receipt } = await createVisitor(bff)
    const first = await receipt()
    bff.clock.pass(23 * HOUR)
    const second = await receipt()
    bff.clock.pass(2 * HOUR)
    expect(await judge(bff, first)).toBe('receipt-expired')
    expect(await judge(bff, second)).toMatch(/^anon_/)
    expect(decodeJwt(second).jti).toBe(decodeJwt(first).jti)
  })

  it('is fresh for a reader who has the answer already', async () => {
    const bff = await createBff()
    const { read } = await createVisitor(bff)
    const first = await read()
    const headers = { origin: PAGE, 'if-none-match': first.headers.get('etag') ?? '' }
    bff.clock.pass(25 * HOUR)
    const second = await read(headers)
    expect(second.status).toBe(200)
    expect(await judge(bff, (await first.json()).receipt)).toBe('receipt-expired')
    expect(await judge(bff, (await second.json()).receipt)).toMatch(/^anon_/)
  })
})

describe('the public keys', () => {
  it('are public only, to be kept for a while, and for no page of another origin', async () => {
    const { request } = await createBff()
    const response = await request('/receipt-keys', { headers: { origin: PAGE } })
    expect(response.headers.get('content-type')).toBe('application/jwk-set+json')
    expect(response.headers.get('cache-control')).toBe('public, max-age=600')
    expect([...response.headers.keys()].filter((name) => /^(access-|vary)/.test(name))).toEqual([])
    const { keys } = await response.json()
    const text = expect.stringMatching(/^[\w-]{43}$/)
    expect(keys).toEqual([
      { kid: text, kty: 'EC', crv: 'P-256', x: text, y: text, alg: 'ES256', use: 'sig' },
    ])
    const known = { 'if-none-match': response.headers.get('etag') ?? '' }
    expect((await request('/receipt-keys', { headers: known })).status).toBe(304)
  })

  it('are the same in every process and after a restart', async () => {
    const store = await openStore('file::memory:')
    const [one, two] = await Promise.all([createBff({ store }), createBff({ store })])
    const sets = await Promise.all([publicKeys(one), publicKeys(two)])
    expect(sets[0]).toEqual(sets[1])
    const { receipt } = await createVisitor(one)
    const restarted = await createBff({ store })
    expect(await judge(restarted, await receipt())).toMatch(/^anon_/)
  })

  it('have private halves that are of no use to who has the database alone', async () => {
    const store = await openStore('file::memory:')
    const written = spy(store)
    const bff = await createBff({ store, secret: 'a secret of thirty-two characters' })
    const { receipt } = await createVisitor(bff)
    expect(await judge(bff, await receipt())).toMatch(/^anon_/)
    expect(written.filter(([name]) => name === 'receipt keys')).not.toEqual([])
    expect(written.find(([name]) => name === 'secret')).toBeUndefined()
    expect(JSON.stringify(written)).not.toContain('P-256')
  })

  it('outlive the replacement of a secret', async () => {
    const store = await openStore('file::memory:')
    const [old = '', fresh = ''] = ['a', 'b'].map((letter) => letter.repeat(32))
    const before = await kids(await createBff({ store, secret: old }))
    expect(await kids(await createBff({ store, secret: [fresh, old] }))).toEqual(before)
    expect(await kids(await createBff({ store, secret: fresh }))).toEqual(before)
  })

  it('are made anew, with a warning, where the secret is another', async () => {
    const store = await openStore('file::memory:')
    const [old = '', fresh = ''] = ['a', 'b'].map((letter) => letter.repeat(32))
    const before = await kids(await createBff({ store, secret: old }))
    const bff = await createBff({ store, secret: fresh })
    const after = await kids(bff)
    expect(after).toHaveLength(1)
    expect(after).not.toEqual(before)
    expect(bff.lines).toContainEqual({
      level: 'warn',
      data: {},
      message: expect.stringContaining('sealed with an unknown secret'),
    })
    expect(await kids(await createBff({ store, secret: fresh }))).toEqual(after)
  })
})

/** Every setting that is written from now on. */
function spy(store: Store): (string | undefined)[][] {
  const written: string[][] = []
  for (const name of ['settingOr', 'changeSetting'] as const) {
    const write = store[name] as (...values: string[]) => Promise<never>
    Object.assign(store, {
      [name](...values: string[]) {
        written.push(values)
        return write(...values)
      },
    })
  }
  return written
}

describe('the key that signs', () => {
  it('is replaced in time, public an hour before it signs', async () => {
    const bff = await createBff({ receiptKeyDays: 10 })
    const { receipt } = await createVisitor(bff)
    const [first] = await kids(bff)
    bff.clock.pass(10 * DAY - HOUR)
    const [, second] = await kids(bff)
    expect(second).toBeTypeOf('string')
    expect(kidOf(await receipt())).toBe(first)
    bff.clock.pass(HOUR - 1)
    expect(kidOf(await receipt())).toBe(first)
    bff.clock.pass(1)
    expect(kidOf(await receipt())).toBe(second)
  })

  it('stays public until its last receipt has expired', async () => {
    const bff = await createBff({ receiptKeyDays: 10 })
    const { receipt } = await createVisitor(bff)
    const [first] = await kids(bff)
    bff.clock.pass(10 * DAY - HOUR)
    await kids(bff)
    bff.clock.pass(HOUR - 1)
    const last = await receipt()
    expect(kidOf(last)).toBe(first)
    bff.clock.pass(DAY)
    expect(await judge(bff, last)).toMatch(/^anon_/)
    bff.clock.pass(HOUR)
    expect(await kids(bff)).toContain(first)
    bff.clock.pass(1)
    expect(await kids(bff)).not.toContain(first)
  })

  it('is replaced once, whichever processes notice', async () => {
    const store = await openStore('file::memory:')
    const clock = createClock()
    const processes = await Promise.all([1, 2, 3].map(() => createBff({ store, clock })))
    await Promise.all(processes.map(publicKeys))
    clock.pass(90 * DAY)
    const sets = await Promise.all(processes.map(kids))
    expect(sets[0]).toHaveLength(2)
    expect(sets[1]).toEqual(sets[0])
    expect(sets[2]).toEqual(sets[0])
  })

  it('is replaced again and again, with no more public than needed', async () => {
    const bff = await createBff({ receiptKeyDays: 2 })
    const { receipt } = await createVisitor(bff)
    for (let hours = 0; hours < 24 * 20; hours += 6) {
      expect(await judge(bff, await receipt())).toMatch(/^anon_/)
      expect((await kids(bff)).length).toBeLessThanOrEqual(3)
      bff.clock.pass(6 * HOUR)
    }
  })

  it('is never replaced where the host wants that', async () => {
    const bff = await createBff({ receiptKeyDays: Number.POSITIVE_INFINITY })
    const before = await kids(bff)
    bff.clock.pass(10_000 * DAY)
    expect(await kids(bff)).toEqual(before)
  })

  it('is replaced by hand with nothing broken', async () => {
    const bff = await createBff()
    const { receipt } = await createVisitor(bff)
    const before = await receipt()
    await rotateReceiptKeys(bff.options)
    // A process that runs notices within a minute.
    bff.clock.pass(60_000)
    expect(kidOf(await receipt())).toBe(kidOf(before))
    bff.clock.pass(HOUR)
    const after = await receipt()
    expect(kidOf(after)).not.toBe(kidOf(before))
    expect(await judge(bff, before)).toMatch(/^anon_/)
    expect(await judge(bff, after)).toMatch(/^anon_/)
  })

  it('is replaced at once when it may have leaked, and its receipts are worthless', async () => {
    const bff = await createBff()
    const { receipt } = await createVisitor(bff)
    const before = await receipt()
    await rotateReceiptKeys(bff.options, { revoke: true })
    bff.clock.pass(60_000)
    expect(await kids(bff)).toHaveLength(1)
    expect(await judge(bff, before)).toBe('receipt-key')
    expect(await judge(bff, await receipt())).toMatch(/^anon_/)
  })

  it('is revoked also while another process replaces it', async () => {
    const bff = await createBff()
    const [first] = await kids(bff)
    await Promise.all([
      rotateReceiptKeys(bff.options),
      rotateReceiptKeys(bff.options, { revoke: true }),
      rotateReceiptKeys(bff.options),
    ])
    bff.clock.pass(60_000)
    expect(await kids(bff)).not.toContain(first)
  })

  it('signs also on a clock that is behind', async () => {
    const store = await openStore('file::memory:')
    await kids(await createBff({ store }))
    const behind = await createBff({ store, clock: createClock(Date.UTC(2025, 11, 31)) })
    const { receipt } = await createVisitor(behind)
    expect(await judge(behind, await receipt())).toMatch(/^anon_/)
  })

  it.each([0, -1, 0.5, Number.NaN])('cannot be replaced every %d days', async (receiptKeyDays) => {
    await expect(createBff({ receiptKeyDays })).rejects.toThrow('at least 1')
  })
})
