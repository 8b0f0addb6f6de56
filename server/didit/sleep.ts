import type { Timers } from '../options.ts'

/** Waits, unless the signal says otherwise. @throws the signal's reason. */
export function sleep(ms: number, timers: Timers, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const timer = timers.setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })

    function stop() {
      timers.clearTimeout(timer)
      reject(signal?.reason)
    }
  })
}
