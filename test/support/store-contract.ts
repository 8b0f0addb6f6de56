// What every driver has to do, told as what the store does over it.

import { describe, expect, it } from 'vitest'
import type { Driver } from '../../server/store/driver.ts'
import { createStore, migrate, type Store } from '../../server/store/index.ts'

export const NOW = Date.UTC(2026, 0, 1)
const SECOND = 1000
const MINUTE = 60 * SECOND

/** A session in the store; `part` says what is not as usual. */
export function save(store: Store, id = 's1', part: object = {}, entry?: ReturnType<typeof event>) {
  const times = { createdAt: NOW, changedAt: NOW, eventAt: NOW, askedAt: NOW, checkAt: NOW }
  const text = { id, subject: 'u1', workflow: 'default', status: 'In Progress', url: 'https://u/1' }
  const row = { ...text, ret: `r-${id}`, reference: 'Jürgen 🙂', ...times, ...part }
  return store.saveSession(row, entry)
}

const envelope = {
  id: 'e1',
  sessionId: 's1',
  status: 'Approved',
  hash: 'h',
  eventAt: NOW,
  covered: true,
}
export const change = { status: 'Approved', eventAt: NOW, checkAt: NOW, now: NOW }
export const intent = {
  url: 'https://shop.example/',
  mode: null,
  subject: 'u1',
  workflow: 'default',
  reference: null,
  details: null,
}

function event(sessionId: string, version: number) {
  return { id: `${sessionId}.${version}`, sessionId, version, event: `{"version":${version}}` }
}

