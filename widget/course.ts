import type { Attempt } from './attempt.ts'
import type { BackendError, Told } from './backend.ts'
import { readCallback } from './callback.ts'
import {
  type CancelSource,
  VerifyCompleteEvent,
  VerifyProgressEvent,
  VerifyStatusEvent,
  VerifySubmitEvent,
} from './course.events.ts'
import { Drawing } from './drawing.ts'
import { heard } from './heard.ts'
import type { Kept } from './kept.ts'
import { Leave } from './leave.ts'
import { Line } from './line.ts'
import type { HostedMessage } from './message.ts'
import { move } from './move.ts'
import { keepFresh } from './receipt.ts'
import { Show } from './show.ts'
import { pause, visibleTime } from './time.ts'
import { diagnose, reported, withAdvice } from './trouble.ts'
import { Ways } from './ways.ts'

/** When the server is asked after the visitor is done, besides listening. Milliseconds in between. */
const QUESTIONS = [0, 1_500, 3_000, 5_000, 10_000, 20_000]

/** What happens to an attempt once it is open: watch, submit, outcome; or obstacles and the end. */
export class Course {
  readonly #attempt: Attempt
  readonly #line: Line
  readonly #drawing: Drawing
  readonly #show: Show
  readonly #ways: Ways
  readonly #leave: Leave
  /** The version at which the visitor was sent to Didit; a status as old as that is no news. */
  #opened = 0
  #fresh: Promise<void> | undefined

