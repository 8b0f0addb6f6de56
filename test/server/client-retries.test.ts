import { describe, expect, it } from 'vitest'
import { createBudget } from '../../server/didit/budget.ts'
import type { Didit } from '../../server/didit/client.ts'
import { type Answer, createStub, UUID } from '../support/didit-stub.ts'

const CREATE = { workflow_id: UUID }
const ours = { ...CREATE, vendor_data: 'user-1' }
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ok: Answer = { body: { status: 'Approved' } }
const network = new TypeError('fetch failed')

/** Seconds at which requests went out, the first one being 0. */
function times(sent: { at: number }[]): number[] {
  return sent.map(({ at }) => (at - (sent[0]?.at ?? 0)) / 1000)
}

describe('what is repeated', () => {
  it.each<[string, (d: Didit) => Promise<unknown>, Answer]>([
    ['reading after 429', (d) => d.billing.balance(), { status: 429 }],
    ['reading after 500', (d) => d.billing.balance(), { status: 500 }],
    ['reading after 502', (d) => d.workflows.list(), { status: 502 }],
    ['reading after 503', (d) => d.sessions.decision(UUID), { status: 503 }],
    ['reading after a network error', (d) => d.billing.balance(), network],
    ['reading after an answer that cannot be read', (d) => d.billing.balance(), { body: 'no' }],
    ['the report after 503', (d) => d.sessions.pdf(UUID), { status: 503 }],
    ['creating with vendor_data after 502', (d) => d.sessions.create(ours), { status: 502 }],
    ['creating with vendor_data after a network error', (d) => d.sessions.create(ours), network],
    ['deleting after 503', (d) => d.sessions.delete(UUID), { status: 503 }],
    ['deleting a workflow after 503', (d) => d.workflows.delete(UUID), { status: 503 }],
  ])('%s', async (_, call, answer) => {
    const { didit, sent, clock } = createStub({}, answer, ok)
    const result = call(didit)
    await clock.pass(HOUR)
    await result
    expect(times(sent)).toEqual([0, 5])
  })

  it.each<[string, (d: Didit) => Promise<unknown>, Answer]>([
    ['reading after 400', (d) => d.billing.balance(), { status: 400 }],
    ['reading after 401', (d) => d.billing.balance(), { status: 401 }],
    ['reading after 404', (d) => d.sessions.decision(UUID), { status: 404 }],
    ['creating without vendor_data after 503', (d) => d.sessions.create(CREATE), { status: 503 }],
    ['creating without vendor_data after silence', (d) => d.sessions.create(CREATE), network],
    [
      'creating with an empty vendor_data',
      (d) => d.sessions.create({ ...CREATE, vendor_data: '' }),
      { status: 503 },
    ],
    ['deleting after 500', (d) => d.sessions.delete(UUID), { status: 500 }],
    ['deleting after a network error', (d) => d.sessions.delete(UUID), network],
    ['approving after 503', (d) => d.sessions.approve(UUID), { status: 503 }],
    [
      'deleting many after 503',
      (d) => d.sessions.deleteMany({ delete_all: true }),
      { status: 503 },
    ],
    ['topping up after 429', (d) => d.billing.topUp({ amount_in_dollars: 50 }), { status: 429 }],
    [
      'creating a workflow after 500',
      (d) => d.workflows.create({ features: [{ feature: 'OCR' }] }),
      { status: 500 },
    ],
    ['resending after 503', (d) => d.webhooks.resend(UUID, UUID), { status: 503 }],
  ])('not: %s', async (_, call, answer) => {
    const { didit, sent, clock } = createStub({}, answer, ok)
    const result = call(didit).catch(() => 'refused')
    await clock.pass(HOUR)
    expect(await result).toBe('refused')
    expect(sent).toHaveLength(1)
  })

  it('takes a 404 for a repeated delete as done', async () => {
    const { didit, clock } = createStub({}, { status: 503 }, { status: 404, body: {} })
    const result = didit.sessions.delete(UUID)
    await clock.pass(HOUR)
    await expect(result).resolves.toBeNull()
  })

  it('takes a 404 for the first delete as what it is', async () => {
    const { didit } = createStub({}, { status: 404, body: { detail: 'Not found.' } })
    await expect(didit.sessions.delete(UUID)).rejects.toMatchObject({ status: 404 })
  })
})

