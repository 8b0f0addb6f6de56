// Sends requests as fast as they are answered, from a process of its own.

import autocannon from 'autocannon'
import { Hono } from 'hono'
import { serve, task } from './process.ts'

/** What is sent. */
export interface Load {
  url: string
  /** Each connection sends them in turn; with `once`, each is sent by one connection, once. */
  requests: {
    method: 'GET' | 'POST'
    path: string
    headers: Record<string, string>
    body?: string
  }[]
  /** How many are in flight. */
  connections: number
  /** How long, in seconds; not with `once`. */
  seconds?: number
  once?: boolean
}

/** What came back. */
export interface Answered {
  count: number
  seconds: number
  /** How many answers were of this status. */
  statuses: Record<string, number>
  failed: number
}

const { port } = task<{ port: number }>()
const app = new Hono().post('/', async (c) => c.json(await run(await c.req.json())))
await serve({ port, fetch: app.fetch })

async function run({ url, requests, connections, seconds, once }: Load): Promise<Answered> {
  const share = requests.length / connections
  let next = 0
  const start = performance.now()
  let last = start
  const running = autocannon({
    url,
    connections,
    requests: requests.slice(0, 1),
    excludeErrorStats: true,
    setupClient(client) {
      const i = next++
      const own = requests.slice(Math.round(i * share), Math.round((i + 1) * share))
      client.setRequests(once ? own : requests)
      client.on('response', () => {
        last = performance.now()
      })
    },
    ...(once ? { amount: requests.length } : { duration: seconds }),
  })
  const { statusCodeStats = {}, errors, timeouts } = await running
  const statuses = Object.fromEntries(
    Object.entries(statusCodeStats).map(([status, { count }]) => [status, Number(count)]),
  )
  const count = Object.values(statuses).reduce((sum, each) => sum + each, 0)
  return { count, seconds: (last - start) / 1000, statuses, failed: errors + timeouts }
}
