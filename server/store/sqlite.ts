import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'libsql'
import type { Driver, Query, Value } from './driver.ts'

type Heard = Parameters<Driver['listen']>[0]

/**
 * The embedded driver: libsql in one file, flushed to disk at every commit, for one process.
 * `:memory:` keeps everything in memory.
 */
export function openSqlite(path: string): Driver {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const db = new Database(path)
  const statements = new Map<string, Database.Statement>()
  const listeners = new Set<Heard>()
  let tail: Promise<unknown> = Promise.resolve()

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
    let statement = statements.get(text)
    if (!statement) {
      statement = db.prepare(text.replace(/\$(\d+)/g, '?$1'))
      statements.set(text, statement)
    }
    if (statement.reader) return (statement.all(...params) as T[]).map(plain)
    statement.run(...params)
    return []
  }

  /** One at a time, in order of arrival, so that nothing runs inside a transaction of another. */
  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    const run = tail.then(work)
    tail = run.catch(() => {})
    return run
  }

  function transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return enqueue(async () => {
      db.exec('begin immediate')
      try {
        const result = await work(query)
        db.exec('commit')
        return result
      } catch (error) {
        db.exec('rollback')
        throw error
      }
    })
  }

  return {
    sole: true,
    query: (text, params) => enqueue(() => query(text, params)),
    transaction,
    exclusive: transaction,
    listen(heard) {
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
    notify(id) {
      for (const heard of listeners) heard(id)
    },
    close: () =>
      enqueue(async () => {
        if (!db.open) return
        // libsql lets go of a file only once no prepared statement is left; the lock goes here.
        db.exec('pragma journal_mode = delete')
        db.exec('pragma locking_mode = normal')
        db.exec('select 1 from sqlite_master')
        statements.clear()
        db.close()
      }),
  }
}

/** libsql adds a `_metadata` field to the rows of some calls. */
function plain<T>(row: T): T {
  const { _metadata, ...rest } = row as T & { _metadata?: unknown }
  return rest as T
}
