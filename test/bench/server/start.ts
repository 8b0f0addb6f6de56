// How long `serve` takes from nothing until it answers, with a database of its own.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { freePorts, root } from '../../support/process.ts'
import { alternate, type Measurement, median, summarize } from '../measure.ts'

/** Node with the same server and nothing behind it. */
const BARE = `import { serve } from '@hono/node-server'
import { Hono } from 'hono'
serve({ fetch: new Hono().fetch, port: 0 }, () => console.log('Ready'))`

export const startUp: Measurement = async (bench) => {
  const { folder } = bench
  let count = 0
  const serve = async () => {
    const [port = 0] = await freePorts(1)
    return untilReady([path.join(root, 'dist/server/cli.js'), 'serve'], folder, {
      DIDIT_API_KEY: 'key',
      DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
      DIDIT_BASE_URL: 'http://127.0.0.1:9',
      DATABASE_URL: `file:${path.join(folder, `start-${count++}.db`)}`,
      PORT: String(port),
    })
  }
  const bare = () => untilReady(['--input-type=module', '--eval', BARE], root, {})
  const { ours, theirs } = await alternate(bench, 11, { ours: serve, theirs: bare })
  return [
    {
      key: 'server.startS',
      what: '`serve` from start to ready with a new embedded store, s',
      aim: { most: 0.5 },
      digits: 2,
      summary: summarize(ours),
      beside: `Node with a bare Hono server ${median(theirs).toFixed(2)} s`,
    },
  ]
}

/** Seconds until a program says that it is ready. */
async function untilReady(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<number> {
  const start = performance.now()
  const program = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(program, 'close')
  let output = ''
  program.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  while (!/^Ready/m.test(output)) {
    if (program.exitCode !== null) throw new Error(`It ended before it was ready:\n${output}`)
    await Promise.race([once(program.stdout, 'data'), ended])
  }
  const seconds = (performance.now() - start) / 1000
  program.kill('SIGTERM')
  await ended
  return seconds
}
