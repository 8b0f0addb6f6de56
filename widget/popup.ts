import { html } from 'lit'
import type { Presentation } from './frame.ts'
import type { Messages } from './locales/en.ts'
import { pause } from './time.ts'

/** How often it is looked whether the window is still there. Milliseconds. */
const LOOK = 500

/** What can happen to the window. */
export interface WindowEvents {
  /** The visitor wants it once more. */
  reopen(): void
  /** It is gone, so long after it was opened; or a policy (COOP) cuts it off and makes it look so. */
  left(after: number): void
}

/** Says in the empty window what it waits for. */
export function fill(popup: Window, { title, loading }: Messages): void {
  popup.document.title = title
  popup.document.body.textContent = loading
}

/**
 * The hosted page in a window of its own. With its opener cut nobody here can close it any more; the
 * BFF's return page closes itself.
 *
 * @param opened the empty window and where it leads; nothing where a link has opened one.
 */
export function createPopup(
  opened: { popup: Window; url: URL } | undefined,
  words: Messages,
  signal: AbortSignal,
  on: WindowEvents,
): Presentation {
  if (opened) {
    const { popup, url } = opened
    // Cut before it leads anywhere: the hosted page has no business with this one.
    popup.opener = null
    popup.location.replace(url.href)
    const since = performance.now()
    void closed(popup, signal).then(() => signal.aborted || on.left(performance.now() - since))
  }
  return {
    status: words.window,
    body: html`<div class="note">
      <div class="wait"></div>
      <p>${words.window}</p>
      <div class="actions">
        <button class="button" type="button" @click=${on.reopen}>${words.reopen}</button>
      </div>
    </div>`,
  }
}

async function closed(popup: Window, signal: AbortSignal): Promise<void> {
  while (!popup.closed && !signal.aborted) await pause(LOOK, signal)
}
