import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { SessionGrant } from '../../server/contract.ts'
import { openStore } from '../../server/store/index.ts'
import { createBff } from '../support/bff.ts'
import { createClock } from '../support/clock.ts'
import { readEvents, readStatus } from '../support/events.ts'
import { type Fleet, startFleet } from '../support/fleet.ts'
import { until } from '../support/gate.ts'
import { type Cluster, NO_POSTGRES, openCluster } from '../support/postgres.ts'
import { NO_NGINX, startProxy } from '../support/proxy.ts'

const COMMENT = ': still here'
const TOKEN = 'anna-token-of-thirty-two-characters'

describe(`three instances over one Postgres${NO_POSTGRES}`, () => {
  if (NO_POSTGRES) {
    it('are not started', () => {
      expect(NO_POSTGRES).toContain('LEFT OUT')
    })
    return
  }

  let cluster: Cluster
  const undo: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    cluster = await openCluster()
  }, 60_000)
  afterAll(() => cluster.stop(), 60_000)
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step()
  })

  async function setUp(env: Record<string, string> = {}): Promise<Fleet> {
    const fleet = await startFleet(await cluster.createDatabase(), { env })
    undo.push(fleet.stop)
    return fleet
  }

  async function grant(response: Promise<Response>): Promise<SessionGrant> {
    const answer = await response
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
  }

  /** The next event that is no heartbeat, and how many of those came before it. */
  async function nextChange(events: ReturnType<typeof readEvents>) {
    let beats = 0
    for (;;) {
      const event = await events.next()
      if (event !== COMMENT) return { beats, change: event && readStatus(event) }
      beats++
    }
  }

  it('carry a webhook at one to a browser at another while the third is killed', async () => {
    const { a, b, c, create, stream, read, sandbox } = await setUp()
    const mine = await grant(create(c))
    const events = readEvents(await stream(b, mine))
    expect(readStatus(await events.next())).toEqual(['Not Started', 1])

    const killed = c.program.kill('SIGKILL')
    await sandbox.move(mine.session.id, 'In Progress')
    expect(await nextChange(events)).toEqual({ beats: 0, change: ['In Progress', 2] })
    await killed
    await sandbox.move(mine.session.id, 'Approved')
    expect(await nextChange(events)).toEqual({ beats: 0, change: ['Approved', 3] })
    expect(await events.next()).toBeUndefined()
    const { session } = await (await read(a, mine)).json()
    expect(session).toMatchObject({ status: 'Approved', outcome: 'approved', version: 3 })
  }, 60_000)

  it('hand a browser over when the one it listens to is stopped', async () => {
    const { b, c, create, stream, sandbox } = await setUp()
    const mine = await grant(create(b))
    const events = readEvents(await stream(b, mine))
    await events.next()
    await b.program.kill('SIGTERM')
    expect(await events.next()).toBeUndefined()
    await sandbox.move(mine.session.id, 'In Progress')
    const next = readEvents(await stream(c, mine, { 'last-event-id': '1' }))
    expect((await nextChange(next)).change).toEqual(['In Progress', 2])
    await next.abort()
  }, 60_000)

  it('know of each other’s tokens, limits and acts of operators', async () => {
    const env = { MAX_SESSIONS_PER_HOUR: '2', OPERATOR_TOKENS: `anna:${TOKEN}` }
    const { a, b, c, create, stream, sandbox, read } = await setUp(env)
    const mine = await grant(create(a))
    await grant(create(b))
    expect((await create(c)).status).toBe(429)
    expect((await read(c, mine)).status).toBe(200)

    await sandbox.move(mine.session.id, 'In Progress')
    await sandbox.move(mine.session.id, 'In Review')
    const events = readEvents(await stream(c, mine))
    await until(async () => (await events.next())?.includes('In Review') ?? false)
    const act = b.endpoint.replace('/verify', `/operator/sessions/${mine.session.id}/approve`)
    const headers = { authorization: `Bearer ${TOKEN}` }
    expect((await fetch(act, { method: 'POST', headers })).status).toBe(200)
    expect((await nextChange(events)).change?.[0]).toBe('Approved')
  }, 60_000)

  it('work off what one of them was killed with', async () => {
    const { a, b, create, read, restart, sandbox } = await setUp()
    const mine = await grant(create(a))
    const { id } = mine.session
    await sandbox.move(id, 'In Progress')
    await until(async () => (await (await read(b, mine)).json()).session.version === 2)
    // This one has to be asked about, and Didit does not answer: it is on disk and nothing more.
    await sandbox.faults({ status: 500 })
    await sandbox.move(id, 'In Review')
    await sandbox.move(id, 'Declined')
    await until(async () => {
      const sent = await sandbox.deliveries(id)
      return sent.some(({ status, answer }) => status === 'Declined' && answer?.status === 204)
    })
    await a.program.kill('SIGKILL')
    await sandbox.faults({})
    await until(async () => (await (await read(b, mine)).json()).session.settled)
    await restart(a)
    expect((await (await read(a, mine)).json()).session.status).toBe('Declined')
  }, 90_000)

  it(`are one behind the proxy of deploy/${NO_NGINX}`, async () => {
    const { a, b, c, create, read, stream, sandbox } = await setUp({ TRUSTED_PROXIES: '1' })
    if (NO_NGINX) return
    const proxy = await startProxy([a.port, b.port, c.port])
    undo.push(proxy.stop)
    const mine = await grant(create(proxy))
    const events = readEvents(await stream(proxy, mine))
    expect(readStatus(await events.next())).toEqual(['Not Started', 1])
    await sandbox.move(mine.session.id, 'In Progress')
    expect((await nextChange(events)).change).toEqual(['In Progress', 2])

    // Whichever of them serves it, the next ones take over.
    await b.program.kill('SIGKILL')
    await c.program.kill('SIGKILL')
    for (let i = 0; i < 9; i++) expect((await read(proxy, mine)).status).toBe(200)
    await sandbox.move(mine.session.id, 'In Review')
    const again = readEvents(await stream(proxy, mine, { 'last-event-id': '2' }))
    expect((await nextChange(again)).change).toEqual(['In Review', 3])
    await again.abort()
  }, 60_000)

  it('lose nothing but time with a lost notification: 15 seconds at most', async () => {
    const url = await cluster.createDatabase()
    const [one, two] = [await openStore(url), await openStore(url)]
    undo.push(
      () => one.close(),
      () => two.close(),
    )
    const clock = createClock()
    const first = await createBff({ store: one, clock, secret: 'one secret for both of them' })
    const second = await createBff({ ...first.options, store: two, clock })
    const { session, token } = await first.start()
    const headers = { 'verify-token': token }
    const events = readEvents(await second.request(`/sessions/${session.id}/events`, { headers }))
    expect(readStatus(await events.next())).toEqual(['Not Started', 1])
    await until(() => clock.waiting() > 0)

    // Nobody gets a new connection, so the one that listens cannot come back.
    const database = new URL(url).pathname.slice(1)
    await cluster.ask(`alter database ${database} with allow_connections false`)
    const broken = await cluster.ask(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = $1 and application_name = 'didit-verify listen'`,
      [database],
    )
    expect(broken).toHaveLength(2)
    const row = await one.session(session.id)
    const change = { status: 'In Progress', eventAt: 0, checkAt: 0, now: clock.now() }
    await one.changeStatus(session.id, row?.version ?? 0, change)
    clock.pass(15_000)
    expect(readStatus(await events.next())).toEqual(['In Progress', 2])
    await events.abort()
    await cluster.ask(`alter database ${database} with allow_connections true`)
  }, 60_000)
})
