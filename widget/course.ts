import { ERRORS, type Session } from '../server/contract.ts'
import type { Attempt, View } from './attempt.ts'
import type { Choice } from './auto.ts'
import type { BackendError } from './backend.ts'
import { readCallback } from './callback.ts'
import {
  type CancelSource,
  VerifyCancelEvent,
  VerifyCloseRequestEvent,
  VerifyCompleteEvent,
  VerifyProgressEvent,
  VerifyStatusEvent,
  VerifySubmitEvent,
} from './course.events.ts'
import { courseStyles } from './course.styles.ts'
import { type Note, type NoteEvents, note, type Place, question } from './course.view.ts'
import { VerifyErrorEvent, VerifySessionEvent, VerifyTroubleEvent } from './element.events.ts'
import { heard } from './heard.ts'
import { claim, type Kept, keep, keptBy } from './kept.ts'
import { type Messages, messages } from './locales/en.ts'
import { wordsFor } from './locales/index.ts'
import type { HostedMessage } from './message.ts'
import { readSession } from './reader.ts'
import { Show } from './show.ts'
import { pause, visibleTime } from './time.ts'
import { diagnose, type Obstacle, reported, waysOn } from './trouble.ts'
import { watch } from './watch.ts'

/** How long a cancel waits for the server: the phone may have finished. Milliseconds. */
const LAST_QUESTION = 2_000
/** When the server is asked after the visitor is done, besides listening. Milliseconds in between. */
const QUESTIONS = [0, 1_500, 3_000, 5_000, 10_000, 20_000]

/** A window that looks closed so soon is cut off by a policy of the page. Milliseconds. */
const SOON = 2_000

/** What happens to an attempt once it is open: watch, submit, outcome; or obstacles and the end. */
export class Course {
  readonly #attempt: Attempt
  readonly #show: Show
  /** Whose attempts these are: those of an element with this endpoint, workflow and `id`. */
  readonly #owner: string
  #kept: Kept | undefined
  /** The version at which the visitor was sent to Didit; a status as old as that is no news. */
  #opened = 0
  /** The session that is listened for. */
  #watched: string | undefined
  #confirming = false
  #leaving = false
  #source: CancelSource = 'button'

