// What the processes of a measurement share: their task, a port, and a profile where one is wanted.

import { mkdirSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import path from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { stopOnSignal } from '../../../server/main.ts'

interface Served {
  port: number
  fetch: Hono['fetch']
  /** What else ends with the process. */
  stop?(): unknown
}

/** What the process is to do, as its starter wrote it. */
export function task<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}')
}

/**
 * Serves on 127.0.0.1 until the process is told to end. `/cpu` tells the microseconds of processor
 * that it has used, `/memory` the bytes that it uses after a garbage collection.
 */
export async function serve({ port, fetch, stop }: Served): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const server = createAdaptorServer({
    fetch(request, env) {
      if (request.url.endsWith('/cpu')) return Response.json(process.cpuUsage())
      if (!request.url.endsWith('/memory')) return fetch(request, env)
      collectGarbage()
      return Response.json(process.memoryUsage())
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', backlog: 4096 }, resolve)
  })
  const endProfile = await profile()
  stopOnSignal(async () => {
    await endProfile()
    const closed = new Promise((resolve) => server.close(resolve))
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
    await stop?.()
  })
  console.log('Ready')
}

/** Profiles the process where `BENCH_PROFILE` names a folder. @returns what writes it down. */
async function profile(): Promise<() => Promise<void>> {
  const folder = process.env.BENCH_PROFILE
  if (!folder) return async () => {}
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    mkdirSync(folder, { recursive: true })
    const name = path.basename(process.argv[1] ?? '', '.ts')
    writeFileSync(path.join(folder, `${name}-${process.pid}.cpuprofile`), JSON.stringify(profile))
  }
}
