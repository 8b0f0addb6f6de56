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

// Two elements on one page never go on with the same session.
const claimed = new Map<string, unknown>()

/** The attempts of an owner that nobody but `taker` has taken up, newest first. */
export function keptBy(owner: string, taker?: object): Kept[] {
  return entries()
    .map(parse)
    .filter((kept) => kept?.owner === owner && (claimed.get(nameOf(kept)) ?? taker) === taker)
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
  const name = nameOf(kept)
  claimed.set(name, taker)
  signal.addEventListener('abort', () => claimed.delete(name))
  keep(kept)
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
