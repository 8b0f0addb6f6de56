import { ERRORS } from '../server/contract.ts'
import type { Attempt, View } from './attempt.ts'
import type { Choice } from './auto.ts'
import type { Drawing } from './drawing.ts'
import { VerifyErrorEvent, VerifySessionEvent, VerifyTroubleEvent } from './element.events.ts'
import type { Line } from './line.ts'
import { move } from './move.ts'
import type { Show } from './show.ts'
import { type Obstacle, waysOn, withAdvice } from './trouble.ts'

/** Obstacles: shown with their ways on, which lead back to the hosted page; without any the end. */
export class Ways {
  readonly #attempt: Attempt
  readonly #line: Line
  readonly #drawing: Drawing
  readonly #show: Show

  constructor(attempt: Attempt, line: Line, drawing: Drawing, show: Show) {
    this.#attempt = attempt
    this.#line = line
    this.#drawing = drawing
    this.#show = show
  }

  /** Something is in the way. */
  block(obstacle: Obstacle): void {
    const told = withAdvice(obstacle)
    const { code, message } = told
    const { view, emit, element } = this.#attempt.host
    const { over, sessionId, life } = this.#attempt
    if (over || view.state === 'submitted' || view.state === 'ended') return
    const actions = waysOn(code, {
      hasAddress: this.#attempt.address() !== undefined,
      hasPhone: !element.url && !this.#attempt.isPhone(),
    })
    if (!actions.length) return this.fail(told)
    this.#drawing.asking = false
    // What can say nothing more has nothing to take the obstacle back.
    if (!this.#show.framed || code === 'session-expired') this.#attempt.conceal()
    move(this.#attempt.host, 'trouble', { trouble: { code, message, actions } })
    if (this.#drawing.draw()) this.#drawing.reveal()
    emit(new VerifyTroubleEvent({ code, message, sessionId, actions }))
    const back = () => view.trouble?.code === 'offline' && this.retry()
    if (code === 'offline') addEventListener('online', back, { once: true, signal: life.signal })
  }

  /** There is no way on, or the visitor has declined it. */
  fail({ code, message, cause }: Obstacle): void {
    const { emit } = this.#attempt.host
    const { life, sessionId } = this.#attempt
    this.#drawing.asking = false
    this.#line.mark('ended')
    move(this.#attempt.host, 'end', { error: { code, message }, trouble: null })
    life.abort()
    this.#attempt.conceal()
    this.#attempt.finish({ kind: 'error', sessionId, code, message })
    // Declined ways on need no more words; without any the words stay until they were read.
    if (ERRORS[code].length) this.#drawing.hide()
    else if (this.#drawing.draw()) this.#drawing.focus('.actions > *')
    emit(new VerifyErrorEvent({ code, message, sessionId, cause }))
  }

  retry(): void {
    const { view } = this.#attempt.host
    this.#attempt.conceal()
    this.#show.renew()
    if (view.trouble?.code === 'session-expired' || !this.#attempt.address()) {
      return this.#restart({ session: null, outcome: null })
    }
    move(this.#attempt.host, 'open', { trouble: null })
    this.present()
  }

  /** The visitor follows a link to the hosted page. */
  away(): void {
    // Later, for the link has to be there until the browser has followed it.
    setTimeout(() => {
      const { view } = this.#attempt.host
      if (view.state !== 'trouble') return
      move(this.#attempt.host, 'open', { trouble: null })
      this.#show.away(this.#drawing.words)
      this.#drawing.draw()
    })
  }

  /** The same session goes on as a code for the phone. */
  handOver(): void {
    const { view, emit } = this.#attempt.host
    const { sessionId } = this.#attempt
    const choice: Choice = { mode: 'qr', reason: view.trouble?.code ?? '' }
    this.#attempt.choice = choice
    this.#attempt.conceal()
    move(this.#attempt.host, 'open', { trouble: null })
    emit(new VerifySessionEvent({ sessionId, ...choice, resumed: true }))
    if (!this.#attempt.over) this.present()
  }

  /** The same session goes on in this window; started anew so that the server knows the way back. */
  redirect(reason: string = this.#attempt.host.view.trouble?.code ?? ''): void {
    this.#attempt.conceal()
    this.#restart({}, { mode: 'redirect', reason })
  }

  /** Opens the window of the hosted page once more. */
  reopen(): void {
    this.#drawing.asking = false
    this.#show.renew()
    this.present()
  }

  /** Shows the hosted page. */
  present(): void {
    this.#show.present(this.#drawing.words)
    this.#drawing.draw()
  }

  #restart(patch: Partial<View>, choice?: Choice): void {
    move(this.#attempt.host, 'start', { trouble: null, ...patch })
    this.#drawing.draw()
    void this.#attempt.start(choice)
  }
}
