import { STATUSES, statusRow } from './contract.ts'
import type { Settings } from './options.ts'
import type { SessionRow } from './store/index.ts'
import type { Updates } from './updates.ts'

const SECOND = 1000
const DAY = 24 * 60 * 60 * SECOND
/** Rows on a page of Didit's list. */
const PAGE = 50
/** A list must save at least so many questions a page, else questions are asked. */
const WORTH = 5
/** How long a group stays with the process that took it. */
const LEASE = 10 * 60 * SECOND
/** The largest group that is held in memory. */
const LARGEST = 10_000

const OPEN = Object.keys(STATUSES).filter((status) => !statusRow(status).settled)

/** Sessions of one workflow that were created on one day. */
interface Group {
  workflow: string
  from: number
  until: number
}

interface Options {
  updates: Updates
  /** Whether one more call may be spent. */
  mayAsk(): Promise<boolean>
  isStopped(): boolean
}

/**
 * Asks Didit about many sessions with few calls: its list, of one workflow and one day. Who is on it
 * is as it says; who is absent may have moved, and is left to be asked about alone.
 *
 * @returns takes leased sessions, and gives back those that have to be asked about one by one.
 */
export function createRollCall(settings: Settings, { updates, mayAsk, isStopped }: Options) {
  const { store, didit, workflows, now, log } = settings

  return async function callRoll(due: readonly SessionRow[]): Promise<SessionRow[]> {
    const single: SessionRow[] = []
    for (const rows of groupsOf(due)) {
      const group = groupOf(rows[0] as SessionRow)
      const many = rows.length >= 2 * WORTH && Object.hasOwn(workflows, group.workflow)
      single.push(...(many && !isStopped() ? await callGroup(group, rows) : rows))
    }
    return single
  }

  async function callGroup(group: Group, first: readonly SessionRow[]): Promise<SessionRow[]> {
    const at = now()
    const lease = { now: at, leaseUntil: at + LEASE, limit: LARGEST }
    const rest = await store.leaseGroup(group, lease)
    const awaited = new Map([...first, ...rest].map((row) => [row.id, row]))
    await readList(group, awaited).catch(async (error: Error) => {
      log.warn({ workflow: group.workflow, error: error.message }, 'could not list sessions')
      await updates.backOff(error)
    })
    // Of the absent, no more are kept than one round can ask about.
    const absent = [...awaited.values()]
    await store.endLease(absent.slice(first.length).map(({ id }) => id))
    return absent.slice(0, first.length)
  }

  /** Reads the list until everybody was found, or until questions would be cheaper. */
  async function readList(group: Group, awaited: Map<string, SessionRow>): Promise<void> {
    const most = Math.floor(awaited.size / WORTH)
    const query = {
      status: statusesOf([...awaited.values()]),
      workflow_id: workflows[group.workflow],
      session_kind: 'all',
      date_from: day(group.from),
      date_to: day(group.from),
      limit: PAGE,
    } as const
    for (let pages = 0; pages < most && awaited.size > 0 && !isStopped(); pages++) {
      if (!(await mayAsk())) return
      const askedAt = now()
      const { results, count, next } = await didit.sessions.list({ ...query, offset: pages * PAGE })
      const answers = results.flatMap(({ session_id, status }) => {
        const row = awaited.get(session_id)
        return row ? [{ row, status }] : []
      })
      for (const { row } of answers) awaited.delete(row.id)
      await updates.hear(answers, askedAt)
      if (next === null || count > most * PAGE) return
    }
  }
}

function groupsOf(rows: readonly SessionRow[]): SessionRow[][] {
  const groups = new Map<string, SessionRow[]>()
  for (const row of rows) {
    const name = JSON.stringify(groupOf(row))
    const group = groups.get(name) ?? []
    groups.set(name, group)
    group.push(row)
  }
  return [...groups.values()]
}

function groupOf({ workflow, createdAt }: SessionRow): Group {
  const from = Math.floor(createdAt / DAY) * DAY
  return { workflow, from, until: from + DAY }
}

/** The open ones, so that a step among them is seen at once, and what these sessions are stored as. */
function statusesOf(rows: readonly SessionRow[]): string {
  const stored = rows.map(({ status }) => status).filter((each) => Object.hasOwn(STATUSES, each))
  return [...new Set([...OPEN, ...stored])].join()
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