describe('between two tries', () => {
  it('waits 5, 10, 20, 40 and 40 seconds where Didit names no time', async () => {
    const { didit, sent, clock } = createStub({ retries: 5, patience: HOUR }, { status: 503 })
    const result = didit.billing.balance().catch((error: Error) => error)
    await clock.pass(HOUR)
    expect(times(sent)).toEqual([0, 5, 15, 35, 75, 115])
    expect(await result).toMatchObject({ status: 503 })
  })

  it('waits as long as Didit asks for, once', async () => {
    const busy = { status: 429, headers: { 'retry-after': '17' } }
    const { didit, sent, clock } = createStub({}, busy, ok)
    const result = didit.billing.balance()
    await clock.pass(HOUR)
    await result
    expect(times(sent)).toEqual([0, 17])
  })

  it('repeats twice, unless told otherwise', async () => {
    for (const [retries, sum] of [
      [undefined, 3],
      [0, 1],
      [1, 2],
    ] as const) {
      const { didit, sent, clock } = createStub({ retries }, { status: 503 })
      void didit.billing.balance().catch(() => {})
      await clock.pass(HOUR)
      expect(sent).toHaveLength(sum)
    }
  })

  it('lets the call overrule the client', async () => {
    const { didit, sent, clock } = createStub({ retries: 5 }, { status: 503 })
    await expect(didit.billing.balance({ retries: 0 })).rejects.toMatchObject({ status: 503 })
    await clock.pass(HOUR)
    expect(sent).toHaveLength(1)
  })

  it('does not begin to wait longer than its patience, and says for how long', async () => {
    const busy = { status: 429, headers: { 'retry-after': '86400' } }
    const { didit, sent, clock } = createStub({}, busy)
    await expect(didit.billing.balance()).rejects.toMatchObject({ status: 429, retryAfter: 86400 })
    expect(clock.pending()).toBe(0)
    expect(sent).toHaveLength(1)
  })

  it('stops waiting when the caller does', async () => {
    const { didit, sent, clock } = createStub({}, { status: 503 })
    const controller = new AbortController()
    const result = didit.billing.balance({ signal: controller.signal }).catch((why) => why)
    await clock.pass(1_000)
    controller.abort('enough')
    expect(await result).toBe('enough')
    expect(clock.pending()).toBe(0)
    expect(sent).toHaveLength(1)
  })
})

describe('the budget', () => {
  it.each<[string, number, (d: Didit) => Promise<unknown>]>([
    ['creating', 600, (d) => d.sessions.create(CREATE)],
    ['reading', 600, (d) => d.billing.balance()],
    ['writing', 300, (d) => d.sessions.approve(UUID)],
    ['reports', 50, (d) => d.sessions.pdf(UUID)],
  ])('for %s is %i a minute', async (_, limit, call) => {
    const { didit, sent, clock } = createStub({}, ok)
    const calls = Array.from({ length: limit + 1 }, () => call(didit))
    await clock.pass(MINUTE - 1)
    expect(sent).toHaveLength(limit)
    await clock.pass(1)
    expect(sent).toHaveLength(limit + 1)
    await Promise.all(calls)
  })

  it('counts scopes apart, and registration not at all', async () => {
    const { didit, sent, clock } = createStub({ budget: { read: 1, write: 1, create: 1, pdf: 1 } })
    const calls = [
      didit.billing.balance(),
      didit.sessions.approve(UUID),
      didit.sessions.create(CREATE),
      didit.sessions.pdf(UUID),
      didit.account.organizations(),
      didit.account.organizations(),
      didit.health(),
    ]
    await clock.pass(0)
    expect(sent).toHaveLength(7)
    await Promise.all(calls)
  })

  it('slides: a turn is free a minute after it was taken', async () => {
    const { didit, sent, clock } = createStub({ budget: { read: 2 } }, ok)
    void didit.billing.balance()
    await clock.pass(40_000)
    void didit.billing.balance()
    void didit.billing.balance()
    void didit.billing.balance()
    await clock.pass(5 * MINUTE)
    expect(times(sent)).toEqual([0, 40, 60, 100])
  })

  it('can be switched off', async () => {
    const { didit, sent, clock } = createStub({ budget: false }, ok)
    for (let i = 0; i < 60; i++) void didit.sessions.pdf(UUID)
    await clock.pass(0)
    expect(sent).toHaveLength(60)
  })

  it('refuses in Didit’s place when the wait is longer than the patience', async () => {
    const { didit, sent } = createStub({ budget: { read: 1 }, patience: 2_000 }, ok)
    await didit.billing.balance()
    await expect(didit.billing.balance()).rejects.toMatchObject({
      name: 'DiditError',
      status: 429,
      code: 'own_budget',
      retryAfter: 60,
    })
    expect(sent).toHaveLength(1)
  })

  it('gives a turn back that the caller no longer wants', async () => {
    const { didit, sent, clock } = createStub({ budget: { read: 1 } }, ok)
    await didit.billing.balance()
    const controller = new AbortController()
    const given = didit.billing.balance({ signal: controller.signal }).catch((why) => why)
    await clock.pass(1_000)
    controller.abort('no')
    await given
    void didit.billing.balance()
    await clock.pass(MINUTE)
    expect(times(sent)).toEqual([0, 60])
  })

  it('stops a whole scope for as long as a 429 says', async () => {
    const busy = { status: 429, headers: { 'retry-after': '20' } }
    const { didit, sent, clock } = createStub({}, busy, ok)
    await didit.billing.balance({ retries: 0 }).catch(() => {})
    void didit.workflows.list()
    void didit.sessions.approve(UUID)
    await clock.pass(MINUTE)
    expect(sent.map(({ method, at }) => [method, (at - clock.start) / 1000])).toEqual([
      ['GET', 0],
      ['PATCH', 0],
      ['GET', 20],
    ])
  })
})

