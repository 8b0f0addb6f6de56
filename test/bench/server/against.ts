// Our backend under load, in turns with a bare handler that does the least that can be done.

import { alternate, type Bench, type Figure, median, ratios, summarize } from '../measure.ts'
import type { Load } from '../processes/load.ts'
import { type Process, startLoad } from '../processes.ts'

const CONNECTIONS = 32
/** Seconds before each round, for a server that has just started. */
const WARM_UP = 2
/** How many requests show that it works. */
const FEW = 3 * CONNECTIONS

interface Contest {
  key: string
  what: string
  ours: Server
  bare: Server
  /** The bare handler with what may not be left out: it shows how near the aim can be come to. */
  floor: Server
  /** What that is. */
  with: string
  requests(server: Process): Load['requests']
  /** The status of every answer. */
  status: number
}

/** Has a server used for one round. */
export type Server = (use: (server: Process) => Promise<Speed>) => Promise<Speed>

/** Requests per second, and microseconds of processor that the server spent on each. */
interface Speed {
  perSecond: number
  micros: number
}

/** Requests per second of ours, by those of the bare handler. */
export async function against(bench: Bench, contest: Contest): Promise<Figure> {
  const { key, what, ours, bare, floor, requests, status } = contest
  const send = await startLoad(bench)
  async function measure(server: Process): Promise<Speed> {
    const { url } = server
    const all = requests(server)
    const few = Array.from({ length: FEW }, (_, i) => all[i % all.length] as (typeof all)[number])
    const much = bench.short ? { requests: few, once: true } : { requests: all, seconds: 3 }
    const load = { url, connections: CONNECTIONS, ...much }
    if (!bench.short) await send({ ...load, seconds: WARM_UP }, status)
    const before = await server.cpu()
    const { count, seconds } = await send(load, status)
    const micros = ((await server.cpu()) - before) / count
    return { perSecond: count / seconds, micros }
  }

  const speeds = await alternate(bench, 9, {
    ours: () => ours(measure),
    theirs: () => bare(measure),
    least: () => floor(measure),
  })
  const rates = (all: readonly Speed[]) => all.map(({ perSecond }) => perSecond)
  return {
    key,
    what,
    aim: { least: 0.7 },
    digits: 2,
    summary: summarize(ratios(rates(speeds.ours), rates(speeds.theirs))),
    beside: `${describe(speeds.ours)}; bare ${describe(speeds.theirs)}; with ${contest.with} ${describe(speeds.least)}`,
  }
}

function describe(speeds: readonly Speed[]): string {
  const rate = Math.round(median(speeds.map(({ perSecond }) => perSecond)))
  const micros = Math.round(median(speeds.map(({ micros }) => micros)))
  return `${rate}/s, ${micros} µs of processor each`
}
