// A Postgres to measure: the one that TEST_DATABASE_URL names, or a cluster that is thrown away.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openStore } from '../../../server/index.ts'
import { freePorts } from '../../support/process.ts'
import type { Bench } from '../measure.ts'

const INSTALLED = '/usr/lib/postgresql'

/** An address that a store can be opened at, or why there is none. */
export async function openPostgres(bench: Bench): Promise<{ url: string } | { missing: string }> {
  const url = process.env.TEST_DATABASE_URL ?? (await startCluster(bench))
  if (!url) return { missing: 'no Postgres here; set TEST_DATABASE_URL' }
  try {
    await (await openStore(url)).close()
    return { url }
  } catch (error) {
    return { missing: (error as Error).message }
  }
}

/** A cluster that flushes as a real one does, where its own user may read. */
async function startCluster({ defer }: Bench): Promise<string | undefined> {
  const [version] = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort().reverse() : []
  if (!version) return undefined
  const bin = path.join(INSTALLED, version, 'bin')
  const home = mkdtempSync(path.join(tmpdir(), 'didit-verify-bench-'))
  defer(() => rmSync(home, { recursive: true, force: true }))
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? accountOf('postgres') : undefined
  if (account) chownSync(home, account.uid, account.gid)
  const data = path.join(home, 'data')
  const options = { ...account, cwd: home, stdio: 'ignore' } as const
  const made = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale']
  execFileSync(path.join(bin, 'initdb'), made, options)
  const [port = 0] = await freePorts(1)
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', home],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = once(server, 'close')
  defer(async () => {
    server.kill('SIGQUIT')
    await ended
  })
  let log = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  while (!log.includes('ready to accept connections')) {
    if (server.exitCode !== null) throw new Error(`Postgres did not start:\n${log}`)
    await Promise.race([once(server.stderr, 'data'), ended])
  }
  return `postgres://postgres@127.0.0.1:${port}/postgres`
}

function accountOf(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
