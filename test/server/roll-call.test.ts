import { describe, expect, it } from 'vitest'
import { runDue } from '../../server/reconcile.ts'
import { createBff } from '../support/bff.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

/** So many sessions of one day, none of which anybody watches. */
async function setUp(count: number, options: Parameters<typeof createBff>[0] = {}) {
  const bff = await createBff({ limits: { app: 10_000 }, ...options })
  const ids: string[] = []
  for (let i = 0; i < count; i++) ids.push((await bff.start()).session.id)
  bff.didit.calls.length = 0
  const statuses = async () => {
    const counts: Record<string, number> = {}
    for (const id of ids) {
      const status = (await bff.store.session(id))?.status ?? 'gone'
      counts[status] = (counts[status] ?? 0) + 1
    }
    return counts
  }
  const calls = () => {
    const lists = bff.didit.calls.filter((call) => call === 'GET /v3/sessions/').length
    return { lists, questions: bff.didit.calls.length - lists }
  }
  return { ...bff, ids, statuses, calls }
}

describe('many sessions that are due at once', () => {
  it('are asked about with one list call for fifty', async () => {
    const { options, clock, calls } = await setUp(120)
    clock.pass(MINUTE)
    await runDue(options)
    expect(calls()).toEqual({ lists: 3, questions: 0 })
    // Nobody is due any more.
    await runDue(options)
    expect(calls()).toEqual({ lists: 3, questions: 0 })
  })

  it('follow what the list says, and who is absent is asked about, never given up', async () => {
    const { options, clock, ids, move, statuses, calls, store } = await setUp(60)
    const [one = '', two = '', three = ''] = ids
    await move(one, 'In Progress')
    await move(two, 'In Progress', 'Declined')
    await move(three, 'Expired')
    clock.pass(MINUTE)
    // Each round asks about some of the absent.
    for (let i = 0; i < 3; i++) await runDue(options)
    expect(await statuses()).toEqual({
      'Not Started': 57,
      'In Progress': 1,
      Declined: 1,
      Expired: 1,
    })
    expect(calls().questions).toBe(2)
    expect((await store.session(three))?.missingAt).toBeNull()
  })

  it('are found when Didit no longer knows some of them', async () => {
    const { options, clock, ids, sandbox, store } = await setUp(30)
    const gone = ids[7] ?? ''
    const url = `http://127.0.0.1:4010/v3/session/${gone}/delete/`
    await sandbox.app.request(url, { method: 'DELETE', headers: { 'x-api-key': 'key' } })
    clock.pass(MINUTE)
    for (let i = 0; i < 3; i++) await runDue(options)
    expect((await store.session(gone))?.missingAt).toBe(clock.now())
    expect((await store.session(ids[8] ?? ''))?.missingAt).toBeNull()
  })

  it('are asked about one by one where they are few', async () => {
    const { options, clock, calls } = await setUp(9)
    clock.pass(MINUTE)
    await runDue(options)
    expect(calls()).toEqual({ lists: 0, questions: 9 })
  })

  it('are asked about one by one where the list is long and they are few on it', async () => {
    const { options, clock, ids, store, calls } = await setUp(600)
    for (const id of ids.slice(12)) await store.checkLater(id, clock.now() + DAY)
    clock.pass(MINUTE)
    await runDue(options)
    expect(calls()).toEqual({ lists: 1, questions: 12 })
  })

  it('are asked about later where the list cannot be had, and none is lost', async () => {
    const { options, clock, didit, move, ids, statuses } = await setUp(40)
    for (const id of ids) await move(id, 'In Progress')
    clock.pass(MINUTE)
    didit.answer = () => new Response('', { status: 500 })
    await runDue(options)
    expect(didit.calls).toHaveLength(1)
    didit.answer = (_request, pass) => pass()
    clock.pass(2 * SECOND)
    await runDue(options)
    expect(await statuses()).toEqual({ 'In Progress': 40 })
  })

  it('are asked for by workflow and by day', async () => {
    const { options, clock, didit, start } = await setUp(0)
    const queries: string[] = []
    didit.answer = (request, pass) => {
      const { pathname, searchParams } = new URL(request.url)
      if (pathname === '/v3/sessions/') queries.push(searchParams.toString())
      return pass()
    }
    for (let i = 0; i < 20; i++) await start()
    clock.pass(DAY)
    for (let i = 0; i < 20; i++) await start()
    clock.pass(MINUTE)
    for (let i = 0; i < 2; i++) await runDue(options)
    const days = queries.map((query) => new URLSearchParams(query).get('date_from'))
    expect(days.sort()).toEqual(['2026-01-01', '2026-01-02'])
    expect(new URLSearchParams(queries[0]).get('workflow_id')).toBe(options.workflows.default)
    expect(new URLSearchParams(queries[0]).get('status')).toContain('In Review')
  })

  it('of a settled status are swept with the list too', async () => {
    const { options, clock, ids, move, hook, idle, calls, statuses, didit } = await setUp(30)
    for (const id of ids) {
      clock.pass(SECOND)
      await move(id, 'In Progress', 'Approved')
      await hook({ session_id: id, status: 'Approved' })
      await idle()
    }
    clock.pass(2 * MINUTE)
    for (let i = 0; i < 5; i++) await runDue(options)
    await move(ids[3] ?? '', 'Declined')
    didit.calls.length = 0
    clock.pass(DAY)
    for (let i = 0; i < 3; i++) await runDue(options)
    expect(await statuses()).toEqual({ Approved: 29, Declined: 1 })
    expect(calls()).toEqual({ lists: 1, questions: 1 })
  })

  it('leave the larger part of what Didit allows to visitors', async () => {
    const { options, clock, didit, ids, store } = await setUp(0, { limits: { app: 1e6 } })
    const at = clock.now()
    const times = { createdAt: at, changedAt: at, eventAt: at, askedAt: at, checkAt: at }
    const text = { subject: 'u', workflow: 'gone', status: 'In Review', url: '', reference: null }
    for (let i = 0; i < 600; i++) {
      const id = crypto.randomUUID()
      ids.push(id)
      await store.saveSession({ ...text, ...times, id, ret: id })
    }
    didit.answer = () => Response.json({ status: 'In Review' })
    for (let i = 0; i < 40; i++) await Promise.all([runDue(options), runDue(options)])
    expect(didit.calls).toHaveLength(240)
    clock.pass(MINUTE)
    for (let i = 0; i < 40; i++) await Promise.all([runDue(options), runDue(options)])
    expect(didit.calls).toHaveLength(480)
  })
})
