import { type Connection, type Connections, connectionsTo } from './connections.ts'
import type { Driver, Query, Value } from './driver.ts'
import { together } from './together.ts'

const CHANNEL = 'didit_verify'
/** Any number, the same in every version: who migrates holds it. */
const LOCK = 3_141_592_653
/** Bytes of ids in one notification; Postgres takes 8000. */
const PAYLOAD = 7_500
/** Before a statement whose connection broke is tried again; together longer than a restart takes. */
const PAUSES = [0, 100, 400, 1_500]
/** Before the listening connection is made anew; the last one repeats. */
const RECONNECT = [100, 250, 1_000, 5_000]

/** Deadlocks, restarts and broken connections: what is undone, and may be done again. */
const PASSING = /^(40001|40P01|57P0[123]|08\d\d\d|ECONNRESET|ECONNREFUSED|EPIPE)$/

/**
 * The driver for many instances over one Postgres.
 *
 * @param url `postgres://user:password@host:port/database`.
 * @throws when the database cannot be reached.
 */
export async function openPostgres(url: string): Promise<Driver> {
  try {
    return await createPostgresDriver(connectionsTo(url))
  } catch (cause) {
    // The address without the password that may stand in it.
    const { host = '', pathname = '' } = URL.canParse(url) ? new URL(url) : {}
    throw new Error(
      `The database ${host}${pathname} cannot be used: ${(cause as Error).message}. ` +
        'Check DATABASE_URL, and that Postgres runs there and lets this user in.',
      { cause },
    )
  }
}

/** The driver over connections of any kind. */
export async function createPostgresDriver(connections: Connections): Promise<Driver> {
  const listeners = new Set<Parameters<Driver['listen']>[0]>()
  const hear = (id?: string) => {
    for (const heard of listeners) heard(id)
  }
  const told = await createListening(connections, hear)

  async function onConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await withConnection(await connections.connect(), work)
      } catch (error) {
        const pause = PAUSES[tries]
        // Every statement is written so that doing it twice does no harm.
        if (pause === undefined || !isPassing(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())))
      }
    }
  }

  return {
    sole: false,
    query: <T>(text: string, params: Value[] = []) =>
      onConnection((connection) => connection.query<T>(text, params)),
    transaction: (work) => onConnection((connection) => inTransaction(connection, work)),
    exclusive: async (work) =>
      withConnection(await connections.connectPatiently(), (connection) =>
        inTransaction(connection, async (query) => {
          await query('select pg_advisory_xact_lock($1)', [LOCK])
          return work(query)
        }),
      ),
    listen(heard) {
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
    notify(id) {
      hear(id)
      told.tell(id)
    },
    async close() {
      await told.end()
      await connections.end()
    },
  }
}

async function withConnection<T>(
  connection: Connection,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  let broken = true
  try {
    const result = await work(connection)
    broken = false
    return result
  } catch (error) {
    // What Postgres itself refused leaves the connection as it was.
    broken = isPassing(error) || !/^[0-9A-Z]{5}$/.test(codeOf(error))
    throw error
  } finally {
    connection.release(broken)
  }
}

async function inTransaction<T>(
  connection: Connection,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const query: Query = (text, params = []) => connection.query(text, params)
  await query('begin')
  try {
    const result = await work(query)
    await query('commit')
    return result
  } catch (error) {
    // On a broken connection Postgres has undone it already.
    await query('rollback').catch(() => {})
    throw error
  }
}

/** Tells the other instances which sessions have changed, and hears it from them. */
async function createListening(connections: Connections, hear: (id?: string) => void) {
  const self = crypto.randomUUID()
  let told: Promise<unknown> = Promise.resolve()
  let ended = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let stop = await listen()

  function listen(): Promise<() => Promise<void>> {
    return connections.listen(CHANNEL, read, () => again(0))
  }

  function read(payload: string): void {
    const { from, ids } = messageOf(payload)
    if (from !== self) for (const id of ids) hear(id)
  }

  function again(tries: number): void {
    if (ended) return
    const pause = RECONNECT[Math.min(tries, RECONNECT.length - 1)]
    timer = setTimeout(async () => {
      try {
        stop = await listen()
        if (ended) return await stop()
        // Whatever was told meanwhile was not heard.
        hear()
      } catch {
        again(tries + 1)
      }
    }, pause)
  }

  const tell = together(async (ids: readonly string[]) => {
    // One that gets lost costs latency only: every stream looks again by itself.
    await send([...new Set(ids)]).catch(() => {})
    return []
  }, Number.POSITIVE_INFINITY)

  async function send(ids: readonly string[]): Promise<void> {
    for (const some of batchesOf(ids)) {
      const payload = JSON.stringify({ from: self, ids: some })
      await withConnection(await connections.connect(), (connection) =>
        connection.query('select pg_notify($1, $2)', [CHANNEL, payload]),
      )
    }
  }

  return {
    tell(id: string): void {
      told = tell(id)
    },
    async end(): Promise<void> {
      ended = true
      clearTimeout(timer)
      await told
      await stop()
    },
  }
}

/** Who else uses this database may use this channel for something else. */
function messageOf(payload: string): { from?: unknown; ids: string[] } {
  try {
    const { from, ids } = Object(JSON.parse(payload)) as { from?: unknown; ids?: unknown }
    return { from, ids: Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [] }
  } catch {
    return { ids: [] }
  }
}

/** Ids in portions that fit into a notification. */
function batchesOf(ids: readonly string[]): string[][] {
  const batches: string[][] = []
  let room = 0
  for (const id of ids) {
    const size = new TextEncoder().encode(JSON.stringify(id)).length + 1
    // What fits into none is found when its stream looks by itself.
    if (size > PAYLOAD) continue
    if (size > room) {
      batches.push([])
      room = PAYLOAD
    }
    batches.at(-1)?.push(id)
    room -= size
  }
  return batches
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? '')
}

function isPassing(error: unknown): boolean {
  // Without a code: the package's own words for a connection that has gone.
  const { message = '' } = Object(error) as Partial<Error>
  return PASSING.test(codeOf(error)) || /^(Connection terminated|Client has enc)/.test(message)
}
