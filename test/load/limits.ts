// How much one instance carries: `node --import tsx test/load/limits.ts [sqlite] [postgres]`.
// Everything runs on this machine, the one that asks as well, so the figures are lower bounds.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, createServer, request as httpRequest, type Server } from 'node:http'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { sign } from '../../server/didit/webhook.ts'
import { DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import type { Driver } from '../../server/store/driver.ts'
import { createStore, migrate } from '../../server/store/index.ts'
import { openPostgres } from '../../server/store/postgres.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { fill } from '../support/fill.ts'
import { type Cluster, openCluster } from '../support/postgres.ts'
import { freePorts, run } from '../support/process.ts'

const SESSIONS = 1_000
const STREAMS = 2_000
const SECRET = 'hook-secret'
const agent = new Agent({ keepAlive: true, maxSockets: 64 })

interface Grant {
  session: { id: string }
  token: string
}

/** A Didit that makes sessions and says of each that it is as it was. */
async function startDidit(): Promise<{ server: Server; origin: string }> {
  const [port = 0] = await freePorts(1)
  const server = createServer((request, response) => {
    const id = crypto.randomUUID()
    const body = request.method === 'POST' ? { session_id: id, url: `https://v/${id}` } : {}
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ status: 'Not Started', ...body }))
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { server, origin: `http://127.0.0.1:${port}` }
}

function ask(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: object; body?: string } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers: { ...headers }, agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Does `work` for each, so many side by side. @returns seconds. */
async function each<T>(list: readonly T[], side: number, work: (item: T, i: number) => unknown) {
  const start = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: side }, async () => {
      for (let i = next++; i < list.length; i = next++) await work(list[i] as T, i)
    }),
  )
  return (performance.now() - start) / 1000
}

