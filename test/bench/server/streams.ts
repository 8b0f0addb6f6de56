// What an open event stream costs, and how soon all of them are told when every session moves.

import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SessionGrant, Status } from '../../../server/contract.ts'
import { type Bench, type Measurement, median, type Summary, summarize } from '../measure.ts'
import type { Open, Tell } from '../processes/streams.ts'
import { type Process, start, startBackend } from '../processes.ts'
import { webhook } from './seed.ts'
import { createSession, move } from './visitor.ts'

const STEPS: readonly Status[] = ['In Progress', 'Awaiting User', 'In Review']
/** As many as Didit might send at a time. */
const IN_FLIGHT = 32

interface Round {
  /** Bytes for each stream, of the whole process and of JavaScript alone. */
  rss: number
  heap: number
  /** Milliseconds until everybody was told of a step. */
  tell: number[]
}

export const streams: Measurement = async (bench) => {
  const [sessions, each] = bench.short ? [10, 10] : [200, 50]
  const count = sessions * each
  const missing = tooFewFiles(count)
  const rounds: Round[] = []
  for (let i = 0; i < (bench.short ? 1 : 3) && !missing; i++) {
    rounds.push(await hold(bench, `streams-${i}.db`, { sessions, each }))
  }
  const kib = (values: number[]) => values.map((bytes) => bytes / 1024)
  const memory = kib(rounds.map(({ rss }) => rss))
  const heap = median(kib(rounds.map(({ heap }) => heap)))
  const times = rounds.flatMap(({ tell }) => tell)
  const all = `${count} streams on ${sessions} sessions`
  return [
    {
      key: 'server.streams.kib',
      what: `memory (RSS) of each of ${all}, KiB`,
      aim: { most: 30 },
      digits: 1,
      summary: summaryOf(memory),
      beside: missing ?? `${heap.toFixed(1)} KiB of it in JavaScript's heap`,
    },
    {
      key: 'server.streams.tellMs',
      what: `first webhook sent to last stream told, ${all}, ms`,
      aim: { most: 500 },
      digits: 0,
      summary: summaryOf(times),
      beside: missing ?? `${sessions} webhooks, ${IN_FLIGHT} in flight`,
    },
  ]
}

/** Opens streams on a fresh backend, and has every session move step by step. */
async function hold(
  bench: Bench,
  file: string,
  { sessions, each }: { sessions: number; each: number },
): Promise<Round> {
  const sandbox = await start(bench, 'sandbox', {})
  const databaseUrl = `file:${path.join(bench.folder, file)}`
  const server = await startBackend(bench, { databaseUrl, didit: sandbox.url })
  const client = await start(bench, 'streams', {})
  const grants: SessionGrant[] = []
  for (let i = 0; i < sessions; i++) grants.push(await createSession(server))
  // What the first few cost is the code's, not theirs.
  await open(client, server, grants, 1)
  await post(client, '/close', {})
  await sleep(1_000)

  const before = await server.memory()
  await open(client, server, grants, each)
  await sleep(2_000)
  const after = await server.memory()
  const tell: number[] = []
  for (const status of STEPS) {
    await post(client, '/count', {})
    for (const { session } of grants) await move(sandbox.url, session.id, status)
    const webhooks = await Promise.all(grants.map(({ session }) => webhook(session.id, status)))
    const telling: Tell = { url: server.url, webhooks, inFlight: IN_FLIGHT }
    tell.push((await post<{ ms: number }>(client, '/tell', telling)).ms)
    // Events are told apart by seconds.
    await sleep(2_000)
  }
  for (const process of [client, server, sandbox]) await process.stop()
  const count = sessions * each
  const heapOf = ({ heapUsed, external }: NodeJS.MemoryUsage) => heapUsed + external
  return {
    rss: (after.rss - before.rss) / count,
    heap: (heapOf(after) - heapOf(before)) / count,
    tell,
  }
}

function open(
  client: Process,
  { port }: Process,
  grants: readonly SessionGrant[],
  each: number,
): Promise<unknown> {
  const streams = Array.from({ length: each }, () =>
    grants.map(({ session: { id }, token }) => ({
      path: `/api/verify/sessions/${id}/events`,
      token,
    })),
  ).flat()
  const opening: Open = { port, streams }
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

function summaryOf(values: readonly number[]): Summary | undefined {
  return values.length > 0 ? summarize(values) : undefined
}