describe('what the budget learns', () => {
  const none = { limit: undefined, remaining: undefined, reset: undefined }

  function setUp(limit = 100) {
    const clock = { time: 1_000_000 }
    const budget = createBudget(() => clock.time, { read: limit })
    const turn = () => budget.reserve('read', Number.POSITIVE_INFINITY).at - clock.time
    return { clock, budget, turn }
  }

  it('takes over the limit that Didit names', () => {
    const { budget, turn } = setUp(100)
    const rateLimit = { limit: 2, remaining: undefined, reset: undefined }
    budget.observe('read', { status: 200, retryAfter: undefined, rateLimit })
    expect([turn(), turn(), turn()]).toEqual([0, 0, 60_000])
  })

  it.each([0, -5, Number.NaN])('does not believe a limit of %j', (limit) => {
    const { budget, turn } = setUp(2)
    const rateLimit = { ...none, limit }
    budget.observe('read', { status: 200, retryAfter: undefined, rateLimit })
    expect([turn(), turn(), turn()]).toEqual([0, 0, 60_000])
  })

  it('spreads what is left when that is less than 15 %', () => {
    const { budget, clock, turn } = setUp(100)
    turn()
    const rateLimit = { limit: 100, remaining: 10, reset: clock.time / 1000 + 30 }
    budget.observe('read', { status: 200, retryAfter: undefined, rateLimit })
    expect([turn(), turn(), turn()]).toEqual([3_000, 6_000, 9_000])
  })

  it('does not slow down at 15 % or more', () => {
    const { budget, clock, turn } = setUp(100)
    turn()
    const rateLimit = { limit: 100, remaining: 15, reset: clock.time / 1000 + 30 }
    budget.observe('read', { status: 200, retryAfter: undefined, rateLimit })
    expect(turn()).toBe(0)
  })

  it('runs again once the window is over, and once there is more left', () => {
    const { budget, clock, turn } = setUp(100)
    turn()
    const low = { limit: 100, remaining: 1, reset: clock.time / 1000 + 30 }
    budget.observe('read', { status: 200, retryAfter: undefined, rateLimit: low })
    clock.time += 30_000
    expect(turn()).toBe(0)
    budget.observe('read', {
      status: 200,
      retryAfter: undefined,
      rateLimit: { ...low, remaining: 90 },
    })
    expect(turn()).toBe(0)
  })

  it('never waits longer than a minute for a reset, whatever Didit’s clock says', () => {
    const { budget, clock, turn } = setUp(100)
    const rateLimit = { limit: 100, remaining: 0, reset: clock.time / 1000 + 9_999 }
    budget.observe('read', { status: 429, retryAfter: undefined, rateLimit })
    expect(turn()).toBe(60_000)
  })

  it('asks again after a minute, even where Didit names a day: a quota may be raised', () => {
    const { budget, turn } = setUp()
    budget.observe('read', { status: 429, retryAfter: 86_400, rateLimit: none })
    expect(turn()).toBe(60_000)
  })

  it('pauses for five seconds after a 429 without a time', () => {
    const { budget, turn } = setUp()
    budget.observe('read', { status: 429, retryAfter: undefined, rateLimit: none })
    expect(turn()).toBe(5_000)
  })
})
