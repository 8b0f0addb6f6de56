// Sessions created per second, against a handler that only makes the same call to Didit.

import path from 'node:path'
import type { Measurement } from '../measure.ts'
import type { BareCreateTask } from '../processes/bare-create.ts'
import { type Process, SECRET, start, startBackend } from '../processes.ts'
import { against, type Server } from './against.ts'

export const create: Measurement = async (bench) => {
  let files = 0
  const ours = (didit: string) => {
    const databaseUrl = `file:${path.join(bench.folder, `create-${files++}.db`)}`
    return startBackend(bench, { databaseUrl, didit })
  }
  const bare = (didit: string) => start<BareCreateTask>(bench, 'bare-create', { didit })
  const floor = (didit: string) => {
    const keeps = path.join(bench.folder, `floor-${files++}.db`)
    return start<BareCreateTask>(bench, 'bare-create', { didit, keeps, secret: SECRET })
  }

  /** All afresh in each round: of what the last one has created, many would have to be asked about. */
  const fresh = (begin: (didit: string) => Promise<Process>): Server => {
    return async (use) => {
      const sandbox = await start(bench, 'sandbox', {})
      const server = await begin(sandbox.url)
      const speed = await use(server)
      for (const each of [server, sandbox]) await each.stop()
      return speed
    }
  }

  const requests = ({ port }: Process) => [
    {
      method: 'POST' as const,
      path: '/api/verify/sessions',
      headers: { 'content-type': 'application/json', origin: `http://localhost:${port}` },
      body: JSON.stringify({ language: 'en' }),
    },
  ]
  return [
    await against(bench, {
      key: 'server.create.ratio',
      what: 'POST /sessions per second, ours / bare handler with the same call to Didit',
      ours: fresh(ours),
      bare: fresh(bare),
      floor: fresh(floor),
      with: 'two flushed transactions, token, log, counters and headers',
      requests,
      status: 201,
    }),
  ]
}
