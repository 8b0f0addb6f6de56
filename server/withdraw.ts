import type { DiditError } from './didit/client.ts'
import type { Settings } from './options.ts'
import { isRefusal } from './problems.ts'
import type { Updates } from './updates.ts'

/**
 * Takes back sessions that nobody has opened: Didit would hand them out again and again, with what
 * it was told at first.
 */
export function createWithdraw({ store, didit, log }: Settings, updates: Updates) {
  /** @returns whether it is gone; that somebody else has deleted it is as good. */
  async function remove(id: string): Promise<boolean> {
    try {
      await didit.sessions.delete(id)
      return true
    } catch (error) {
      if ((error as Partial<DiditError>).status === 404) return true
      log.warn({ session: id, error }, 'could not delete a session')
      // Without a clear no it may be gone, and then nobody must be led to it.
      if (!isRefusal(error)) await updates.askNow(id)
      return false
    }
  }

  /**
   * Deletes a session at Didit, and ends all who wait for it. Where it has moved, or Didit refuses
   * or says nothing, it stays: the store tells how it stands afterwards.
   */
  return async function withdraw(id: string): Promise<void> {
    // Didit deletes on no condition, so it is asked right before, whatever it said a moment ago.
    if (!(await updates.askNow(id))) return
    const row = await store.session(id)
    if (row?.status !== 'Not Started' || row.missingAt !== null) return
    if (!(await remove(id))) return
    log.info({ session: id }, 'session deleted: another one takes its place')
    await updates.lose(id)
  }
}
