// What an open event stream costs, and how soon all of them are told when every session moves.

import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Status } from '../../../server/contract.ts'
import { type Bench, type Measurement, median, type Summary, summarize } from '../measure.ts'
import type { BareWebhookTask } from '../processes/bare-webhook.ts'
import type { Open, Tell } from '../processes/streams.ts'
import { type Process, start, startBackend, WEBHOOK_SECRET } from '../processes.ts'
import { webhook } from './seed.ts'
import { createSession, move } from './visitor.ts'

const STEPS: readonly Status[] = ['In Progress', 'Awaiting User', 'In Review']
/** As many as Didit might send at a time. */
const IN_FLIGHT = 32

interface Round {
  /** KiB for each stream, of the whole process and of JavaScript alone. */
  rss: number
  heap: number
  /** Milliseconds until everybody was told of a step. */
  tell: number[]
}

export const streams: Measurement = async (bench) => {
  const [sessions, each] = bench.short ? [10, 10] : [200, 50]
  const count = sessions * each
  const missing = tooFewFiles(count)
  const ours: Round[] = []
  const bare: Round[] = []
  for (let i = 0; i < (bench.short ? 1 : 3) && !missing; i++) {
    ours.push(await hold(bench, await startOurs(bench, `streams-${i}.db`, sessions), each))
    bare.push(await hold(bench, await startBare(bench, `bare-streams-${i}.db`, sessions), each))
  }
  const all = `${count} streams on ${sessions} sessions`
  return [
    {
      key: 'server.streams.kib',
      what: `memory (RSS) of each of ${all}, KiB`,
      aim: { most: 30 },
      digits: 1,
      summary: summaryOf(memory(ours, 'rss')),
      beside:
        missing ??
        `${median(memory(ours, 'heap')).toFixed(1)} KiB of it in JavaScript's heap; ` +
          `a bare handler ${median(memory(bare, 'rss')).toFixed(1)} KiB`,
    },
    {
      key: 'server.streams.tellMs',
      what: `first webhook sent to last stream told, ${all}, ms`,
      aim: { most: 500 },
      digits: 0,
      summary: summaryOf(times(ours)),
      beside:
        missing ??
        `${sessions} webhooks, ${IN_FLIGHT} in flight; verified, kept, applied and told by a bare ` +
          `handler ${median(times(bare)).toFixed(0)} ms`,
    },
  ]
}

/** A server with sessions whose streams can be held open. */
interface Subject {
  server: Process
  sessions: readonly { id: string; token: string }[]
  /** Moves a session at Didit. */
  move(id: string, status: Status): Promise<void>
  stop(): Promise<void>
}

async function startOurs(bench: Bench, file: string, count: number): Promise<Subject> {
  const sandbox = await start(bench, 'sandbox', {})
  const server = await startBackend(bench, {
    databaseUrl: databaseIn(bench, file),
    didit: sandbox.url,
  })
  const sessions: { id: string; token: string }[] = []
  for (let i = 0; i < count; i++) {
    const { session, token } = await createSession(server)
    sessions.push({ id: session.id, token })
  }
  return {
    server,
    sessions,
    move: (id, status) => move(sandbox.url, id, status),
    async stop() {
      await server.stop()
      await sandbox.stop()
    },
  }
}

async function startBare(bench: Bench, file: string, count: number): Promise<Subject> {
  const server = await start<BareWebhookTask>(bench, 'bare-webhook', {
    databaseUrl: databaseIn(bench, file),
    secret: WEBHOOK_SECRET,
  })
  const sessions = Array.from({ length: count }, () => ({ id: crypto.randomUUID(), token: 'none' }))
  return { server, sessions, move: async () => {}, stop: server.stop }
}

const databaseIn = ({ folder }: Bench, file: string) => `file:${path.join(folder, file)}`

/** Opens so many streams on each session, and has every session move step by step. */
async function hold(bench: Bench, subject: Subject, each: number): Promise<Round> {
  const { server, sessions, move } = subject
  const client = await start(bench, 'streams', {})
  // What the first few cost is the code's, not theirs.
  await open(client, subject, 1)
  await post(client, '/close', {})
  await sleep(1_000)

  const before = await server.memory()
  await open(client, subject, each)
  await sleep(2_000)
  const after = await server.memory()
  const tell: number[] = []
  for (const status of STEPS) {
    await post(client, '/count', {})
    for (const { id } of sessions) await move(id, status)
    const webhooks = await Promise.all(sessions.map(({ id }) => webhook(id, status)))
    const telling: Tell = { url: server.url, webhooks, inFlight: IN_FLIGHT }
    tell.push((await post<{ ms: number }>(client, '/tell', telling)).ms)
    // Events are told apart by seconds.
    await sleep(2_000)
  }
  await client.stop()
  await subject.stop()
  const count = sessions.length * each
  const heapOf = ({ heapUsed, external }: NodeJS.MemoryUsage) => heapUsed + external
  return {
    rss: (after.rss - before.rss) / count / 1024,
    heap: (heapOf(after) - heapOf(before)) / count / 1024,
    tell,
  }
}

function open(client: Process, { server, sessions }: Subject, each: number): Promise<unknown> {
  const streams = Array.from({ length: each }, () =>
    sessions.map(({ id, token }) => ({ path: `/api/verify/sessions/${id}/events`, token })),
  ).flat()
  const opening: Open = { port: server.port, streams }
  return post(client, '/open', opening)
}

async function post<T>({ url }: Process, route: string, body: object): Promise<T> {
  const answer = await fetch(url + route, { method: 'POST', body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

/** Why this system lets no process hold so many connections, where it does not. */
function tooFewFiles(count: number): string | undefined {
  if (process.platform === 'win32') return undefined
  const most = execFileSync('sh', ['-c', 'ulimit -H -n'], { encoding: 'utf8' }).trim()
  const enough = most === 'unlimited' || Number(most) > count + 200
  return enough ? undefined : `a process may hold ${most} files here; raise \`ulimit -n\``
}

function memory(rounds: readonly Round[], of: 'rss' | 'heap'): number[] {
  return rounds.map((round) => round[of])
}

function times(rounds: readonly Round[]): number[] {
  return rounds.flatMap(({ tell }) => tell)
}

function summaryOf(values: readonly number[]): Summary | undefined {
  return values.length > 0 ? summarize(values) : undefined
}
