import type { Context } from 'hono'
import * as z from 'zod'
import type { OperatorEnv } from './operator.ts'
import type { Settings } from './options.ts'
import { createUpdates } from './updates.ts'

const DAY = 24 * 60 * 60 * 1000
/** Of an action, so that nobody fills the log with a long list. */
const LONGEST = 500

/** What an act is about, for the audit log. */
export interface Act<T = unknown> {
  /** `approve`, `delete workflow …`: first what is done, then what to, where that is no session. */
  action: string
  /** Didit's id of the session, where it is about one. */
  session?: string
  /** The session that comes of it, where it makes one. */
  made?(answer: T): string
  /** Whether that session may move by it. Default true. */
  moves?: boolean
}

export type Acts = ReturnType<typeof createActs>

const day = z.iso.date().transform((text) => Date.parse(`${text}T00:00:00Z`))
const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
const TIMES = 'is no time. Send a day like 2026-11-25, or a moment like 2026-11-25T09:30:00Z.'
const filter = z.string().max(500).optional()

const auditQuery = z.object({
  session: filter.transform((id) => id?.toLowerCase()),
  operator: filter,
  action: filter,
  result: filter,
  // Days as Didit counts them: UTC, both inclusive.
  from: z.union([day, moment], TIMES).optional(),
  to: z.union([day.transform((at) => at + DAY), moment], TIMES).optional(),
  limit: z.number('must be a number from 1 to 200.').int().min(1).max(200).default(50),
  offset: z.number('must be a number of at least 0.').int().min(0).default(0),
})

/** What `GET /audit` can be asked. */
export const AUDIT_FILTERS: readonly string[] = Object.keys(auditQuery.shape)

/** Does what operators ask for, and writes down who did what, when, and how it stood before and after. */
export function createActs(settings: Settings) {
  const { store, didit, now, log } = settings
  const updates = createUpdates(settings)

  async function statusOf(session: string): Promise<string | null> {
    const row = await store.session(session)
    if (row) return row.status
    const decision = await didit.sessions.decision(session).catch(() => undefined)
    return decision?.status ?? null
  }

  /** Takes over what Didit says now. That it cannot be asked does not undo the act. */
  async function follow(session: string): Promise<void> {
    const row = await store.session(session)
    if (!row) return
    await updates.askDue(row)
    // Where nothing was learnt the next round asks, and not the one that was planned, hours away.
    const asked = await store.session(session)
    if (asked?.version === row.version) await store.checkLater(session, now())
  }

  return {
    /**
     * Runs an act of the operator of this request.
     *
     * The log has it before it happens: a crash in between leaves an entry without a result, and
     * never an act without an entry.
     */
    async run<T>(c: Context<OperatorEnv>, act: Act<T>, work: () => Promise<T>): Promise<T> {
      const { moves = true } = act
      const action = act.action.slice(0, LONGEST)
      let session = act.session ?? null
      const id = crypto.randomUUID()
      const before = session && (await statusOf(session))
      await store.beginAct({ id, at: now(), operator: c.get('operator'), action, session, before })
      let result = 'refused'
      try {
        const answer = await work()
        result = 'done'
        session ??= act.made?.(answer) ?? null
        return answer
      } finally {
        if (session && moves) await follow(session)
        const after = session && (await statusOf(session))
        await store.endAct(id, { after, result, session })
        log.info({ act: id, operator: c.get('operator'), action, session, result }, 'operator act')
      }
    },

    /** A page of the audit log, newest first. */
    async log(query: object) {
      const { limit, offset, ...filter } = auditQuery.parse(query)
      const count = await store.countActs(filter)
      const results = await store.acts({ ...filter, limit, offset })
      const at = (from: number) => `?limit=${limit}&offset=${from}`
      return {
        count,
        next: offset + limit < count ? at(offset + limit) : null,
        previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
        results,
      }
    },

    /** After an act on sessions that were not named one by one: all that may move are asked about. */
    recheck: () => store.checkAllBy(now()),
  }
}
