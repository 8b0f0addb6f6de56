import { ERRORS } from '../server/contract.ts'
import type { Attempt } from './attempt.ts'
import type { BackendError, Told } from './backend.ts'
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
import type { Frame } from './frame.ts'
import { heard } from './heard.ts'
import { readMessage } from './hosted.ts'
import { type Kept, keptBy } from './kept.ts'
import { messages } from './locales/en.ts'
import { wordsFor } from './locales/index.ts'
import { keepFresh } from './receipt.ts'
import { pause, visibleTime } from './time.ts'
import { diagnose, type Obstacle, waysOn } from './trouble.ts'
import { watch } from './watch.ts'

/** How long a cancel waits for the server: the phone may have finished. Milliseconds. */
const LAST_QUESTION = 2_000
/** When the server is asked after the visitor is done, besides listening. Milliseconds in between. */
const QUESTIONS = [0, 1_500, 3_000, 5_000, 10_000, 20_000]
/** How long a frame may say nothing: since it was inserted, and since it loaded. Milliseconds. */
const SILENT_INSERTED = 15_000
const SILENT_LOADED = 5_000

/** What happens to an attempt once it is open: watch, submit, outcome; or obstacles and the end. */
export class Course {
  #attempt: Attempt
  /** The version at which the visitor was sent to Didit; a status as old as that is no news. */
  #opened = 0
  #watching = false
  #fresh: Promise<void> | undefined
  #confirming = false
  #leaving = false
  #source: CancelSource = 'button'

  constructor(attempt: Attempt) {
    this.#attempt = attempt
    attempt.adoptStyles(courseStyles.styleSheet)
    attempt.host.learn(messages)
  }

