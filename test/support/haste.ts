// A clock that runs faster: everything happens as it does, only sooner.

const original = globalThis.setTimeout
const limit = AbortSignal.timeout

/** From now on waits take `factor` times less, until `restore()`. */
export function hurry(factor = 25): void {
  const fast = (run: TimerHandler, ms = 0, ...rest: unknown[]) =>
    original(run, ms / factor, ...rest)
  globalThis.setTimeout = Object.assign(fast, original)
}

/** From now on requests get no more time than this, until `restore()`. */
export function allow(most: number): void {
  AbortSignal.timeout = (ms) => limit.call(AbortSignal, Math.min(ms, most))
}

export function restore(): void {
  globalThis.setTimeout = original
  AbortSignal.timeout = limit
}
