import { type Outcome, statusRow } from '../contract.ts'

/** How a command can end, and with which code. Closed: scripts build on it. */
export const EXITS = {
  ok: [0, 'Done. Of a decision: approved.'],
  failed: [1, 'Didit refused, or nobody answered, or doctor found a problem.'],
  usage: [2, 'The command, its input or the configuration cannot be right; nothing was done.'],
  declined: [3, 'The decision is declined.'],
  pending: [4, 'No decision yet: open, in review, to be resubmitted, or --max-wait is over.'],
  expired: [5, 'The session ended without a decision, or its approval has lapsed.'],
  interrupted: [130, 'Stopped by Ctrl-C.'],
} as const satisfies Record<string, readonly [code: number, meaning: string]>
export type Exit = keyof typeof EXITS

const OUTCOMES: Readonly<Record<Outcome, Exit>> = {
  approved: 'ok',
  pending: 'pending',
  declined: 'declined',
  resubmit: 'pending',
  expired: 'expired',
}

/** How a command ends that was asked for a decision: only an approval is a success. */
export function exitOf(status: string): Exit {
  const { outcome } = statusRow(status)
  return outcome ? OUTCOMES[outcome] : 'pending'
}
