import { describe, expect, it } from 'vitest'
import { isStale, nextCheck } from '../../server/due.ts'
import type { SessionRow } from '../../server/store/index.ts'
import { sessionRow } from '../support/row.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 0, 1)

const row = (part: Partial<SessionRow>) => sessionRow(part, NOW)

describe('nextCheck', () => {
  const never = Number.POSITIVE_INFINITY
  const rows: [string, number, number, number][] = [
    ['Not Started', 0, 20 * SECOND, 20 * SECOND],
    ['In Progress', 10 * MINUTE, 5 * MINUTE, 5 * MINUTE],
    ['In Progress', 100_001, 50_000, 50_001],
    ['In Progress', 3 * DAY, HOUR, HOUR],
    ['Resubmitted', 0, MINUTE, MINUTE],
    ['In Review', 0, MINUTE, MINUTE],
    ['In Review', 2 * HOUR, HOUR, HOUR],
    ['Awaiting User', 30 * DAY, 6 * HOUR, 6 * HOUR],
    ['Something New', 0, MINUTE, MINUTE],
    ['Approved', 0, MINUTE, MINUTE],
    ['Approved', MINUTE, 1, DAY],
    ['Approved', 300 * DAY, 1, DAY],
    ['Declined', 0, MINUTE, MINUTE],
    ['Declined', MINUTE, 1, DAY],
    ['Declined', 3 * DAY, 2 * DAY + 1, 3 * DAY],
    ['Declined', 300 * DAY, 6 * DAY + 1, 7 * DAY],
    ['Abandoned', 300 * DAY, 6 * DAY + 1, 7 * DAY],
    ['Kyc Expired', 300 * DAY, 6 * DAY + 1, 7 * DAY],
    ['Expired', 0, 1000 * DAY, never],
  ]
  it.each(rows)('%s since %i ms: after %i ms at least, %i at most', (status, age, least, most) => {
    const next = nextCheck({ status, changedAt: NOW - age, createdAt: NOW - age }, NOW)
    expect(next - NOW).toBeGreaterThanOrEqual(least)
    expect(next - NOW).toBeLessThanOrEqual(most)
    expect(Number.isSafeInteger(next)).toBe(true)
  })

  const swept = (createdAt: number, now: number) =>
    nextCheck({ status: 'Approved', changedAt: createdAt, createdAt }, now)

  it('sweeps all that was created on one day at one time', () => {
    const times = [0, 1, HOUR, 13 * HOUR, DAY - 1].map((ms) => swept(NOW + ms, NOW + 9 * DAY))
    expect(new Set(times).size).toBe(1)
  })

  it('spreads the days over the day', () => {
    const times = Array.from({ length: 48 }, (_, i) => swept(NOW - i * DAY, NOW + DAY))
    const hours = Array.from({ length: 24 }, (_, hour) =>
      times.filter((time) => Math.floor((time % DAY) / HOUR) === hour),
    )
    expect(Math.max(...hours.map((each) => each.length))).toBeLessThanOrEqual(4)
  })

  it('sweeps once a day', () => {
    let at = NOW + DAY
    for (let i = 0; i < 10; i++) {
      const next = swept(NOW, at)
      if (i > 0) expect(next - at).toBe(DAY)
      at = next
    }
  })
})

describe('isStale', () => {
  const old = NOW - DAY
  const rows: [string, Partial<SessionRow>, boolean, boolean][] = [
    ['settled', { status: 'Approved', askedAt: old, changedAt: old }, false, false],
    ['missing', { missingAt: old, askedAt: old, changedAt: old }, false, false],
    ['asked just now', { changedAt: old }, false, false],
    ['asked 1.9 s ago', { askedAt: NOW - 1900 }, false, false],
    ['asked 2 s ago, changed just now', { askedAt: NOW - 2000 }, true, true],
    [
      'asked 2 s ago, unchanged for 10 min',
      { askedAt: NOW - 2000, changedAt: NOW - 10 * MINUTE },
      false,
      true,
    ],
    [
      'asked 150 s ago, unchanged for 10 min',
      { askedAt: NOW - 150_000, changedAt: NOW - 10 * MINUTE },
      true,
      true,
    ],
    [
      'asked 299 s ago, unchanged for a day',
      { askedAt: NOW - 299_000, changedAt: old },
      false,
      true,
    ],
    [
      'asked 300 s ago, unchanged for a day',
      { askedAt: NOW - 300_000, changedAt: old },
      true,
      true,
    ],
  ]
  it.each(rows)('%s: %s, for an eager reader %s', (_, session, stale, eager) => {
    expect(isStale(row(session), NOW)).toBe(stale)
    expect(isStale(row(session), NOW, true)).toBe(eager)
  })
})
