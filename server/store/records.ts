import type { Driver, Query, Value } from './driver.ts'
import { placeholders } from './placeholders.ts'
import { together } from './together.ts'

/** An act of an operator: who did what, when, to which session, and how it stood before and after. */
export interface AuditRow {
  id: string
  at: number
  operator: string
  action: string
  session: string | null
  before: string | null
  after: string | null
  /** `done`, `refused`, or `unknown` after a crash in between; null while it happens. */
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

const ACT = `id, at, operator, action, session_id as "session", status_before as "before",
  status_after as "after", result`

/** How many counts go out in one statement. */
const MOST = 100

interface Count {
  name: string
  until: number
  more: number
}

/** What is kept beside sessions and what moves them: counters, settings, the acts of operators. */
export function recordStatements({ query, transaction }: Driver) {
  const count = together((counts: readonly Count[]) => add(query, counts), MOST)

  return {
    /**
     * Adds to a counter that starts anew after `until`. Counts that come at about the same time share
     * a statement, for some counters are everybody's.
     *
     * @returns its new amount.
     */
    count: (name: string, until: number, more = 1): Promise<number> => count({ name, until, more }),

    async dropCounters(now: number): Promise<void> {
      await query('delete from counters where until <= $1', [now])
    },

    /** Writes down an act before it happens. */
    async beginAct(act: Omit<AuditRow, 'after' | 'result'>): Promise<void> {
      await query(
        `insert into audit (id, at, operator, action, session_id, status_before)
         values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing`,
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

    /** Acts that began before a moment and of whose end nothing is known: a crash came in between. */
    async openActs(before: number, limit: number): Promise<AuditRow[]> {
      return query<AuditRow>(
        `select ${ACT} from audit where result is null and at < $1 order by at limit $2`,
        [before, limit],
      )
    },

    /** The acts of operators, newest first. */
    async acts(filter: AuditFilter & { limit: number; offset: number }): Promise<AuditRow[]> {
      const params: Value[] = [filter.limit, filter.offset]
      const where = whereOf(filter, params)
      return query<AuditRow>(
        `select ${ACT} from audit ${where} order by at desc, id limit $1 offset $2`,
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
      return rows[0]?.amount ?? 0
    },

    /** A setting that is made once and then kept: the first of several writers wins. */
    async settingOr(name: string, fresh: string): Promise<string> {
      await query(
        'insert into settings (name, value) values ($1, $2) on conflict (name) do nothing',
        [name, fresh],
      )
      return (await settingOf(name)) ?? fresh
    },

    /** Replaces a setting. @returns false when it is no longer `from`: somebody was faster. */
    async changeSetting(name: string, from: string, to: string): Promise<boolean> {
      const rows = await query(
        'update settings set value = $3 where name = $1 and value = $2 returning name',
        [name, from, to],
      )
      return rows.length > 0
    },

    /** What all instances know of something together, as {@link share} left it. */
    async shared<T>(name: string): Promise<T | undefined> {
      const value = await settingOf(name)
      return value === undefined ? undefined : (JSON.parse(value) as T)
    },

    /**
     * Changes what all instances know of something together, one after the other.
     *
     * @param change from what it was to what it is.
     */
    async share<T>(name: string, change: (state: T | undefined) => T): Promise<T> {
      return transaction(async (query) => {
        // Changes nothing, and holds the row until the end.
        const hold = () =>
          query<{ value: string }>(
            'update settings set value = value where name = $1 returning value',
            [name],
          )
        let [row] = await hold()
        if (!row) {
          const text =
            'insert into settings (name, value) values ($1, $2) on conflict (name) do nothing'
          await query(text, [name, 'null'])
          ;[row] = await hold()
        }
        const state = change(JSON.parse(row?.value ?? 'null') ?? undefined)
        await query('update settings set value = $2 where name = $1', [name, JSON.stringify(state)])
        return state
      })
    },
  }

  async function settingOf(name: string): Promise<string | undefined> {
    const rows = await query<{ value: string }>('select value from settings where name = $1', [
      name,
    ])
    return rows[0]?.value
  }
}

/** @returns for each what its counter came to with it, as if they had come one after the other. */
async function add(query: Query, counts: readonly Count[]): Promise<number[]> {
  const keyOf = ({ name, until }: Omit<Count, 'more'>) => `${until} ${name}`
  const sums = new Map<string, Count>()
  for (const count of counts) {
    const { more = 0 } = sums.get(keyOf(count)) ?? {}
    sums.set(keyOf(count), { ...count, more: more + count.more })
  }
  // In one order everywhere: else two processes with the same counters would wait for each other.
  const keys = [...sums.keys()].sort()
  const rows = keys
    .flatMap((key) => sums.get(key) ?? [])
    .map(({ name, until, more }) => [name, until, more])
  const after = await query<{ name: string; until: number; amount: number }>(
    `insert into counters (name, until, amount) values ${rows.map(placeholders)}
     on conflict (name, until) do update set amount = counters.amount + excluded.amount
     returning name, until, amount`,
    rows.flat(),
  )
  const amounts = new Map(
    after.map((row) => [keyOf(row), row.amount - (sums.get(keyOf(row))?.more ?? 0)]),
  )
  return counts.map((count) => {
    const amount = (amounts.get(keyOf(count)) ?? 0) + count.more
    amounts.set(keyOf(count), amount)
    return amount
  })
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
