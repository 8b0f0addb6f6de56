/** A clock, with its timers, that moves only when told to. */
export function createClock(start = Date.UTC(2026, 0, 1, 12)) {
  let now = start
  const timers = new Set<{ at: number; run: () => void }>()
  return {
    now: () => now,
    timers: {
      setTimeout(run: () => void, ms: number): unknown {
        const timer = { at: now + ms, run }
        timers.add(timer)
        return timer
      },
      clearTimeout: (timer: unknown) => void timers.delete(timer as { at: number; run(): void }),
    },
    /** How many timers wait. */
    waiting: () => timers.size,
    /** Moves on, and runs what is due, the earliest first. */
    pass(ms: number) {
      now += ms
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at <= now && timers.delete(timer)) timer.run()
      }
    },
  }
}
