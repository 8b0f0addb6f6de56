import type { Driver } from './driver.ts'

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

export function inboxStatements({ query }: Driver) {
  return {
    /**
     * Puts a webhook on disk.
     *
     * @param dueAt when the background works it off, should the process that received it not.
     * @returns false when it was there already.
     */
    async receive(envelope: Envelope, now: number, dueAt = now): Promise<boolean> {
      const rows = await query(
        `insert into inbox (id, session_id, status, covered, event_at, hash, received_at, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing returning id`,
        [
          envelope.id,
          envelope.sessionId,
          envelope.status,
          envelope.covered ? 1 : 0,
          envelope.eventAt,
          envelope.hash,
          now,
          dueAt,
        ],
      )
      return rows.length > 0
    },

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

    async finishEnvelope(id: string, now: number): Promise<void> {
      await query('update inbox set done_at = $2 where id = $1', [id, now])
    },

    /** Gives up on webhooks about sessions that never became known here. */
    async dropStrangers(receivedBefore: number, now: number): Promise<void> {
      await query(
        'update inbox set done_at = $2 where done_at is null and due_at = $3 and received_at < $1',
        [receivedBefore, now, STRANGER],
      )
    },
  }
}
