import type { Timers } from '../../server/options.ts'

/** A clock that runs faster than the real one, alike in every process that has the same settings. */
export interface ClockSettings {
  speed: number
  /** The moment from which it is faster. */
  origin: number
  /** How far it was put forward since. */
  ahead: number
}

export function createFastClock(settings: ClockSettings) {
  const { speed, origin } = settings
  let { ahead } = settings
  const timers: Timers = {
    setTimeout: (run, ms) => setTimeout(run, ms / speed),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  }
  return {
    now: () => Math.floor(origin + (Date.now() - origin) * speed + ahead),
    timers,
    /** Puts it forward; timers that run keep their time. */
    put(to: number) {
      ahead = to
    },
    settings: (): ClockSettings => ({ speed, origin, ahead }),
  }
}
