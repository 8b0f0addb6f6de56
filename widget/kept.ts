import type { Mode } from '../server/contract.ts'

/** What this tab remembers of an attempt: no URL, no name, nothing that identifies a person. */
export interface Kept {
  /** Empty where the page has given its own `url`: then the callback tells. */
  sessionId: string
  /** The opaque session token; empty there as well. */
  token: string
  /** Which element it belongs to: endpoint, workflow and `id`. */
  owner: string
  mode: Mode
  /** `ended` replays nothing; `pending` has ended too, and its verdict is still to come. */
  phase: 'open' | 'submitted' | 'pending' | 'ended'
  /** Milliseconds since 1970. */
  at: number
}

// The element looks for these two before it loads anything; see `tab.ts`.
const PREFIX = 'didit-verify:'

// Where storage is forbidden an attempt lives as long as its page.
const memory = new Map<string, string>()

// Two elements on one page never go on with the same session at the same time.
const claimed = new Map<string, unknown>()

/** The attempts of an owner that nobody but `taker` has taken up, newest first. */
export function keptBy(owner: string, taker?: object): Kept[] {
  return entries()
    .map(parse)
    .filter((kept) => kept?.owner === owner && !isTaken(kept, taker))
    .sort((a, b) => b.at - a.at)
}

export function keep(kept: Kept): void {
  const key = PREFIX + nameOf(kept)
  const text = JSON.stringify(kept)
  try {
    sessionStorage.setItem(key, text)
  } catch {
    memory.set(key, text)
  }
}

/** Keeps an attempt, and for others on this page it is taken, until the signal aborts. */
export function claim(kept: Kept, taker: object, signal: AbortSignal): void {
  claimed.set(nameOf(kept), taker)
  signal.addEventListener('abort', () => release(kept, taker))
  keep(kept)
}

/**
 * Notes how far an attempt has come. One that has ended is free for others on this page, though its
 * element may linger to hear more: who was approved once is, by whatever element. Once another has
 * taken it up, what is kept is what that one says.
 */
export function mark(kept: Kept, taker: object, phase: Kept['phase']): void {
  if (isTaken(kept, taker)) return
  keep(Object.assign(kept, { phase }))
  if (/ended|pending/.test(phase)) release(kept, taker)
}

function release(kept: Kept, taker: object): void {
  if (!isTaken(kept, taker)) claimed.delete(nameOf(kept))
}

/** Whether another than `taker` has it. */
function isTaken(kept: Kept, taker: object | undefined): boolean {
  return (claimed.get(nameOf(kept)) ?? taker) !== taker
}

/** What tells one attempt from another. */
const nameOf = ({ sessionId, owner }: Kept): string => sessionId || owner

function entries(): string[] {
  let stored: [string, string][] = []
  try {
    stored = Object.entries(sessionStorage)
  } catch {}
  return [...stored, ...memory].filter(([key]) => key.startsWith(PREFIX)).map(([, text]) => text)
}

function parse(text: string): Kept {
  try {
    return JSON.parse(text)
  } catch {
    return {} as Kept
  }
}
