// The decision as it was before workflows were graphs: one object for each check.

import { CHECKS } from './checks.ts'
import type { Decision } from './decision.ts'

/**
 * Singular keys, the newest entry each. For webhook destinations of version v2, and of v1, of which
 * nothing but its age is documented.
 */
export function decisionV2(decision: Decision): Record<string, unknown> {
  const { session_kind: _, ...rest } = decision
  const old: Record<string, unknown> = { ...rest }
  for (const { list, single } of Object.values(CHECKS)) {
    const entries = (decision as Record<string, unknown>)[list]
    if (entries === undefined) continue
    delete old[list]
    old[single] = Array.isArray(entries) ? entries[0] : null
  }
  return old
}
