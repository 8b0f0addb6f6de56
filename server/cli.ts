#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { loadEnvFile } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Host } from './cli/command.ts'
import { run } from './cli/run.ts'

const { env, stdin, stdout, stderr } = process
const interrupt = new AbortController()
/** Milliseconds for tidying up after Ctrl-C. */
const GRACE = 500

const host: Host = {
  env,
  version: versionOf(import.meta.resolve('didit-verify/package.json')),
  out: (text) => void stdout.write(`${text}\n`),
  err: (text) => void stderr.write(`${text}\n`),
  paper: {
    columns: stdout.isTTY ? stdout.columns : undefined,
    color: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
  },
  // Looked up late: what watches a process replaces the global.
  fetch: (input, init) => globalThis.fetch(input, init),
  now: Date.now,
  signal: interrupt.signal,
  ask,

  // What only these two need is loaded by them: no other command has to wait for it.
  async serve() {
    const { readConfig } = await import('./config.ts')
    const { captureFailures, createLog, startServer } = await import('./main.ts')
    const config = readConfig(env)
    const log = createLog(config)
    const server = await startServer(config, { log })
    captureFailures(log)
    await stopsAlone(server.stop)
    host.out(`Ready: ${config.publicUrl}`)
  },

  async sandbox({ port, strict, webhook }) {
    const { close, listen } = await import('./main.ts')
    const { createSandbox, DEFAULT_WORKFLOW } = await import('./sandbox/app.ts')
    const publicUrl = `http://127.0.0.1:${port}`
    const sandbox = createSandbox({ publicUrl, strict, webhook })
    const servers: Server[] = []
    await listen(servers, sandbox.app, port, '127.0.0.1')
    await stopsAlone(async () => {
      sandbox.close()
      await Promise.all(servers.map(close))
    })
    host.out(`Sandbox ready: ${publicUrl} (workflow ${DEFAULT_WORKFLOW}, any API key)`)
  },
}

/** A first Ctrl-C ends what waits, and lets it say so; a second one ends the process. */
function stopWaiting(): void {
  interrupt.abort(new DOMException('Stopped.', 'AbortError'))
}

/** Servers have an ending of their own. */
async function stopsAlone(stop: () => Promise<void>): Promise<void> {
  const { stopOnSignal } = await import('./main.ts')
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stopWaiting)
  stopOnSignal(stop)
}

/** A secret from the terminal, not shown while it is typed; else the first line of standard input. */
async function ask(prompt: string): Promise<string> {
  const shown = stdin.isTTY === true
  if (shown) stderr.write(prompt)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: nowhere, terminal: shown })
  lines.once('SIGINT', stopWaiting)
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
    return await Promise.race([lines.question('', { signal: interrupt.signal }), ended])
  } finally {
    lines.close()
    if (shown) stderr.write('\n')
  }
}

function versionOf(url: string): string {
  return (JSON.parse(readFileSync(new URL(url), 'utf8')) as { version: string }).version
}

// Whoever reads only the beginning, like head, is done.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stopWaiting)
if (existsSync('.env')) loadEnvFile('.env')
process.exitCode = await run(process.argv.slice(2), host)
// Requests that nobody waits for any more would keep it; files that were begun are taken away first.
if (interrupt.signal.aborted) setTimeout(() => process.exit(), GRACE).unref()
