// When Didit is asked about a session.

import { statusRow } from './contract.ts'
import type { SessionRow } from './store/index.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY
/** No moment comes after it. */
export const NEVER = 8.64e15
/** From one day's sweep to the next one's: the golden part of a day, which never gathers anywhere. */
const SPREAD = Math.round(DAY * 0.618)

/**
 * When reconcile asks again about a session. What is open is asked about the more rarely, the longer
 * nothing moves. What is settled is confirmed once after a minute, because a late webhook may have
 * passed for the newest news, and swept from then on as long as anything may follow: approvals
 * daily, others weekly in the end. All that was created on one day is swept at one time of day, so
 * that few list calls serve for many sessions.
 */
export function nextCheck(
  { status, changedAt, createdAt }: Pick<SessionRow, 'status' | 'changedAt' | 'createdAt'>,
  now: number,
): number {
  const { settled, outcome, next } = statusRow(status)
  const age = now - changedAt
  if (settled) {
    if (next.length === 0) return NEVER
    if (age < MINUTE) return now + MINUTE
    return sweepAfter(now + (outcome === 'approved' ? 0 : clamp(age, DAY, WEEK) - DAY), createdAt)
  }
  const [least, most] = outcome === null ? [20 * SECOND, HOUR] : [MINUTE, 6 * HOUR]
  return now + Math.floor(clamp(age / 2, least, most))
}

/** The next sweep of all that was created on the day of `createdAt`; the days' sweeps are spread. */
function sweepAfter(moment: number, createdAt: number): number {
  const offset = (Math.floor(createdAt / DAY) * SPREAD) % DAY
  return Math.floor((moment - offset) / DAY + 1) * DAY + offset
}

/**
 * Whether Didit's last answer is too old for a reader: the longer nothing moves, the older it may
 * be. An eager reader expects a change, so for them it may not.
 */
export function isStale(row: SessionRow, now: number, eager = false): boolean {
  if (statusRow(row.status).settled || row.missingAt !== null) return false
  const most = eager ? 2 * SECOND : 5 * MINUTE
  return now - row.askedAt >= clamp((now - row.changedAt) / 4, 2 * SECOND, most)
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
