import type { Session } from '../server/contract.ts'

/** What the server's word about a session means to an attempt that waits for the visitor. */
export function heard({ outcome, url }: Session): 'wait' | 'expired' | 'end' {
  if (url && (outcome === null || outcome === 'resubmit')) return 'wait'
  return outcome === 'expired' ? 'expired' : outcome === null ? 'wait' : 'end'
}
