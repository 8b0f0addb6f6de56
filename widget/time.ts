/** Waits `ms`, or less when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = Number.isFinite(ms) ? setTimeout(done, ms) : undefined
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}

/** Waits for `ms` of time in which the page could be seen, or for the signal. */
export async function visibleTime(ms: number, signal: AbortSignal): Promise<void> {
  const tick = 250
  for (let left = ms; left > 0 && !signal.aborted; ) {
    await pause(Math.min(tick, left), signal)
    if (document.visibilityState === 'visible') left -= tick
  }
}