async function measureServe(name: string, databaseUrl: string): Promise<void> {
  const didit = await startDidit()
  const [port = 0] = await freePorts(1)
  const endpoint = `http://127.0.0.1:${port}/api/verify`
  const program = run('server/cli.ts', {
    args: ['serve'],
    env: {
      DIDIT_API_KEY: 'key',
      DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
      DIDIT_BASE_URL: didit.origin,
      DIDIT_WEBHOOK_SECRET: SECRET,
      DATABASE_URL: databaseUrl,
      MAX_SESSIONS_PER_HOUR: '1000000',
      TRUSTED_PROXIES: '1',
      LOG_LEVEL: 'error',
      PORT: String(port),
    },
  })
  await program.prints(/Ready: /)

  // Didit lets nobody make more than 600 a minute, so the first of them wait for nothing.
  const grants: Grant[] = []
  const origin = `http://localhost:${port}`
  const made = await each(Array.from({ length: 500 }), 16, async (_, i) => {
    const forwarded = { 'x-forwarded-for': `10.${i >> 8}.${i & 255}.1` }
    const headers = { origin, 'content-type': 'application/json', ...forwarded }
    const answer = await ask(`${endpoint}/sessions`, { method: 'POST', headers, body: '{}' })
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
    grants.push(JSON.parse(answer.text))
  })
  say(name, 'sessions started', `${Math.round(500 / made)}/s`)

  const webhook = async ({ session }: Grant, status: string, second: number) => {
    const timestamp = Math.floor(Date.now() / 1000)
    const body = JSON.stringify({
      event_id: crypto.randomUUID(),
      webhook_type: 'status.updated',
      session_id: session.id,
      status,
      created_at: timestamp + second,
      timestamp,
    })
    const headers = await sign({ body, secret: SECRET, timestamp })
    const { status: code } = await ask(`${endpoint}/webhooks`, { method: 'POST', headers, body })
    if (code !== 204) throw new Error(`a webhook got ${code}`)
  }
  const before = cpuOf(program.pid)
  let seconds = await each(grants, 32, (grant) => webhook(grant, 'In Progress', 1))
  seconds += await each(grants, 32, (grant) => webhook(grant, 'In Review', 2))
  const spent = cpuOf(program.pid) - before
  say(name, 'webhooks taken', `${Math.round((2 * grants.length) / seconds)}/s`)
  say(name, 'webhooks a second of its CPU', `${Math.round((2 * grants.length) / spent)}`)

  const list = Array.from({ length: 10 * SESSIONS }, (_, i) => grants[i % grants.length] as Grant)
  const read = cpuOf(program.pid)
  const reads = await each(list, 32, ({ session, token }) =>
    ask(`${endpoint}/sessions/${session.id}`, { headers: { 'verify-token': token } }),
  )
  say(name, 'reads', `${Math.round(list.length / reads)}/s`)
  say(name, 'reads a second of its CPU', `${Math.round(list.length / (cpuOf(program.pid) - read))}`)

  const memory = memoryOf(program.pid)
  const told = new Map<string, number>()
  const aborts: (() => void)[] = []
  const streams = Array.from({ length: STREAMS }, (_, i) => grants[i % grants.length] as Grant)
  await each(streams, 32, async ({ session, token }) => {
    const address = `10.9.${told.size % 250}.${aborts.length % 250}`
    const headers = { 'verify-token': token, 'x-forwarded-for': address }
    await new Promise<void>((resolve, reject) => {
      const sent = httpRequest(`${endpoint}/sessions/${session.id}/events`, { headers }, (it) => {
        if (it.statusCode !== 200) return reject(new Error(`a stream got ${it.statusCode}`))
        it.setEncoding('utf8').on('data', (text: string) => {
          if (text.includes('Approved')) told.set(`${session.id} ${i}`, performance.now())
          resolve()
        })
        it.on('error', () => {})
      })
      const i = aborts.push(() => sent.destroy())
      sent.on('error', reject).end()
    })
  })
  const grown = (memoryOf(program.pid) - memory) / STREAMS / 1024
  say(name, `memory of each of ${STREAMS} streams`, `${Math.round(grown)} KiB`)
  const resting = cpuOf(program.pid)
  await new Promise((resolve) => setTimeout(resolve, 15_000))
  const share = ((cpuOf(program.pid) - resting) / 15) * 100
  say(name, `CPU of ${STREAMS} streams at rest`, `${share.toFixed(0)} % of a core`)
  const sample = grants.slice(0, 100)
  const latencies: number[] = []
  for (const grant of sample) {
    const start = performance.now()
    await webhook(grant, 'Approved', 3)
    const mine = () => [...told].filter(([key]) => key.startsWith(grant.session.id))
    while (mine().length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    latencies.push((mine()[0]?.[1] ?? 0) - start)
  }
  latencies.sort((a, b) => a - b)
  say(name, 'webhook to browser, median', `${latencies[50]?.toFixed(0)} ms`)
  say(name, 'webhook to browser, 95 of 100', `${latencies[94]?.toFixed(0)} ms`)
  for (const abort of aborts) abort()
  await program.kill('SIGKILL')
  didit.server.closeAllConnections()
  didit.server.close()
}

/** How long the store takes for one session from its start to its end, at this size. */
async function measureLife(name: string, driver: Driver, rows: number): Promise<void> {
  const now = Date.now()
  await migrate(driver)
  await fill(driver, rows, now)
  const store = createStore(driver)
  const took: number[] = []
  for (let i = 0; i < 300; i++) {
    const id = crypto.randomUUID()
    const times = { createdAt: now, changedAt: now, eventAt: now, askedAt: now, checkAt: now + 1e9 }
    const text = { subject: id, workflow: 'default', status: 'In Progress', url: 'https://u' }
    const entry = { id: `${id}.2`, sessionId: id, version: 2, event: '{}' }
    const envelope = { id, sessionId: id, status: 'Approved', covered: true, eventAt: now + 1 }
    const change = { status: 'Approved', eventAt: now + 1, checkAt: now + 1e9, now, entry }
    const start = performance.now()
    await store.beginSession({ ...text, ret: id, reference: null, details: null, mode: null }, now)
    await store.saveSession({ ...text, ...times, id, ret: id, reference: null })
    await store.newestSession(id, 'default')
    await store.receive({ ...envelope, hash: 'h' }, now, now + 10_000)
    await store.changeStatus(id, 1, change)
    await store.finishEnvelope(id, now)
    // Longer due than all that waits, so that it is the one that is leased.
    await driver.query('update outbox set due_at = 0 where id = $1', [entry.id])
    const [event] = await store.leaseEvents(now, now + 60_000, 1)
    if (event?.id !== entry.id) throw new Error(`leased ${event?.id}`)
    await store.endEvent(entry.id, { result: 'delivered', error: null, now })
    await store.session(id)
    took.push(performance.now() - start)
  }
  took.sort((a, b) => a - b)
  say(
    name,
    `a session's life at ${rows.toLocaleString('en')}, median`,
    `${took[150]?.toFixed(1)} ms`,
  )
}

function say(store: string, what: string, figure: string): void {
  console.log(`${store.padEnd(9)}  ${what.padEnd(48)}  ${figure}`)
}

/** Seconds of CPU that a process has had; Linux only. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Bytes that a process holds; Linux only. */
function memoryOf(pid: number): number {
  const pages = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]
  return Number(pages) * 4096
}

const wanted = process.argv.slice(2)
const load = loadavg()[0]?.toFixed(1)
console.log(`Node ${process.version}, ${availableParallelism()} cores, load ${load}\n`)
if (wanted.length === 0 || wanted.includes('sqlite')) {
  const folder = mkdtempSync(path.join(tmpdir(), 'didit-verify-load-'))
  await measureServe('libsql', `file:${path.join(folder, 'serve.db')}`)
  for (const rows of [1_000, 1_000_000]) {
    const driver = openSqlite(path.join(folder, `${rows}.db`))
    await measureLife('libsql', driver, rows)
    await driver.close()
  }
  rmSync(folder, { recursive: true })
}
if (wanted.length === 0 || wanted.includes('postgres')) {
  const cluster: Cluster = await openCluster()
  await measureServe('Postgres', await cluster.createDatabase())
  for (const rows of [1_000, 1_000_000]) {
    const driver = await openPostgres(await cluster.createDatabase())
    await measureLife('Postgres', driver, rows)
    await driver.close()
  }
  await cluster.stop()
}
agent.destroy()
process.exit(0)
