import type { RateLimit } from './errors.ts'

const WINDOW = 60_000
/** Didit's advice: slow down when less than this share of a window is left. */
const LOW = 0.15
/** After a 429 that names no time. */
const PAUSE = 5_000

/** Didit's limits per minute and scope. Creating and reports count in scopes of their own. */
export const BUDGET = { create: 600, read: 600, write: 300, pdf: 50 } as const
export type Scope = keyof typeof BUDGET

/** What an answer says about the limits. */
export interface Observed {
  status: number
  /** Seconds. */
  retryAfter: number | undefined
  rateLimit: RateLimit
}

/** When a request may go out; whether that turn was taken. */
export interface Turn {
  /** Milliseconds since 1970. */
  at: number
  taken: boolean
}

/**
 * Keeps requests under Didit's limits before Didit has to say 429. One that is shared by several
 * processes answers later.
 */
export interface Budget {
  /**
   * When the next request of a scope may go out; that turn is then taken.
   *
   * @param latest no turn is taken beyond it.
   */
  reserve(scope: Scope, latest: number): Turn | Promise<Turn>
  /** Gives back a turn that was not used. */
  release(scope: Scope, at: number): void | Promise<void>
  /** Learns from an answer. */
  observe(scope: Scope, observed: Observed): void | Promise<void>
}

/** What is known of a scope; plain JSON, so that it may be kept anywhere. */
export interface ScopeState {
  limit: number
  /** When requests went out or will, oldest first. */
  turns: number[]
  closedUntil: number
  /** Milliseconds between two requests, until `gapUntil`. */
  gap: number
  gapUntil: number
}

/** @param limits requests per minute where they differ from {@link BUDGET}. */
export function freshState(scope: Scope, limits: Partial<Record<Scope, number>> = {}): ScopeState {
  return { limit: limits[scope] ?? BUDGET[scope], turns: [], closedUntil: 0, gap: 0, gapUntil: 0 }
}

/**
 * A sliding minute per scope. Others may use the same key, so it also learns: a 429 stops its scope
 * for as long as Didit says, a limit that Didit names replaces the one known, and with less than 15 %
 * of a window left the rest is spread over what remains of it.
 *
 * @param now milliseconds since 1970.
 */
export function createBudget(now: () => number, limits: Partial<Record<Scope, number>> = {}) {
  const scopes = new Map<Scope, ScopeState>()

  function stateOf(scope: Scope): ScopeState {
    const state = scopes.get(scope) ?? freshState(scope, limits)
    scopes.set(scope, state)
    return state
  }

  return {
    reserve: (scope, latest) => takeTurn(stateOf(scope), now(), latest),
    release: (scope, at) => giveBack(stateOf(scope), at),
    observe: (scope, observed) => learn(stateOf(scope), observed, now()),
  } satisfies Budget
}

/** Takes the next turn, unless that comes after `latest`. */
export function takeTurn(state: ScopeState, time: number, latest: number): Turn {
  state.turns = state.turns.filter((turn) => turn > time - WINDOW)
  const last = state.turns.at(-1) ?? 0
  const blocker = state.turns.at(-state.limit)
  const at = Math.max(
    time,
    state.closedUntil,
    blocker === undefined ? 0 : blocker + WINDOW,
    time < state.gapUntil ? last + state.gap : 0,
  )
  if (at > latest) return { at, taken: false }
  // Clocks of several processes differ a little.
  const after = state.turns.findLastIndex((turn) => turn <= at)
  state.turns.splice(after + 1, 0, at)
  return { at, taken: true }
}

export function giveBack({ turns }: ScopeState, at: number): void {
  const index = turns.lastIndexOf(at)
  if (index >= 0) turns.splice(index, 1)
}

export function learn(
  state: ScopeState,
  { status, retryAfter, rateLimit }: Observed,
  time: number,
): void {
  const { limit, remaining, reset } = rateLimit
  if (limit !== undefined && limit >= 1) state.limit = Math.floor(limit)
  // By Didit's clock, which need not be ours: never more than a window.
  const left = reset === undefined ? WINDOW : clamp(reset * 1000 - time, 0, WINDOW)
  if (status === 429) {
    const pause = retryAfter !== undefined ? retryAfter * 1000 : reset ? left : PAUSE
    state.closedUntil = Math.max(state.closedUntil, time + pause)
  }
  if (remaining === undefined) return
  const low = remaining < state.limit * LOW
  state.gap = low ? left / Math.max(remaining, 1) : 0
  state.gapUntil = low ? time + left : 0
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
