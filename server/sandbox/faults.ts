// What goes wrong on demand: in the API, with webhooks, on the hosted page.

import { z } from 'zod'

/** A switch, or the number of times it is still to happen. */
const times = z.union([z.boolean(), z.int().min(0)])

const api = z.strictObject({
  /** The beginning of the paths it is about; `*` stands for anything. Default: all of `/v3/`. */
  path: z.string().startsWith('/').optional(),
  method: z.string().toUpperCase().optional(),
  /** Answer with this status instead of the real one. Without it the answer is only late. */
  status: z.int().min(400).max(599).optional(),
  delayMs: z.number().min(0).optional(),
  /** What a 429 says in `Retry-After`, seconds. Default 30. */
  retryAfter: z.int().min(0).optional(),
  /** The share of calls it happens to, 0 to 1. Default 1. */
  rate: z.number().min(0).max(1).optional(),
  /** How many calls it happens to before it is over. Default: until cleared. */
  count: z.int().min(1).optional(),
})

const webhooks = z.strictObject({
  /** Says that a lone `delayMs` is about webhooks. */
  webhooks: z.literal(true).optional(),
  /** Never sent. */
  drop: times.optional(),
  /** Sent twice, with the same `event_id`. */
  duplicate: times.optional(),
  /** An event waits for the next one of its session, five seconds at most, and comes after it. */
  reorder: z.boolean().optional(),
  /** Sent so much later. */
  delayMs: z.number().min(0).optional(),
})

const page = z.strictObject({
  /** Go to the callback together with `didit:completed` instead of a second later. */
  redirect: z.literal('at-once').optional(),
  /** Messages as JSON text, or none at all. Default: objects. */
  messages: z.enum(['object', 'json', 'none']).optional(),
  /** How a space in the callback's `status` is written. Default `%20`. */
  space: z.enum(['%20', '+']).optional(),
})

/** A body belongs to the first kind that knows one of its words; a lone `delayMs` is the API's. */
const KINDS = [
  { kind: 'page', schema: page, words: ['redirect', 'messages', 'space'] },
  { kind: 'webhooks', schema: webhooks, words: ['webhooks', 'drop', 'duplicate', 'reorder'] },
  { kind: 'api', schema: api, words: [] },
] as const

/** The faults in force; a kind that is empty behaves as Didit does. */
export interface Faults {
  api: z.infer<typeof api>
  webhooks: z.infer<typeof webhooks>
  page: z.infer<typeof page>
}

export function noFaults(): Faults {
  return { api: {}, webhooks: {}, page: {} }
}

/**
 * Puts the body of `PUT /_sandbox/faults` in force: it replaces the faults of its kind, and an empty
 * object clears all of them. Returns what is wrong with it, or nothing.
 */
export function setFaults(faults: Faults, body: Record<string, unknown>): string | undefined {
  if (Object.keys(body).length === 0) {
    Object.assign(faults, noFaults())
    return undefined
  }
  const knows = (words: readonly string[]) => words.some((word) => Object.hasOwn(body, word))
  const found = KINDS.find(({ words }) => words.length === 0 || knows(words))
  const parsed = found?.schema.safeParse(body)
  if (!found || !parsed?.success) {
    const problem = parsed?.error?.issues.map(({ path, message }) => [...path, message].join(': '))
    return `Not a fault of one kind (${found?.kind}): ${problem?.join('; ')}`
  }
  Object.assign(faults, { [found.kind]: parsed.data })
  return undefined
}

/** Whether a fault of the API happens to this call; counts it down. */
export function apiFault(faults: Faults, method: string, path: string, random: () => number) {
  const fault = faults.api
  const something = fault.status !== undefined || fault.delayMs !== undefined
  const meant = !fault.method || fault.method === method
  if (!something || !meant || !matches(fault.path ?? '/v3/', path)) return undefined
  if (random() >= (fault.rate ?? 1)) return undefined
  if (fault.count !== undefined) {
    faults.api = fault.count > 1 ? { ...fault, count: fault.count - 1 } : {}
  }
  return fault
}

/** Whether this webhook is to be dropped or doubled; counts it down. */
export function webhookFault(faults: Faults, name: 'drop' | 'duplicate'): boolean {
  const left = faults.webhooks[name]
  if (typeof left === 'number' && left > 0) faults.webhooks[name] = left - 1
  return Boolean(left)
}

function matches(pattern: string, path: string): boolean {
  const [start = '', ...rest] = pattern.split('*')
  if (!path.startsWith(start)) return false
  let from = start.length
  return rest.every((part) => {
    const at = path.indexOf(part, from)
    from = at + part.length
    return at >= 0
  })
}
