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

// The element looks for these two before it loads anything; see `element.ts`.
const PREFIX = 'didit-verify:'

// Where storage is forbidden an attempt lives as long as its page.
const memory = new Map<string, string>()

/** The attempts of an owner, newest first. */
export function keptBy(owner: string): Kept[] {
  return entries()
    .map(parse)
    .filter((kept) => kept?.owner === owner)
    .sort((a, b) => b.at - a.at)
}

/** What tells one attempt from another. */
export const nameOf = ({ sessionId, owner }: Kept): string => sessionId || owner

export function keep(kept: Kept): void {
  const key = PREFIX + nameOf(kept)
  const text = JSON.stringify(kept)
  try {
    sessionStorage.setItem(key, text)
  } catch {
    memory.set(key, text)
  }
}

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
