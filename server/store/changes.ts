import type { Driver, Query } from './driver.ts'
import { type Envelope, endEnvelopes } from './inbox.ts'
import { enqueue, type OutboxEntry } from './outbox.ts'
import { placeholders } from './placeholders.ts'
import { SESSION, type SessionRow, settledAt } from './sessions.ts'
import { together } from './together.ts'

/** A new status. Times are milliseconds since 1970. */
export interface StatusChange {
  status: string
  eventAt: number
  checkAt: number
  now: number
  /** What tells the host of it, where it wants to be told. */
  entry?: OutboxEntry
}

export interface Kept {
  id: string
  version: number
  eventAt: number
  checkAt: number
}

/** What a webhook came upon. */
export interface Applied {
  /** The session as the webhook found it. Absent where it is not known here. */
  row?: SessionRow
  /** The session as the webhook has left it. Absent where that changed nothing. */
  changed?: SessionRow
}

/** Says what a webhook changes of its session; nothing where it may not be applied as it is. */
type Decide = (row: SessionRow) => StatusChange | undefined

/** A change, and the row as it was read. */
interface Step {
  row: Pick<SessionRow, 'id' | 'version'>
  change: StatusChange
}

interface Application {
  envelope: Envelope
  decide: Decide
}

/** How many webhooks are applied in one transaction. */
const MOST = 50

/** All that changes the status of a session, or notes that it has not changed. */
export function changeStatements(driver: Driver) {
  const { query, transaction } = driver
  const apply = together((all: readonly Application[]) => applyAll(driver, all), MOST)

  return {
    /**
     * Stores a status if the session is still at `version`, and tells who listens.
     *
     * @returns the new row, or nothing when somebody else was faster.
     */
    async changeStatus(
      id: string,
      version: number,
      change: StatusChange,
    ): Promise<SessionRow | undefined> {
      const steps = [{ row: { id, version }, change }]
      // One statement alone needs no transaction.
      const changed = await (change.entry
        ? transaction((query) => takeSteps(query, steps))
        : takeSteps(query, steps))
      if (changed.has(id)) driver.notify(id)
      return changed.get(id)
    },

    /**
     * Applies a webhook to its session where `decide` says so, and notes in the same transaction that
     * it is worked off. Those that come at about the same time share the transaction; of those of one
     * session it applies the first, and the others find what that has left.
     *
     * @param decide is asked inside the transaction, so it may not wait for anything.
     */
    applyEnvelope: (envelope: Envelope, decide: Decide): Promise<Applied> =>
      apply({ envelope, decide }),

    /** Notes news that changed nothing, so that nothing older is applied later. */
    async keepStatus(
      id: string,
      version: number,
      kept: { eventAt: number; checkAt: number },
    ): Promise<SessionRow | undefined> {
      return (await keep(query, { id, version, ...kept }))[0]
    },

    /** The same for many at once. @returns the ids of those that nobody changed meanwhile. */
    async keepStatuses(all: readonly Kept[]): Promise<Set<string>> {
      const ids = await transaction(async (query) => {
        const rows: { id: string }[] = []
        for (const kept of all) rows.push(...(await keep(query, kept)))
        return rows.map(({ id }) => id)
      })
      return new Set(ids)
    },

    /** Marks a session that Didit says it does not know. The status stays. */
    async markMissing(
      id: string,
      version: number,
      { checkAt, now, entry }: Pick<StatusChange, 'checkAt' | 'now' | 'entry'>,
    ): Promise<SessionRow | undefined> {
      const [row] = await transaction(async (query) => {
        const rows = await query<SessionRow>(
          `update sessions set missing_at = $3, settled_at = $3, check_at = $4, lease_until = 0,
             changed_at = $3, version = version + 1
           where id = $1 and version = $2 and missing_at is null returning ${SESSION}`,
          [id, version, now, checkAt],
        )
        if (rows[0] && entry) await enqueue(query, [[entry, now]])
        return rows
      })
      if (row) driver.notify(id)
      return row
    },
  }
}

async function applyAll(driver: Driver, all: readonly Application[]): Promise<Applied[]> {
  const applied = await driver.transaction(async (query) => {
    const rows = await sessionsOf(query, all)
    const steps = stepsOf(rows, all)
    // In one order everywhere: else two processes with the same sessions would wait for each other.
    const ordered = [...steps.values()].sort((one, other) => (one.row.id < other.row.id ? -1 : 1))
    const changed = await takeSteps(query, ordered)
    const taken = ordered.filter(({ row }) => changed.has(row.id))
    await endEnvelopes(
      query,
      taken.map(({ by, change: { now } }) => ({ id: by.envelope.id, now })),
    )
    return all.map((each) => {
      const { sessionId } = each.envelope
      const [before, after] = [rows.get(sessionId), changed.get(sessionId)]
      // The others find what the first of their session has left, for they are weighed by it.
      return steps.get(sessionId)?.by === each
        ? { row: before, changed: after }
        : { row: after ?? before }
    })
  })
  for (const { changed } of applied) if (changed) driver.notify(changed.id)
  return applied
}

/** The sessions that webhooks are about, by their ids. */
async function sessionsOf(
  query: Query,
  all: readonly Application[],
): Promise<Map<string, SessionRow>> {
  const ids = [...new Set(all.map(({ envelope }) => envelope.sessionId))]
  const rows = await query<SessionRow>(
    `select ${SESSION} from sessions where id in ${placeholders(ids)}`,
    ids,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** One step at most for each session, by its id, and the webhook that it is taken for. */
function stepsOf(rows: ReadonlyMap<string, SessionRow>, all: readonly Application[]) {
  const steps = new Map<string, Step & { by: Application }>()
  for (const by of all) {
    const row = rows.get(by.envelope.sessionId)
    const change = row && !steps.has(row.id) && by.decide(row)
    if (change) steps.set(row.id, { row, change, by })
  }
  return steps
}

/**
 * Changes what is still at the version that was read, and writes what the host is to be told of it.
 *
 * @returns the new rows by their ids.
 */
async function takeSteps(
  query: Query,
  steps: readonly Step[],
): Promise<ReadonlyMap<string, SessionRow>> {
  if (steps.length === 0) return new Map()
  const values = steps.map(
    ({ row: { id, version }, change: { status, eventAt, checkAt, now } }) => [
      id,
      version,
      status,
      eventAt,
      checkAt,
      now,
      settledAt(status, now),
    ],
  )
  const rows = await query<SessionRow>(
    // Postgres takes values for texts where nothing says otherwise.
    `with step (session_id, seen, new_status, event, next_check, moment, settled) as
       (values ${values.map(placeholders)})
     update sessions set status = new_status, event_at = cast(event as bigint),
       check_at = cast(next_check as bigint), lease_until = 0, changed_at = cast(moment as bigint),
       version = version + 1, missing_at = null, settled_at = cast(settled as bigint)
     from step where id = session_id and version = cast(seen as integer) returning ${SESSION}`,
    values.flat(),
  )
  const changed = new Map(rows.map((row) => [row.id, row]))
  const told = steps.filter(({ row }) => changed.has(row.id))
  await enqueue(
    query,
    told.flatMap(({ change: { entry, now } }) => (entry ? [[entry, now] as const] : [])),
  )
  return changed
}

function keep(query: Query, { id, version, eventAt, checkAt }: Kept): Promise<SessionRow[]> {
  return query<SessionRow>(
    `update sessions set event_at = case when event_at < $3 then $3 else event_at end,
       check_at = $4, lease_until = 0
     where id = $1 and version = $2 returning ${SESSION}`,
    [id, version, eventAt, checkAt],
  )
}
