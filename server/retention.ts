import type { Settings } from './options.ts'

const DAY = 24 * 60 * 60 * 1000
/** How long what has been dealt with is kept to be looked at: webhooks worked off, events delivered. */
const WORKED_OFF = 30 * DAY
/** Rows of each kind that are deleted in one go, so that nobody waits for it. */
const BATCH = 200

/**
 * Deletes what is old: what has been dealt with after a month, or sooner when `retentionDays` says
 * so; settled sessions, events given up and the acts of operators only when it says so.
 *
 * @returns does one batch of it.
 */
export function createRetention({ store, now, retentionDays }: Settings): () => Promise<void> {
  return async function forget() {
    const at = now()
    const kept = retentionDays === undefined ? Number.POSITIVE_INFINITY : retentionDays * DAY
    const workedOff = at - Math.min(kept, WORKED_OFF)
    await store.forgetEnvelopes(workedOff, BATCH)
    await store.forgetEvents('delivered', workedOff, BATCH)
    if (retentionDays === undefined) return
    await store.forgetSessions(at - kept, BATCH)
    await store.forgetEvents('dead', at - kept, BATCH)
    await store.forgetActs(at - kept, BATCH)
  }
}
