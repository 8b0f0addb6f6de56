import type { Settings } from './options.ts'
import { createRollCall } from './roll-call.ts'
import type { SessionRow } from './store/index.ts'
import type { Updates } from './updates.ts'

/** How long sessions are gathered before Didit is asked about them together. Milliseconds. */
const GATHER = 1000

/**
 * Keeps what open streams follow fresh. Few sessions are asked about one by one; where many wait, one
 * page of Didit's list answers for fifty of them, and their number hardly matters.
 *
 * @returns takes a session that is followed; what is too old is asked about soon, and what changes
 *   wakes its streams.
 */
export function createFollow(settings: Settings, updates: Updates) {
  const { store, now, timers, signal, log } = settings
  const callRoll = createRollCall(settings, {
    updates,
    // The client keeps all questions of readers under Didit's limits.
    mayAsk: async () => true,
    isStopped: () => signal?.aborted ?? false,
  })
  let gathered = new Map<string, SessionRow>()

  async function ask(): Promise<void> {
    const rows = [...gathered.values()]
    gathered = new Map()
    if (signal?.aborted || (await updates.isQuiet())) return
    const claimed = await store.claimQuestions(rows, now())
    const single = await callRoll(rows.filter(({ id }) => claimed.has(id)))
    await Promise.all(single.map(updates.askDue))
  }

  return function follow(row: SessionRow): void {
    if (!updates.isStale(row)) return
    if (gathered.size === 0) {
      timers.setTimeout(() => {
        ask().catch((error: Error) => log.warn({ error }, 'could not ask about those who wait'))
      }, GATHER)
    }
    gathered.set(row.id, row)
  }
}
