import type { Driver } from './driver.ts'
import { STRANGER } from './inbox.ts'

/** What is deleted, in batches that hold nobody up, and what a start repairs. */
export function retentionStatements({ query, transaction }: Driver) {
  return {
    /**
     * Deletes sessions that settled before a moment, the oldest first, with their ways back, their
     * webhooks, and what their host was told.
     *
     * @returns how many.
     */
    async forgetSessions(settledBefore: number, limit: number): Promise<number> {
      return transaction(async (query) => {
        const gone = await query<{ id: string }>(
          `delete from sessions where id in (
             select id from sessions where settled_at is not null and settled_at < $1
             order by settled_at limit $2)
           returning id`,
          [settledBefore, limit],
        )
        for (const { id } of gone) {
          await query('delete from returns where session_id = $1', [id])
          await query('delete from inbox where session_id = $1', [id])
          // What waits to be told is told all the same.
          await query('delete from outbox where session_id = $1 and ended_at is not null', [id])
        }
        return gone.length
      })
    },

    /** Deletes webhooks that were worked off before a moment. */
    async forgetEnvelopes(doneBefore: number, limit: number): Promise<void> {
      await query(
        `delete from inbox where id in (
           select id from inbox where done_at is not null and done_at < $1
           order by done_at limit $2)`,
        [doneBefore, limit],
      )
    },

    /** Deletes what ended in this way before a moment. */
    async forgetEvents(
      result: 'delivered' | 'dead',
      endedBefore: number,
      limit: number,
    ): Promise<void> {
      await query(
        `delete from outbox where id in (
           select id from outbox where ended_at is not null and result = $1 and ended_at < $2
           order by ended_at limit $3)`,
        [result, endedBefore, limit],
      )
    },

    /** Deletes the acts of operators from before a moment. */
    async forgetActs(before: number, limit: number): Promise<void> {
      await query(
        'delete from audit where id in (select id from audit where at < $1 order by at limit $2)',
        [before, limit],
      )
    },

    /** Ends every lease: for a process that knows that it is alone, and that has just started. */
    async endLeases(): Promise<void> {
      await query('update sessions set lease_until = 0 where lease_until > 0')
      await query('update inbox set due_at = 0 where done_at is null and due_at < $1', [STRANGER])
      // One that failed before keeps its turn; were all tried at once, a sick host would get sicker.
      await query('update outbox set due_at = created_at where ended_at is null and error is null')
    },
  }
}
