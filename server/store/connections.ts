import pg from 'pg'
import type { Value } from './driver.ts'

/** How long each connection may take to come about, and each statement. */
const CONNECT = 5_000
const STATEMENT = 15_000

/** A connection of the pool, or one that is made for a purpose. */
export interface Connection {
  query<T>(text: string, params: readonly Value[]): Promise<T[]>
  /** Gives it back; a broken one is thrown away. */
  release(broken: boolean): void
}

/** How connections come about; the driver over them does not know. */
export interface Connections {
  connect(): Promise<Connection>
  /** One without limits of time. */
  connectPatiently(): Promise<Connection>
  /**
   * Listens to a channel on a connection of its own.
   *
   * @param lost called once when that connection breaks.
   * @returns what ends it.
   */
  listen(
    channel: string,
    heard: (payload: string) => void,
    lost: () => void,
  ): Promise<() => Promise<void>>
  end(): Promise<void>
}

/** Connections to a Postgres, by the `pg` package. */
export function connectionsTo(connectionString: string): Connections {
  const shared = {
    connectionString,
    connectionTimeoutMillis: CONNECT,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
  }
  const pool = new pg.Pool({
    ...shared,
    application_name: 'didit-verify',
    max: 10,
    query_timeout: STATEMENT,
  })
  // A connection that breaks is told by the statement that meets it, and else is no news. Without
  // these the process would end.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))

  async function connectClient(application_name: string): Promise<pg.Client> {
    const client = new pg.Client({ ...shared, application_name })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  return {
    async connect() {
      const client = await pool.connect()
      return connectionOver(client, (broken) => client.release(broken))
    },
    async connectPatiently() {
      const client = await connectClient('didit-verify migrate')
      return connectionOver(client, () => void client.end())
    },
    async listen(channel, heard, lost) {
      const client = await connectClient('didit-verify listen')
      client.on('notification', ({ payload = '' }) => heard(payload))
      await client.query(`listen ${channel}`)
      client.once('end', lost)
      return async () => {
        client.off('end', lost)
        await client.end()
      }
    },
    end: () => pool.end(),
  }
}

function connectionOver(client: pg.ClientBase, release: (broken: boolean) => void): Connection {
  return {
    query: async <T>(text: string, params: readonly Value[]) =>
      (await client.query(text, [...params])).rows as T[],
    release,
  }
}

/** Postgres counts in 64 bits, and every number here fits into JavaScript's. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')
