import { describe, expect, it } from 'vitest'
import { follows, STATUSES, statusRow } from '../../server/contract.ts'

describe('statusRow', () => {
  const rows: [string, string | null, boolean][] = [
    ['constructor', 'pending', false],
    ['__proto__', 'pending', false],
    ['hasOwnProperty', 'pending', false],
    ['', 'pending', false],
    ['approved', 'pending', false],
    ['Approved ', 'pending', false],
    ['KYC Expired', 'pending', false],
    ['Something New', 'pending', false],
    ['Not Started', null, false],
    ['In Progress', null, false],
    ['Awaiting User', 'pending', false],
    ['In Review', 'pending', false],
    ['Approved', 'approved', true],
    ['Declined', 'declined', true],
    ['Resubmitted', 'resubmit', false],
    ['Expired', 'expired', true],
    ['Abandoned', 'expired', true],
    ['Kyc Expired', 'expired', true],
  ]
  it.each(rows)('reads %j as %s, settled: %s', (status, outcome, settled) => {
    expect(statusRow(status)).toMatchObject({ outcome, settled })
  })

  it('has a row for each of the ten statuses and lets only one of them in', () => {
    expect(Object.keys(STATUSES)).toHaveLength(10)
    const approved = Object.entries(STATUSES).filter(([, { outcome }]) => outcome === 'approved')
    expect(approved.map(([status]) => status)).toEqual(['Approved'])
  })
})

describe('follows', () => {
  const rows: [string, string, boolean][] = [
    ['constructor', 'Approved', false],
    ['Something New', 'Approved', false],
    ['In Progress', 'Something New', false],
    ['In Progress', 'length', false],
    ['Not Started', 'Approved', false],
    ['In Progress', 'In Progress', false],
    ['In Progress', 'Not Started', false],
    ['Expired', 'Approved', false],
    ['Not Started', 'In Progress', true],
    ['Not Started', 'Expired', true],
    ['In Progress', 'Approved', true],
    ['In Progress', 'Awaiting User', true],
    ['In Review', 'Resubmitted', true],
    ['Approved', 'Declined', true],
    ['Approved', 'Kyc Expired', true],
    ['Declined', 'Approved', true],
    ['Resubmitted', 'Awaiting User', true],
    ['Abandoned', 'Approved', true],
  ]
  it.each(rows)('from %s to %s: %s', (from, to, legal) => {
    expect(follows(from, to)).toBe(legal)
  })
})
