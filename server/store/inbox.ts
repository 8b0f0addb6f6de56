import type { Driver, Query } from './driver.ts'
import { placeholders } from './placeholders.ts'
import { together } from './together.ts'

/** What is kept of a webhook: its envelope and its hash, never the decision. */
export interface Envelope {
  /** `event_id`, or the hash of the body where there is none. */
  id: string
  sessionId: string
  status: string
  /** Whether the signature covers all of it, so that it may be applied without asking. */
  covered: boolean
  /** Didit's time of the event, milliseconds. */
  eventAt: number
  hash: string
}

type Row = Omit<Envelope, 'covered'> & { covered: number }

const ENVELOPE = `id, session_id as "sessionId", status, covered, event_at as "eventAt", hash`

/** When one is due that waits for its session to become known. */
export const STRANGER = 8.64e15

const toEnvelope = (row: Row): Envelope => ({ ...row, covered: row.covered === 1 })

/** How many webhooks are put on disk, or done with, in one statement. */
const MOST = 50

interface Arrival {
  envelope: Envelope
  now: number
  dueAt: number
}

/** A webhook that is worked off, and when. */
export interface Done {
  id: string
  now: number
}

export function inboxStatements({ query }: Driver) {
  const receive = together((arrivals: readonly Arrival[]) => insert(query, arrivals), MOST)
  const finish = together((done: readonly Done[]) => endEnvelopes(query, done), MOST)

  return {
    /**
     * Puts a webhook on disk.
     *
     * @param dueAt when the background works it off, should the process that received it not.
     * @returns false when it was there already.
     */
    receive: (envelope: Envelope, now: number, dueAt = now): Promise<boolean> =>
      receive({ envelope, now, dueAt }),

    /** Webhooks of a session not yet worked off, in the order of their events. */
    async openEnvelopes(sessionId: string, limit: number): Promise<Envelope[]> {
      const rows = await query<Row>(
        `select ${ENVELOPE} from inbox where done_at is null and session_id = $1
         order by event_at, received_at limit $2`,
        [sessionId, limit],
      )
      return rows.map(toEnvelope)
    },

    /** Leases webhooks that are due to be worked off, the longest due first. */
    async leaseEnvelopes(now: number, leaseUntil: number, limit: number): Promise<Envelope[]> {
      const rows = await query<Row>(
        // The condition stands twice: two that lease at once would both get rows by the inner one alone.
        `update inbox set due_at = $2 where done_at is null and due_at <= $1 and id in (
           select id from inbox where done_at is null and due_at <= $1
           order by due_at, received_at limit $3)
         returning ${ENVELOPE}`,
        [now, leaseUntil, limit],
      )
      return rows.map(toEnvelope)
    },

    /** Has a webhook that could not be worked off wait. */
    async putOffEnvelope(id: string, dueAt: number): Promise<void> {
      await query('update inbox set due_at = $2 where id = $1 and done_at is null', [id, dueAt])
    },

    /** Has a webhook wait until its session is known, unless it became known meanwhile. */
    async parkEnvelope(id: string): Promise<void> {
      await query(
        `update inbox set due_at = $2 where id = $1 and done_at is null
           and not exists (select 1 from sessions where sessions.id = inbox.session_id)`,
        [id, STRANGER],
      )
    },

    /** Notes that a webhook is worked off. */
    finishEnvelope: (id: string, now: number): Promise<void> => finish({ id, now }),

    /** Gives up on webhooks about sessions that never became known here. */
    async dropStrangers(receivedBefore: number, now: number): Promise<void> {
      await query(
        'update inbox set done_at = $2 where done_at is null and due_at = $3 and received_at < $1',
        [receivedBefore, now, STRANGER],
      )
    },
  }
}

/** @returns for each whether it is new. Of those with one id the first is. */
async function insert(query: Query, arrivals: readonly Arrival[]): Promise<boolean[]> {
  const rows = arrivals.map(({ envelope, now, dueAt }) => [
    envelope.id,
    envelope.sessionId,
    envelope.status,
    envelope.covered ? 1 : 0,
    envelope.eventAt,
    envelope.hash,
    now,
    dueAt,
  ])
  // In one order everywhere: else two processes with the same webhooks would wait for each other.
  rows.sort(([one = 0], [other = 0]) => (String(one) < String(other) ? -1 : 1))
  const fresh = await query<{ id: string }>(
    `insert into inbox (id, session_id, status, covered, event_at, hash, received_at, due_at)
     values ${rows.map(placeholders)} on conflict (id) do nothing returning id`,
    rows.flat(),
  )
  const ids = new Set(fresh.map(({ id }) => id))
  return arrivals.map(({ envelope: { id } }) => ids.delete(id))
}

/** Notes that webhooks are worked off; by itself or with what they have led to. */
export async function endEnvelopes(query: Query, done: readonly Done[]): Promise<undefined[]> {
  if (done.length === 0) return []
  const ids = done.map(({ id }) => id)
  await query(`update inbox set done_at = $${ids.length + 1} where id in ${placeholders(ids)}`, [
    ...ids,
    Math.max(...done.map(({ now }) => now)),
  ])
  return []
}