  constructor(attempt: Attempt) {
    this.#attempt = attempt
    this.#line = new Line(attempt, {
      hear: (session) => this.#hear(session),
      lose: () => this.#lose(),
    })
    this.#drawing = new Drawing(attempt, {
      retry: () => this.#ways.retry(),
      'new-tab': () => this.#ways.away(),
      phone: () => this.#ways.handOver(),
      redirect: () => this.#ways.redirect(),
      close: () => this.close('button'),
      stay: () => this.#leave.stay(),
      leave: () => void this.#leave.cancel(),
      reopen: () => this.#ways.reopen(),
    })
    this.#show = new Show(attempt, {
      say: (message) => this.#hearFrame(message),
      fail: (obstacle) => this.#ways.block(obstacle),
      left: (after) => void this.#leave.windowGone(after),
      reopen: () => this.#ways.reopen(),
      redraw: () => void this.#drawing.draw(),
      unseen: () => this.#unseen(),
      hint: () => this.#hint(),
    })
    this.#ways = new Ways(attempt, this.#line, this.#drawing, this.#show)
    this.#leave = new Leave(attempt, this.#line, this.#drawing, {
      complete: () => this.#complete(),
      fail: (obstacle) => this.#ways.fail(obstacle),
    })
  }

  /** Gets ready what is shown, where that is not the dialog. */
  prepare(): void {
    this.#show.prepare(this.#drawing.words)
  }

  /** What this tab has kept for the element, newest first. */
  earlier(): Kept[] {
    return this.#line.earlier
  }

  /** Takes over an attempt whose session is there. */
  run(): void {
    const { view, element } = this.#host
    const { session } = view
    this.#line.open()
    if (session && heard(session) !== 'wait') return this.#complete()
    if (view.state !== 'open') {
      const whose = element.url ? 'The url of this element' : 'What the server has handed out'
      return this.#ways.block({
        code: 'invalid-url',
        message: `${whose} may not be opened: it has to be an https address without a password.`,
      })
    }
    this.#opened = session?.version ?? 0
    this.#ways.present()
    // With a redirect this page is about to go.
    if (this.#attempt.choice.mode !== 'redirect') this.#line.listen()
  }

  /** Takes over an attempt that did not get that far. */
  fall(error: unknown): void {
    this.#ways.block(diagnose(error))
  }

  /**
   * Goes on with what this tab has kept: after a reload, or a return with a callback in the address.
   * It asks the server once and never opens a camera.
   *
   * @returns whether there was anything to go on with.
   */
  resume(): boolean {
    const mine = this.#line.earlier
    const callback = readCallback(
      location.href,
      mine.map(({ sessionId }) => sessionId),
    )
    if (callback) history.replaceState(history.state, '', callback.rest)
    const returned = callback && mine.find(({ sessionId }) => sessionId === callback.sessionId)
    // What is not finished comes before what a form had.
    const kept = returned ?? (mine[0]?.phase === 'ended' ? this.#restored(mine) : mine[0])
    if (!kept || (kept === returned && kept.phase === 'ended')) return false
    this.#line.take(kept)
    this.#attempt.sessionId = kept.sessionId || callback?.sessionId || null
    if (kept.phase === 'pending') {
      move(this.#host, 'end', { outcome: 'pending' })
      void this.#catchUp()
    } else if (callback?.status || kept.phase === 'submitted') {
      // Didit adds a status when the visitor is done; without one they have only left.
      this.#submit(callback?.status)
    } else {
      void this.#recall(kept.phase === 'ended')
    }
    return true
  }

  /** The page or the visitor wants to end it. */
  close(source: CancelSource): void {
    this.#leave.close(source)
  }

  /** What happens to the dialog or the section: see `Hear`. */
  hear(type: string): void {
    this.#leave.hear(type)
  }

  /** What a menu took along is there again, and a dialog that was moved is modal again. */
  show(): void {
    const { dialog, shown, over, choice } = this.#attempt
    const { view, element } = this.#host
    if (over || !element.checkVisibility?.()) return
    if (!shown && /open|trouble/.test(view.state) && choice.mode !== 'redirect') this.#show.again()
    if (!dialog?.open || dialog.matches(':modal')) return
    dialog.removeAttribute('open')
    dialog.showModal()
  }

  get #host() {
    return this.#attempt.host
  }

  /** The ended attempt that a form had when its page was left, or reloaded, which not every browser
   * tells; other pages do not bring it back. */
  #restored(mine: readonly Kept[]): Kept | undefined {
    const { restored, element } = this.#host
    const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    const reloaded = page?.type === 'reload' && element.form
    return mine.find(({ sessionId }) => sessionId === restored) ?? (reloaded ? mine[0] : undefined)
  }

  /**
   * Reads a session that was left open, for the visitor may have finished on the phone; or one that
   * has ended, which a form has again if it is still approved, and which ends no second time.
   */
  async #recall(ended: boolean): Promise<void> {
    const { life, isInApp } = this.#attempt
    try {
      const session = await this.#line.read(life.signal)
      if (this.#attempt.over) return
      this.#host.change(null, session && { session, outcome: session.outcome })
      if (ended && !session?.receipt) return this.#drop()
      if (ended) {
        move(this.#host, 'end')
        return this.#linger()
      }
      const news = session && heard(session)
      if (news === 'end') return this.#complete()
      if (news === 'expired') return this.#drop()
    } catch (error) {
      if (this.#attempt.over) return
      if (ended || (error as BackendError).status === 404) return this.#drop()
    }
    move(this.#host, 'keep')
    if (isInApp()) this.#hint()
  }

  #hint(): void {
    this.#drawing.hint = this.#drawing.words.browser
    this.#drawing.draw()
  }

  /** There is nothing left to go on with: the element is as if nothing had been. */
  #drop(): void {
    this.#line.mark('ended')
    this.#host.element.reset()
  }

  /** Asks once for the verdict, and listens only where there is none yet. */
  async #catchUp(): Promise<void> {
    await this.#line.ask(this.#attempt.life.signal)
    if (!this.#attempt.over) this.#linger()
  }

  #hearFrame({ name, data }: HostedMessage): void {
    const { emit, view } = this.#host
    const { sessionId } = this.#attempt
    const claims = text(data.sessionId)
    // It speaks of another session; with a `url` of the page's own nobody knows one before it does.
    if (data.sessionId !== undefined && (!claims || claims !== (sessionId ?? claims))) return
    if (claims) this.#attempt.sessionId = claims
    const status = text(data.status)
    if (name === 'return') return this.#submit(status)
    emit(new VerifyProgressEvent({ message: name, step: text(data.step), data }))
    if (this.#attempt.over) return
    if (name === 'error') return this.#ways.block(reported(text(data.error)))
    // Whatever else it says, it goes on, and an earlier obstacle is over; but a camera that is
    // blocked is so until it gives a picture.
    if (view.trouble && (view.trouble.code !== 'camera-blocked' || name.startsWith('media'))) {
      move(this.#host, 'open', { trouble: null })
      this.#drawing.draw()
    }
    if (name === 'completed') this.#submit(status)
    if (name === 'layout') this.#show.resize(data.contentHeight)
    if (name === 'close_request') this.close('hosted')
    if (name === 'cancelled') void this.#leave.cancel('hosted')
  }

  /**
   * Gives the page back. Another window or a phone that has the session goes on with it, to be shown
   * again when it is asked for; what is nowhere to be seen goes on in this window.
   */
  #unseen(): void {
    const { state } = this.#host.view
    this.#drawing.asking = false
    this.#drawing.hide()
    const elsewhere = this.#attempt.presentation && !this.#show.framed
    if (elsewhere || this.#leave.going) return
    if (state === 'open' || state === 'trouble') this.#ways.redirect('not-rendered')
  }

  /** The visitor is done, somebody says. Only the server knows. */
  #submit(hint: string | undefined): void {
    const { view, emit, element } = this.#host
    if (view.state === 'submitted' || view.state === 'ended') return
    this.#drawing.asking = false
    this.#line.mark('submitted')
    this.#attempt.conceal()
    move(this.#host, 'submit', { trouble: null })
    this.#drawing.draw()
    emit(new VerifySubmitEvent({ sessionId: this.#attempt.sessionId, hint }))
    if (this.#attempt.over) return
    if (element.url) this.#complete()
    else void this.#confirm()
  }

  async #confirm(): Promise<void> {
    const { element, view } = this.#host
    const { signal } = this.#attempt.life
    const waiting = () => !signal.aborted && view.state === 'submitted'
    void visibleTime(element.confirmTimeout, signal).then(() => {
      if (waiting()) this.#complete()
    })
    for (const delay of QUESTIONS) {
      await pause(delay, signal)
      if (!waiting()) return
      await this.#line.ask(signal)
      if (waiting()) this.#line.listen()
    }
  }

  /** The server has lost the session, or this browser the right to it: only a new one helps. */
  #lose(): void {
    const obstacle = {
      code: 'session-expired',
      message: 'The server does not know the session any more.',
    } as const
    if (this.#host.view.state === 'submitted') this.#ways.fail(withAdvice(obstacle))
    else this.#ways.block(obstacle)
  }

  /** The server's word, from wherever it came. The only thing that decides. */
  #hear(session: Told): void {
    const { view, emit, change } = this.#host
    const before = view.session
    const { id: sessionId, status, outcome, settled, version, receipt = null } = session
    if (before && (sessionId !== before.id || version < before.version)) return
    // After a reload the outcome is all that is known of what was before.
    const news = before ? version > before.version : view.outcome && outcome !== view.outcome
    change(null, { session, outcome })
    if (news) {
      emit(new VerifyStatusEvent({ sessionId, status, outcome, settled, receipt }))
      if (this.#attempt.over) return
    }
    const word = heard(session)
    if (view.state === 'ended') {
      this.#line.mark(outcome === 'pending' ? 'pending' : 'ended')
      this.#drawing.draw()
      if (settled) this.#linger()
    } else if (view.state === 'submitted') {
      const old = outcome === 'resubmit' && version === this.#opened
      if (outcome !== null && !old) this.#complete()
    } else if (word === 'expired' && !this.#leave.going) {
      this.#ways.block({
        code: 'session-expired',
        message: 'The session has expired at Didit. Another try makes a fresh one.',
      })
    } else if (word === 'end') {
      this.#complete()
    } else {
      this.#drawing.draw()
    }
  }

  #complete(): void {
    const { view, emit, element } = this.#host
    const { url } = element
    const { status = null, receipt = null } = view.session ?? {}
    const outcome = view.outcome ?? (url ? 'unconfirmed' : 'pending')
    const { sessionId } = this.#attempt
    this.#drawing.asking = false
    this.#line.mark(outcome === 'pending' ? 'pending' : 'ended')
    this.#attempt.conceal()
    move(this.#host, 'end', { outcome, trouble: null })
    if (this.#drawing.draw()) this.#drawing.focus('.actions > *')
    this.#attempt.finish({ kind: 'complete', sessionId, status, outcome, receipt })
    emit(new VerifyCompleteEvent({ sessionId, status, outcome, receipt }))
    if (this.#attempt.over) return
    this.#linger()
    if (element.closeOnComplete) this.#drawing.hide()
  }

  /** What goes on after the end: a receipt is kept fresh, and a pending verdict waited for. */
  #linger(): void {
    const { life } = this.#attempt
    const { view, element } = this.#host
    if (view.session?.receipt) {
      this.#fresh ??= keepFresh(element, () => this.#line.ask(life.signal), life.signal)
    } else if (element.url || view.session?.settled) {
      life.abort()
    } else {
      this.#line.listen()
    }
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
