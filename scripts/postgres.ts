// Finds the Postgres that the tests start; as root on Debian it also installs one.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { canInstall, install } from './apt.ts'
import { isProgram, onPath } from './programs.ts'

const { env, platform } = process
const SUFFIX = platform === 'win32' ? '.exe' : ''

/** The environment variable that overrides the search. */
const VARIABLE = 'POSTGRES_BIN'

export interface Postgres {
  /** The folder of `initdb` and `postgres`. */
  bin: string
  version: string
}

/** What is there already. Throws where the variable names a folder without a Postgres. */
export function findPostgres(): Postgres | undefined {
  const chosen = env[VARIABLE]
  if (chosen && !isPostgres(chosen)) {
    throw new Error(
      `${VARIABLE} is ${chosen}, where there is no initdb and no postgres. ` +
        'Set it to the folder that holds both, or unset it to have it looked for.',
    )
  }
  const bin = chosen || folders().find(isPostgres)
  return bin ? { bin, version: versionOf(bin) } : undefined
}

/** What is there after installing what can be. */
export function ensurePostgres(): Postgres | undefined {
  const found = findPostgres()
  if (found || !canInstall()) return found
  install(['postgresql'])
  return findPostgres()
}

/** The environment in which a child finds the same one without looking for it. */
export function postgresEnv(found: Postgres | undefined): Record<string, string> {
  return found ? { [VARIABLE]: found.bin } : {}
}

/** One line for people. */
export function describePostgres(found: Postgres | undefined): string {
  return found ? `Postgres ${found.version} (${found.bin})` : 'Postgres: not found'
}

function folders(): string[] {
  const installed = onPath('initdb')
    .filter(isProgram)
    .map((file) => path.dirname(realpathSync(file)))
  const parents = {
    linux: ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin'],
    darwin: [
      '/opt/homebrew/opt/postgresql*/bin',
      '/usr/local/opt/postgresql*/bin',
      '/Applications/Postgres.app/Contents/Versions/*/bin',
    ],
    win32: ['C:/Program Files/PostgreSQL/*/bin'],
  }[platform as string]
  return [...installed, ...(parents ?? []).flatMap(expand)]
}

/** The folders that a pattern with one star names, the newest version first. */
function expand(pattern: string): string[] {
  const [before = '', after = ''] = pattern.split('*')
  const parent = before.endsWith('/') ? before : path.dirname(before)
  if (!existsSync(parent)) return []
  const start = before.endsWith('/') ? '' : path.basename(before)
  return readdirSync(parent)
    .filter((name) => name.startsWith(start))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => path.join(parent, name + after))
}

function isPostgres(folder: string): boolean {
  return ['initdb', 'postgres'].every((name) => isProgram(path.join(folder, name + SUFFIX)))
}

function versionOf(bin: string): string {
  const file = path.join(bin, `postgres${SUFFIX}`)
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 30_000 })
  return /\d+(\.\d+)*/.exec(stdout ?? '')?.[0] ?? ''
}

if (process.argv[1] === import.meta.filename) console.log(describePostgres(ensurePostgres()))
