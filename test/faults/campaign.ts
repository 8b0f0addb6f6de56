// Hundreds of verifications while everything goes wrong, and then a look at what became of each.

import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Hono } from 'hono'
import { close, listen } from '../../server/main.ts'
import type { StatusEvent } from '../../server/options.ts'
import { createSandbox } from '../../server/sandbox/app.ts'
import type { SessionRow } from '../../server/store/index.ts'
import { type Cluster, openCluster } from '../support/postgres.ts'
import { freePorts } from '../support/process.ts'
import { createFastClock } from './clock.ts'
import { startFleet } from './fleet.ts'
import { createRandom } from './random.ts'
import { API, MACHINES, type Machine, SAID, type Said, storm, WEBHOOKS } from './storm.ts'
import { type Fault, faultsOf, type Seen, type Told, type Truth } from './truth.ts'
import { pause, visit } from './visitors.ts'

const HOUR = 60 * 60 * 1000
const SECRET = 'hook-secret'
const OPERATOR = 'anna-token-of-thirty-two-characters'
const quiet = { info() {}, warn() {}, error() {} }

export interface CampaignOptions {
  store: 'sqlite' | 'postgres'
  sessions: number
  seed: number
  /** How much faster time passes than it does. */
  speed?: number
  /** New visitors in a real second. */
  rate?: number
  /** Seconds in which all has to come right after the last fault. */
  patience?: number
  say?(line: string): void
}

export interface Report {
  store: string
  seed: number
  seconds: number
  /** Sessions at Didit. */
  sessions: number
  /** Changes of status at Didit. */
  changes: number
  /** How often each class of faults was there. */
  storms: Record<string, number>
  /** What happened of it. */
  events: Record<string, number>
  /** How many were right before the clock was put forward to the next daily sweep. */
  rightBeforeSweep: number
  /** What is not as it has to be, by kind. */
  faults: Record<Fault | 'crashed', string[]>
}

