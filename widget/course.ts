import { ERRORS, type Session } from '../server/contract.ts'
import type { Attempt } from './attempt.ts'
import type { BackendError } from './backend.ts'
import { readCallback } from './callback.ts'
import { courseStyles } from './course.styles.ts'
import { type Note, note, type Place, question } from './course.view.ts'
import {
  type CancelSource,
  VerifyCancelEvent,
  VerifyCloseRequestEvent,
  VerifyCompleteEvent,
  VerifyErrorEvent,
  VerifyProgressEvent,
  VerifyStatusEvent,
  VerifySubmitEvent,
  VerifyTroubleEvent,
} from './events.ts'
import { heard } from './flow.ts'
import type { Frame } from './frame.ts'
import { inlineStyles, resize, section } from './inline.ts'
import { listen } from './listen.ts'
import { messages } from './locales/en.ts'
import { wordsFor } from './locales/index.ts'
import { pause, visibleTime } from './time.ts'
import { diagnose, type Obstacle, waysOn } from './trouble.ts'
import { watch } from './watch.ts'

/** How long a cancel waits for the server: the phone may have finished. Milliseconds. */
const LAST_QUESTION = 2_000
/** When the server is asked after the visitor is done, besides listening. Milliseconds in between. */
const QUESTIONS = [0, 1_500, 3_000, 5_000, 10_000, 20_000]

/** What happens to an attempt once it is open: watch, submit, outcome; or obstacles and the end. */
export class Course {
  #attempt: Attempt
  /** The version at which the visitor was sent to Didit; a status as old as that is no news. */
  #opened = 0
  #watching = false
  #confirming = false
  #leaving = false
  #source: CancelSource = 'button'

  constructor(attempt: Attempt) {
    this.#attempt = attempt
    attempt.adoptStyles(courseStyles.styleSheet)
    attempt.host.learn(messages)
  }

  /** Gets ready what is shown, where that is not the dialog. */
  prepare(): void {
    this.#attempt.wrap = section
    this.#attempt.adoptStyles(inlineStyles.styleSheet)
    this.#attempt.open()
  }

  /** Takes over an attempt whose session is there. */
  run(): void {
    const { view } = this.#host
    const session = view.session as Session
    if (heard(session) !== 'wait') return this.#complete()
    if (view.state !== 'open') {
      const message = 'The server handed out a session URL that may not be opened: it is not https.'
      return this.#fail({ code: 'invalid-url', message })
    }
    this.#opened = session.version
    const { choice, presentation } = this.#attempt
    // This page is about to go.
    if (choice.mode === 'redirect') return
    if (presentation) this.#follow(presentation as Frame)
    else this.#show(this.#attempt.address() as URL)
    this.#watch()
  }

  /** Takes over an attempt that did not get that far. */
  fall(error: unknown): void {
    this.#obstacle(diagnose(error))
  }

  /**
   * Goes on with what this tab has kept: after a reload, or a return with a callback in the address.
   * It asks the server once and never opens a camera.
   *
   * @param claimed sessions that other elements of this page go on with.
   * @returns whether there was anything to go on with.
   */
  resume(claimed: ReadonlySet<string>): boolean {
    const mine = this.#attempt.earlier.filter(({ sessionId }) => !claimed.has(sessionId))
    const callback = readCallback(
      location.href,
      mine.map(({ sessionId }) => sessionId),
    )
    if (callback) history.replaceState(history.state, '', callback.rest)
    const returned = callback && mine.find(({ sessionId }) => sessionId === callback.sessionId)
    const kept = returned ?? mine[0]
    if (!kept || kept.phase === 'ended') return false
    this.#attempt.claim(kept)
    if (kept.phase === 'pending') {
      this.#host.change('end', { outcome: 'pending' })
      this.#watch()
    } else if (callback?.status || kept.phase === 'submitted') {
      // Didit adds a status when the visitor is done; without one they have only left.
      this.#submit(callback?.status)
    } else {
      void this.#recall()
    }
    return true
  }

