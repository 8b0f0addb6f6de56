import type { Settings } from './options.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const NAME = 'quiet'

interface State {
  until: number
  /** How long it lasts this time; twice as long after the next failure. */
  for: number
}

export type Quiet = ReturnType<typeof createQuiet>

/**
 * After a failure nobody asks Didit for a while, in no process, so that an outage is not answered
 * with a flood.
 */
export function createQuiet({ store, now }: Pick<Settings, 'store' | 'now'>) {
  let known = 0

  return {
    /** Whether Didit is left alone for the moment. */
    async holds(): Promise<boolean> {
      const state = await store.shared<State>(NAME)
      known = state?.for ?? 0
      return now() < (state?.until ?? 0)
    },

    /** Begins it after a failure. Of many that fail together only the first makes it longer. */
    async begin(atLeast = 0): Promise<void> {
      await store.share<State>(NAME, (state = { until: 0, for: 0 }) => {
        const at = now()
        if (at < state.until) return { ...state, until: Math.max(state.until, at + atLeast) }
        const length = Math.min(Math.max(state.for * 2, SECOND), MINUTE)
        return { until: at + Math.max(length, atLeast), for: length }
      })
    },

    /** Didit has answered. */
    async end(): Promise<void> {
      if (known === 0) return
      known = 0
      await store.share<State>(NAME, () => ({ until: 0, for: 0 }))
    },
  }
}
