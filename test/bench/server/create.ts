// Sessions created per second, against a handler that only makes the same call to Didit.

import path from 'node:path'
import type { Measurement } from '../measure.ts'
import type { BareCreateTask } from '../processes/bare-create.ts'
import { type Process, start, startBackend } from '../processes.ts'
import { against } from './against.ts'

export const create: Measurement = async (bench) => {
  const { url: didit } = await start(bench, 'sandbox', {})
  const databaseUrl = `file:${path.join(bench.folder, 'create.db')}`
  const ours = await startBackend(bench, { databaseUrl, didit })
  const bare = await start<BareCreateTask>(bench, 'bare-create', { didit })
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
      ours,
      bare,
      requests,
      status: 201,
    }),
  ]
}