/** @param open gives a driver over an empty database, and closes it after the test. */
export function storeContract(open: () => Promise<Driver>): void {
  async function setUp() {
    const driver = await open()
    await migrate(driver)
    return { driver, store: createStore(driver) }
  }

  describe('migrations', () => {
    it('run once, also when several processes start at once', async () => {
      const driver = await open()
      await Promise.all([migrate(driver), migrate(driver), migrate(driver)])
      expect(await driver.query('select count(*) as rows from schema_version')).toEqual([
        { rows: 1 },
      ])
    })
  })

  describe('a transaction', () => {
    it('is undone by a throw, and what waits goes on', async () => {
      const { driver } = await setUp()
      await driver.query('create table t (n integer)')
      const failed = driver.transaction(async (query) => {
        await query('insert into t values (1)')
        throw new Error('no')
      })
      const after = driver.query('insert into t values (2)')
      await expect(failed).rejects.toThrow('no')
      await after
      expect(await driver.query('select n from t')).toEqual([{ n: 2 }])
    })

    it('shows nothing to others before it ends', async () => {
      const { driver } = await setUp()
      await driver.query('create table t (n integer)')
      const seen: number[] = []
      const look = async () => void seen.push((await driver.query('select n from t')).length)
      const looks: Promise<void>[] = []
      await driver.transaction(async (query) => {
        await query('insert into t values (1)')
        looks.push(look())
        await new Promise((resolve) => setImmediate(resolve))
        await query('insert into t values (2)')
        looks.push(look())
      })
      await Promise.all(looks)
      // Either from before all of it or from after all of it.
      expect(seen.filter((rows) => rows !== 0 && rows !== 2)).toEqual([])
    })
  })

  describe('a session', () => {
    it('comes back as it was kept, numbers as numbers', async () => {
      const { store } = await setUp()
      const row = await save(store, 's1', { checkAt: 8.64e15 })
      expect(await store.session('s1')).toEqual(row)
      expect(row).toEqual({
        id: 's1',
        subject: 'u1',
        workflow: 'default',
        status: 'In Progress',
        url: 'https://u/1',
        ret: 'r-s1',
        reference: 'Jürgen 🙂',
        version: 1,
        createdAt: NOW,
        changedAt: NOW,
        eventAt: NOW,
        askedAt: NOW,
        checkAt: 8.64e15,
        missingAt: null,
        details: null,
      })
      expect(await store.session('s2')).toBeUndefined()
    })

    it.each([
      { kept: 'a', again: 'a', has: 'a' },
      { kept: 'a', again: 'b', has: '' },
      { kept: 'a', again: null, has: 'a' },
      { kept: '', again: 'a', has: '' },
      { kept: null, again: 'a', has: null },
      { kept: null, again: null, has: null },
    ])('kept with details $kept and again with $again has $has', async (details) => {
      const { store } = await setUp()
      await save(store, 's1', { details: details.kept })
      const row = await save(store, 's1', { details: details.again })
      expect(row.details).toBe(details.has)
      expect((await store.session('s1'))?.details).toBe(details.has)
    })

    it('changes only at the version that was read', async () => {
      const { store } = await setUp()
      await save(store)
      const results = await Promise.all(
        ['Approved', 'Declined', 'In Review'].map((status) =>
          store.changeStatus('s1', 1, { ...change, status }),
        ),
      )
      expect(results.map((row) => row?.version).sort()).toEqual([2, undefined, undefined])
      const winner = results.find((row) => row)
      expect(await store.session('s1')).toEqual(winner)
    })

    it('is told to who listens, after the change and until they stop', async () => {
      const { store } = await setUp()
      await save(store)
      await save(store, 's2')
      let heard = 0
      const stop = store.listen('s1', () => heard++)
      await store.changeStatus('s1', 7, change)
      await store.changeStatus('s2', 1, change)
      expect(heard).toBe(0)
      await store.changeStatus('s1', 1, change)
      expect(heard).toBe(1)
      await store.markMissing('s1', 2, { now: NOW, checkAt: NOW })
      expect(heard).toBe(2)
      stop()
      await store.changeStatus('s1', 3, change)
      expect(heard).toBe(2)
    })

    it('that is saved again keeps status, version, subject and reference of its own', async () => {
      const { store } = await setUp()
      await save(store)
      await store.changeStatus('s1', 1, change)
      const again = await save(store, 's1', { subject: 'u2', status: 'Not Started', ret: 'r2' })
      expect(again).toMatchObject({ subject: 'u1', status: 'Approved', version: 2, ret: 'r2' })
    })

    it('never forgets newer news for older', async () => {
      const { store } = await setUp()
      await save(store)
      await store.keepStatus('s1', 1, { eventAt: NOW - 1, checkAt: NOW })
      expect(await store.session('s1')).toMatchObject({ eventAt: NOW, version: 1 })
      await store.keepStatus('s1', 1, { eventAt: NOW + 1, checkAt: NOW })
      expect(await store.session('s1')).toMatchObject({ eventAt: NOW + 1, version: 1 })
    })

    it('is kept with many others at once, unless somebody changed it', async () => {
      const { store } = await setUp()
      for (const id of ['s1', 's2', 's3']) await save(store, id)
      await store.changeStatus('s2', 1, change)
      const all = ['s1', 's2', 's3'].map((id) => ({ id, version: 1, eventAt: NOW, checkAt: 1 }))
      expect(await store.keepStatuses(all)).toEqual(new Set(['s1', 's3']))
      expect(await store.session('s2')).toMatchObject({ status: 'Approved', checkAt: NOW })
    })

    it('is marked missing once', async () => {
      const { store } = await setUp()
      await save(store)
      expect(await store.markMissing('s1', 1, { now: NOW, checkAt: NOW })).toMatchObject({
        status: 'In Progress',
        missingAt: NOW,
        version: 2,
      })
      expect(await store.markMissing('s1', 2, { now: NOW, checkAt: NOW })).toBeUndefined()
    })

    it('may be asked about by one of those who try at once', async () => {
      const { store } = await setUp()
      const row = await save(store)
      const claims = Array.from({ length: 5 }, () => store.claimQuestion(row, NOW + 1))
      expect((await Promise.all(claims)).filter(Boolean)).toEqual([true])
      expect(await store.claimQuestions([row], NOW + 1)).toEqual(new Set())
    })

    it('may be asked about with others by one of those who try at once', async () => {
      const { store } = await setUp()
      const rows = [await save(store, 's1'), await save(store, 's2'), await save(store, 's3')]
      const claims = Array.from({ length: 3 }, () => store.claimQuestions(rows, NOW + 1))
      const won = (await Promise.all(claims)).flatMap((ids) => [...ids])
      expect(won.sort()).toEqual(['s1', 's2', 's3'])
      expect(await store.claimQuestions(rows, NOW + 1)).toEqual(new Set())
    })

    it('is leased once, the longest overdue first, and counts as asked about', async () => {
      const { store } = await setUp()
      await save(store, 's1', { checkAt: NOW - 1 })
      await save(store, 's2', { checkAt: NOW - 2 })
      await save(store, 's3', { checkAt: NOW + 1 })
      const ids = async (limit: number) =>
        (await store.leaseDue(NOW, NOW + MINUTE, limit)).map(({ id }) => id)
      expect(await ids(1)).toEqual(['s2'])
      expect(await ids(10)).toEqual(['s1'])
      expect(await ids(10)).toEqual([])
      expect((await store.session('s1'))?.askedAt).toBe(NOW)
      await store.checkLater('s1', NOW)
      expect(await ids(10)).toEqual(['s1'])
      await store.endLease(['s1', 's2'])
      expect((await ids(10)).sort()).toEqual(['s1', 's2'])
    })

    it('is leased by one of many who try at once', async () => {
      const { store } = await setUp()
      for (let i = 0; i < 40; i++) await save(store, `s${i}`, { checkAt: NOW - (i % 7) })
      const leases = Array.from({ length: 8 }, () => store.leaseDue(NOW, NOW + MINUTE, 10))
      const ids = (await Promise.all(leases)).flat().map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.length).toBeGreaterThanOrEqual(10)
    })

    it('is leased with those of its workflow and day', async () => {
      const { store } = await setUp()
      await save(store, 's1')
      await save(store, 's2', { workflow: 'age' })
      await save(store, 's3', { createdAt: NOW - 1 })
      await save(store, 's4', { checkAt: NOW + 1 })
      const group = { workflow: 'default', from: NOW, until: NOW + 1 }
      const lease = { now: NOW, leaseUntil: NOW + MINUTE, limit: 10 }
      const ids = async () => (await store.leaseGroup(group, lease)).map(({ id }) => id)
      expect(await ids()).toEqual(['s1'])
      expect(await ids()).toEqual([])
    })

    it('that is open is asked about soon after everything was called for', async () => {
      const { store } = await setUp()
      const later = { checkAt: NOW + 5 * 60 * MINUTE }
      await save(store, 's1', later)
      await save(store, 's2', { ...later, status: 'Approved' })
      await store.checkAllBy(NOW)
      expect((await store.session('s1'))?.checkAt).toBe(NOW)
      expect((await store.session('s2'))?.checkAt).toBe(later.checkAt)
    })

    it('is the newest of its subject, of one workflow or of any', async () => {
      const { store } = await setUp()
      await save(store, 's1', { createdAt: NOW + 2 })
      await save(store, 's2', { createdAt: NOW + 3, workflow: 'age' })
      await save(store, 's3', { createdAt: NOW + 4, subject: 'u2' })
      expect((await store.newestSession('u1'))?.id).toBe('s2')
      expect((await store.newestSession('u1', 'default'))?.id).toBe('s1')
      expect(await store.newestSession('u1', 'other')).toBeUndefined()
    })

    it('with hostile text is text', async () => {
      const { store } = await setUp()
      const id = `'; drop table sessions; -- $1 ?1 🙂`
      await save(store, id)
      expect((await store.session(id))?.id).toBe(id)
    })
  })

  describe('the intent to create a session', () => {
    it.each([
      { open: 'a', has: 'a' },
      { open: 'b', has: '' },
      { open: null, has: 'a' },
      { open: 'b', subject: 'u2', has: 'a' },
      { open: 'b', workflow: 'age', has: 'a' },
    ])('that is open with %o makes details uncertain only where they differ', async (other) => {
      const { store } = await setUp()
      const { open: details, has, ...whose } = other
      await store.beginSession({ ...intent, ret: 'r-s1', details: 'a' }, NOW)
      await store.beginSession({ ...intent, ...whose, ret: 'r2', details }, NOW)
      const row = await save(store, 's1', { details: 'a' })
      expect(row.details).toBe(has)
      expect((await store.session('s1'))?.details).toBe(has)
    })

    it('is open until the session is kept, and leads the way back all the time', async () => {
      const { store } = await setUp()
      await store.beginSession({ ...intent, ret: 'r-s1' }, NOW)
      expect(await store.openIntents(NOW, 10)).toEqual([])
      expect(await store.openIntents(NOW + 1, 10)).toEqual([{ ...intent, ret: 'r-s1' }])
      expect(await store.wayBack('r-s1')).toEqual({ url: 'https://shop.example/', mode: null })
      await save(store)
      expect(await store.openIntents(NOW + 1, 10)).toEqual([])
      await store.dropIntent('r-s1')
      expect(await store.wayBack('r-s1')).toEqual({ url: 'https://shop.example/', mode: null })
      await store.saveReturn('r-s1', 'https://shop.example/other', 'popup')
      expect(await store.wayBack('r-s1')).toEqual({
        url: 'https://shop.example/other',
        mode: 'popup',
      })
    })

    it('is forgotten when there will be no session', async () => {
      const { store } = await setUp()
      await store.beginSession({ ...intent, ret: 'r1' }, NOW)
      await store.dropIntent('r1')
      expect(await store.openIntents(NOW + 1, 10)).toEqual([])
      expect(await store.wayBack('r1')).toBeUndefined()
    })
  })

  describe('a webhook', () => {
    it('is kept once', async () => {
      const { store } = await setUp()
      const received = Array.from({ length: 4 }, () => store.receive(envelope, NOW))
      expect((await Promise.all(received)).filter(Boolean)).toEqual([true])
      expect(await store.openEnvelopes('s1', 10)).toEqual([envelope])
    })

    it('is told from others that come at the same time, and from the same again', async () => {
      const { store } = await setUp()
      const ids = Array.from({ length: 120 }, (_, i) => `e${i % 100}`)
      const received = ids.map((id) => store.receive({ ...envelope, id }, NOW))
      expect(await Promise.all(received)).toEqual(ids.map((_, i) => i < 100))
      await Promise.all(ids.slice(0, 99).map((id) => store.finishEnvelope(id, NOW)))
      expect(await store.openEnvelopes('s1', 200)).toEqual([{ ...envelope, id: 'e99' }])
    })

    it('is kept when one that comes at the same time cannot be', async () => {
      const { store } = await setUp()
      const ids = ['e1', 'e2', 'e3', 'e4']
      const received = ids.map((id) =>
        store.receive({ ...envelope, id, ...(id === 'e3' && { hash: null as never }) }, NOW),
      )
      const verdicts = (await Promise.allSettled(received)).map(({ status }) => status)
      expect(verdicts).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
      const kept = await store.openEnvelopes('s1', 10)
      // Each is tried alone, and whichever is first then.
      expect(kept.map(({ id }) => id).sort()).toEqual(['e1', 'e2', 'e4'])
    })

    it('is leased to one, when it is due and not done', async () => {
      const { store } = await setUp()
      await store.receive(envelope, NOW, NOW + 10)
      expect(await store.leaseEnvelopes(NOW + 9, NOW + MINUTE, 10)).toEqual([])
      const leases = Array.from({ length: 4 }, () =>
        store.leaseEnvelopes(NOW + 10, NOW + MINUTE, 10),
      )
      expect((await Promise.all(leases)).flat()).toEqual([envelope])
      expect(await store.leaseEnvelopes(NOW + MINUTE, NOW + 2 * MINUTE, 10)).toEqual([envelope])
      await store.finishEnvelope('e1', NOW)
      expect(await store.leaseEnvelopes(NOW + 9 * MINUTE, NOW + 10 * MINUTE, 10)).toEqual([])
    })

    it('about a stranger waits until the session is known', async () => {
      const { store } = await setUp()
      await store.receive(envelope, NOW)
      await store.parkEnvelope('e1')
      expect(await store.leaseEnvelopes(NOW + MINUTE, NOW + MINUTE, 10)).toEqual([])
      await save(store)
      expect(await store.leaseEnvelopes(NOW + MINUTE, NOW + MINUTE, 10)).toEqual([envelope])
      // By now it is no stranger's.
      await store.parkEnvelope('e1')
      await store.dropStrangers(NOW + 9 * MINUTE, NOW)
      expect(await store.openEnvelopes('s1', 10)).toEqual([envelope])
    })

    it('about somebody who stays a stranger is given up', async () => {
      const { store } = await setUp()
      await store.receive(envelope, NOW)
      await store.parkEnvelope('e1')
      await store.dropStrangers(NOW, NOW)
      expect(await store.openEnvelopes('s1', 10)).toHaveLength(1)
      await store.dropStrangers(NOW + 1, NOW)
      expect(await store.openEnvelopes('s1', 10)).toEqual([])
    })
  })

  describe('a webhook that is applied', () => {
    const decide = () => change
    const open = async (store: Store, id = 's1') =>
      (await store.openEnvelopes(id, 10)).map(({ id }) => id)

    it('changes its session, is done with, and told to who listens and to the host', async () => {
      const { store } = await setUp()
      await save(store)
      await store.receive(envelope, NOW)
      let heard = 0
      store.listen('s1', () => heard++)
      const before = await store.session('s1')
      const { row, changed } = await store.applyEnvelope(envelope, () => ({
        ...change,
        entry: event('s1', 2),
      }))
      expect(row).toEqual(before)
      expect(changed).toMatchObject({ id: 's1', status: 'Approved', version: 2 })
      expect(await store.session('s1')).toEqual(changed)
      expect(await open(store)).toEqual([])
      expect(heard).toBe(1)
      const waiting = await store.events({ state: 'waiting', limit: 10, offset: 0 })
      expect(waiting.map(({ id }) => id)).toEqual(['s1.2'])
    })

    it('stays where nothing may be changed', async () => {
      const { store } = await setUp()
      await save(store)
      await store.receive(envelope, NOW)
      const row = await store.session('s1')
      expect(await store.applyEnvelope(envelope, () => undefined)).toEqual({ row })
      expect(await store.session('s1')).toEqual(row)
      expect(await open(store)).toEqual(['e1'])
    })

    it('stays where its session is not known', async () => {
      const { store } = await setUp()
      await store.receive(envelope, NOW)
      expect(await store.applyEnvelope(envelope, decide)).toEqual({})
      expect(await open(store)).toEqual(['e1'])
    })

    it('comes first of two about one session, and the other finds what it has left', async () => {
      const { store } = await setUp()
      await save(store)
      const both = await Promise.all(
        ['e1', 'e2'].map((id) => store.applyEnvelope({ ...envelope, id }, decide)),
      )
      expect(both.map(({ changed }) => changed?.version)).toEqual([2, undefined])
      expect(both.map(({ row }) => row?.version)).toEqual([1, 2])
    })

    it('is told from the many that come at the same time', async () => {
      const { store } = await setUp()
      const ids = Array.from({ length: 120 }, (_, i) => `s${i}`)
      await Promise.all(ids.map((id) => save(store, id)))
      const applied = await Promise.all(
        ids.map((id, i) =>
          store.applyEnvelope({ ...envelope, id: `e-${id}`, sessionId: id }, () => ({
            ...change,
            status: i % 2 ? 'Approved' : 'In Review',
            eventAt: NOW + i,
            entry: event(id, 2),
          })),
        ),
      )
      const seen = applied.map(({ changed }) => [changed?.id, changed?.status, changed?.eventAt])
      expect(seen).toEqual(ids.map((id, i) => [id, i % 2 ? 'Approved' : 'In Review', NOW + i]))
      expect(await store.countEvents('waiting')).toBe(120)
    })

    it('is applied when one that comes at the same time cannot be', async () => {
      const { store } = await setUp()
      const ids = ['s0', 's1', 's2', 's3']
      await Promise.all(ids.map((id) => save(store, id)))
      const applied = ids.map((id) =>
        store.applyEnvelope({ ...envelope, id: `e-${id}`, sessionId: id }, () =>
          id === 's2' ? { ...change, eventAt: null as never } : change,
        ),
      )
      const verdicts = (await Promise.allSettled(applied)).map(({ status }) => status)
      expect(verdicts).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
      const rows = await Promise.all(ids.map((id) => store.session(id)))
      expect(rows.map((row) => row?.version)).toEqual([2, 2, 1, 2])
    })
  })

  describe('an event for the host', () => {
    const ids = (rows: { id: string }[]) => rows.map(({ id }) => id)

    it('is written with its change, and not without it', async () => {
      const { store } = await setUp()
      await save(store, 's1', {}, event('s1', 1))
      expect(await store.changeStatus('s1', 7, { ...change, entry: event('s1', 8) })).toBe(
        undefined,
      )
      await store.changeStatus('s1', 1, { ...change, entry: event('s1', 2) })
      await store.markMissing('s1', 2, { now: NOW, checkAt: NOW, entry: event('s1', 3) })
      const waiting = await store.events({ state: 'waiting', limit: 10, offset: 0 })
      expect(ids(waiting)).toEqual(['s1.1', 's1.2', 's1.3'])
    })

    it('is counted where it waits, or where it was given up', async () => {
      const { store } = await setUp()
      const counts = async () => [
        await store.countEvents('waiting'),
        await store.countEvents('dead'),
      ]
      expect(await counts()).toEqual([0, 0])
      for (const id of ['s1', 's2', 's3', 's4']) await save(store, id, {}, event(id, 1))
      await store.endEvent('s1.1', { result: 'dead', error: 'busy', now: NOW })
      await store.endEvent('s2.1', { result: 'delivered', error: null, now: NOW })
      expect(await counts()).toEqual([2, 1])
      await store.replayEvents(NOW)
      expect(await counts()).toEqual([3, 0])
    })

    it('keeps its change from being stored when it cannot be written', async () => {
      const { store, driver } = await setUp()
      await save(store)
      await driver.query('drop table outbox')
      const failed = store.changeStatus('s1', 1, { ...change, entry: event('s1', 2) })
      await expect(failed).rejects.toThrow(/outbox/)
      expect(await store.session('s1')).toMatchObject({ status: 'In Progress', version: 1 })
    })

    it('of a session that was saved again is not written again', async () => {
      const { store } = await setUp()
      await save(store, 's1', {}, event('s1', 1))
      await save(store, 's1', {}, event('s1', 1))
      expect(await store.leaseEvents(NOW, NOW + MINUTE, 10)).toHaveLength(1)
    })

    it('is leased in order: of each session the first, to one of those who try', async () => {
      const { store } = await setUp()
      for (const id of ['s1', 's2']) {
        await save(store, id, {}, event(id, 1))
        await store.changeStatus(id, 1, { ...change, entry: event(id, 2) })
      }
      const leases = Array.from({ length: 4 }, () => store.leaseEvents(NOW, NOW + MINUTE, 10))
      const first = (await Promise.all(leases)).flat()
      expect(ids(first).sort()).toEqual(['s1.1', 's2.1'])
      expect(first[0]).toMatchObject({ event: '{"version":1}', attempts: 1 })
      // Its lease is over, but its turn is not.
      expect(ids(await store.leaseEvents(NOW + MINUTE, NOW + 2 * MINUTE, 10)).sort()).toEqual([
        's1.1',
        's2.1',
      ])
      await store.endEvent('s1.1', { result: 'delivered', error: null, now: NOW })
      expect(ids(await store.leaseEvents(NOW, NOW + MINUTE, 10))).toEqual(['s1.2'])
    })

    it('that was given up lets the later ones pass, and comes back when it is replayed', async () => {
      const { store } = await setUp()
      await save(store, 's1', {}, event('s1', 1))
      await store.changeStatus('s1', 1, { ...change, entry: event('s1', 2) })
      await store.leaseEvents(NOW, NOW + MINUTE, 10)
      await store.putOffEvent('s1.1', NOW + MINUTE, 'busy')
      expect(await store.leaseEvents(NOW, NOW + MINUTE, 10)).toEqual([])
      await store.endEvent('s1.1', { result: 'dead', error: 'busy', now: NOW })
      expect(ids(await store.leaseEvents(NOW, NOW + MINUTE, 10))).toEqual(['s1.2'])

      const dead = await store.events({ state: 'dead', limit: 10, offset: 0 })
      expect(dead).toMatchObject([{ id: 's1.1', attempts: 1, error: 'busy', endedAt: NOW }])
      expect(await store.replayEvent('s1.2', NOW)).toBe(false)
      expect(await store.replayEvent('s1.1', NOW)).toBe(true)
      expect(await store.leaseEvents(NOW, NOW + MINUTE, 10)).toMatchObject([
        { id: 's1.1', attempts: 1 },
      ])
      await store.endEvent('s1.1', { result: 'dead', error: 'busy', now: NOW })
      expect(await store.replayEvents(NOW)).toBe(1)
      expect(await store.event('s1.1')).toMatchObject({ result: null, attempts: 0 })
      expect(await store.event('s1.9')).toBeUndefined()
    })
  })

  describe('what is old', () => {
    it('is deleted with all that belongs to it, once it has settled and not before', async () => {
      const { store } = await setUp()
      for (const [id, status] of [
        ['s1', 'Approved'],
        ['s2', 'In Review'],
        ['s3', 'Declined'],
        ['s4', 'Something New'],
      ] as const) {
        await store.beginSession({ ...intent, ret: `r-${id}` }, NOW)
        await save(store, id, { status }, event(id, 1))
        await store.receive({ ...envelope, id: `e-${id}`, sessionId: id }, NOW)
        await store.endEvent(`${id}.1`, { result: 'dead', error: null, now: NOW })
      }
      await store.markMissing('s4', 1, { now: NOW + 1, checkAt: NOW })
      expect(await store.forgetSessions(NOW, 10)).toBe(0)
      expect(await store.forgetSessions(NOW + 1, 1)).toBe(1)
      expect(await store.forgetSessions(NOW + 1, 10)).toBe(1)
      expect(await store.forgetSessions(NOW + 2, 10)).toBe(1)
      for (const id of ['s1', 's3', 's4']) {
        expect(await store.session(id)).toBeUndefined()
        expect(await store.wayBack(`r-${id}`)).toBeUndefined()
        expect(await store.openEnvelopes(id, 10)).toEqual([])
        expect(await store.event(`${id}.1`)).toBeUndefined()
      }
      expect(await store.session('s2')).toBeDefined()
      expect(await store.wayBack('r-s2')).toBeDefined()
      expect(await store.openEnvelopes('s2', 10)).toHaveLength(1)
      expect(await store.event('s2.1')).toBeDefined()
    })

    it('settles anew with every settled status, and not with one that is open', async () => {
      const { store } = await setUp()
      await save(store, 's1', { status: 'Approved' })
      await store.changeStatus('s1', 1, { ...change, status: 'Declined', now: NOW + 5 })
      expect(await store.forgetSessions(NOW + 5, 10)).toBe(0)
      await store.changeStatus('s1', 2, { ...change, status: 'Resubmitted', now: NOW + 6 })
      expect(await store.forgetSessions(NOW + MINUTE, 10)).toBe(0)
    })

    it('is told to the host all the same while it waits to be', async () => {
      const { store } = await setUp()
      await save(store, 's1', { status: 'Approved' }, event('s1', 1))
      expect(await store.forgetSessions(NOW + 1, 10)).toBe(1)
      expect(await store.leaseEvents(NOW, NOW + MINUTE, 10)).toHaveLength(1)
    })

    it('goes only where it has been dealt with: webhooks and events', async () => {
      const { store } = await setUp()
      for (const id of ['e1', 'e2', 'e3']) await store.receive({ ...envelope, id }, NOW)
      await store.finishEnvelope('e1', NOW)
      await store.finishEnvelope('e2', NOW + 1)
      await store.forgetEnvelopes(NOW + 1, 10)
      // The one that is gone would be taken again, the others are known.
      const again = await Promise.all(
        ['e1', 'e2', 'e3'].map((id) => store.receive({ ...envelope, id }, NOW)),
      )
      expect(again).toEqual([true, false, false])

      for (const version of [1, 2, 3]) {
        const entry = event('s1', version)
        if (version === 1) await save(store, 's1', {}, entry)
        else await store.changeStatus('s1', version - 1, { ...change, entry })
      }
      await store.endEvent('s1.1', { result: 'delivered', error: null, now: NOW })
      await store.endEvent('s1.2', { result: 'dead', error: null, now: NOW })
      await store.forgetEvents('delivered', NOW, 10)
      expect(await store.event('s1.1')).toBeDefined()
      await store.forgetEvents('delivered', NOW + 1, 10)
      expect(await store.event('s1.1')).toBeUndefined()
      expect(await store.event('s1.2')).toBeDefined()
      await store.forgetEvents('dead', NOW + 1, 10)
      expect(await store.event('s1.2')).toBeUndefined()
      expect(await store.event('s1.3')).toBeDefined()
    })
  })

  describe('an act of an operator', () => {
    const act = { at: NOW, operator: 'anna', action: 'approve', session: 's1', before: 'In Review' }

    it('is open until its end is known', async () => {
      const { store } = await setUp()
      await store.beginAct({ ...act, id: 'a1' })
      await store.beginAct({ ...act, id: 'a1' })
      expect(await store.openActs(NOW, 10)).toEqual([])
      expect(await store.openActs(NOW + 1, 10)).toMatchObject([{ id: 'a1', result: null }])
      await store.endAct('a1', { after: 'Approved', result: 'done' })
      expect(await store.openActs(NOW + 1, 10)).toEqual([])
      expect(await store.acts({ limit: 10, offset: 0 })).toEqual([
        { ...act, id: 'a1', after: 'Approved', result: 'done' },
      ])
    })

    it('is found by session and by operator, the newest first', async () => {
      const { store } = await setUp()
      await store.beginAct({ ...act, id: 'a1' })
      await store.beginAct({ ...act, id: 'a2', at: NOW + 1, session: 's2' })
      await store.beginAct({ ...act, id: 'a3', at: NOW + 2, operator: 'bert' })
      const found = async (filter: object) =>
        (await store.acts({ limit: 10, offset: 0, ...filter })).map(({ id }) => id)
      expect(await found({})).toEqual(['a3', 'a2', 'a1'])
      expect(await found({ session: 's1' })).toEqual(['a3', 'a1'])
      expect(await found({ operator: 'anna' })).toEqual(['a2', 'a1'])
      expect(await found({ session: 's1', operator: 'anna' })).toEqual(['a1'])
      expect(await found({ limit: 1, offset: 1 })).toEqual(['a2'])
      await store.forgetActs(NOW + 2, 10)
      expect(await found({})).toEqual(['a3'])
    })
  })

  describe('what all instances share', () => {
    it('counts in windows, for all together', async () => {
      const { store } = await setUp()
      const counts = await Promise.all(Array.from({ length: 10 }, () => store.count('x', NOW)))
      expect(counts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(await store.count('x', NOW, 5)).toBe(15)
      await store.dropCounters(NOW - 1)
      expect(await store.count('x', NOW)).toBe(16)
      await store.dropCounters(NOW)
      expect(await store.count('x', NOW)).toBe(1)
    })

    it('counts apart by name and window what comes at the same time', async () => {
      const { store } = await setUp()
      const counts = await Promise.all([
        store.count('x', NOW),
        store.count('x', NOW, 2),
        store.count('y', NOW),
        store.count('x', NOW + 1),
        store.count('x', NOW),
      ])
      expect(counts).toEqual([1, 3, 1, 1, 4])
      expect(await store.count('y', NOW)).toBe(2)
    })

    it('has a setting from the first who makes it', async () => {
      const { store } = await setUp()
      const made = await Promise.all(['a', 'b', 'c'].map((each) => store.settingOr('secret', each)))
      expect(new Set(made).size).toBe(1)
    })

    it('is changed by one after the other, from the first on', async () => {
      const { store } = await setUp()
      expect(await store.shared('list')).toBeUndefined()
      const adds = Array.from({ length: 10 }, (_, i) =>
        store.share<number[]>('list', (list = []) => [...list, i]),
      )
      await Promise.all(adds)
      const list = await store.shared<number[]>('list')
      expect(list?.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    })

    it('stays as it was when a change fails', async () => {
      const { store } = await setUp()
      await store.share('n', () => 1)
      const fail = () => {
        throw new Error('no')
      }
      await expect(store.share('n', fail)).rejects.toThrow('no')
      expect(await store.shared('n')).toBe(1)
    })
  })
}
