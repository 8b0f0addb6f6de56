// A Postgres for tests: the one that TEST_DATABASE_URL names, or a throw-away cluster.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { findPostgres, type Postgres } from '../../scripts/postgres.ts'
import { freePorts } from './process.ts'

const GIVEN = process.env.TEST_DATABASE_URL

/** Why tests that need a Postgres do not run here; empty where they do. */
export const NO_POSTGRES =
  GIVEN || findPostgres() ? '' : ' (LEFT OUT: there is no Postgres; npm test says how to get one)'

export interface Cluster {
  /** An empty database of its own. @returns its address. */
  createDatabase(): Promise<string>
  /** Asks the server as its owner. */
  ask<T extends object>(text: string, params?: unknown[]): Promise<T[]>
  /** The process that serves, where it is ours. */
  pid?: number
  stop(): Promise<void>
}

/** Starts one, or takes the one that was given; databases made in it are dropped at the end. */
export async function openCluster(): Promise<Cluster> {
  const found = GIVEN ? undefined : findPostgres()
  if (!GIVEN && !found) throw new Error('There is no Postgres. Ask NO_POSTGRES first.')
  const server = found ? await startServer(found) : { url: GIVEN ?? '', stop: async () => {} }
  const owner = new pg.Pool({ connectionString: server.url, max: 2 })
  owner.on('error', () => {})
  const made: string[] = []
  const ask = async <T extends object>(text: string, params: unknown[] = []) =>
    (await owner.query<T>(text, params)).rows

  return {
    ask,
    ...('pid' in server && { pid: server.pid }),
    async createDatabase() {
      const name = `didit_verify_${crypto.randomUUID().replaceAll('-', '')}`
      await ask(`create database ${name}`)
      made.push(name)
      const url = new URL(server.url)
      url.pathname = name
      return url.href
    },
    async stop() {
      if (GIVEN) for (const name of made) await ask(`drop database if exists ${name} with (force)`)
      await owner.end()
      await server.stop()
    },
  }
}

/** A cluster in a folder of its own, which flushes to disk as a real one does. */
async function startServer({ bin }: Postgres) {
  const folder = mkdtempSync(path.join(tmpdir(), 'didit-verify-pg-'))
  const as = accountFor(folder)
  const data = path.join(folder, 'data')
  const args = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N']
  execFileSync(path.join(bin, 'initdb'), args, { ...as, cwd: folder, stdio: 'ignore' })
  const [port = 0] = await freePorts(1)
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    max_connections: 200,
    fsync: 'on',
  }
  const server = spawn(
    path.join(bin, 'postgres'),
    [
      '-D',
      data,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  // Whoever started it may end without a word.
  const orphaned = () => void server.kill('SIGQUIT')
  process.once('exit', orphaned)
  let log = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const ended = once(server, 'close')
  while (!log.includes('ready to accept connections')) {
    if (server.exitCode !== null) throw new Error(`Postgres did not start:\n${log}`)
    await Promise.race([once(server.stderr, 'data'), ended])
  }
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    pid: server.pid,
    async stop() {
      server.kill('SIGQUIT')
      await ended
      process.off('exit', orphaned)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Postgres refuses to run as root, so the folder is given to somebody else. */
function accountFor(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, nameOf()], { encoding: 'utf8' }))
  const account = { uid: id('-u'), gid: id('-g') }
  chownSync(folder, account.uid, account.gid)
  return account
}

function nameOf(): string {
  try {
    execFileSync('id', ['postgres'], { stdio: 'ignore' })
    return 'postgres'
  } catch {
    return 'nobody'
  }
}