  /** The page or the visitor wants to end it. Asks back where that is due. */
  async close(source: CancelSource): Promise<void> {
    const { view, element, emit } = this.#host
    if (view.state === 'ended') return this.#attempt.hide()
    if (this.#leaving) return
    if (!emit(new VerifyCloseRequestEvent({ source })) || this.#attempt.over) return
    if (view.trouble) return this.#fail(view.trouble)
    if (view.state === 'submitted') {
      this.#complete()
      return this.#attempt.hide()
    }
    this.#source = source
    if (source === 'page' || element.withoutConfirm) return this.#cancel()
    this.#confirming = true
    this.#draw()
    this.#focus('#stay')
  }

  escape(): void {
    if (this.#confirming) this.#stay()
    else void this.close('escape')
  }

  /** The browser closed the dialog by itself, as it does on a second escape: that is a decision. */
  closed(): void {
    const { over } = this.#attempt
    const { state, trouble } = this.#host.view
    if (over || state === 'ended' || this.#attempt.dialog?.open) return
    if (trouble) return this.#fail(trouble)
    if (state === 'submitted') return this.#complete()
    this.#source = 'escape'
    void this.#cancel()
  }

  get #host() {
    return this.#attempt.host
  }

  /** Reads a session that was left open: the visitor may have finished on the phone. */
  async #recall(): Promise<void> {
    const { kept, backend, life } = this.#attempt
    if (!kept) return
    try {
      const session = await backend.read(kept.sessionId, kept.token, life.signal)
      if (this.#attempt.over) return
      this.#host.change(null, { session, outcome: session.outcome })
      const news = heard(session)
      if (news === 'end') return this.#complete()
      if (news === 'expired') return this.#drop()
    } catch (error) {
      if (this.#attempt.over) return
      if ((error as BackendError).status === 404) return this.#drop()
    }
    this.#host.change('keep')
  }

  /** There is nothing left to go on with: the element is as if nothing had been. */
  #drop(): void {
    this.#attempt.mark('ended')
    this.#host.element.reset()
  }

  #show(url: URL): void {
    if (this.#attempt.choice.mode === 'inline') {
      url.searchParams.set('sdk_presentation', 'embedded')
    }
    this.#follow(this.#attempt.showFrame(url))
    this.#draw()
  }

  #follow(frame: Frame): void {
    const { endpoint } = this.#attempt
    const hosted = this.#attempt.hostedOrigins(frame.url)
    listen(
      frame,
      { hosted, backend: new URL(endpoint).origin },
      {
        say: ({ name, data }) => this.#hearFrame(name, data),
        fail: (message) => this.#obstacle({ code: 'frame-timeout', message }),
      },
    )
  }

  #hearFrame(name: string, data: Readonly<Record<string, unknown>>): void {
    const { emit, view, change } = this.#host
    const claims = data.sessionId
    if (claims !== undefined && claims !== this.#attempt.sessionId) return
    const status = text(data.status)
    if (name === 'return') return this.#submit(status)
    emit(new VerifyProgressEvent({ message: name, step: text(data.step), data }))
    if (this.#attempt.over) return
    if (name === 'error') {
      const message = `The hosted page reports: ${text(data.error) ?? 'an error'}.`
      return this.#obstacle({ code: 'hosted-error', message })
    }
    // Whatever else it says: it goes on, so an earlier obstacle is over.
    if (view.trouble) {
      change('open', { trouble: null })
      this.#draw()
    }
    if (name === 'completed') this.#submit(status)
    if (name === 'layout') this.#resize(data.contentHeight)
    if (name === 'close_request') void this.close('hosted')
    if (name === 'cancelled') {
      this.#source = 'hosted'
      void this.#cancel()
    }
  }

  /** The visitor is done, somebody says. Only the server knows. */
  #submit(hint: string | undefined): void {
    const { view, emit, change } = this.#host
    if (view.state === 'submitted' || view.state === 'ended') return
    this.#confirming = false
    this.#attempt.mark('submitted')
    this.#attempt.conceal()
    change('submit', { trouble: null })
    this.#draw()
    emit(new VerifySubmitEvent({ sessionId: this.#attempt.sessionId as string, hint }))
    if (this.#attempt.over) return
    this.#watch()
    void this.#confirm()
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
      await this.#question(signal)
    }
  }

  /** Asks the server for Didit's latest word. Silence changes nothing. */
  async #question(signal: AbortSignal): Promise<void> {
    const { kept, backend } = this.#attempt
    if (!kept) return
    const session = await backend
      .read(kept.sessionId, kept.token, signal, 'reload')
      .catch(() => undefined)
    if (session && !this.#attempt.over) this.#hear(session)
  }

  #watch(): void {
    const { backend, kept, life } = this.#attempt
    if (!kept || this.#watching) return
    this.#watching = true
    void watch(backend, kept, life.signal, (session) => this.#hear(session)).then((gone) => {
      if (gone && !this.#attempt.over) this.#lose()
    })
  }

  /** The server has lost the session, or this browser the right to it: only a new one helps. */
  #lose(): void {
    const obstacle = { code: 'session-expired', message: 'The server does not know it.' } as const
    if (this.#host.view.state === 'submitted') this.#fail(obstacle)
    else this.#obstacle(obstacle)
  }

  /** The server's word, from wherever it came. The only thing that decides. */
  #hear(session: Session): void {
    const { view, emit, change } = this.#host
    const before = view.session
    if (before && session.version < before.version) return
    change(null, { session, outcome: session.outcome })
    if (before && session.version > before.version) {
      const { id: sessionId, status, outcome, settled } = session
      emit(new VerifyStatusEvent({ sessionId, status, outcome, settled }))
      if (this.#attempt.over) return
    }
    const news = heard(session)
    if (view.state === 'ended') {
      this.#attempt.mark(session.outcome === 'pending' ? 'pending' : 'ended')
      this.#draw()
    } else if (view.state === 'submitted') {
      const old = session.outcome === 'resubmit' && session.version === this.#opened
      if (session.outcome !== null && !old) this.#complete()
    } else if (news === 'expired' && !this.#leaving) {
      this.#obstacle({ code: 'session-expired', message: 'The session has expired at Didit.' })
    } else if (news === 'end') {
      this.#complete()
    }
  }

  #complete(): void {
    const { view, emit, change, element } = this.#host
    const { status = 'Not Started', settled = false } = view.session ?? {}
    const outcome = view.outcome ?? 'pending'
    const sessionId = this.#attempt.sessionId as string
    this.#confirming = false
    this.#attempt.mark(outcome === 'pending' ? 'pending' : 'ended')
    this.#attempt.conceal()
    change('end', { outcome, trouble: null })
    if (this.#draw()) this.#focus('.actions > *')
    this.#attempt.finish({ kind: 'complete', sessionId, status, outcome })
    emit(new VerifyCompleteEvent({ sessionId, status, outcome }))
    if (this.#attempt.over) return
    // A pending verdict is waited for.
    if (settled) this.#attempt.life.abort()
    else this.#watch()
    if (element.closeOnComplete) this.#attempt.hide()
  }

  async #cancel(): Promise<void> {
    const { life } = this.#attempt
    const { view, emit, change } = this.#host
    this.#confirming = false
    this.#leaving = true
    this.#draw()
    const late = AbortSignal.timeout(LAST_QUESTION)
    await this.#question(AbortSignal.any([life.signal, late]))
    this.#leaving = false
    if (this.#attempt.over || view.state === 'submitted' || view.state === 'ended') return
    const [sessionId, source] = [this.#attempt.sessionId, this.#source]
    this.#attempt.mark('ended')
    change('end', { trouble: null })
    this.#attempt.dispose(source)
    emit(new VerifyCancelEvent({ sessionId, source }))
  }

  #obstacle(obstacle: Obstacle): void {
    const { code, message } = obstacle
    const { view, emit, change } = this.#host
    if (this.#attempt.over || view.state === 'submitted' || view.state === 'ended') return
    const actions = waysOn(code, view.session?.url !== undefined)
    if (!actions.length) return this.#fail(obstacle)
    this.#confirming = false
    change('trouble', { trouble: { code, message, actions } })
    this.#draw()
    emit(new VerifyTroubleEvent({ code, message, sessionId: this.#attempt.sessionId, actions }))
  }

  #fail({ code, message, cause }: Obstacle): void {
    const { emit, change } = this.#host
    const { life, sessionId } = this.#attempt
    this.#confirming = false
    this.#attempt.mark('ended')
    change('end', { error: { code, message }, trouble: null })
    life.abort()
    this.#attempt.conceal()
    this.#attempt.finish({ kind: 'error', sessionId, code, message })
    // Declined ways on need no more words; without any the words stay until they were read.
    if (ERRORS[code].length) this.#attempt.hide()
    else this.#draw()
    emit(new VerifyErrorEvent({ code, message, sessionId, cause }))
  }

  #retry = (): void => {
    const { view, change } = this.#host
    const { session, trouble } = view
    const url = session && trouble?.code !== 'session-expired' && this.#attempt.address()
    if (url) {
      change('open', { trouble: null })
      this.#show(url)
    } else {
      this.#attempt.conceal()
      change('start', { trouble: null, session: null, outcome: null })
      this.#watching = false
      this.#draw()
      void this.#attempt.start()
    }
  }

  #stay = (): void => {
    this.#confirming = false
    this.#draw()
  }

  #resize(height: unknown): void {
    const { choice, presentation } = this.#attempt
    if (choice.mode === 'inline') resize(presentation?.body as HTMLElement, height)
  }

  #focus(selector: string): void {
    this.#attempt.shell?.querySelector<HTMLElement>(selector)?.focus()
  }

  /** @returns whether the focus is inside; it stays there when what had it is gone. */
  #draw(): boolean {
    const { shell, dialog } = this.#attempt
    const inside = () => Boolean(shell?.matches(':focus-within'))
    const held = inside() || dialog !== null
    this.#render()
    if (held && !inside()) this.#focus('#title')
    return held
  }

  #render(): void {
    const { view } = this.#host
    const { shown, presentation } = this.#attempt
    const { state, trouble, error, outcome, session } = view
    const words = { ...messages, ...this.#host.words }
    const obstacle = trouble?.code ?? error?.code
    const ended = state === 'ended' && outcome
    const key = ended || (state === 'submitted' ? state : 'loading')
    const content: Note = {
      text: (obstacle ? wordsFor(words, obstacle) : words[key]) ?? '',
      slot: obstacle ? 'trouble' : key,
      actions: trouble?.actions ?? [],
      url: session?.url,
      last: state === 'ended' ? 'done' : shown ? undefined : 'close',
    }
    const show = (place: Place) =>
      note(place, words, content, {
        retry: this.#retry,
        close: () => void this.close('button'),
      })
    if (!shown) return this.#attempt.drawPanel(trouble ? show('note panel') : undefined)
    this.#attempt.draw({
      note: show('note'),
      strip: presentation && trouble ? show('note strip') : undefined,
      question: this.#confirming
        ? question(words, { stay: this.#stay, leave: () => void this.#cancel() })
        : undefined,
      // A question is read because it is focused; trouble comes before what is shown.
      status: this.#confirming
        ? ''
        : trouble
          ? content.text
          : (presentation?.status ?? content.text),
    })
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
