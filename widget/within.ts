/** Aborts after `ms`, for a connection may go without a word; or with the signal. */
export function within(ms: number, signal: AbortSignal): AbortSignal {
  // Not `AbortSignal.any()`, which browsers have later than the rest of this.
  const limit = new AbortController()
  const stop = ({ target }: Event) => limit.abort((target as AbortSignal).reason)
  // What was listened to goes with the limit: an attempt asks for hours, each time anew.
  signal.addEventListener('abort', stop, { signal: limit.signal })
  AbortSignal.timeout?.(ms).addEventListener('abort', stop)
  if (signal.aborted) limit.abort(signal.reason)
  return limit.signal
}