  /** Takes over an attempt whose session is there. */
  run(): void {
    const { view } = this.#host
    const session = view.session as Told
    if (heard(session) !== 'wait') return this.#complete()
    if (view.state !== 'open') {
      const message = 'The server handed out a session URL that may not be opened: it is not https.'
      return this.#fail({ code: 'invalid-url', message })
    }
    this.#opened = session.version
    const { frame } = this.#attempt
    // Without a frame it is a redirect: this page is about to go.
    if (!frame) return
    this.#followFrame(frame)
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
    const { owner } = this.#attempt
    const mine = keptBy(owner).filter(({ sessionId }) => !claimed.has(sessionId))
    const callback = readCallback(
      location.href,
      mine.map(({ sessionId }) => sessionId),
    )
    if (callback) history.replaceState(history.state, '', callback.rest)
    const returned = callback && mine.find(({ sessionId }) => sessionId === callback.sessionId)
    // What is not finished comes before what a form had.
    const kept = returned ?? (mine[0]?.phase === 'ended' ? this.#restored(mine) : mine[0])
    if (!kept || (kept === returned && kept.phase === 'ended')) return false
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
    if (view.state === 'ended') return this.#attempt.hideDialog()
    if (this.#leaving) return
    if (!emit(new VerifyCloseRequestEvent({ source })) || this.#attempt.over) return
    if (view.trouble) return this.#fail(view.trouble)
    if (view.state === 'submitted') {
      this.#complete()
      return this.#attempt.hideDialog()
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
  async #recall(): Promise<void> {
    const { kept, backend, life } = this.#attempt
    if (!kept) return
    const ended = kept.phase === 'ended'
    try {
      const session = await backend.read(kept.sessionId, kept.token, life.signal)
      if (this.#attempt.over) return
      this.#host.change(null, { session, outcome: session.outcome })
      if (ended && !session.receipt) return this.#drop()
      if (ended) {
        this.#host.change('end')
        return this.#linger()
      }
      const news = heard(session)
      if (news === 'end') return this.#complete()
      if (news === 'expired') return this.#drop()
    } catch (error) {
      if (this.#attempt.over) return
      if (ended || (error as BackendError).status === 404) return this.#drop()
    }
    this.#host.change('keep')
  }

  /** There is nothing left to go on with: the element is as if nothing had been. */
  #drop(): void {
    this.#attempt.mark('ended')
    this.#host.element.reset()
  }

  #followFrame({ url, node, signal, listen }: Frame): void {
    const alive = new AbortController()
    const waiting = AbortSignal.any([signal, alive.signal])
    const silent = (message: string) => {
      if (waiting.aborted) return
      // Said once; a message that comes late withdraws it.
      alive.abort()
      this.#obstacle({ code: 'frame-timeout', message })
    }
    const mute = () =>
      silent(`${url.origin} says nothing in the frame. Check that it may be framed by this host.`)
    void visibleTime(SILENT_INSERTED, waiting).then(mute)

    const trust = {
      hosted: this.#attempt.hostedOrigins(url),
      backend: new URL(this.#attempt.owner.split(' ')[0] as string).origin,
    }
    listen((event) => {
      if (event instanceof SecurityPolicyViolationEvent) {
        const ours =
          event.effectiveDirective === 'frame-src' && event.blockedURI.startsWith(url.origin)
        if (ours) silent(`The frame-src policy of this page blocks ${url.origin}.`)
      } else if (event instanceof MessageEvent) {
        const message = readMessage(event, { ...trust, source: node.contentWindow })
        if (!message || signal.aborted) return
        alive.abort()
        this.#hearFrame(message.name, message.data)
      } else {
        void visibleTime(SILENT_LOADED, waiting).then(mute)
      }
    })
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
    this.#attempt.unmountFrame()
    change('submit', { trouble: null })
    this.#draw()
    // The frame had the focus, most likely, and is gone.
    this.#focus('#title')
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

  /** Asks the server for Didit's latest word. Silence changes nothing. @returns whether it spoke. */
  async #question(signal: AbortSignal): Promise<boolean> {
    const { kept, backend } = this.#attempt
    if (!kept) return false
    const session = await backend
      .read(kept.sessionId, kept.token, signal, 'reload')
      .catch(() => undefined)
    if (session && !this.#attempt.over) this.#hear(session)
    return session !== undefined
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
  #hear(session: Told): void {
    const { view, emit, change } = this.#host
    const before = view.session
    if (before && session.version < before.version) return
    change(null, { session, outcome: session.outcome })
    if (before && session.version > before.version) {
      const { id: sessionId, status, outcome, settled, receipt = null } = session
      emit(new VerifyStatusEvent({ sessionId, status, outcome, settled, receipt }))
      if (this.#attempt.over) return
    }
    const news = heard(session)
    if (view.state === 'ended') {
      this.#attempt.mark(session.outcome === 'pending' ? 'pending' : 'ended')
      this.#draw()
      if (session.receipt) this.#linger()
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
    const { status = 'Not Started', receipt = null } = view.session ?? {}
    const outcome = view.outcome ?? 'pending'
    const sessionId = this.#attempt.sessionId as string
    this.#confirming = false
    this.#attempt.mark(outcome === 'pending' ? 'pending' : 'ended')
    this.#attempt.unmountFrame()
    change('end', { outcome, trouble: null })
    this.#draw()
    this.#focus('.actions > *')
    this.#attempt.finish({ kind: 'complete', sessionId, status, outcome, receipt })
    emit(new VerifyCompleteEvent({ sessionId, status, outcome, receipt }))
    if (this.#attempt.over) return
    this.#linger()
    if (element.closeOnComplete) this.#attempt.hideDialog()
  }

  /** What goes on after the end: a receipt is kept fresh, and a pending verdict waited for. */
  #linger(): void {
    const { life } = this.#attempt
    const { view, element } = this.#host
    if (view.session?.receipt) {
      this.#fresh ??= keepFresh(element, () => this.#question(life.signal), life.signal)
    } else if (view.session?.settled) {
      life.abort()
    } else {
      this.#watch()
    }
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
    this.#attempt.unmountFrame()
    this.#attempt.finish({ kind: 'error', sessionId, code, message })
    // Declined ways on need no more words; without any the words stay until they were read.
    if (ERRORS[code].length) this.#attempt.hideDialog()
    else this.#draw()
    emit(new VerifyErrorEvent({ code, message, sessionId, cause }))
  }

  #retry = (): void => {
    const { view, change } = this.#host
    const { session, trouble } = view
    const url = session && trouble?.code !== 'session-expired' && this.#attempt.address(session)
    if (url) {
      change('open', { trouble: null })
      this.#attempt.mountFrame(url)
      this.#draw()
      if (this.#attempt.frame) this.#followFrame(this.#attempt.frame)
    } else {
      this.#attempt.unmountFrame()
      change('start', { trouble: null, session: null, outcome: null })
      this.#watching = false
      this.#draw()
      void this.#attempt.start()
    }
    // The button that was pressed is gone.
    this.#focus('#title')
  }

  #stay = (): void => {
    this.#confirming = false
    this.#draw()
    this.#focus('#title')
  }

  #focus(selector: string): void {
    this.#attempt.dialog?.querySelector<HTMLElement>(selector)?.focus()
  }

  #draw(): void {
    const { view } = this.#host
    const { dialog, frame } = this.#attempt
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
      last: state === 'ended' ? 'done' : dialog ? undefined : 'close',
    }
    const show = (place: Place) =>
      note(place, words, content, {
        retry: this.#retry,
        close: () => void this.close('button'),
      })
    if (!dialog) return this.#attempt.drawPanel(trouble ? show('note panel') : undefined)
    this.#attempt.draw({
      note: show('note'),
      strip: frame && trouble ? show('note strip') : undefined,
      question: this.#confirming
        ? question(words, { stay: this.#stay, leave: () => void this.#cancel() })
        : undefined,
      // While the frame is shown there is nothing to say, unless it is in trouble.
      status: this.#confirming || (frame && !trouble) ? '' : content.text,
    })
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
