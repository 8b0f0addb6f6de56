import type { Driver, Query, Value } from './driver.ts'
import { placeholders } from './placeholders.ts'

/** What a host is to be told, as it is written beside the change that it tells of. */
export interface OutboxEntry {
  id: string
  sessionId: string
  /** The version of the session that it tells of; a session's entries go out in this order. */
  version: number
  /** The event as JSON. */
  event: string
}

/** An entry that this process may deliver now. */
export interface LeasedEvent extends OutboxEntry {
  /** How often it has been tried, this time included. */
  attempts: number
}

/** An entry as an operator sees it. Times are milliseconds since 1970. */
export interface OutboxRow extends LeasedEvent {
  createdAt: number
  /** When it is tried next. */
  dueAt: number
  /** When it was delivered, or given up. */
  endedAt: number | null
  /** `delivered` or `dead`; null while it waits. */
  result: string | null
  /** What the last try ended with. */
  error: string | null
}

/** Which entries to list: those given up, or those that wait. */
export interface OutboxFilter {
  state: 'dead' | 'waiting'
  limit: number
  offset: number
}

const EVENT = `id, session_id as "sessionId", version, event, attempts`
const ROW = `${EVENT}, created_at as "createdAt", due_at as "dueAt", ended_at as "endedAt", result,
  error`

/** State -> its entries, and their order; each finds its index by the words of its condition. */
const LISTED: Readonly<Record<OutboxFilter['state'], readonly [where: string, order: string]>> = {
  dead: [`ended_at is not null and result = 'dead'`, 'ended_at desc, id'],
  waiting: ['ended_at is null', 'due_at, id'],
}

/** Writes entries, each with when it may go out; for the transaction of the changes that they tell of. */
export async function enqueue(
  query: Query,
  entries: readonly (readonly [entry: OutboxEntry, now: number])[],
): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map(([{ id, sessionId, version, event }, now]) => [
    id,
    sessionId,
    version,
    event,
    now,
    now,
    0,
  ])
  await query(
    `insert into outbox (id, session_id, version, event, created_at, due_at, attempts)
     values ${rows.map(placeholders)} on conflict (id) do nothing`,
    rows.flat(),
  )
}

export function outboxStatements({ query }: Driver) {
  const replay = (which: string, params: Value[]) =>
    query<{ id: string }>(
      `update outbox set ended_at = null, result = null, attempts = 0, due_at = $1
       where result = 'dead' and ${which} returning id`,
      params,
    )

  return {
    /** Leases what is due, the longest due first, and of each session the earliest only. */
    async leaseEvents(now: number, leaseUntil: number, limit: number): Promise<LeasedEvent[]> {
      return query<LeasedEvent>(
        // The condition stands twice: two that lease at once would both get rows by the inner one alone.
        `update outbox set due_at = $2, attempts = attempts + 1
         where ended_at is null and due_at <= $1 and id in (
           select id from outbox as entry where ended_at is null and due_at <= $1
             and not exists (select 1 from outbox as earlier
               where earlier.session_id = entry.session_id and earlier.version < entry.version
                 and earlier.ended_at is null)
           order by due_at limit $3)
         returning ${EVENT}`,
        [now, leaseUntil, limit],
      )
    },

    /** Ends an entry: it was delivered, or it is given up. */
    async endEvent(
      id: string,
      { result, error, now }: { result: 'delivered' | 'dead'; error: string | null; now: number },
    ): Promise<void> {
      await query(
        `update outbox set ended_at = $2, result = $3, error = $4
         where id = $1 and ended_at is null`,
        [id, now, result, error],
      )
    },

    /** Has an entry that could not be delivered wait. */
    async putOffEvent(id: string, dueAt: number, error: string): Promise<void> {
      await query('update outbox set due_at = $2, error = $3 where id = $1 and ended_at is null', [
        id,
        dueAt,
        error,
      ])
    },

    /** What was given up, the newest first, or what waits, the longest due first. */
    async events({ state, limit, offset }: OutboxFilter): Promise<OutboxRow[]> {
      const [where, order] = LISTED[state]
      return query<OutboxRow>(
        `select ${ROW} from outbox where ${where} order by ${order} limit $1 offset $2`,
        [limit, offset],
      )
    },

    /** How many were given up, or wait. */
    async countEvents(state: OutboxFilter['state']): Promise<number> {
      const [where] = LISTED[state]
      const rows = await query<{ amount: number }>(
        `select count(*) as amount from outbox where ${where}`,
      )
      return rows[0]?.amount ?? 0
    },

    async event(id: string): Promise<OutboxRow | undefined> {
      return (await query<OutboxRow>(`select ${ROW} from outbox where id = $1`, [id]))[0]
    },

    /** Has an entry that was given up tried again from the start. @returns whether there was one. */
    async replayEvent(id: string, now: number): Promise<boolean> {
      return (await replay('id = $2', [now, id])).length > 0
    },

    /** The same with all that were given up. @returns how many. */
    async replayEvents(now: number): Promise<number> {
      return (await replay('ended_at is not null', [now])).length
    },
  }
}
