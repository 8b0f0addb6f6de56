// Postgres inside this process, for what needs no more than its SQL and its notifications.

import { PGlite } from '@electric-sql/pglite'
import type { Connection, Connections } from '../../server/store/connections.ts'
import { createPostgresDriver } from '../../server/store/postgres.ts'

/** The driver over a Postgres in memory. All its connections are one, which they take in turn. */
export async function openPglite() {
  const db = await PGlite.create()
  let tail: Promise<void> = Promise.resolve()

  async function connect(): Promise<Connection> {
    const before = tail
    let release = () => {}
    tail = new Promise((resolve) => {
      release = resolve
    })
    await before
    return {
      query: async <T>(text: string, params: readonly unknown[]) =>
        (await db.query<T>(text, [...params])).rows,
      release: () => release(),
    }
  }

  const connections: Connections = {
    connect,
    connectPatiently: connect,
    listen: (channel, heard) => db.listen(channel, heard),
    end: () => db.close(),
  }
  return createPostgresDriver(connections)
}
