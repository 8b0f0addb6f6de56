import { type Session, statusRow } from './contract.ts'
import type { SessionRow } from './store/index.ts'

/** A stored session as the browser may see it. */
export function viewSession(row: SessionRow): Session {
  const { outcome, settled } = statusRow(row.status)
  const gone = row.missingAt !== null
  return {
    id: row.id,
    workflow: row.workflow,
    status: row.status,
    // Didit does not know it any more: whoever waits for it has to start again.
    outcome: gone ? 'expired' : outcome,
    settled: gone || settled,
    ...(isOpen(row) && { url: row.url }),
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.changedAt).toISOString(),
    version: row.version,
  }
}

/** Whether the visitor can go on with it at Didit. */
export function isOpen(row: SessionRow): boolean {
  const { outcome } = statusRow(row.status)
  return row.missingAt === null && (outcome === null || outcome === 'resubmit')
}
