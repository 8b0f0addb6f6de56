import { describe, expect, it } from 'vitest'
import { runDue } from '../../server/reconcile.ts'
import { createBff } from '../support/bff.ts'

const SECOND = 1000
const DAY = 24 * 60 * 60 * SECOND

/** A session of each kind, all of them settled or not at the start, and an act of an operator. */
async function setUp(retentionDays?: number) {
  const bff = await createBff({ retentionDays, onStatus() {} })
  const { store, clock } = bff
  const ids: Record<string, string> = {}
  for (const status of ['Approved', 'Declined', 'In Review', 'Not Started']) {
    const { session } = await bff.start()
    ids[status] = session.id
    if (status === 'Not Started') continue
    await bff.move(session.id, status)
    await bff.hook({ session_id: session.id, status, event_id: `e-${status}` })
    await bff.idle()
  }
  const act = { operator: 'anna', action: 'approve', session: null, before: null }
  await store.beginAct({ ...act, id: 'a1', at: clock.now() })
  await store.endAct('a1', { after: null, result: 'done' })
  const left = async () => {
    const rows = await Promise.all(Object.values(ids).map((id) => store.session(id)))
    return rows.flatMap((row) => row?.status ?? [])
  }
  /** Whether a repetition of the webhook would be known. */
  const knows = async (status: string) =>
    !(await store.receive(
      {
        id: `e-${status}`,
        sessionId: ids[status] ?? '',
        status,
        covered: true,
        eventAt: 0,
        hash: '',
      },
      clock.now(),
    ))
  const events = async (id = '') =>
    (await Promise.all([1, 2].map((version) => store.event(`${id}.${version}`)))).filter(Boolean)
  const acts = () => store.acts({ limit: 10, offset: 0 })
  return { ...bff, ids, left, knows, events, acts }
}

describe('retention', () => {
  it('deletes settled sessions and all about them once they are old enough', async () => {
    const { options, clock, left, acts, ids, events, knows } = await setUp(5)
    clock.pass(5 * DAY - 60 * SECOND)
    await runDue(options)
    expect(await left()).toEqual(['Approved', 'Declined', 'In Review', 'Not Started'])
    expect(await acts()).toHaveLength(1)
    clock.pass(2 * 60 * SECOND)
    await runDue(options)
    expect(await left()).toEqual(['In Review', 'Not Started'])
    expect(await acts()).toEqual([])
    expect(await events(ids.Approved)).toEqual([])
    expect(await knows('Approved')).toBe(false)
  })

  it('never deletes what may still move, however old', async () => {
    const { options, clock, left, ids, store, request } = await setUp(1)
    const { ret } = (await store.session(ids['In Review'] ?? '')) ?? {}
    for (let year = 0; year < 3; year++) {
      clock.pass(365 * DAY)
      await runDue(options)
    }
    expect(await left()).toContain('In Review')
    expect((await request(`/return/${ret}`)).status).toBe(303)
  })

  it('keeps sessions and acts where nobody said when they may go', async () => {
    const { options, clock, left, acts } = await setUp()
    clock.pass(4000 * DAY)
    await runDue(options)
    expect(await left()).toHaveLength(4)
    expect(await acts()).toHaveLength(1)
  })

  it('deletes after a month what has been dealt with: webhooks and delivered events', async () => {
    const { options, clock, knows, events, ids } = await setUp()
    clock.pass(30 * DAY - 60 * SECOND)
    await runDue(options)
    expect(await knows('Declined')).toBe(true)
    expect(await events(ids.Declined)).toHaveLength(2)
    clock.pass(2 * 60 * SECOND)
    await runDue(options)
    expect(await knows('Declined')).toBe(false)
    expect(await events(ids.Declined)).toEqual([])
  })

  it('keeps an event that was given up until somebody deals with it', async () => {
    const { options, clock, store } = await setUp()
    const { session } = await (await createBff({ ...options, clock })).start()
    const entry = { id: 'dead', sessionId: session.id, version: 2, event: '{}' }
    const change = { status: 'In Progress', eventAt: 0, checkAt: 0, now: clock.now(), entry }
    await store.changeStatus(session.id, 1, change)
    await store.endEvent('dead', { result: 'dead', error: 'no', now: clock.now() })
    clock.pass(4000 * DAY)
    await runDue(options)
    expect(await store.event('dead')).toMatchObject({ result: 'dead' })
  })

  it('does not delete more at once than anybody would notice', async () => {
    const { options, clock, store } = await createBff({ retentionDays: 1 })
    const at = clock.now()
    const times = { createdAt: at, changedAt: at, eventAt: at, askedAt: at, checkAt: 8.64e15 }
    const text = { subject: 'u', workflow: 'default', status: 'Expired', url: '', reference: null }
    for (let i = 0; i < 250; i++) {
      await store.saveSession({ ...text, ...times, id: `s${i}`, ret: `r${i}` })
    }
    clock.pass(2 * DAY)
    await runDue(options)
    const left = async () =>
      (await Promise.all(Array.from({ length: 250 }, (_, i) => store.session(`s${i}`)))).filter(
        Boolean,
      ).length
    expect(await left()).toBe(50)
    await runDue(options)
    expect(await left()).toBe(0)
  })
})
