// What happens to a session at Didit.

import { STATUSES, type Status, statusRow } from '../../server/contract.ts'
import type { Random } from './random.ts'

/** Only businesses wait for a user, and the sandbox's time is too short for documents to expire. */
const NEVER: readonly string[] = ['Awaiting User', 'Kyc Expired']

/** The statuses that a session goes through after its start: as documented, to its end and beyond. */
export function storyOf(random: Random): Status[] {
  const story: Status[] = []
  let at: Status = 'Not Started'
  const length = 2 + Math.floor(random.between(0, 6))
  while (story.length < length) {
    const next: Status[] = STATUSES[at].next.filter((status) => !NEVER.includes(status))
    if (next.length === 0) break
    // Most verifications end with their first verdict.
    if (statusRow(at).settled && random.happens(0.5)) break
    at = random.pick(next)
    story.push(at)
  }
  return story
}