  constructor(attempt: Attempt) {
    const { endpoint, host } = attempt
    const { url, workflow, id } = host.element
    this.#attempt = attempt
    this.#owner = [url ? 'url' : endpoint, workflow ?? '', id].join(' ')
    attempt.adoptStyles(courseStyles.styleSheet)
    attempt.host.learn(messages)
    this.#show = new Show(attempt, {
      say: (message) => this.#hearFrame(message),
      fail: (obstacle) => this.#obstacle(obstacle),
      left: (after) => void this.#left(after),
      reopen: () => this.#reopen(),
      redraw: () => void this.#draw(),
    })
  }

  /** Gets ready what is shown, where that is not the dialog. */
  prepare(): void {
    this.#show.prepare(this.#words)
  }

  /** What this tab has kept for the element, and no other has taken up, newest first. */
  earlier(): Kept[] {
    return keptBy(this.#owner, this.#attempt)
  }

  /** Takes over an attempt whose session is there. */
  run(): void {
    const { view, element } = this.#host
    const { choice, sessionId, token } = this.#attempt
    const { session } = view
    // Of a frame with a url of the page's own there is nothing that could be asked about later.
    if (token || choice.mode === 'redirect') {
      const { mode } = choice
      const owner = this.#owner
      this.#claim({ sessionId: sessionId ?? '', token, owner, mode, phase: 'open', at: Date.now() })
    }
    if (session && heard(session) !== 'wait') return this.#complete()
    if (view.state !== 'open') {
      const whose = element.url ? 'The url of this element' : 'What the server has handed out'
      return this.#fail({
        code: 'invalid-url',
        message: `${whose} may not be opened: it has to be an https address without a password.`,
      })
    }
    this.#opened = session?.version ?? 0
    this.#present()
    // This page is about to go.
    if (choice.mode !== 'redirect') this.#watch()
  }

  /** Takes over an attempt that did not get that far. */
  fall(error: unknown): void {
    this.#obstacle(diagnose(error))
  }

  /**
   * Goes on with what this tab has kept: after a reload, or a return with a callback in the address.
   * It asks the server once and never opens a camera.
   *
   * @returns whether there was anything to go on with.
   */
  resume(): boolean {
    const mine = this.earlier()
    const callback = readCallback(
      location.href,
      mine.map(({ sessionId }) => sessionId),
    )
    if (callback) history.replaceState(history.state, '', callback.rest)
    const returned = callback && mine.find(({ sessionId }) => sessionId === callback.sessionId)
    const kept = returned ?? mine[0]
    if (!kept || kept.phase === 'ended') return false
    this.#claim(kept)
    this.#attempt.sessionId = kept.sessionId || callback?.sessionId || null
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
    if (view.state === 'ended') return this.#hide()
    if (this.#leaving) return
    if (!emit(new VerifyCloseRequestEvent({ source })) || this.#attempt.over) return
    if (view.trouble) return this.#fail(view.trouble)
    if (view.state === 'submitted') {
      this.#complete()
      return this.#hide()
    }
    if (source !== 'page' && !element.withoutConfirm) return this.#ask(source)
    this.#source = source
    return this.#cancel()
  }

  /** What happens to the dialog or the section: see `Hear`. */
  hear(type: string): void {
    if (type === 'close') this.#closed()
    else if (type === 'cancel' && this.#confirming) this.#stay()
    else void this.close(type === 'cancel' ? 'escape' : 'button')
  }

  /** The browser closed the dialog by itself, as it does on a second escape: that is a decision. */
  #closed(): void {
    const { over } = this.#attempt
    const { state, trouble } = this.#host.view
    if (over || state === 'ended' || this.#attempt.dialog?.open) return
    if (trouble) return this.#fail(trouble)
    if (state === 'submitted') return this.#complete()
    this.#source = 'escape'
    void this.#cancel()
  }

  /** A dialog that was moved is not modal any more. */
  moved(): void {
    const { dialog } = this.#attempt
    if (!dialog?.open || dialog.matches(':modal')) return
    dialog.removeAttribute('open')
    dialog.showModal()
  }

  /** Makes a session this attempt's own, and remembers it for the next page. */
  #claim(kept: Kept): void {
    this.#kept = kept
    claim(kept, this.#attempt, this.#attempt.life.signal)
  }

  #mark(phase: Kept['phase']): void {
    if (this.#kept) keep(Object.assign(this.#kept, { phase }))
  }

  get #host() {
    return this.#attempt.host
  }

  get #words(): Messages {
    return { ...messages, ...this.#host.words }
  }

  /** Reads a session that was left open: the visitor may have finished on the phone. */
  async #recall(): Promise<void> {
    const { backend, life } = this.#attempt
    const kept = this.#kept
    try {
      if (kept?.token) {
        const session = await readSession(backend, kept, life.signal)
        if (this.#attempt.over) return
        this.#host.change(null, { session, outcome: session.outcome })
        const news = heard(session)
        if (news === 'end') return this.#complete()
        if (news === 'expired') return this.#drop()
      }
    } catch (error) {
      if (this.#attempt.over) return
      if ((error as BackendError).status === 404) return this.#drop()
    }
    this.#host.change('keep')
  }

  /** There is nothing left to go on with: the element is as if nothing had been. */
  #drop(): void {
    this.#mark('ended')
    this.#host.element.reset()
  }

  #present(): void {
    this.#show.present(this.#words)
    this.#draw()
  }

  #hearFrame({ name, data }: HostedMessage): void {
    const { emit, view, change } = this.#host
    const { sessionId } = this.#attempt
    const claims = text(data.sessionId)
    // It speaks of another session; with a `url` of the page's own nobody knows one before it does.
    if (
      data.sessionId !== undefined &&
      (claims === undefined || claims !== (sessionId ?? claims))
    ) {
      return
    }
    if (claims) this.#attempt.sessionId = claims
    const status = text(data.status)
    if (name === 'return') return this.#submit(status)
    emit(new VerifyProgressEvent({ message: name, step: text(data.step), data }))
    if (this.#attempt.over) return
    if (name === 'error') return this.#obstacle(reported(text(data.error)))
    // Whatever else it says, it goes on, and an earlier obstacle is over; but a camera that is
    // blocked is so until it gives a picture.
    if (view.trouble && (view.trouble.code !== 'camera-blocked' || name.startsWith('media'))) {
      change('open', { trouble: null })
      this.#draw()
    }
    if (name === 'completed') this.#submit(status)
    if (name === 'layout') this.#show.resize(data.contentHeight)
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
    this.#mark('submitted')
    this.#attempt.conceal()
    change('submit', { trouble: null })
    this.#draw()
    emit(new VerifySubmitEvent({ sessionId: this.#attempt.sessionId, hint }))
    if (this.#attempt.over) return
    if (this.#host.element.url) return this.#complete()
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
    const { backend } = this.#attempt
    const kept = this.#kept
    if (!kept?.token) return
    const session = await readSession(backend, kept, signal, 'reload').catch(() => undefined)
    if (session && !this.#attempt.over) this.#hear(session)
  }

  #watch(): void {
    const { backend, life } = this.#attempt
    const kept = this.#kept
    if (!kept?.token || this.#watched === kept.sessionId) return
    this.#watched = kept.sessionId
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
      this.#mark(session.outcome === 'pending' ? 'pending' : 'ended')
      this.#draw()
    } else if (view.state === 'submitted') {
      const old = session.outcome === 'resubmit' && session.version === this.#opened
      if (session.outcome !== null && !old) this.#complete()
    } else if (news === 'expired' && !this.#leaving) {
      this.#obstacle({ code: 'session-expired', message: 'The session has expired at Didit.' })
    } else if (news === 'end') {
      this.#complete()
    } else {
      this.#draw()
    }
  }

  #complete(): void {
    const { view, emit, change, element } = this.#host
    const { url } = element
    const { status = null, settled = Boolean(url) } = view.session ?? {}
    const outcome = view.outcome ?? (url ? 'unconfirmed' : 'pending')
    const { sessionId } = this.#attempt
    this.#confirming = false
    this.#mark(outcome === 'pending' ? 'pending' : 'ended')
    this.#attempt.conceal()
    change('end', { outcome, trouble: null })
    if (this.#draw()) this.#focus('.actions > *')
    this.#attempt.finish({ kind: 'complete', sessionId, status, outcome })
    emit(new VerifyCompleteEvent({ sessionId, status, outcome }))
    if (this.#attempt.over) return
    // A pending verdict is waited for.
    if (settled) this.#attempt.life.abort()
    else this.#watch()
    if (element.closeOnComplete) this.#hide()
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
    this.#mark('ended')
    change('end', { trouble: null })
    this.#return(this.#attempt.dispose(source))
    emit(new VerifyCancelEvent({ sessionId, source }))
  }

  #obstacle(obstacle: Obstacle): void {
    const { code, message } = obstacle
    const { view, emit, change, element } = this.#host
    if (this.#attempt.over || view.state === 'submitted' || view.state === 'ended') return
    const hasAddress = this.#attempt.address() !== undefined
    const hasPhone = !element.url && !this.#attempt.isPhone()
    const actions = waysOn(code, { hasAddress, hasPhone })
    if (!actions.length) return this.#fail(obstacle)
    this.#confirming = false
    // What can say nothing more has nothing to take the obstacle back.
    if (!this.#show.framed) this.#attempt.conceal()
    change('trouble', { trouble: { code, message, actions } })
    this.#draw()
    emit(new VerifyTroubleEvent({ code, message, sessionId: this.#attempt.sessionId, actions }))
  }

  #fail({ code, message, cause }: Obstacle): void {
    const { emit, change } = this.#host
    const { life, sessionId } = this.#attempt
    this.#confirming = false
    this.#mark('ended')
    change('end', { error: { code, message }, trouble: null })
    life.abort()
    this.#attempt.conceal()
    this.#attempt.finish({ kind: 'error', sessionId, code, message })
    // Declined ways on need no more words; without any the words stay until they were read.
    if (ERRORS[code].length) this.#hide()
    else this.#draw()
    emit(new VerifyErrorEvent({ code, message, sessionId, cause }))
  }

  #ways: NoteEvents = {
    retry: () => {
      const { view, change } = this.#host
      this.#attempt.conceal()
      this.#show.renew()
      if (view.trouble?.code !== 'session-expired' && this.#attempt.address()) {
        change('open', { trouble: null })
        this.#present()
      } else {
        this.#again({ session: null, outcome: null })
      }
    },

    'new-tab': () => {
      // Later, for the link has to be there until the browser has followed it.
      setTimeout(() => {
        const { view, change } = this.#host
        if (view.state !== 'trouble') return
        change('open', { trouble: null })
        this.#show.away(this.#words)
        this.#draw()
      })
    },

    phone: () => {
      const { view, change, emit } = this.#host
      const [sessionId, reason] = [this.#attempt.sessionId, view.trouble?.code ?? '']
      this.#attempt.choice = { mode: 'qr', reason }
      this.#attempt.conceal()
      change('open', { trouble: null })
      emit(
        new VerifySessionEvent({
          sessionId,
          mode: 'qr',
          reason,
          resumed: true,
        }),
      )
      if (!this.#attempt.over) this.#present()
    },

    redirect: () => {
      const reason = this.#host.view.trouble?.code ?? ''
      this.#attempt.conceal()
      this.#again({}, { mode: 'redirect', reason })
    },

    close: () => void this.close('button'),
  }

  #again(patch: Partial<View>, choice?: Choice): void {
    this.#host.change('start', { trouble: null, ...patch })
    this.#draw()
    void this.#attempt.start(choice)
  }

  /** The window looks closed. Only the server knows whether the visitor has finished. */
  async #left(after: number): Promise<void> {
    const { view, emit, element } = this.#host
    const { presentation, life } = this.#attempt
    if (element.url) return after > SOON ? this.#complete() : undefined
    await this.#question(life.signal)
    const same = presentation === this.#attempt.presentation
    if (this.#attempt.over || view.state !== 'open' || !same || this.#confirming) return
    if (!emit(new VerifyCloseRequestEvent({ source: 'hosted' })) || this.#attempt.over) return
    this.#ask('hosted')
  }

  #reopen(): void {
    this.#confirming = false
    this.#show.renew()
    this.#present()
  }

  #ask(source: CancelSource): void {
    this.#source = source
    this.#confirming = true
    this.#draw()
    this.#focus('#stay')
  }

  #stay = (): void => {
    this.#confirming = false
    this.#draw()
  }

  #hide(): void {
    this.#return(this.#attempt.hide())
  }

  /** Where what had the focus before is gone, as a menu is after the click, our trigger gets it. */
  #return(held: boolean): void {
    const { opener, host } = this.#attempt
    if (!held || opener?.checkVisibility()) return
    host.stage.parentElement?.querySelector<HTMLElement>('[part=trigger]')?.focus()
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
    const { shown, presentation, choice } = this.#attempt
    const { state, trouble, error, outcome } = view
    const words = this.#words
    const obstacle = trouble?.code ?? error?.code
    const ended = state === 'ended' && outcome
    const key = ended || (state === 'submitted' ? state : 'loading')
    const content: Note = {
      text: (obstacle ? wordsFor(words, obstacle) : words[key]) ?? '',
      slot: obstacle ? 'trouble' : key,
      actions: trouble?.actions ?? [],
      url: this.#attempt.address()?.href,
      last: state === 'ended' ? 'done' : shown ? undefined : 'close',
    }
    const show = (place: Place) => note(place, words, content, this.#ways)
    if (!shown) return this.#attempt.drawPanel(trouble ? show('note panel') : undefined)
    this.#attempt.draw({
      note: show('note'),
      strip: presentation && trouble ? show('note strip') : undefined,
      question: this.#confirming
        ? question(words, {
            stay: this.#stay,
            leave: () => void this.#cancel(),
            reopen: choice.mode === 'popup' ? () => this.#reopen() : undefined,
          })
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
