import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'libsql'
import type { Driver, Query, Value } from './driver.ts'
import { nextTurn } from './next-turn.ts'

type Heard = Parameters<Driver['listen']>[0]

/** How many pieces of work share a commit at most, so that none waits long for the others. */
const BATCH = 100

/** A statement or a transaction that waits for its turn. */
interface Job {
  work(query: Query): Promise<unknown>
  /** Whether it has several statements, which are undone together. */
  several: boolean
  resolve(result: unknown): void
  reject(error: unknown): void
}

/**
 * The embedded driver: libsql in one file, flushed to disk at every commit, for one process.
 * `:memory:` keeps everything in memory.
 *
 * What comes in at about the same time shares a commit, because the flush is what takes long; nobody
 * is answered before it. A piece that fails is undone alone.
 */
export function openSqlite(path: string): Driver {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const db = new Database(path)
  const statements = new Map<string, { statement: Database.Statement; reader: boolean }>()
  const listeners = new Set<Heard>()
  const waiting: Job[] = []
  let working = false

  try {
    // Exclusive: two processes on one file would not hear each other's notifications.
    db.exec('pragma locking_mode = exclusive')
    db.exec('pragma journal_mode = wal')
    db.exec('pragma synchronous = full')
    db.exec('begin exclusive; commit')
  } catch (cause) {
    db.close()
    throw new Error(
      `The database ${path} cannot be opened: ${(cause as Error).message}. ` +
        'If another didit-verify process has it open, stop that one first or use a Postgres DATABASE_URL.',
      { cause },
    )
  }

  const query: Query = async <T>(text: string, params: Value[] = []) => {
    let known = statements.get(text)
    if (!known) {
      const statement = db.prepare(text.replace(/\$(\d+)/g, '?$1'))
      known = { statement, reader: statement.reader }
      statements.set(text, known)
    }
    const { statement, reader } = known
    if (reader) return (statement.all(...params) as T[]).map(plain)
    statement.run(...params)
    return []
  }

  /** In order of arrival, so that nothing runs inside a transaction of another. */
  function enqueue<T>(work: (query: Query) => Promise<T>, several: boolean): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      waiting.push({ work, several, resolve, reject })
      if (!working) void workOff()
    }) as Promise<T>
  }

  async function workOff(): Promise<void> {
    working = true
    while (waiting.length > 0) {
      // Requests that have come in together get here in one turn, or soon after each other.
      let known: number
      do {
        known = waiting.length
        await nextTurn()
      } while (waiting.length > known && waiting.length < BATCH)
      const jobs = waiting.splice(0, BATCH)
      const [first] = jobs as [Job]
      await (jobs.length > 1 || first.several ? commitTogether(jobs) : runAlone(first))
    }
    working = false
  }

  async function runAlone({ work, resolve, reject }: Job): Promise<void> {
    await work(query).then(resolve, reject)
  }

  async function commitTogether(jobs: readonly Job[]): Promise<void> {
    const answers: (() => void)[] = []
    try {
      db.exec('begin immediate')
      for (const job of jobs) answers.push(await runInside(job))
      db.exec('commit')
    } catch (error) {
      for (const { reject } of jobs) reject(error)
      undo()
      return
    }
    for (const answer of answers) answer()
  }

  /** Where that fails too the next `begin` does, and says so to who is waiting. */
  function undo(): void {
    try {
      if (db.inTransaction) db.exec('rollback')
    } catch {}
  }

  /** @returns what tells the outcome, once it is on disk. @throws when nothing can be on it. */
  async function runInside({ work, several, resolve, reject }: Job): Promise<() => void> {
    // A single statement is undone by itself when it fails.
    if (several) db.exec('savepoint job')
    try {
      const result = await work(query)
      if (several) db.exec('release job')
      return () => resolve(result)
    } catch (error) {
      if (!db.inTransaction) throw error
      if (several) db.exec('rollback to job; release job')
      return () => reject(error)
    }
  }

  function transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return enqueue(work, true)
  }

  return {
    sole: true,
    query: (text, params) =>
      // What only reads has nothing to flush, and nobody to wait for while nothing is under way.
      !working && /^select /i.test(text)
        ? query(text, params)
        : enqueue((query) => query(text, params), false),
    transaction,
    exclusive: transaction,
    listen(heard) {
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
    notify(id) {
      for (const heard of listeners) heard(id)
    },
    async close() {
      while (working) await nextTurn()
      if (!db.open) return
      // libsql lets go of a file only once no prepared statement is left; the lock goes here.
      db.exec('pragma journal_mode = delete')
      db.exec('pragma locking_mode = normal')
      db.exec('select 1 from sqlite_master')
      statements.clear()
      db.close()
    },
  }
}

/** libsql adds a `_metadata` field to the rows of some calls. */
function plain<T>(row: T): T {
  const { _metadata, ...rest } = row as T & { _metadata?: unknown }
  return rest as T
}
