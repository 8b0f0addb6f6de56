import { statusRow } from '../contract.ts'
import type { Driver, Query } from './driver.ts'
import { enqueue, type OutboxEntry } from './outbox.ts'

/** A session as it is kept. Times are milliseconds since 1970. */
export interface SessionRow {
  id: string
  subject: string
  workflow: string
  status: string
  url: string
  ret: string
  reference: string | null
  createdAt: number
  changedAt: number
  version: number
  /** Didit's time of the newest news that was applied. */
  eventAt: number
  /** When Didit was last asked. */
  askedAt: number
  /** When reconcile asks next. */
  checkAt: number
  /** When Didit first answered that it does not know the session. */
  missingAt: number | null
  /**
   * A digest of the contact and expected details that it was created with; null where the session is
   * from before they were kept, empty where it is not certain: then it is like no other.
   */
  details: string | null
}

/** A session that was asked for, written down before Didit is. */
export interface Intent {
  /** The random name of the way back, which Didit is given. */
  ret: string
  /** Where it leads. */
  url: string
  /** How the page shows the session, where the page has said so. */
  mode: string | null
  subject: string
  workflow: string
  reference: string | null
  /** As {@link SessionRow.details}. */
  details: string | null
}

/** Where a session comes back to, and how the page shows it. */
export type WayBack = Pick<Intent, 'url' | 'mode'>

/** The columns of a {@link SessionRow}. */
export const SESSION = `id, subject, workflow, status, url, ret, reference, version,
  created_at as "createdAt", changed_at as "changedAt", event_at as "eventAt",
  asked_at as "askedAt", check_at as "checkAt", missing_at as "missingAt", details`

