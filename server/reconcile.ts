import { settle, type VerifyOptions } from './options.ts'
import { createRepairs } from './repairs.ts'
import { createRetention } from './retention.ts'
import { createRollCall } from './roll-call.ts'
import { createUpdates } from './updates.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
/** Between two rounds. */
const PACE = 5 * SECOND
/** Sessions that are looked at in one round. */
const BATCH = 20
/** Webhooks that are worked off in one round. */
const WEBHOOKS = 100
/** How long a session or a webhook stays with the process that took it, should that one die. */
const LEASE = MINUTE
/** How long a webhook waits for the session that it is about. */
const STRANGER = 60 * MINUTE
/** Questions a minute of all processes together: visitors have the larger part of Didit's 600. */
const QUESTIONS = 240

/**
 * One round of what happens without a request: webhooks that were not worked off, sessions that may
 * have moved while no webhook came, changes that the host was not told of, what a crash broke off,
 * what is old enough to be deleted. For hosts with a cron of their own.
 */
export async function runDue(options: VerifyOptions): Promise<void> {
  const { round, tell } = createRound(options)
  await round()
  await tell()
}

/**
 * Starts the rounds, one every five seconds. Several processes may do so over one store.
 *
 * @returns what stops them; it resolves when the step that is under way has ended.
 */
export function startBackground(options: VerifyOptions): () => Promise<void> {
  const { timers, log, onStatus } = settle(options)
  let stopped = false
  const { begin, round, tell } = createRound(options, () => stopped)

  /** @returns what ends it; it resolves when the step that is under way has ended. */
  function repeat(first: () => Promise<void>, next = first): () => Promise<void> {
    let timer: unknown
    let running = Promise.resolve()
    function plan(ms: number, work: () => Promise<void>): void {
      timer = timers.setTimeout(() => {
        running = work()
          .catch((error: Error) => log.error({ error }, 'background round failed'))
          .then(() => {
            if (!stopped) plan(PACE, next)
          })
      }, ms)
    }
    plan(0, first)
    return () => {
      timers.clearTimeout(timer)
      return running
    }
  }

  const ends = [repeat(() => begin().then(round), round)]
  // Apart, because a host that takes its time must not keep others from hearing of a decision.
  if (onStatus) ends.push(repeat(tell))
  return async function stop() {
    stopped = true
    await Promise.all(ends.map((end) => end()))
  }
}

function createRound(options: VerifyOptions, isStopped = () => false) {
  const settings = settle(options)
  const { store, now } = settings
  const updates = createUpdates(settings)
  const repairs = createRepairs(settings, updates)
  const forget = createRetention(settings)
  const callRoll = createRollCall(settings, { updates, mayAsk, isStopped })

  async function mayAsk(): Promise<boolean> {
    const until = Math.floor(now() / MINUTE + 1) * MINUTE
    return (await store.count('background questions', until)) <= QUESTIONS
  }

  async function workOffInbox(): Promise<void> {
    const at = now()
    // One at a time, the longest due first: one that fails again must not keep the others waiting.
    for (let i = 0; i < WEBHOOKS && !isStopped() && !(await updates.isQuiet()); i++) {
      const [envelope] = await store.leaseEnvelopes(at, at + LEASE, 1)
      if (!envelope) return
      await updates.receive(envelope)
    }
  }

  async function askAboutDue(): Promise<void> {
    if (await updates.isQuiet()) return
    const at = now()
    const rows = await callRoll(await store.leaseDue(at, at + LEASE, BATCH))
    for (const [i, row] of rows.entries()) {
      if (isStopped() || !(await mayAsk())) {
        return store.endLease(rows.slice(i).map(({ id }) => id))
      }
      await updates.askDue(row)
    }
  }

  return {
    begin: repairs.catchUp,
    tell: updates.tell,
    async round(): Promise<void> {
      for (const step of [workOffInbox, askAboutDue, repairs.finish, repairs.beat, tidy]) {
        if (isStopped()) return
        await step()
      }
    },
  }

  async function tidy(): Promise<void> {
    await store.dropStrangers(now() - STRANGER, now())
    await store.dropCounters(now())
    await forget()
  }
}
