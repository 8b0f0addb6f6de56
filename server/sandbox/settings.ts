// What the sandbox can be told about the account it plays: `PUT /_sandbox/settings`.

import { z } from 'zod'

/** Strict, so that a misspelt switch is noticed. */
const settings = z.strictObject({
  /** Sessions cost credits, and without enough of them none is made. Didit's sandbox charges nothing. */
  credits: z.boolean().optional(),
  /** What the caller's organisation has, in dollars. */
  balance: z.number().min(0).optional(),
  /** An annual plan cannot be topped up. */
  annualPlan: z.boolean().optional(),
  /** How a deletion is answered: 204 without a body, or 200 with one, as a newer Didit does. */
  deleteAnswer: z.union([z.literal(200), z.literal(204)]).optional(),
  /** Approved to Approved and Declined to Declined: nothing happens (200), or it is refused (400). */
  sameStatus: z.enum(['nothing', 'refused']).optional(),
  /** Sessions that can be made in 24 hours. */
  quota: z.int().min(0).optional(),
})

export interface Settings {
  credits: boolean
  annualPlan: boolean
  deleteAnswer: 200 | 204
  sameStatus: 'nothing' | 'refused'
  quota: number
}

export function usualSettings(): Settings {
  return {
    credits: false,
    annualPlan: false,
    deleteAnswer: 204,
    sameStatus: 'nothing',
    quota: 500,
  }
}

/** Puts a body in force; returns what is wrong with it, or the balance that it sets, if it sets one. */
export function setSettings(
  current: Settings,
  json: unknown,
): { problem: string } | { balance: number | undefined } {
  const parsed = settings.safeParse(json)
  if (!parsed.success) {
    return {
      problem: parsed.error.issues
        .map(({ path, message }) => [...path, message].join(': '))
        .join('; '),
    }
  }
  const { balance, ...rest } = parsed.data
  Object.assign(current, rest)
  return { balance }
}
