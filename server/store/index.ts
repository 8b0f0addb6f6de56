import { changeStatements } from './changes.ts'
import type { Driver } from './driver.ts'
import { inboxStatements, STRANGER } from './inbox.ts'
import { outboxStatements } from './outbox.ts'
import { recordStatements } from './records.ts'
import { retentionStatements } from './retention.ts'
import { MIGRATIONS } from './schema.ts'
import { sessionStatements } from './sessions.ts'

export type { StatusChange } from './changes.ts'
export type { Driver, Query, Value } from './driver.ts'
export type { Envelope } from './inbox.ts'
export type { LeasedEvent, OutboxEntry, OutboxFilter, OutboxRow } from './outbox.ts'
export type { AuditFilter, AuditRow } from './records.ts'
export type { Intent, SessionRow, WayBack } from './sessions.ts'

export type Store = ReturnType<typeof createStore>

/**
 * Opens the store of a BFF and brings its tables up to date.
 *
 * @param url `file:path/to.db` (libsql, one process), `file::memory:`, or `postgres://…` (many
 *   processes).
 * @throws when the database cannot be opened, or another process holds the file.
 */
export async function openStore(url: string): Promise<Store> {
  const driver = await openDriver(url)
  try {
    await migrate(driver)
    const store = createStore(driver)
    // Nobody else is there, so whatever is leased was leased by a process that has died.
    if (driver.sole) await store.endLeases()
    return store
  } catch (error) {
    await driver.close()
    throw error
  }
}

async function openDriver(url: string): Promise<Driver> {
  if (/^postgres(ql)?:\/\//.test(url)) return (await import('./postgres.ts')).openPostgres(url)
  const path = /^file:(.+)$/.exec(url)?.[1]
  if (path) return (await import('./sqlite.ts')).openSqlite(path)
  // Only its beginning: a password may follow.
  const scheme = JSON.stringify(url.split(':')[0])
  throw new Error(`DATABASE_URL is neither file:path nor postgres://…, but begins with ${scheme}.`)
}

/** Brings the tables of a database up to date, once among all who try at the same time. */
export async function migrate(driver: Driver): Promise<void> {
  await driver.exclusive(async (query) => {
    await query('create table if not exists schema_version (version integer not null)')
    const [row] = await query<{ version: number }>('select version from schema_version')
    const version = row?.version ?? 0
    if (version > MIGRATIONS.length) {
      throw new Error(
        `The database has schema ${version}, this version of didit-verify knows ${MIGRATIONS.length}. ` +
          'Run the newer version of didit-verify that wrote it.',
      )
    }
    for (const statement of MIGRATIONS.slice(version).flat()) await query(statement)
    await query(
      row ? 'update schema_version set version = $1' : 'insert into schema_version values ($1)',
      [MIGRATIONS.length],
    )
  })
}

/** Everything that is asked of a database, over a driver whose tables are up to date. */
export function createStore(driver: Driver) {
  const watchers = new Map<string, Set<() => void>>()
  const stop = driver.listen((id) => {
    // After a gap nobody knows what was missed, so everybody looks.
    const sets = id === undefined ? [...watchers.values()] : [watchers.get(id) ?? []]
    for (const wake of sets.flatMap((set) => [...set])) wake()
  })

  return {
    async close(): Promise<void> {
      stop()
      await driver.close()
    },

    /** Whether the database answers. @throws where it does not. */
    async ping(): Promise<void> {
      await driver.query('select 1')
    },

    /** Of each queue, when its oldest entry that may be worked off came in; null where none waits. */
    async backlog(): Promise<Record<'inbox' | 'outbox', number | null>> {
      const [row] = await driver.query<{ inbox: number | null; outbox: number | null }>(
        `select
           (select min(received_at) from inbox where done_at is null and due_at < $1) as "inbox",
           (select min(created_at) from outbox where ended_at is null) as "outbox"`,
        [STRANGER],
      )
      return { inbox: row?.inbox ?? null, outbox: row?.outbox ?? null }
    },

    /** Calls `wake` after every change of the session, in this process or another. */
    listen(id: string, wake: () => void): () => void {
      const set = watchers.get(id) ?? new Set()
      watchers.set(id, set.add(wake))
      return () => {
        set.delete(wake)
        if (set.size === 0) watchers.delete(id)
      }
    },

    ...sessionStatements(driver),
    ...changeStatements(driver),
    ...inboxStatements(driver),
    ...outboxStatements(driver),
    ...recordStatements(driver),
    ...retentionStatements(driver),
  }
}
