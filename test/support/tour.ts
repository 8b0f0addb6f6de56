// Every statement of the store, each with parameters as they are in use.

import type { Driver, Query, Value } from '../../server/store/driver.ts'
import { createStore } from '../../server/store/index.ts'

export interface Statement {
  text: string
  params: Value[]
}

/** Calls every method of the store once. @returns what each of them asked the database. */
export async function tour(driver: Driver, now: number): Promise<Map<string, Statement[]>> {
  const asked = new Map<string, Statement[]>()
  let method = ''
  const recorded = (query: Query): Query => {
    return (text, params = []) => {
      const list = asked.get(method) ?? []
      asked.set(method, list)
      if (!list.some((each) => each.text === text)) list.push({ text, params })
      return query(text, params)
    }
  }
  const store = createStore({
    ...driver,
    query: recorded(driver.query),
    transaction: (work) => driver.transaction((query) => work(recorded(query))),
  })

  const day = 24 * 60 * 60 * 1000
  const times = { createdAt: now, changedAt: now, eventAt: now, askedAt: now, checkAt: now }
  const text = { subject: 'u7', workflow: 'default', status: 'Not Started', url: 'https://u' }
  const session = { ...text, ...times, id: 'new', ret: 'new', reference: null, details: 'd' }
  const entry = (version: number) => ({
    id: `new.${version}`,
    sessionId: 'new',
    version,
    event: '{}',
  })
  const envelope = { id: 'new', sessionId: 'new', status: 'Approved', covered: true, eventAt: now }
  const act = { id: 'new', at: now, operator: 'o1', action: 'approve', session: 's7', before: null }
  const group = { workflow: 'default', from: now - day, until: now }
  const lease = { now, leaseUntil: now + 60_000, limit: 10_000 }

  const calls: Record<string, () => unknown> = {
    ping: () => store.ping(),
    backlog: () => store.backlog(),
    session: () => store.session('s7'),
    newestSession: async () => {
      await store.newestSession('u7')
      await store.newestSession('u7', 'default')
    },
    beginSession: async () => {
      await store.beginSession({ ...session, mode: 'popup' }, now)
      await store.beginSession({ ...session, ret: 'other', details: 'e', mode: null }, now)
    },
    dropIntent: () => store.dropIntent('none'),
    openIntents: () => store.openIntents(now, 20),
    saveReturn: () => store.saveReturn('new', 'https://shop.example/', 'popup'),
    wayBack: () => store.wayBack('r7'),
    receive: () => store.receive({ ...envelope, hash: 'h' }, now),
    saveSession: () => store.saveSession(session, entry(1)),
    changeStatus: () =>
      store.changeStatus('new', 1, {
        status: 'Approved',
        eventAt: now,
        checkAt: now,
        now,
        entry: entry(2),
      }),
    applyEnvelope: () =>
      store.applyEnvelope({ ...envelope, sessionId: 'new', hash: 'h' }, () => ({
        status: 'Approved',
        eventAt: now,
        checkAt: now,
        now,
        entry: entry(3),
      })),
    keepStatus: () => store.keepStatus('new', 2, { eventAt: now, checkAt: now }),
    keepStatuses: () => store.keepStatuses([{ id: 'new', version: 2, eventAt: now, checkAt: now }]),
    markMissing: () => store.markMissing('new', 2, { now, checkAt: now, entry: entry(3) }),
    claimQuestion: () => store.claimQuestion({ id: 'new', askedAt: now }, now),
    claimQuestions: () => store.claimQuestions([{ id: 'new', askedAt: now }], now),
    checkLater: () => store.checkLater('new', now),
    endLease: () => store.endLease(['new']),
    leaseDue: () => store.leaseDue(now, now + 60_000, 20),
    leaseGroup: () => store.leaseGroup(group, lease),
    checkAllBy: () => store.checkAllBy(now),
    openEnvelopes: () => store.openEnvelopes('s7', 100),
    leaseEnvelopes: () => store.leaseEnvelopes(now, now + 60_000, 1),
    putOffEnvelope: () => store.putOffEnvelope('new', now),
    parkEnvelope: () => store.parkEnvelope('new'),
    finishEnvelope: () => store.finishEnvelope('new', now),
    dropStrangers: () => store.dropStrangers(now, now),
    leaseEvents: () => store.leaseEvents(now, now + 60_000, 20),
    putOffEvent: () => store.putOffEvent('new.2', now, 'busy'),
    endEvent: () => store.endEvent('new.2', { result: 'dead', error: 'busy', now }),
    events: async () => {
      await store.events({ state: 'dead', limit: 50, offset: 0 })
      await store.events({ state: 'waiting', limit: 50, offset: 0 })
    },
    countEvents: async () => {
      await store.countEvents('dead')
      await store.countEvents('waiting')
    },
    event: () => store.event('new.2'),
    replayEvent: () => store.replayEvent('new.2', now),
    replayEvents: () => store.replayEvents(now),
    count: () => store.count('x', now + day),
    dropCounters: () => store.dropCounters(now),
    beginAct: () => store.beginAct(act),
    endAct: () => store.endAct('new', { after: null, result: 'done' }),
    openActs: () => store.openActs(now, 20),
    acts: async () => {
      await store.acts({ limit: 50, offset: 0 })
      await store.acts({ session: 's7', limit: 50, offset: 0 })
      await store.acts({ operator: 'o1', limit: 50, offset: 0 })
    },
    countActs: async () => {
      await store.countActs({})
      await store.countActs({ session: 's7' })
      await store.countActs({ operator: 'o1' })
    },
    changeSetting: () => store.changeSetting('secret', 'x', 'y'),
    settingOr: () => store.settingOr('secret', 'x'),
    shared: () => store.shared('budget read'),
    share: () => store.share('budget read', () => ({})),
    forgetSessions: () => store.forgetSessions(now, 3),
    forgetEnvelopes: () => store.forgetEnvelopes(now, 3),
    forgetEvents: () => store.forgetEvents('delivered', now, 3),
    forgetActs: () => store.forgetActs(now, 3),
    endLeases: () => store.endLeases(),
  }
  const missed = Object.keys(store).filter((name) => !(name in calls))
  const known = ['close', 'listen']
  if (missed.some((name) => !known.includes(name))) {
    throw new Error(`The tour leaves out ${missed.join(', ')}: add them to test/support/tour.ts.`)
  }
  for (const [name, call] of Object.entries(calls)) {
    method = name
    await call()
  }
  return asked
}
