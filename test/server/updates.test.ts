import { describe, expect, it } from 'vitest'
import type { Envelope, SessionRow } from '../../server/store/index.ts'
import { weigh } from '../../server/updates.ts'
import { sessionRow } from '../support/row.ts'

const SECOND = 1000
const NOW = Date.UTC(2026, 0, 1)

const row = (part: Partial<SessionRow>) => sessionRow(part, NOW)

function news(part: Partial<Envelope>): Envelope {
  const later = NOW + SECOND
  return {
    id: 'e',
    sessionId: 's',
    status: 'Approved',
    covered: true,
    eventAt: later,
    hash: 'h',
    ...part,
  }
}

describe('weigh', () => {
  const rows: [string, Partial<SessionRow>, Partial<Envelope>, string][] = [
    ['an uncovered step', {}, { covered: false }, 'ask'],
    ['an older step', {}, { eventAt: NOW - SECOND }, 'ask'],
    ['a step of the same second', {}, { eventAt: NOW }, 'ask'],
    ['a step that Didit does not document', { status: 'Not Started' }, {}, 'ask'],
    ['a step back', {}, { status: 'Not Started' }, 'ask'],
    ['an unknown status', {}, { status: 'Something New' }, 'ask'],
    ['a prototype key', {}, { status: 'constructor' }, 'ask'],
    ['a step from an unknown status', { status: 'Something New' }, {}, 'ask'],
    ['leaving Approved', { status: 'Approved' }, { status: 'Declined' }, 'ask'],
    ['leaving Declined', { status: 'Declined' }, {}, 'ask'],
    ['leaving Abandoned', { status: 'Abandoned' }, {}, 'ask'],
    ['leaving Resubmitted', { status: 'Resubmitted' }, {}, 'ask'],
    ['the same status of a missing session', { missingAt: NOW }, { status: 'In Progress' }, 'ask'],
    ['the same status', {}, { status: 'In Progress' }, 'keep'],
    ['the same status, older', {}, { status: 'In Progress', eventAt: 0 }, 'keep'],
    ['the same status, uncovered', {}, { status: 'In Progress', covered: false }, 'keep'],
    ['a documented step', {}, {}, 'apply'],
    ['the first step', { status: 'Not Started' }, { status: 'In Progress' }, 'apply'],
    ['a verdict after a review', { status: 'In Review' }, { status: 'Declined' }, 'apply'],
    ['a resubmission', { status: 'In Review' }, { status: 'Resubmitted' }, 'apply'],
  ]
  it.each(rows)('%s', (_, session, event, verdict) => {
    expect(weigh(row(session), news(event))).toBe(verdict)
  })
})
