import { MIGRATIONS } from './schema.ts'

export type Value = string | number | null
export type Query = <T = unknown>(text: string, params?: Value[]) => Promise<T[]>

/** All that a database has to be able to do. Texts use `$1` placeholders. */
export interface Driver {
  query: Query
  /** Runs `work` in one transaction; a throw undoes it. Nothing else runs in between. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  /** Hears the ids given to `notify`, from every process. Lost ones cost latency only. */
  listen(heard: (id: string) => void): () => void
  notify(id: string): Promise<void>
  close(): Promise<void>
}

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
}

/** What is kept of a webhook: its envelope and its hash, never the decision. */
export interface Envelope {
  /** `event_id`, or the hash of the body where there is none. */
  id: string
  sessionId: string
  status: string
  /** Whether the signature covers all of it, so that it may be applied without asking. */
  covered: boolean
  /** Didit's time of the event, milliseconds. */
  eventAt: number
  hash: string
}

/** An act of an operator: who did what, when, to which session, and how it stood before and after. */
export interface AuditRow {
  id: string
  at: number
  operator: string
  action: string
  session: string | null
  before: string | null
  after: string | null
  /** `done` or `refused`; null while it happens, or when a crash came in between. */
  result: string | null
}

/** Which acts. Without a filter all. */
export interface AuditFilter {
  session?: string
  operator?: string
  /** The first words of `action`: `delete` finds `delete workflow …` too. */
  action?: string
  result?: string
  /** Milliseconds since 1970; the first inclusive, the second exclusive. */
  from?: number
  to?: number
}

const SESSION = `id, subject, workflow, status, url, ret, reference, version,
  created_at as "createdAt", changed_at as "changedAt", event_at as "eventAt",
  asked_at as "askedAt", check_at as "checkAt", missing_at as "missingAt"`
const ENVELOPE = `id, session_id as "sessionId", status, covered, event_at as "eventAt", hash`

export type Store = ReturnType<typeof createStore>

/**
 * Opens the store of a BFF and brings its tables up to date.
 *
 * @param url `file:path/to.db` (libsql, one process) or `file::memory:`.
 * @throws when the file cannot be opened, or another process holds it.
 */
export async function openStore(url: string): Promise<Store> {
  const path = /^file:(.+)$/.exec(url)?.[1]
  if (!path) throw new Error(`DATABASE_URL ${JSON.stringify(url)} is not of the form file:path.`)
  const { openSqlite } = await import('./sqlite.ts')
  const driver = openSqlite(path)
  try {
    await migrate(driver)
  } catch (error) {
    await driver.close()
    throw error
  }
  return createStore(driver)
}

