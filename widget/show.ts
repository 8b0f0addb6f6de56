import type { Attempt } from './attempt.ts'
import type { Choice } from './auto.ts'
import type { Frame } from './frame.ts'
import { inlineStyles, resize, section } from './inline.ts'
import { listen } from './listen.ts'
import type { Messages } from './locales/en.ts'
import type { HostedMessage } from './message.ts'
import { createPopup, fill } from './popup.ts'
import { visibleTime } from './time.ts'
import { diagnose, type Obstacle } from './trouble.ts'
import { openWindow } from './window.ts'

/** A page that is still there so long after it was left has stayed. Milliseconds. */
const STOPPED = 5_000

const loadCode = () => import('./qr.ts')

/** What is heard of what is shown. */
export interface ShowEvents {
  say(message: HostedMessage): void
  fail(obstacle: Obstacle): void
  /** The window of the hosted page looks closed, so long after it was opened. */
  left(after: number): void
  /** The visitor asks for that window once more. */
  reopen(): void
  redraw(): void
  /** Nobody sees the dialog any more, and the page around it is inert. */
  unseen(): void
  /** Says what helps inside an app. */
  hint(): void
}

/** How the visitor gets to the hosted page, unless they leave this page for it. */
export class Show {
  readonly #attempt: Attempt
  readonly #on: ShowEvents
  /** The empty window that was opened inside the click. */
  #popup: Window | null
  #sight: ResizeObserver | undefined

  constructor(attempt: Attempt, on: ShowEvents) {
    this.#attempt = attempt
    this.#on = on
    this.#popup = attempt.host.popup
    this.#watch()
  }

  /** Whether a frame is there to hear from. */
  get framed(): boolean {
    const { presentation } = this.#attempt
    return presentation !== undefined && 'listen' in presentation
  }

  /** Gets ready what stands there while the session is created, where that is not the dialog. */
  prepare(words: Messages): void {
    const attempt = this.#attempt
    const { mode } = attempt.choice
    if (mode === 'inline') {
      attempt.wrap = section
      attempt.adoptStyles(inlineStyles.styleSheet)
    }
    if (mode === 'qr') void loadCode().catch(() => {})
    // Until it leads somewhere, nobody else would close it.
    attempt.conceal().addEventListener('abort', () => this.#popup?.close())
    if (this.#popup) fill(this.#popup, words)
    if (mode === 'redirect') return this.#on.redraw()
    attempt.open()
    this.#watch()
  }

  /** Shows the hosted page as was chosen. */
  present(words: Messages): void {
    const attempt = this.#attempt
    const { mode } = attempt.choice
    this.#watch()
    // A menu took the dialog along while the session was created.
    if (!attempt.shown && /modal|qr/.test(mode)) return this.#on.unseen()
    if (this.framed) return this.#follow(attempt.presentation as Frame)
    this.#ways[mode](attempt.address() as URL, words)
  }

  /** Shows once more what a menu has taken along. */
  again(): void {
    this.#attempt.open()
    this.#watch()
    this.#on.redraw()
  }

  /** Opens the next window inside the click of who wants to try again. */
  renew(): void {
    if (this.#attempt.choice.mode === 'popup') this.#popup = openWindow()
  }

  /** The visitor has opened the hosted page by a link. */
  away(words: Messages): void {
    const attempt = this.#attempt
    attempt.presentation = createPopup(undefined, words, attempt.conceal(), this.#on)
  }

  resize(height: unknown): void {
    const { choice, presentation } = this.#attempt
    if (choice.mode === 'inline') resize(presentation?.body as HTMLElement, height)
  }

  #ways: Record<Choice['mode'], (url: URL, words: Messages) => void> = {
    modal: (url) => this.#follow(this.#attempt.showFrame(url)),

    inline: (url) => {
      url.searchParams.set('sdk_presentation', 'embedded')
      this.#follow(this.#attempt.showFrame(url))
    },

    popup: (url, words) => {
      const attempt = this.#attempt
      const popup = this.#popup
      this.#popup = null
      if (!popup) {
        const message =
          'The browser opens a window only inside a click. Call start() in one, or use another mode.'
        return this.#on.fail({ code: 'popup-blocked', message })
      }
      attempt.presentation = createPopup({ popup, url }, words, attempt.conceal(), this.#on)
    },

    redirect: ({ href }) => {
      const { host, life, choice } = this.#attempt
      // Back without finishing may bring this very page out of the browser's cache.
      addEventListener('pageshow', ({ persisted }) => persisted && host.again(), {
        signal: life.signal,
      })
      if (choice.reason === 'in-app-browser') this.#on.hint()
      location.assign(href)
      // The visitor may have told the browser to stay: then it can be taken up again.
      void visibleTime(STOPPED, life.signal).then(() => life.signal.aborted || host.again())
    },

    qr: (url, words) => {
      this.#code(url, words).catch((error) => this.#on.fail(diagnose(error)))
    },
  }

  /** A menu may take the dialog along when its closing animation ends. */
  #watch(): void {
    const { dialog } = this.#attempt
    // The DOM of unit tests has none, and lays nothing out.
    if (!dialog || !window.ResizeObserver) return
    this.#sight ??= new ResizeObserver(() => this.#look())
    this.#sight.observe(dialog)
    // Of what is not rendered from the start most browsers tell an observer nothing.
    setTimeout(() => this.#look())
  }

  #look(): void {
    const { dialog } = this.#attempt
    if (dialog?.open && !dialog.checkVisibility()) this.#on.unseen()
  }

  async #code(url: URL, words: Messages): Promise<void> {
    const attempt = this.#attempt
    const signal = attempt.conceal()
    const { codeStyles, createCode } = await loadCode()
    if (signal.aborted) return
    const status = () => attempt.host.view.session?.status
    const before = status()
    attempt.adoptStyles(codeStyles.styleSheet)
    attempt.presentation = createCode(url, words, {
      taken: () => status() !== before,
      redraw: this.#on.redraw,
    })
    this.#on.redraw()
  }

  #follow(frame: Frame): void {
    const { endpoint } = this.#attempt
    const hosted = this.#attempt.hostedOrigins(frame.url)
    listen(frame, { hosted, backend: new URL(endpoint).origin }, this.#on)
  }
}
