// Webhooks verified and stored per second, against what the disk can flush.

import path from 'node:path'
import { openStore } from '../../../server/index.ts'
import { NO_POSTGRES, openCluster } from '../../support/postgres.ts'
import { flushesPerSecond } from '../disk.ts'
import {
  alternate,
  type Bench,
  type Figure,
  type Measurement,
  median,
  parts,
  ratios,
  summarize,
} from '../measure.ts'
import type { BareWebhookTask } from '../processes/bare-webhook.ts'
import type { Load } from '../processes/load.ts'
import { type Process, start, startBackend, startLoad, WEBHOOK_SECRET } from '../processes.ts'
import { seed, webhook } from './seed.ts'

const IN_FLIGHT = 32

export const webhooks: Measurement = async (bench) => {
  const file = (name: string) => `file:${path.join(bench.folder, name)}`
  const embedded = await measure(bench, 'server.webhook.embedded', {
    databaseUrl: file('webhooks.db'),
    bare: file('bare-webhooks.db'),
  })
  const key = 'server.webhook.postgres'
  if (NO_POSTGRES) return [embedded, { ...embedded, key, summary: undefined, beside: NO_POSTGRES }]
  const cluster = await openCluster()
  bench.defer(cluster.stop)
  const databaseUrl = await cluster.createDatabase()
  const bare = await cluster.createDatabase()
  return [embedded, await measure(bench, key, { databaseUrl, bare })]
}

async function measure(
  bench: Bench,
  key: string,
  { databaseUrl, bare }: { databaseUrl: string; bare: string },
): Promise<Figure> {
  const rounds = bench.short ? 1 : 7
  const sessions = bench.short ? 2 * IN_FLIGHT : 25 * IN_FLIGHT
  const ids = await seed(databaseUrl, (rounds + 1) * sessions)
  const { url: didit } = await start(bench, 'sandbox', {})
  const server = await startBackend(bench, { databaseUrl, didit })
  const floor = await start<BareWebhookTask>(bench, 'bare-webhook', {
    databaseUrl: bare,
    secret: WEBHOOK_SECRET,
  })
  const send = await startLoad(bench)
  const fresh = parts(ids, rounds + 1)
  const unseen: string[] = []

  /** Two webhooks for each of some sessions; those of one session do not follow each other. */
  async function receive({ url }: Process, some: readonly string[]): Promise<number> {
    const requests = await inTurns(some)
    const load = { url, connections: IN_FLIGHT, requests, once: true }
    const { count, seconds } = await send(load, 204)
    return count / seconds
  }

  const { ours, disk, least } = await alternate(bench, rounds, {
    ours: () => {
      const some = fresh.pop() ?? []
      unseen.push(...some)
      return receive(server, some)
    },
    disk: async () => flushesPerSecond(bench.folder, bench.short ? 0.2 : 1),
    least: () => receive(floor, ids.slice(0, sessions)),
  })
  await floor.stop()
  await server.stop()
  await checkAll(databaseUrl, unseen)
  return {
    key,
    what: `webhooks per second / raw write and flush of this disk, ${IN_FLIGHT} in flight`,
    aim: { least: 0.3 },
    digits: 2,
    summary: summarize(ratios(ours, disk)),
    beside: `${rate(ours)}; disk ${rate(disk)}; verified, kept and applied by a bare handler ${rate(least)}`,
  }
}

function rate(all: readonly number[]): string {
  return `${Math.round(median(all))}/s`
}

/** For each connection some sessions, first the one event of all of them, then the other. */
async function inTurns(ids: readonly string[]): Promise<Load['requests']> {
  const orders = parts(ids, IN_FLIGHT).map((own) => [
    ...own.map((id) => webhook(id, 'In Progress', { ago: 40 })),
    ...own.map((id) => webhook(id, 'In Review', { ago: 20 })),
  ])
  return Promise.all(orders.flat())
}

/** What was answered must be there, and must have been followed. */
async function checkAll(databaseUrl: string, ids: readonly string[]): Promise<void> {
  const store = await openStore(databaseUrl)
  const rows = await Promise.all(ids.map((id) => store.session(id)))
  await store.close()
  const lost = rows.filter((row) => row?.status !== 'In Review').length
  if (lost > 0) throw new Error(`${lost} of ${ids.length} sessions did not follow their webhooks.`)
}
