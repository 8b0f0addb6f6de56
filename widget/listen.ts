import type { Frame } from './frame.ts'
import { type HostedMessage, readMessage, type Trust } from './message.ts'
import { visibleTime } from './time.ts'
import type { Obstacle } from './trouble.ts'

/** How long a frame may say nothing: since it was inserted, and since it loaded. Milliseconds. */
const SILENT_INSERTED = 15_000
const SILENT_LOADED = 5_000

/** What is heard of a frame. */
export interface Hearing {
  say(message: HostedMessage): void
  /** It says nothing, or may not use the camera. A message may still come. */
  fail(obstacle: Obstacle): void
}

/** What Chromium tells of the policy that a frame is under; others tell nothing. */
interface Policed {
  featurePolicy?: { allowsFeature(name: string): boolean }
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
    on.fail({ code: 'frame-timeout', message })
  }

  function mute(): void {
    const why = window.crossOriginIsolated
      ? 'This page is cross-origin isolated (COEP), which blocks it: use mode redirect.'
      : `Perhaps its frame-ancestors do not list ${location.origin}, as on a preview host, or a policy or an extension blocks it.`
    silent(`${url.origin} says nothing in the frame. ${why}`)
  }

  void visibleTime(SILENT_INSERTED, waiting).then(mute)
  frame.listen((event) => {
    if (event instanceof SecurityPolicyViolationEvent) {
      const ours =
        event.effectiveDirective === 'frame-src' && event.blockedURI.startsWith(url.origin)
      if (ours) silent(`The frame-src of this page's policy blocks ${url.origin}: list it there.`)
    } else if (event instanceof MessageEvent) {
      const message = readMessage(event, { ...trust, source: body.contentWindow })
      if (!message || signal.aborted) return
      alive.abort()
      on.say(message)
    } else {
      void visibleTime(SILENT_LOADED, waiting).then(mute)
    }
  })

  if ((body as Policed).featurePolicy?.allowsFeature('camera') !== false) return
  const message = `The Permissions-Policy of this page, or the attribute allow, keeps the camera from ${url.origin}: list it there, or use mode redirect.`
  on.fail({ code: 'camera-blocked', message })
}
