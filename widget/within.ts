/** Aborts after `ms`, for a connection may go without a word; or with the signal. */
export function within(ms: number, signal: AbortSignal): AbortSignal {
  // Not `AbortSignal.any()`, which browsers have later than the rest of this.
  const limit = new AbortController()
  const stop = () => limit.abort()
  signal.addEventListener('abort', stop)
  AbortSignal.timeout?.(ms).addEventListener('abort', stop)
  if (signal.aborted) stop()
  return limit.signal
}
