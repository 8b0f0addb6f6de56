import type { SessionRow } from '../../server/store/index.ts'

/** A session as it is stored, with all its times at `now`. */
export function sessionRow(part: Partial<SessionRow>, now: number): SessionRow {
  const times = { createdAt: now, changedAt: now, eventAt: now, askedAt: now, checkAt: now }
  const text = { id: 's', subject: 'u', workflow: 'default', status: 'In Progress', url: '' }
  const rest = { ret: 'r', reference: null, version: 1, missingAt: null, details: null }
  return { ...text, ...times, ...rest, ...part }
}
