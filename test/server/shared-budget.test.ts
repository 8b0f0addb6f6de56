import { describe, expect, it } from 'vitest'
import { shareBudget } from '../../server/shared-budget.ts'
import { openStore, type Store } from '../../server/store/index.ts'
import { createStub } from '../support/didit-stub.ts'
import { createGate, until } from '../support/gate.ts'

const MINUTE = 60_000
const ok = { body: { balance: '1' } }
const silent = { warn() {} }

/** A client of one process; the clock of the first is everybody's. */
function createProcess(
  store: Store,
  now: () => number,
  { limits, answers = [ok] }: { limits?: object; answers?: object[] } = {},
) {
  const budget = shareBudget(store, { limits, now, log: silent })
  return createStub({ budget, now, retries: 0, patience: 0 }, ...answers)
}

async function setUp(limits?: object) {
  const store = await openStore('file::memory:')
  const clock = { time: Date.UTC(2026, 0, 1) }
  const now = () => clock.time
  const make = (answers?: object[]) => createProcess(store, now, { limits, answers })
  return { store, clock, make }
}

describe('a budget that is shared', () => {
  it('is one for all processes', async () => {
    const { make, clock } = await setUp({ read: 10 })
    const [a, b] = [make(), make()]
    const calls = Array.from({ length: 8 }, () => [
      a.didit.billing.balance(),
      b.didit.billing.balance(),
    ])
    const results = await Promise.allSettled(calls.flat())
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    expect(a.sent.length + b.sent.length).toBe(10)
    const refused = results.find(({ status }) => status === 'rejected')
    expect(refused).toMatchObject({ reason: { code: 'own_budget', retryAfter: 60 } })
    clock.time += MINUTE
    await b.didit.billing.balance()
  })

  it('knows after a restart what was spent before', async () => {
    const { make, clock } = await setUp({ read: 1 })
    await make().didit.billing.balance()
    clock.time += 40_000
    await expect(make().didit.billing.balance()).rejects.toMatchObject({ retryAfter: 20 })
  })

  it('is stopped for all by a 429 that one process meets', async () => {
    const { make, clock } = await setUp()
    const [a, b] = [make([{ status: 429, headers: { 'retry-after': '20' } }]), make()]
    await expect(a.didit.billing.balance()).rejects.toMatchObject({ status: 429 })
    await expect(b.didit.billing.balance()).rejects.toMatchObject({ code: 'own_budget' })
    await b.didit.sessions.approve('11111111-2222-4333-8444-555555555555')
    clock.time += 20_000
    await b.didit.billing.balance()
    expect(b.sent).toHaveLength(2)
  })

  it('has Didit’s limits unless others are named', async () => {
    const { make } = await setUp()
    const { didit, sent } = make()
    const calls = Array.from({ length: 620 }, () => didit.billing.balance())
    await Promise.allSettled(calls)
    expect(sent).toHaveLength(600)
  })

  it('takes back a turn that nobody wants any more', async () => {
    const { store, clock, make } = await setUp({ read: 1 })
    const budget = shareBudget(store, { limits: { read: 1 }, now: () => clock.time })
    const turn = await budget.reserve('read', clock.time)
    await expect(make().didit.billing.balance()).rejects.toMatchObject({ code: 'own_budget' })
    await budget.release('read', turn.at)
    await make().didit.billing.balance()
  })

  it('lets an answer of Didit through although it cannot be written down', async () => {
    const { store, make } = await setUp()
    const { didit } = make([{ ...ok, headers: { 'x-ratelimit-remaining': '1' } }])
    const gate = createGate()
    const { share } = store
    let calls = 0
    store.share = async (...args) => {
      if (calls++ === 0) return share(...args)
      gate.open()
      throw new Error('disk full')
    }
    await didit.billing.balance()
    await until(() => calls === 2)
    await gate.opened
  })

  it('sends nothing that it could not count', async () => {
    const { store, make } = await setUp()
    const { didit, sent } = make()
    store.share = () => Promise.reject(new Error('disk full'))
    await expect(didit.billing.balance()).rejects.toThrow('disk full')
    expect(sent).toEqual([])
  })

  it('keeps turns in order although clocks differ', async () => {
    const { store, clock } = await setUp()
    const behind = shareBudget(store, { limits: { read: 2 }, now: () => clock.time - 500 })
    const ahead = shareBudget(store, { limits: { read: 2 }, now: () => clock.time })
    const latest = Number.POSITIVE_INFINITY
    await ahead.reserve('read', latest)
    await behind.reserve('read', latest)
    // The earlier of the two is the one that has to be a minute old.
    expect((await ahead.reserve('read', latest)).at).toBe(clock.time - 500 + MINUTE)
    expect((await ahead.reserve('read', latest)).at).toBe(clock.time + MINUTE)
  })
})
