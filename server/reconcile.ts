import { settle, type VerifyOptions } from './options.ts'
import { createUpdates } from './updates.ts'

const SECOND = 1000
/** Between two rounds. */
const PACE = 5 * SECOND
/** Sessions asked about in one round: 240 questions a minute, where Didit allows 600. */
const BATCH = 20
/** How long a session stays with the process that took it, should that one die. */
const LEASE = 60 * SECOND
/** How long a webhook waits for the session that it is about. */
const STRANGER = 60 * 60 * SECOND

/**
 * One round of what happens without a request: webhooks that were not worked off, and sessions that
 * may have moved while no webhook came. For hosts with a cron of their own.
 */
export async function runDue(options: VerifyOptions): Promise<void> {
  await createRound(options)()
}

/**
 * Starts the rounds, one every five seconds.
 *
 * @returns what stops them; it resolves when the step that is under way has ended.
 */
export function startBackground(options: VerifyOptions): () => Promise<void> {
  const { timers, log } = settle(options)
  let stopped = false
  const round = createRound(options, () => stopped)
  let timer: unknown
  let running = Promise.resolve()

  function plan(ms: number): void {
    timer = timers.setTimeout(() => {
      running = round()
        .catch((error: Error) => log.error({ error }, 'background round failed'))
        .then(() => {
          if (!stopped) plan(PACE)
        })
    }, ms)
  }

  plan(0)
  return async function stop() {
    stopped = true
    timers.clearTimeout(timer)
    await running
  }
}

function createRound(options: VerifyOptions, isStopped = () => false): () => Promise<void> {
  const settings = settle(options)
  const { store, now } = settings
  const updates = createUpdates(settings)

  return async function round() {
    for (const envelope of await store.openEnvelopes(null, 100)) {
      if (isStopped()) return
      if (updates.isQuiet()) break
      await updates.receive(envelope)
    }
    const at = now()
    for (const row of await store.leaseDue(at, at + LEASE, BATCH)) {
      if (isStopped()) return
      await updates.askDue(row)
    }
    await store.dropStrangers(at - STRANGER, at)
    await store.dropCounters(at)
  }
}