export async function runCampaign(options: CampaignOptions): Promise<Report> {
  const { store, sessions, seed, speed = 5, rate = 8, patience = 180, say = () => {} } = options
  const started = Date.now()
  const random = createRandom(seed)
  const clock = createFastClock({ speed, origin: started, ahead: 0 })
  const undo: (() => unknown)[] = []
  const counts: Record<string, number> = {}
  const count = (what: string, more = 1) => {
    counts[what] = (counts[what] ?? 0) + more
  }
  const storms: Record<string, number> = {}
  const said = new Set<Said>()

  try {
    const [sandboxPort = 0, toldPort = 0, ...ports] = await freePorts(store === 'sqlite' ? 3 : 5)
    const database = await openDatabase(store)
    undo.push(database.stop)

    // Didit.
    const luck = random.fork()
    const didit = `http://127.0.0.1:${sandboxPort}`
    const anywhere = () => `http://127.0.0.1:${luck.pick(ports)}`
    const sandbox = createSandbox({
      publicUrl: didit,
      now: clock.now,
      timers: clock.timers,
      random: luck.fork().next,
      log: quiet,
      webhook: { url: 'http://balancer.invalid/api/verify/webhooks', secret: SECRET },
      async fetch(input, init) {
        count('webhooks sent')
        const url = String(input).replace('http://balancer.invalid', anywhere())
        const response = await fetch(url, init).catch((error) => {
          const { name, cause } = error as Error & { cause?: { code?: string } }
          count(
            name === 'AbortError'
              ? 'webhooks without an answer in time'
              : `webhooks that met ${cause?.code}`,
          )
          throw error
        })
        count(`webhooks answered ${response.status}`)
        return response
      },
    })
    undo.push(sandbox.close)
    const api = {
      async fetch(request: Request, env?: unknown): Promise<Response> {
        const response = await sandbox.app.fetch(request)
        count(`API answered ${response.status}`)
        if (response.headers.has('x-ratelimit-limit')) count('API refused for its rate limit')
        if (said.has('answer lost') && luck.happens(0.3)) {
          count('answers lost')
          ;(env as { incoming: IncomingMessage }).incoming.socket.destroy()
        }
        return response
      },
    }
    const control = (method: string, route: string, body: object) =>
      sandbox.app.request(`${didit}/_sandbox${route}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })

    // The host's own system.
    const told = new Map<string, Told[]>()
    const host = new Hono().post('/told', async (c) => {
      const event = (await c.req.json()) as StatusEvent
      const entry = { event, accepted: false }
      const own = told.get(event.sessionId) ?? []
      told.set(event.sessionId, own)
      own.push(entry)
      count('events told')
      if (said.has('host answers too late') && luck.happens(0.3)) {
        count('events answered too late')
        await pause(40_000 / speed)
      }
      const refuses = said.has('host refuses')
      if (refuses && luck.happens(0.4)) {
        count('events refused')
        return c.body(null, 500)
      }
      entry.accepted = true
      if (refuses && luck.happens(0.2)) {
        count('events taken without an answer')
        ;(c.env as { incoming: IncomingMessage }).incoming.socket.destroy()
      }
      return c.body(null, 204)
    })

    const servers: Server[] = []
    undo.push(() => Promise.all(servers.map(close)))
    await listen(servers, api as Parameters<typeof listen>[1], sandboxPort, '127.0.0.1')
    await listen(servers, host, toldPort, '127.0.0.1')

    const publicUrl = `http://127.0.0.1:${ports[0]}/api/verify`
    const fleet = await startFleet(ports, (port) => ({
      port,
      publicUrl,
      databaseUrl: database.url,
      didit,
      told: `http://127.0.0.1:${toldPort}/told`,
      webhookSecret: SECRET,
      operatorToken: OPERATOR,
      clock: clock.settings(),
    }))
    undo.push(fleet.stop)
    say(`${ports.length} process${ports.length > 1 ? 'es' : ''} over ${store}, seed ${seed}`)

    // What goes wrong.
    let raging = true
    async function rage(
      classes: readonly string[],
      [least, most]: readonly [number, number],
      play: (name: string) => Promise<void>,
    ) {
      const own = random.fork()
      for (const name of storm(own, classes)) {
        if (!raging) return
        storms[name] = (storms[name] ?? 0) + 1
        await play(name)
        await pause(own.between(least, most))
      }
    }
    const own = random.fork()
    const during = async (begin: () => unknown, end: () => unknown) => {
      await begin()
      await pause(own.between(300, 1_000))
      await end()
    }
    const inForce: Record<'webhooks' | 'api', object> = { webhooks: {}, api: {} }
    const setFault = async (kind: keyof typeof inForce, fault: object = {}) => {
      inForce[kind] = fault
      // What is empty clears both kinds.
      await control('PUT', '/faults', {})
      for (const each of Object.values(inForce)) {
        if (Object.keys(each).length > 0) await control('PUT', '/faults', each)
      }
    }
    const play: Record<Machine, () => Promise<void>> = {
      'process killed': () => replace('SIGKILL'),
      'process stopped': () => replace('SIGTERM'),
      'connections broken': database.breakConnections,
      'database crashed': database.crash,
    }
    /** Where starting takes long, the new process lives the longer, or nothing would ever happen. */
    const replace = async (signal: 'SIGKILL' | 'SIGTERM') => {
      const begun = Date.now()
      await fleet.replace(own.pick(ports), signal)
      await pause(2 * (Date.now() - begun))
    }
    const machines = MACHINES.filter((name) => store === 'postgres' || /^process/.test(name))
    const rages = [
      rage(Object.keys(WEBHOOKS), [100, 1_000], (name) =>
        during(
          () => setFault('webhooks', WEBHOOKS[name]),
          () => setFault('webhooks'),
        ),
      ),
      rage(Object.keys(API), [100, 1_000], (name) =>
        during(
          () => setFault('api', API[name]),
          () => setFault('api'),
        ),
      ),
      rage(SAID, [100, 1_000], (name) =>
        during(
          () => said.add(name as Said),
          () => said.delete(name as Said),
        ),
      ),
      rage(machines, [500, 2_000], (name) => play[name as Machine]()),
    ]

    // Who comes.
    const home = new AbortController()
    undo.push(() => home.abort())
    const seen = new Map<string, Seen[]>()
    const place = {
      origin: new URL(publicUrl).origin,
      operatorToken: OPERATOR,
      anywhere,
      async move(id: string, status: string) {
        await control('POST', `/sessions/${id}/status`, { status })
      },
      seen(id: string) {
        const all = seen.get(id) ?? []
        seen.set(id, all)
        return all
      },
      signal: home.signal,
    }
    const visits: Promise<void>[] = []
    for (let i = 0; i < sessions; i++) {
      visits.push(visit(`user-${i}`, random.fork(), place))
      await pause(random.between(0, 2_000 / rate))
    }
    await Promise.all(visits)
    raging = false
    await Promise.all(rages)
    said.clear()
    await control('PUT', '/faults', {})
    say(`${sessions} visitors are done; now everything has to come right`)

    // What became of it.
    async function look() {
      const truths = await readTruths(sandbox.app, didit)
      const rows = await ask<(SessionRow | null)[]>(
        '/_rows',
        truths.map(({ id }) => id),
      )
      const faults = truths.flatMap((truth, i) =>
        faultsOf({
          truth,
          row: rows?.[i] ?? undefined,
          told: told.get(truth.id) ?? [],
          seen: seen.get(truth.id) ?? [],
        }),
      )
      return { truths, faults, right: rows ? truths.length - countOf(faults) : 0 }
    }
    async function ask<T>(route: string, body: unknown): Promise<T | undefined> {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }
      const response = await fetch(`http://127.0.0.1:${ports[0]}${route}`, init).catch(() => {})
      return response?.ok ? response.json().catch(() => undefined) : undefined
    }
    const lookUntilRight = async (seconds: number) => {
      const end = Date.now() + seconds * 1000
      for (;;) {
        const found = await look()
        if (found.faults.length === 0 || Date.now() > end) return found
        await pause(500)
      }
    }
    const before = await lookUntilRight(10)
    say(`${before.right} of ${before.truths.length} right; a day passes`)
    clock.put(25 * HOUR)
    const ahead = { ahead: 25 * HOUR }
    for (const port of ports) {
      const response = await fetch(`http://127.0.0.1:${port}/_clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(ahead),
      })
      if (!response.ok) throw new Error(`the process on ${port} has no clock`)
    }
    const after = await lookUntilRight(patience)

    const faults: Report['faults'] = {
      lost: [],
      wrong: [],
      untold: [],
      'out of order': [],
      crashed: [...fleet.crashes],
    }
    for (const [fault, text] of after.faults) faults[fault].push(text)
    return {
      store,
      seed,
      seconds: Math.round((Date.now() - started) / 1000),
      sessions: after.truths.length,
      changes: after.truths.reduce((sum, { history }) => sum + history.length - 1, 0),
      storms,
      events: counts,
      rightBeforeSweep: before.right,
      faults,
    }
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

function countOf(faults: readonly [Fault, string][]): number {
  return new Set(faults.map(([, text]) => text.split(' ')[0])).size
}

/** Every session of the sandbox, with all that it has been. */
async function readTruths(app: Hono, origin: string): Promise<Truth[]> {
  const rows = (await (await app.request(`${origin}/_sandbox/sessions`)).json()) as {
    session_id: string
    vendor_data: string
  }[]
  return Promise.all(
    rows.map(async ({ session_id: id, vendor_data: subject }) => {
      const url = `${origin}/v3/session/${id}/decision/?include=events`
      // A key of its own counts against a limit of its own.
      const response = await app.request(url, { headers: { 'x-api-key': `checker-${id}` } })
      const decision = (await response.json()) as {
        status: string
        events: { event_type: string }[]
      }
      const history = decision.events.map(({ event_type }) => event_type)
      return { id, subject, status: decision.status, history }
    }),
  )
}

/** A store to be used by processes, and what can happen to it. */
async function openDatabase(kind: 'sqlite' | 'postgres') {
  if (kind === 'sqlite') {
    const folder = mkdtempSync(path.join(tmpdir(), 'didit-verify-faults-'))
    return {
      url: `file:${path.join(folder, 'verify.db')}`,
      breakConnections: async () => {},
      crash: async () => {},
      stop: async () => rmSync(folder, { recursive: true, force: true }),
    }
  }
  const cluster: Cluster = await openCluster()
  const url = await cluster.createDatabase()
  const ours = `from pg_stat_activity where application_name like 'didit-verify%' and datname = $1`
  const name = new URL(url).pathname.slice(1)
  /** A crash throws its owner out too. */
  const ask = async <T extends object>(text: string): Promise<T[]> => {
    for (;;) {
      const rows = await cluster.ask<T>(text, [name]).catch(() => undefined)
      if (rows) return rows
      await pause(50)
    }
  }
  return {
    url,
    async breakConnections() {
      await ask(`select pg_terminate_backend(pid) ${ours}`)
    },
    /** Postgres then ends all its processes, and comes back from its log. */
    async crash() {
      if (cluster.pid === undefined) return
      const [victim] = await ask<{ pid: number }>(`select pid ${ours} limit 1`)
      if (victim) process.kill(victim.pid, 'SIGKILL')
    },
    stop: cluster.stop,
  }
}