async function migrate(driver: Driver): Promise<void> {
  await driver.transaction(async (query) => {
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

function createStore(driver: Driver) {
  const { query } = driver
  const watchers = new Map<string, Set<() => void>>()
  driver.listen((id) => {
    for (const wake of watchers.get(id) ?? []) wake()
  })

  return {
    close: () => driver.close(),

    /** Whether the database answers. @throws where it does not. */
    async ping(): Promise<void> {
      await query('select 1')
    },

    /**
     * Of each queue, the time of the oldest entry that waits to be worked off; null where none does.
     * That of webhooks is the event's: putting one off changes when it counts as received.
     */
    async backlog(): Promise<Record<string, number | null>> {
      const [row] = await query<{ inbox: number | null }>(
        `select (select min(event_at) from inbox where done_at is null
           and session_id in (select id from sessions)) as "inbox"`,
      )
      return { inbox: row?.inbox ?? null }
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

    async session(id: string): Promise<SessionRow | undefined> {
      return (await query<SessionRow>(`select ${SESSION} from sessions where id = $1`, [id]))[0]
    },

    /** The newest session of a subject, of one workflow or of any. */
    async newestSession(subject: string, workflow?: string): Promise<SessionRow | undefined> {
      const rows = await query<SessionRow>(
        `select ${SESSION} from sessions where subject = $1 and (workflow = $2 or $2 is null)
         order by created_at desc, id desc limit 1`,
        [subject, workflow ?? null],
      )
      return rows[0]
    },

    /**
     * Keeps a session that Didit just handed out. When it handed out one that is here already,
     * only what a repeated creation changes is taken over.
     */
    async saveSession(row: Omit<SessionRow, 'version' | 'missingAt'>): Promise<SessionRow> {
      const rows = await query<SessionRow>(
        `insert into sessions (id, subject, workflow, status, url, ret, reference, created_at,
           changed_at, version, event_at, asked_at, check_at, lease_until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12, 0)
         on conflict (id) do update set url = excluded.url, ret = excluded.ret,
           reference = excluded.reference, check_at = excluded.check_at
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
        ],
      )
      return rows[0] as SessionRow
    },

    /**
     * Stores a status if the session is still at `version`, and tells who listens.
     *
     * @returns the new row, or nothing when somebody else was faster.
     */
    async changeStatus(
      id: string,
      version: number,
      change: { status: string; eventAt: number; checkAt: number; now: number },
    ): Promise<SessionRow | undefined> {
      const rows = await query<SessionRow>(
        `update sessions set status = $3, event_at = $4, check_at = $5, lease_until = 0,
           changed_at = $6, version = version + 1, missing_at = null
         where id = $1 and version = $2 returning ${SESSION}`,
        [id, version, change.status, change.eventAt, change.checkAt, change.now],
      )
      if (rows[0]) await driver.notify(id)
      return rows[0]
    },

    /** Notes news that changed nothing, so that nothing older is applied later. */
    async keepStatus(
      id: string,
      version: number,
      { eventAt, checkAt }: { eventAt: number; checkAt: number },
    ): Promise<SessionRow | undefined> {
      const rows = await query<SessionRow>(
        `update sessions set event_at = case when event_at < $3 then $3 else event_at end,
           check_at = $4, lease_until = 0
         where id = $1 and version = $2 returning ${SESSION}`,
        [id, version, eventAt, checkAt],
      )
      return rows[0]
    },

    /** Marks a session that Didit says it does not know. The status stays. */
    async markMissing(id: string, version: number, now: number, checkAt: number): Promise<void> {
      const rows = await query(
        `update sessions set missing_at = $3, check_at = $4, lease_until = 0, changed_at = $3,
           version = version + 1
         where id = $1 and version = $2 and missing_at is null returning id`,
        [id, version, now, checkAt],
      )
      if (rows[0]) await driver.notify(id)
    },

    /** Takes the right to ask Didit now; of several that try at once one gets it. */
    async claimQuestion(id: string, askedAt: number, now: number): Promise<boolean> {
      const rows = await query(
        'update sessions set asked_at = $3 where id = $1 and asked_at = $2 returning id',
        [id, askedAt, now],
      )
      return rows.length > 0
    },

    /** Puts off the next background question. */
    async checkLater(id: string, checkAt: number): Promise<void> {
      await query('update sessions set check_at = $2, lease_until = 0 where id = $1', [id, checkAt])
    },

    /**
     * Leases sessions whose time to be asked about has come, the longest overdue first. Whatever
     * sets the next time ends the lease.
     */
    async leaseDue(now: number, leaseUntil: number, limit: number): Promise<SessionRow[]> {
      return query<SessionRow>(
        // The condition stands twice: two that lease at once would both get rows by the inner one alone.
        `update sessions set lease_until = $2 where lease_until <= $1 and id in (
           select id from sessions where check_at <= $1 and lease_until <= $1
           order by check_at limit $3)
         returning ${SESSION}`,
        [now, leaseUntil, limit],
      )
    },

    /** Keeps the return URL of a session under the random name that Didit is given. */
    async saveReturn(ret: string, url: string, now: number): Promise<void> {
      await query(
        `insert into returns (ret, url, created_at) values ($1, $2, $3)
         on conflict (ret) do update set url = excluded.url`,
        [ret, url, now],
      )
    },

    async returnUrl(ret: string): Promise<string | undefined> {
      return (await query<{ url: string }>('select url from returns where ret = $1', [ret]))[0]?.url
    },

    /** Puts a webhook on disk. @returns false when it was there already. */
    async receive(envelope: Envelope, now: number): Promise<boolean> {
      const rows = await query(
        `insert into inbox (id, session_id, status, covered, event_at, hash, received_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing returning id`,
        [
          envelope.id,
          envelope.sessionId,
          envelope.status,
          envelope.covered ? 1 : 0,
          envelope.eventAt,
          envelope.hash,
          now,
        ],
      )
      return rows.length > 0
    },

    /** Webhooks of known sessions not yet worked off, the oldest first: of one session or of all. */
    async openEnvelopes(sessionId: string | null, limit: number): Promise<Envelope[]> {
      const rows = await query<Omit<Envelope, 'covered'> & { covered: number }>(
        `select ${ENVELOPE} from inbox where done_at is null and (session_id = $1 or $1 is null)
           and session_id in (select id from sessions)
         order by received_at, event_at limit $2`,
        [sessionId, limit],
      )
      return rows.map((row) => ({ ...row, covered: row.covered === 1 }))
    },

    /** Puts a webhook that could not be worked off behind the others. */
    async putOffEnvelope(id: string, now: number): Promise<void> {
      await query('update inbox set received_at = $2 where id = $1', [id, now])
    },

    async finishEnvelope(id: string, now: number): Promise<void> {
      await query('update inbox set done_at = $2 where id = $1', [id, now])
    },

    /** Gives up on webhooks about sessions that never became known here. */
    async dropStrangers(receivedBefore: number, now: number): Promise<void> {
      await query(
        `update inbox set done_at = $2 where done_at is null and received_at < $1
           and session_id not in (select id from sessions)`,
        [receivedBefore, now],
      )
    },

    /** Adds one to a counter that starts anew after `until`. @returns its new amount. */
    async count(name: string, until: number): Promise<number> {
      const rows = await query<{ amount: number }>(
        `insert into counters (name, until, amount) values ($1, $2, 1)
         on conflict (name, until) do update set amount = counters.amount + 1 returning amount`,
        [name, until],
      )
      return rows[0]?.amount ?? 1
    },

    async dropCounters(now: number): Promise<void> {
      await query('delete from counters where until <= $1', [now])
    },

    /** Has all sessions that may move asked about in the next rounds. */
    async checkAllBy(now: number): Promise<void> {
      const horizon = now + 6 * 60 * 60 * 1000
      await query('update sessions set check_at = $1 where check_at > $1 and check_at <= $2', [
        now,
        horizon,
      ])
    },

    /** Writes down an act before it happens. */
    async beginAct(act: Omit<AuditRow, 'after' | 'result'>): Promise<void> {
      await query(
        `insert into audit (id, at, operator, action, session_id, status_before)
         values ($1, $2, $3, $4, $5, $6)`,
        [act.id, act.at, act.operator, act.action, act.session, act.before],
      )
    },

    /** Adds how an act ended, and which session came of it where none was named. */
    async endAct(
      id: string,
      { after, result, session = null }: Pick<AuditRow, 'after' | 'result'> & Partial<AuditRow>,
    ): Promise<void> {
      await query(
        `update audit set status_after = $2, result = $3,
           session_id = case when session_id is null then $4 else session_id end
         where id = $1`,
        [id, after, result, session],
      )
    },

    /** The acts of operators, newest first. */
    async acts(filter: AuditFilter & { limit: number; offset: number }): Promise<AuditRow[]> {
      const params: Value[] = [filter.limit, filter.offset]
      const where = whereOf(filter, params)
      return query<AuditRow>(
        `select id, at, operator, action, session_id as "session", status_before as "before",
           status_after as "after", result
         from audit ${where} order by at desc, id limit $1 offset $2`,
        params,
      )
    },

    async countActs(filter: AuditFilter): Promise<number> {
      const params: Value[] = []
      const where = whereOf(filter, params)
      const rows = await query<{ amount: number }>(
        `select count(*) as amount from audit ${where}`,
        params,
      )
      return Number(rows[0]?.amount ?? 0)
    },

    /** A setting that is made once and then kept: the first of several writers wins. */
    async settingOr(name: string, fresh: string): Promise<string> {
      await query('insert into settings (name, value) values ($1, $2) on conflict do nothing', [
        name,
        fresh,
      ])
      const rows = await query<{ value: string }>('select value from settings where name = $1', [
        name,
      ])
      return rows[0]?.value ?? fresh
    },

    /** Replaces a setting. @returns false when it is no longer `from`: somebody was faster. */
    async changeSetting(name: string, from: string, to: string): Promise<boolean> {
      const rows = await query(
        'update settings set value = $3 where name = $1 and value = $2 returning name',
        [name, from, to],
      )
      return rows.length > 0
    },
  }
}

/** The condition of a filter; its values are added to `params`. A text for each, so that each finds its index. */
function whereOf(filter: AuditFilter, params: Value[]): string {
  const { session, operator, action, result, from, to } = filter
  const tests: [test: (place: string) => string, value: Value | undefined][] = [
    [(place) => `session_id = ${place}`, session],
    [(place) => `operator = ${place}`, operator],
    [(place) => `substr(action || ' ', 1, length(${place})) = ${place}`, action && `${action} `],
    [(place) => `result = ${place}`, result],
    [(place) => `at >= ${place}`, from],
    [(place) => `at < ${place}`, to],
  ]
  const texts = tests.flatMap(([test, value]) =>
    value === undefined ? [] : [test(`$${params.push(value)}`)],
  )
  return texts.length > 0 ? `where ${texts.join(' and ')}` : ''
}
