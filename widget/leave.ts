import type { Attempt } from './attempt.ts'
import { type CancelSource, VerifyCancelEvent, VerifyCloseRequestEvent } from './course.events.ts'
import type { Drawing } from './drawing.ts'
import type { Line } from './line.ts'
import { move } from './move.ts'
import type { Obstacle } from './trouble.ts'
import { within } from './within.ts'

/** How long a cancel waits for the server: the phone may have finished. Milliseconds. */
const LAST_QUESTION = 2_000
/** A window that looks closed so soon is cut off by a policy of the page. Milliseconds. */
const SOON = 2_000

/** How an attempt ends otherwise. */
export interface Ends {
  complete(): void
  fail(obstacle: Obstacle): void
}

/** How the visitor or the page gives an attempt up: asked back, after the server was asked once more. */
export class Leave {
  readonly #attempt: Attempt
  readonly #line: Line
  readonly #drawing: Drawing
  readonly #ends: Ends
  #source: CancelSource = 'button'
  /** Whether the server is being asked before a cancel. */
  going = false

  constructor(attempt: Attempt, line: Line, drawing: Drawing, ends: Ends) {
    this.#attempt = attempt
    this.#line = line
    this.#drawing = drawing
    this.#ends = ends
  }

  /** The page or the visitor wants to end it. Asks back where that is due. */
  close(source: CancelSource): void {
    const { view, element, emit } = this.#attempt.host
    if (view.state === 'ended') return this.#drawing.hide()
    if (this.going) return
    if (!emit(new VerifyCloseRequestEvent({ source })) || this.#attempt.over) return
    if (view.trouble) return this.#ends.fail(view.trouble)
    if (view.state === 'submitted') {
      this.#ends.complete()
      return this.#drawing.hide()
    }
    this.#source = source
    if (source === 'page' || element.withoutConfirm) void this.cancel()
    else this.#drawing.ask()
  }

  /** What happens to the dialog or the section: see `Hear`. */
  hear(type: string): void {
    if (type === 'close') this.#closed()
    else if (type === 'cancel' && this.#drawing.asking) this.stay()
    else this.close(type === 'cancel' ? 'escape' : 'button')
  }

  stay(): void {
    this.#drawing.asking = false
    this.#drawing.draw()
  }

  /** The window looks closed. Only the server knows whether the visitor has finished. */
  async windowGone(after: number): Promise<void> {
    const { host, presentation, life } = this.#attempt
    const { view, emit, element } = host
    if (element.url) return after > SOON ? this.#ends.complete() : undefined
    await this.#line.ask(life.signal)
    const same = presentation === this.#attempt.presentation
    if (this.#attempt.over || view.state !== 'open' || !same || this.#drawing.asking) return
    if (!emit(new VerifyCloseRequestEvent({ source: 'hosted' })) || this.#attempt.over) return
    this.#source = 'hosted'
    this.#drawing.ask()
  }

  async cancel(source = this.#source): Promise<void> {
    const { host, life } = this.#attempt
    const { view, emit } = host
    this.#drawing.asking = false
    this.going = true
    this.#drawing.draw()
    await this.#line.ask(within(LAST_QUESTION, life.signal))
    this.going = false
    if (this.#attempt.over || view.state === 'submitted' || view.state === 'ended') return
    const { sessionId } = this.#attempt
    this.#line.mark('ended')
    move(this.#attempt.host, 'end', { trouble: null })
    this.#drawing.restore(this.#attempt.dispose(source))
    emit(new VerifyCancelEvent({ sessionId, source }))
  }

  /** The browser closed the dialog by itself, as it does on a second escape: that is a decision. */
  #closed(): void {
    const { over, shown, dialog, host } = this.#attempt
    const { state, trouble } = host.view
    // Not shown: we have closed it ourselves.
    if (over || !shown || state === 'ended' || dialog?.open) return
    if (trouble) this.#ends.fail(trouble)
    else if (state === 'submitted') this.#ends.complete()
    else void this.cancel('escape')
  }
}
