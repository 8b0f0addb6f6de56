import type { Context } from 'hono'
import * as z from 'zod'
import type { OperatorEnv } from './operator.ts'
import type { Settings } from './options.ts'
import type { AuditFilter, AuditRow } from './store/index.ts'
import { createUpdates } from './updates.ts'

/** What an act is about, for the audit log. */
export interface Act {
  /** `approve`, `delete`, `create workflow`, … */
  action: string
  /** Didit's id of the session, where it is about one. */
  session?: string
  /** Whether that session may move by it. Default true. */
  moves?: boolean
}

export type Acts = ReturnType<typeof createActs>

const auditFilter = z.object({
  session: z.string().optional(),
  operator: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset: z.coerce.number().int().min(0).default(0),
}) satisfies z.ZodType<AuditFilter>

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
    async run<T>(c: Context<OperatorEnv>, act: Act, work: () => Promise<T>): Promise<T> {
      const { action, session = null, moves = true } = act
      const id = crypto.randomUUID()
      const before = session && (await statusOf(session))
      await store.beginAct({ id, at: now(), operator: c.get('operator'), action, session, before })
      let result = 'refused'
      try {
        const answer = await work()
        result = 'done'
        return answer
      } finally {
        if (session && moves) await follow(session)
        const after = session && (await statusOf(session))
        await store.endAct(id, { after, result })
        log.info({ act: id, operator: c.get('operator'), action, session, result }, 'operator act')
      }
    },

    /** The audit log, newest first. */
    async log(query: Record<string, string>): Promise<{ results: AuditRow[] }> {
      return { results: await store.acts(auditFilter.parse(query)) }
    },

    /** After an act on sessions that were not named one by one: all that may move are asked about. */
    recheck: () => store.checkAllBy(now()),
  }
}
