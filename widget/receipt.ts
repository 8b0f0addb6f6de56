import { RECEIPT_LIFETIME } from '../server/contract.ts'
import type { DiditVerify } from './element.ts'
import { pause } from './time.ts'

const MINUTE = 60_000
const LIFETIME = RECEIPT_LIFETIME * 1000
/** From this age on it is renewed in the background, and from this age on a form waits for it. */
const OLD = LIFETIME / 2
const STALE = LIFETIME - 60 * MINUTE
/** How long a form waits. */
const PATIENCE = 5_000

/**
 * Keeps the receipt in a form good: it lives a day, and pages stay open longer.
 *
 * It cannot be fetched when a form is sent, for `formdata` waits for nobody. So it is renewed before
 * it is needed, while the page can be seen. Where that did not happen, because a laptop slept over it,
 * `submit` is held back once, before anybody else hears of it, and repeated when a fresh receipt is
 * there; without an answer the old one goes, and the host's server says what it thinks of it.
 * `form.submit()` tells nobody and sends what is there.
 *
 * @param ask reads the session, and tells whether there was an answer.
 */
export async function keepFresh(
  element: DiditVerify,
  ask: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  // Of the visitor's clock only differences count: it may be wrong.
  let since = Date.now()
  let held = false
  let repeating = false
  const age = () => Date.now() - since

  async function renew(): Promise<void> {
    const asked = Date.now()
    if (await ask()) since = asked
  }

  async function hold(event: Event): Promise<void> {
    const { form } = element
    if (event.target !== form || !form || repeating || age() < STALE) return
    event.preventDefault()
    event.stopImmediatePropagation()
    // A second press changes nothing: the first is on its way.
    if (held) return
    held = true
    const submitter = (event as SubmitEvent).submitter as HTMLButtonElement | null
    await Promise.race([renew(), pause(PATIENCE, signal)])
    held = false
    repeating = true
    // What was pressed may have left the form meanwhile.
    form.requestSubmit(submitter?.form === form ? submitter : null)
    repeating = false
  }

  element.getRootNode().addEventListener('submit', hold, { capture: true, signal })
  while (!signal.aborted) {
    await pause(MINUTE, signal)
    const idle = document.visibilityState === 'hidden' || !element.form || age() < OLD
    if (!idle && !signal.aborted) await renew()
  }
}
