import { statusRow } from '../contract.ts'
import type { Log, Timers } from '../options.ts'
import { DecisionPending, DiditError, DiditUnreachable } from './errors.ts'
import { sleep } from './sleep.ts'
import type { Call } from './transport.ts'
import type { Decision } from './types.ts'

/** How often Didit may fail to answer in a row before waiting is given up. */
const FAILURES = 5

/** How {@link waitForDecision} waits. */
export interface WaitOptions {
  /** Milliseconds between two questions. Default 10000; Didit advises 10 to 30 seconds. */
  interval?: number
  /** Milliseconds in all. Default: until the session ends, which is a week at Didit. */
  timeout?: number
  /** Ends the waiting; it then rejects with the signal's reason. */
  signal?: AbortSignal
  /** Told the first status, and each one that differs from the one before. */
  onStatus?(status: string, decision: Decision): void
}

/** What waiting needs of the outside. */
export interface WaitTools {
  decision(id: string, call: Call): Promise<Decision>
  now(): number
  timers: Timers
  log: Log
}

/**
 * Whether a session no longer moves by itself: approved, declined, expired or abandoned, or in
 * review, where a person has to act. Statuses that this version does not know are waited for.
 */
export function isDecided(status: string): boolean {
  return statusRow(status).settled || status === 'In Review'
}

/**
 * Asks until the session no longer moves by itself. Answers that fail to come are waited out, four
 * in a row; a refusal is not.
 *
 * @throws {DecisionPending} when time runs out. @throws {DiditError} @throws {DiditUnreachable}
 */
export async function waitForDecision(
  id: string,
  { interval = 10_000, timeout = Number.POSITIVE_INFINITY, signal, onStatus }: WaitOptions,
  { decision, now, timers, log }: WaitTools,
): Promise<Decision> {
  const end = now() + timeout
  let known: string | undefined
  let failures = 0
  for (;;) {
    let pause = interval
    try {
      const patience = Math.max(0, Math.min(interval, end - now()))
      const answer = await decision(id, { signal, patience })
      failures = 0
      if (answer.status !== known) {
        known = answer.status
        onStatus?.(known, answer)
      }
      if (isDecided(known)) return answer
    } catch (error) {
      failures++
      if (!mayPass(error) || failures === FAILURES) throw error
      log.warn({ session: id, error }, 'no status yet')
      const { retryAfter = 0 } = error as Partial<DiditError>
      pause = Math.max(interval, retryAfter * 1000)
    }
    const left = end - now()
    if (left <= 0) throw new DecisionPending(id, known, Math.round(timeout / 1000))
    // The last question comes exactly at the end.
    await sleep(Math.min(pause, left), timers, signal)
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof DiditUnreachable) return true
  return error instanceof DiditError && (error.status === 429 || error.status >= 500)
}
