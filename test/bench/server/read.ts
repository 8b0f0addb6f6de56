// Sessions read per second, against a handler that only verifies the token and reads the row.

import { copyFileSync } from 'node:fs'
import path from 'node:path'
import type { Measurement } from '../measure.ts'
import type { BareReadTask } from '../processes/bare-read.ts'
import { SECRET, start, startBackend } from '../processes.ts'
import { against } from './against.ts'
import { createSession } from './visitor.ts'

/** Few, so that hardly any question to Didit comes in between. */
const SESSIONS = 10

export const read: Measurement = async (bench) => {
  const { url: didit } = await start(bench, 'sandbox', {})
  const file = path.join(bench.folder, 'read.db')
  const databaseUrl = `file:${file}`
  const first = await startBackend(bench, { databaseUrl, didit })
  const grants = await Promise.all(Array.from({ length: SESSIONS }, () => createSession(first)))
  // The backend holds its file alone, so the others get copies.
  await first.stop()
  const copy = path.join(bench.folder, 'copy.db')
  const other = path.join(bench.folder, 'other.db')
  for (const each of [copy, other]) copyFileSync(file, each)
  const ours = await startBackend(bench, { databaseUrl, didit })
  const handler = (observed: boolean) => {
    const file = observed ? other : copy
    return start<BareReadTask>(bench, 'bare-read', { file, secret: SECRET, observed })
  }
  const [bare, floor] = [await handler(false), await handler(true)]
  const requests = () =>
    grants.map(({ session, token }) => ({
      method: 'GET' as const,
      path: `/api/verify/sessions/${session.id}`,
      headers: { 'verify-token': token },
    }))
  return [
    await against(bench, {
      key: 'server.read.ratio',
      what: 'GET /sessions/:id per second, ours / bare handler with the same token and row',
      ours: (use) => use(ours),
      bare: (use) => use(bare),
      floor: (use) => use(floor),
      with: 'log, counters and headers',
      requests,
      status: 200,
    }),
  ]
}
