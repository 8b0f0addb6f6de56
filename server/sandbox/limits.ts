// Didit's rate limits: a sliding minute per scope and caller.

const WINDOW = 60_000

const DAY = 24 * 60 * 60 * 1000

/** Calls per minute. Creating sessions counts in its own scope only; a report as a read as well. */
export const LIMITS = {
  create: { limit: 600, what: 'Session creation' },
  read: { limit: 600, what: 'GET request' },
  write: { limit: 300, what: 'Write request' },
  pdf: { limit: 50, what: 'Session PDF generation' },
  'edit-data': { limit: 10, what: 'Data update' },
  'edit-poa': { limit: 10, what: 'Data update' },
} as const
export type Scope = keyof typeof LIMITS

/** The body and headers of a refusal. */
export interface Refusal {
  body: { detail: string }
  headers: Record<string, string>
}

/** Counts calls; `refusal` counts one and says whether it is one too many. A refused call is free. */
export function createLimiter(now: () => number) {
  const calls = new Map<string, number[]>()

  return {
    refusal(scope: Scope, caller: string): Refusal | undefined {
      const { limit, what } = LIMITS[scope]
      const at = now()
      const key = `${scope} ${caller}`
      const recent = (calls.get(key) ?? []).filter((time) => time > at - WINDOW)
      calls.set(key, recent)
      const oldest = recent[0]
      if (recent.length < limit || oldest === undefined) {
        recent.push(at)
        return undefined
      }
      const reset = oldest + WINDOW
      return {
        body: {
          detail: `${what} rate limit exceeded. You can make up to ${limit} requests per minute.`,
        },
        headers: {
          'Retry-After': String(Math.max(1, Math.ceil((reset - at) / 1000))),
          'X-RateLimit-Limit': String(limit),
          'X-RateLimit-Remaining': '0',
          'X-RateLimit-Reset': String(Math.ceil(reset / 1000)),
        },
      }
    },
    clear: () => calls.clear(),
  }
}

/** Counts what may be done so many times in 24 hours; `wait` counts one and says how long to wait. */
export function createQuota(now: () => number) {
  const done = new Map<string, number[]>()

  return {
    wait(caller: string, most: number): number {
      const recent = (done.get(caller) ?? []).filter((at) => at > now() - DAY)
      done.set(caller, recent)
      if (recent.length >= most) return (recent[0] ?? now()) + DAY - now()
      recent.push(now())
      return 0
    },
    clear: () => done.clear(),
  }
}