export function sessionStatements(driver: Driver) {
  const { query, transaction } = driver

  return {
    async session(id: string): Promise<SessionRow | undefined> {
      return (await query<SessionRow>(`select ${SESSION} from sessions where id = $1`, [id]))[0]
    },

    /** The newest session of a subject, of one workflow or of any. */
    async newestSession(subject: string, workflow?: string): Promise<SessionRow | undefined> {
      const of = workflow === undefined ? '' : 'and workflow = $2'
      const rows = await query<SessionRow>(
        `select ${SESSION} from sessions where subject = $1 ${of}
         order by created_at desc, id desc limit 1`,
        workflow === undefined ? [subject] : [subject, workflow],
      )
      return rows[0]
    },

    /** Writes down that a session is about to be asked for, and where its way back leads. */
    async beginSession(intent: Intent, now: number): Promise<void> {
      const { ret, url, mode, subject, workflow, reference, details } = intent
      await query(
        `insert into returns (ret, url, mode, created_at, subject, workflow, reference, details)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (ret) do nothing`,
        [ret, url, mode, now, subject, workflow, reference, details],
      )
    },

    /** Forgets a session that was asked for, and that Didit never made. */
    async dropIntent(ret: string): Promise<void> {
      await query('delete from returns where ret = $1 and session_id is null', [ret])
    },

    /** Sessions asked for before a moment and never kept: a crash or an outage came in between. */
    async openIntents(before: number, limit: number): Promise<Intent[]> {
      return query<Intent>(
        `select ret, url, mode, subject, workflow, reference, details from returns
         where session_id is null and created_at < $1 order by created_at limit $2`,
        [before, limit],
      )
    },

    /** Leads the way back of a session elsewhere. */
    async saveReturn(ret: string, url: string, mode: string | null): Promise<void> {
      await query('update returns set url = $2, mode = $3 where ret = $1', [ret, url, mode])
    },

    async wayBack(ret: string): Promise<WayBack | undefined> {
      return (await query<WayBack>('select url, mode from returns where ret = $1', [ret]))[0]
    },

    /**
     * Keeps a session that Didit just handed out, and has what webhooks said of it before worked
     * off. When Didit handed out one that is here already, only what a repeated creation changes is
     * taken over. Didit does not say which of several requests it made a session by: where they
     * differ in their details, those of the session are uncertain.
     */
    async saveSession(
      row: Omit<SessionRow, 'version' | 'missingAt' | 'details'> & { details?: string | null },
      entry?: OutboxEntry,
    ): Promise<SessionRow> {
      const details = row.details ?? null
      const { saved, unsure } = await transaction(async (query) => {
        const [saved] = await query<SessionRow>(
          `insert into sessions (id, subject, workflow, status, url, ret, reference, created_at,
             changed_at, version, event_at, asked_at, check_at, lease_until, settled_at,
             details)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12, 0, $13, $14)
           on conflict (id) do update set url = excluded.url, ret = excluded.ret,
             reference = excluded.reference, check_at = excluded.check_at,
             details = case when sessions.details <> excluded.details then '' else sessions.details end
           returning ${SESSION}`,
          [
            row.id,
            row.subject,
            row.workflow,
            row.status,
            row.url,
            row.ret,
            row.reference,
            row.createdAt,
            row.changedAt,
            row.eventAt,
            row.askedAt,
            row.checkAt,
            settledAt(row.status, row.changedAt),
            details,
          ],
        )
        await query('update returns set session_id = $2 where ret = $1', [row.ret, row.id])
        const [unsure] = await query<SessionRow>(
          `update sessions set details = '' where id = $1 and exists (
             select 1 from returns where session_id is null and subject = $2 and workflow = $3
               and details <> $4)
           returning ${SESSION}`,
          [row.id, row.subject, row.workflow, details],
        )
        await query('update inbox set due_at = $2 where session_id = $1 and done_at is null', [
          row.id,
          row.changedAt,
        ])
        if (entry && saved?.version === 1) await enqueue(query, [[entry, row.changedAt]])
        return { saved, unsure }
      })
      if (unsure) {
        // Those requests have led to a session, or will say so themselves: they count no second time.
        // Not in the transaction, where two that do so would wait for each other.
        await query(
          `update returns set details = null
           where session_id is null and subject = $1 and workflow = $2`,
          [row.subject, row.workflow],
        )
      }
      return unsure ?? (saved as SessionRow)
    },

    /** Takes the right to ask Didit now; of several that try at once one gets it. */
    async claimQuestion(row: Asked, now: number): Promise<boolean> {
      return (await claim(query, row, now)).length > 0
    },

    /** The same for many at once. @returns the ids of those that nobody else asks about. */
    async claimQuestions(all: readonly Asked[], now: number): Promise<Set<string>> {
      const ids = await transaction(async (query) => {
        const rows: { id: string }[] = []
        for (const row of all) rows.push(...(await claim(query, row, now)))
        return rows.map(({ id }) => id)
      })
      return new Set(ids)
    },

    /** Puts off the next background question. */
    async checkLater(id: string, checkAt: number): Promise<void> {
      await query('update sessions set check_at = $2, lease_until = 0 where id = $1', [id, checkAt])
    },

    /** Ends leases of sessions that were not asked about after all; they stay due. */
    async endLease(ids: readonly string[]): Promise<void> {
      await transaction(async (query) => {
        for (const id of ids) await query('update sessions set lease_until = 0 where id = $1', [id])
      })
    },

    /**
     * Leases sessions whose time to be asked about has come, the longest overdue first. Readers take
     * them for asked about. Whatever sets the next time ends the lease.
     */
    async leaseDue(now: number, leaseUntil: number, limit: number): Promise<SessionRow[]> {
      return query<SessionRow>(
        // The condition stands twice: two that lease at once would both get rows by the inner one alone.
        `update sessions set lease_until = $2, asked_at = $1 where lease_until <= $1 and id in (
           select id from sessions where check_at <= $1 and lease_until <= $1
           order by check_at limit $3)
         returning ${SESSION}`,
        [now, leaseUntil, limit],
      )
    },

    /** Leases those that are due of one workflow and created in one span of time. */
    async leaseGroup(
      { workflow, from, until }: { workflow: string; from: number; until: number },
      { now, leaseUntil, limit }: { now: number; leaseUntil: number; limit: number },
    ): Promise<SessionRow[]> {
      return query<SessionRow>(
        `update sessions set lease_until = $2, asked_at = $1 where lease_until <= $1 and id in (
           select id from sessions where check_at <= $1 and lease_until <= $1
             and workflow = $4 and created_at >= $5 and created_at < $6
           order by check_at limit $3)
         returning ${SESSION}`,
        [now, leaseUntil, limit, workflow, from, until],
      )
    },

    /** Has all sessions that are not settled asked about in the next rounds. */
    async checkAllBy(now: number): Promise<void> {
      const horizon = now + 6 * 60 * 60 * 1000
      await query(
        `update sessions set check_at = $1
         where check_at > $1 and check_at <= $2 and settled_at is null`,
        [now, horizon],
      )
    },
  }
}

/** A session, and when Didit was last asked about it. */
type Asked = Pick<SessionRow, 'id' | 'askedAt'>

function claim(query: Query, { id, askedAt }: Asked, now: number): Promise<{ id: string }[]> {
  return query<{ id: string }>(
    'update sessions set asked_at = $3 where id = $1 and asked_at = $2 returning id',
    [id, askedAt, now],
  )
}

/** When a session settled that has this status since `now`. */
export function settledAt(status: string, now: number): number | null {
  return statusRow(status).settled ? now : null
}
