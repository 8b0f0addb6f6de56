import type { Frame } from './frame.ts'
import { type HostedMessage, readMessage, type Trust } from './message.ts'
import { visibleTime } from './time.ts'

/** How long a frame may say nothing: since it was inserted, and since it loaded. Milliseconds. */
const SILENT_INSERTED = 15_000
const SILENT_LOADED = 5_000

/** What is heard of a frame. */
export interface Hearing {
  say(message: HostedMessage): void
  /** It says nothing, or cannot; for developers, why. A message may still come. */
  fail(message: string): void
}

/** Listens to a frame from its first moment on, for as long as it is shown. */
export function listen(frame: Frame, trust: Omit<Trust, 'source'>, on: Hearing): void {
  const { url, body, signal } = frame
  const alive = new AbortController()
  const waiting = AbortSignal.any([signal, alive.signal])

  function silent(message: string): void {
    if (waiting.aborted) return
    // Said once; a message that comes late withdraws it.
    alive.abort()
    on.fail(message)
  }

  function mute(): void {
    silent(`${url.origin} says nothing in the frame. Check that it may be framed by this host.`)
  }

  void visibleTime(SILENT_INSERTED, waiting).then(mute)
  frame.listen((event) => {
    if (event instanceof SecurityPolicyViolationEvent) {
      const ours =
        event.effectiveDirective === 'frame-src' && event.blockedURI.startsWith(url.origin)
      if (ours) silent(`The frame-src policy of this page blocks ${url.origin}.`)
    } else if (event instanceof MessageEvent) {
      const message = readMessage(event, { ...trust, source: body.contentWindow })
      if (!message || signal.aborted) return
      alive.abort()
      on.say(message)
    } else {
      void visibleTime(SILENT_LOADED, waiting).then(mute)
    }
  })
}
