// Compares what became of each session here with what Didit knows of it.

import type { StatusEvent } from '../../server/options.ts'
import type { SessionRow } from '../../server/store/index.ts'

/** A session as Didit has it. */
export interface Truth {
  id: string
  subject: string
  status: string
  /** Every status it has had, in order. */
  history: readonly string[]
}

/** A try to tell the host. */
export interface Told {
  event: StatusEvent
  /** Whether the host said yes. */
  accepted: boolean
}

/** What a browser saw on its streams. */
export interface Seen {
  version: number
  status: string
}

export interface Case {
  truth: Truth
  row: SessionRow | undefined
  /** In the order of the tries. */
  told: readonly Told[]
  seen: readonly Seen[]
}

export type Fault = 'lost' | 'wrong' | 'untold' | 'out of order'

/** Everything that is not as it has to be; empty where all is well. */
export function faultsOf({ truth, row, told, seen }: Case): [Fault, string][] {
  if (!row) return [['lost', `${truth.id} (${truth.status}) is not in the store`]]
  const faults: [Fault, string][] = []
  const about = (fault: Fault, text: string) => faults.push([fault, `${truth.id} ${text}`])
  if (row.status !== truth.status || row.missingAt !== null) {
    about('wrong', `is ${row.status} here and ${truth.status} at Didit`)
  }
  if (row.subject !== truth.subject) about('wrong', `belongs to ${row.subject}`)

  const accepted = new Map<number, StatusEvent>()
  for (const { event, accepted: yes } of told) {
    const { version, previous, status } = event
    const before = accepted.get(version - 1)
    if (version > 1 && !before) about('out of order', `version ${version} was told too early`)
    if (before && before.status !== previous) {
      about('out of order', `version ${version} follows ${previous}, not ${before.status}`)
    }
    const earlier = accepted.get(version)
    if (earlier && earlier.status !== status) {
      about('out of order', `version ${version} is ${earlier.status} and ${status}`)
    }
    if (yes) accepted.set(version, event)
  }
  for (let version = 1; version <= row.version; version++) {
    if (!accepted.has(version)) about('untold', `version ${version} of ${row.version}`)
  }
  const statuses = [...accepted.values()].map(({ status }) => status)
  if (accepted.size > row.version) about('wrong', `was told of more than ${row.version} versions`)
  if (!isPartOf(statuses, truth.history)) {
    about('out of order', `was told ${statuses.join(' > ')}; Didit: ${truth.history.join(' > ')}`)
  }

  for (const [i, { version, status }] of seen.entries()) {
    const last = seen[i - 1]
    if (last && last.version > version)
      about('out of order', `a browser saw ${version} after ${last.version}`)
    if (accepted.get(version)?.status !== status) {
      about('wrong', `a browser saw ${status} at version ${version}`)
    }
  }
  return faults
}

/** Whether the one is the other with some left out. */
export function isPartOf(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0
  for (const each of whole) if (each === part[at]) at++
  return at === part.length
}
