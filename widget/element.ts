import { html, nothing } from '#lit'
import type { ContactDetails, ExpectedDetails, Mode } from '../server/contract.ts'
import type { Attempt, VerifyResult, View } from './attempt.ts'
import {
  VerifyErrorEvent,
  VerifyStartEvent,
  VerifyStateEvent,
  VerifyTroubleEvent,
} from './element.events.ts'
import type { State } from './flow.ts'
import { FormControl } from './form.ts'
import type { Messages } from './locales/en.ts'
import { BASICS, FAILED, type Speech, speechFor, wordsFor } from './locales/index.ts'
import { styles } from './styles.ts'
import { hasKept } from './tab.ts'
import { openWindow } from './window.ts'

const NOTHING = { session: null, outcome: null, error: null, trouble: null }

const load = () => import('./attempt.ts')
/** At the first sign of intent; whether it comes through is found out at the start. */
const warm = () => void load().catch(() => {})

/**
 * Verifies the identity of a visitor, with a result that comes from the server.
 *
 * @summary A button that opens a Didit verification and tells the page its outcome.
 * @tag didit-verify
 * @slot - The label of the trigger.
 * @slot trigger - A trigger of the host's own, in place of the button.
 * @slot approved - What the dialog shows when the visitor is approved.
 * @slot pending - What the dialog shows while the verdict takes longer.
 * @slot declined - What the dialog shows when the visitor is declined.
 * @slot trouble - What the dialog shows when something is in the way.
 * @csspart trigger - The button.
 * @csspart message - The line below the trigger that says how it stands.
 * @csspart dialog - The dialog.
 * @csspart inline - What stands in the page in place of the dialog.
 * @csspart body - What is inside either of them, below its heading.
 * @csspart close - The button that closes them.
 * @csspart panel - What shows an obstacle where there is no dialog.
 * @cssprop [--didit-accent=#2157d5] - The colour of buttons.
 * @cssprop [--didit-on-accent=#fff] - The colour of text on them.
 * @cssprop [--didit-radius=10px] - The radius of buttons.
 * @cssprop [--didit-background=Canvas] - The colour of the dialog.
 * @cssprop [--didit-color=CanvasText] - The colour of text in the dialog.
 * @cssstate idle - Nothing has happened.
 * @cssstate creating - The server is asked for a session.
 * @cssstate open - The visitor is at the hosted page.
 * @cssstate trouble - An obstacle is shown, with its ways on.
 * @cssstate submitted - The visitor is done, somebody says; the server has not decided.
 * @cssstate ended - There was a final event.
 * @cssstate resumable - An earlier attempt is not finished; `start()` goes on with it.
 * @fires {VerifyStartEvent} didit-start - Before anything is created; cancelable.
 * @fires {VerifySessionEvent} didit-session - The server has a session, and it opens.
 * @fires {VerifyStateEvent} didit-state - Every change of state.
 * @fires {VerifyProgressEvent} didit-progress - A message of the hosted page.
 * @fires {VerifySubmitEvent} didit-submit - The visitor is done, somebody says; nothing is decided.
 * @fires {VerifyStatusEvent} didit-status - The server says that the status changed; also after the end.
 * @fires {VerifyTroubleEvent} didit-trouble - An obstacle with a way on, shown to the visitor.
 * @fires {VerifyCloseRequestEvent} didit-close-request - Before closing; cancelable.
 * @fires {VerifyCompleteEvent} didit-complete - Final: the server's outcome.
 * @fires {VerifyCancelEvent} didit-cancel - Final: given up before being done.
 * @fires {VerifyErrorEvent} didit-error - Final: no way on.
 */
export class DiditVerify extends FormControl {
  static override styles = styles
  static override properties = {
    endpoint: {},
    url: {},
    mode: {},
    workflow: {},
    language: {},
    reference: {},
    returnUrl: { attribute: 'return-url' },
    name: { reflect: true },
    required: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
    accept: {},
    trustedOrigins: { attribute: 'trusted-origins' },
    allow: {},
    withoutConfirm: { type: Boolean, attribute: 'without-confirm' },
    withoutTrigger: { type: Boolean, attribute: 'without-trigger' },
    closeOnComplete: { type: Boolean, attribute: 'close-on-complete' },
    hostedOptions: { type: Object, attribute: 'hosted-options' },
    confirmTimeout: { type: Number, attribute: 'confirm-timeout' },
    contact: { attribute: false },
    expected: { attribute: false },
    messages: { attribute: false },
    // Reactive only so that what was set before the element was defined is taken over.
    fetch: { attribute: false },
  }

  /** Base URL of the BFF. */
  declare endpoint: string
  /**
   * A session URL or UniLink that the page already has. Then no BFF is asked, and nobody confirms:
   * the outcome is `unconfirmed`. Wins over `endpoint`.
   */
  declare url: string | null
  /** How the hosted page is shown; `auto` looks where a page can have the camera. */
  declare mode: Mode
  /** The name of a workflow configured at the BFF; by default the BFF's own default. */
  declare workflow: string | null
  /** BCP 47; by default the nearest `lang`, else the browser's. */
  declare language: string | null
  /** Opaque text kept with the session, 256 characters at most, nothing personal. */
  declare reference: string | null
  /** Where redirect mode comes back to; by default this page. */
  declare returnUrl: string | null
  /** What the receipt is called in the data of a form. */
  declare name: string | null
  /** A form cannot be sent before the outcome is one of `accept`. */
  declare required: boolean
  /** The trigger cannot be pressed. */
  declare disabled: boolean
  /** The outcomes that a form lets through, separated by spaces. */
  declare accept: string
  /** Further exact origins of the hosted page, for white-label domains. */
  declare trustedOrigins: string | null
  /** The frame's permissions; by default Didit's list for the hosted origins. */
  declare allow: string | null
  /** Closes without asking back. */
  declare withoutConfirm: boolean
  /** Renders no trigger; the page calls `start()`. */
  declare withoutTrigger: boolean
  /** Closes the dialog at the end by itself. */
  declare closeOnComplete: boolean
  /** The hosted page's camera options; as an attribute, JSON. */
  declare hostedOptions: Record<string, string | boolean> | null
  /** Milliseconds of visible time to wait for the server once the visitor is done. */
  declare confirmTimeout: number
  /**
   * How to reach the person: `contact_details` in Didit's words. Read when a session is asked for,
   * kept nowhere, and given to the host's `buildSession`, without which Didit is told nothing of it.
   */
  declare contact: ContactDetails | null
  /** Whom the documents are compared with: `expected_details` in Didit's words; goes as `contact`. */
  declare expected: ExpectedDetails | null
  /** The host's own words, in place of ours. */
  declare messages: Partial<Messages> | null
  /** The host's own `fetch`, for its login header or CSRF token. */
  declare fetch: typeof globalThis.fetch | undefined

  #view: View = { state: 'idle', ...NOTHING }
  #attempt: Attempt | undefined
  /** The attempt while its code loads, and then. */
  #prepared: Promise<Attempt | undefined> | undefined
  /** Counts what makes an attempt that still loads pointless. */
  #turn = 0
  #running: Promise<VerifyResult> | undefined
  /** Answers whether to load once more what did not load. */
  #again: ((yes: boolean) => void) | undefined
  /** What was clicked at the start, from the inside out. */
  #path: EventTarget[] = []
  #popup: Window | null = null
  #words: Partial<Messages> = BASICS
  /** What the visitor speaks, and the language of the words that are there for it. */
  #spoken = 'en'
  #lang = 'en'
  /** That of the page while the words are all the host's own. */
  #dir: Speech['dir'] | undefined
  /** The session that a form had when the page was left. */
  #restored: string | undefined

  constructor() {
    super()
    this.endpoint = '/api/verify'
    this.mode = 'auto'
    this.accept = 'approved'
    this.url =
      this.name =
      this.workflow =
      this.language =
      this.reference =
      this.returnUrl =
      this.trustedOrigins =
      this.allow =
      this.hostedOptions =
      this.messages =
      this.contact =
      this.expected =
        null
    this.required =
      this.disabled =
      this.withoutConfirm =
      this.withoutTrigger =
      this.closeOnComplete =
        false
    this.confirmTimeout = 60_000
    this.ready = true
    // What is shown may have changed since: the browser is told where to point just before it does.
    this.addEventListener('invalid', () => this.requestUpdate())
    // A click on its label comes here, and means the trigger.
    this.addEventListener('click', (event) => event.composedPath()[0] === this && this.click())
  }

  /** What it is doing; also as `data-state`, and in CSS as `:state(…)`. */
  get state(): State {
    return this.#view.state
  }

  /** The session as the server last told it. */
  get session(): View['session'] {
    return this.#view.session
  }

  /** The server's outcome, or `unconfirmed` with `url`; `null` while there is none. */
  get outcome(): View['outcome'] {
    return this.#view.outcome
  }

  /** Why the last attempt failed, as `didit-error` told it. */
  get error(): View['error'] {
    return this.#view.error
  }

  /** The obstacle that is shown, as `didit-trouble` told it. */
  get trouble(): View['trouble'] {
    return this.#view.trouble
  }

  /**
   * Starts a verification, or shows and returns the running one. Never rejects.
   *
   * @returns how it ended.
   */
  start(): Promise<VerifyResult> {
    return this.#start(globalThis.event)
  }

  /** Ends the running verification as the page's decision, or closes the dialog after the end. */
  close(): void {
    this.#again?.(false)
    void this.#prepared?.then((attempt) => attempt?.close('page')).catch(() => {})
  }

  /** Forgets what has happened; a running verification ends without a final event. */
  reset(): void {
    this.#running = undefined
    this.#dispose()
    this.#change('idle', NOTHING)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.show(this.state)
    this.#attempt?.show()
    if (this.#view.state !== 'idle' || this.#prepared) return
    void this.#speak()
    // The browser asks another process for what is kept; the trigger need not wait for that.
    setTimeout(() => this.#lookBack())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    // A move takes it out and puts it in again: only what stays out is over.
    queueMicrotask(() => {
      if (!this.isConnected) this.reset()
    })
  }

  /** The browser restores a form: what the element had in it is asked of the server. */
  formStateRestoreCallback(sessionId: string): void {
    this.#restored = sessionId
    if (this.form && !this.#prepared) void this.#resume()
  }

  /** Declared so that `moveBefore()` moves it without taking it out; some engines do with its dialog. */
  connectedMoveCallback(): void {
    this.#attempt?.show()
  }

  protected override render() {
    const { state, outcome } = this.#view
    const words = this.#said
    const busy = state === 'creating' || state === 'submitted'
    const again = state === 'resumable' || outcome === 'resubmit'
    return html`<div dir=${this.#dir ?? nothing} lang=${this.#lang} @pointerdown=${warm} @keydown=${warm} @focusin=${warm}>
      ${
        this.withoutTrigger
          ? nothing
          : html`<slot name="trigger" @click=${this.#press}
              ><button
                part="trigger"
                type="button"
                ?disabled=${this.off}
                aria-disabled=${busy || outcome === 'approved'}
                aria-busy=${busy}
              ><slot>${again ? words.resume : words.start}</slot></button></slot>`
      }
      <p part="message" role="status" tabindex="-1">${this.#message}</p>
      <div id="stage"></div>
    </div>`
  }

  protected get reason(): string {
    return this.#message ?? (this.#said.required as string)
  }

  get #said(): Partial<Messages> {
    return { ...this.#words, ...this.messages }
  }

  /** How it stands, in words; nothing where there is nothing to say. */
  get #message(): string | undefined {
    const { state, outcome, error, trouble } = this.#view
    // What the attempt is in it shows by itself, if it is there.
    const obstacle = error ?? (this.#attempt ? null : trouble)
    if (obstacle) return wordsFor(this.#said, obstacle.code) ?? FAILED
    return this.#said[(state === 'ended' ? outcome : state) as keyof Messages]
  }

  #press = (event: Event): void => {
    if (!this.off && this.#view.outcome !== 'approved') void this.#start(event)
  }

  #start(event: Event | undefined): Promise<VerifyResult> {
    this.#again?.(true)
    if (this.#attempt && this.#view.state === 'submitted') return this.#attempt.finished
    if (this.#running) {
      this.#attempt?.show()
      return this.#running
    }
    // Set first: a listener of `didit-start` that starts again gets this very promise.
    let finish: (result: Promise<VerifyResult>) => void = () => {}
    const running = new Promise<VerifyResult>((resolve) => {
      finish = resolve
    })
    this.#running = running
    this.#path = event?.composedPath() ?? []
    finish(this.#begin())
    void running.then(() => {
      if (this.#running === running) this.#running = undefined
    })
    return running
  }

  async #begin(): Promise<VerifyResult> {
    const none = { kind: 'cancel', sessionId: null, source: 'removed' } as const
    if (!this.isConnected) return none
    if (!this.#emit(new VerifyStartEvent())) return { ...none, source: 'prevented' }
    this.#dispose()
    // Here, still inside the click: once anything was waited for, the browser refuses.
    if (this.mode === 'popup') this.#popup = openWindow()
    let turn = this.#turn
    this.#change('creating', NOTHING)
    for (;;) {
      const offline = !navigator.onLine
      try {
        const attempt = await this.#prepare(turn)
        if (!attempt) return none
        await attempt.start()
        return attempt.finished
      } catch (cause) {
        if (turn !== this.#turn) return none
        this.#dispose()
        turn = this.#turn
        // Online again too late for this try: nothing will say so once more.
        if (offline && navigator.onLine) continue
        // A part of ourselves did not load: nothing of the attempt is there to tell it.
        const told = {
          code: navigator.onLine ? 'unsupported' : 'offline',
          message: `A part of didit-verify is blocked or missing: ${cause}`,
          sessionId: null,
          actions: ['retry'],
          cause,
        } as const
        this.#change('trouble', { trouble: told })
        this.#emit(new VerifyTroubleEvent(told))
        const again = await new Promise<unknown>((resolve) => {
          this.#again = resolve
          addEventListener('online', resolve, { once: true })
          // A listener may have reset it.
          if (turn !== this.#turn) resolve(false)
        })
        if (turn !== this.#turn) return none
        if (!again) {
          this.#change('ended', { error: told, trouble: null })
          this.#emit(new VerifyErrorEvent(told))
          return { kind: 'error', ...told }
        }
        this.#change('creating', NOTHING)
      }
    }
  }

  #dispose(): void {
    this.#turn++
    this.#again?.(false)
    this.#attempt?.dispose()
    this.#popup?.close()
    this.#attempt = this.#prepared = undefined
  }

  /** Goes on with what this tab has kept, where nothing has begun meanwhile. */
  #lookBack(): void {
    if (!this.isConnected || this.#prepared || this.state !== 'idle') return
    if (hasKept(this.form)) void this.#resume()
  }

  async #resume(): Promise<void> {
    const attempt = await this.#prepare(this.#turn).catch(() => undefined)
    const found = await attempt?.resume().catch(() => false)
    if (attempt && !found && attempt === this.#attempt) this.#dispose()
  }

  #prepare(turn: number): Promise<Attempt | undefined> {
    this.#prepared = this.#load(turn)
    return this.#prepared
  }

  /** Loads the attempt and its words. Nothing when meanwhile the element went on without it. */
  async #load(turn: number): Promise<Attempt | undefined> {
    const [{ Attempt }] = await Promise.all([load(), this.#speak(true), this.updateComplete])
    if (turn !== this.#turn || this.#attempt) return undefined
    const element = this
    this.#attempt = new Attempt({
      element,
      stage: this.renderRoot.querySelector('#stage') as HTMLElement,
      path: this.#path,
      popup: this.#popup,
      view: this.#view,
      language: this.#spoken,
      get words() {
        return element.#said
      },
      get restored() {
        return element.#restored
      },
      learn: (english) => {
        this.#words = { ...english, ...this.#words }
        this.requestUpdate()
      },
      again: () => {
        this.reset()
        void this.#resume()
      },
      emit: (event) => this.#emit(event),
      change: (state, patch) => this.#change(state ?? this.state, patch),
    })
    return this.#attempt
  }

  /** Finds the language and its words; they are not needed while the host's own label is shown. */
  async #speak(
    needed = this.required || (!this.withoutTrigger && !this.textContent?.trim()),
  ): Promise<void> {
    const spoken = this.language || nearestLanguage(this) || navigator.language
    this.#spoken = spoken
    if (!needed) return
    const { lang, dir, words } = await speechFor(spoken)
    // Meanwhile it may have been asked for another language.
    if (spoken !== this.#spoken) return
    this.#words = words
    this.#lang = lang
    this.#dir = dir
    this.requestUpdate()
  }

  #change(state: State, patch?: Partial<View>): void {
    const previous = this.state
    Object.assign(this.#view, patch, { state })
    this.requestUpdate()
    if (state === previous) return
    this.show(state)
    this.#emit(new VerifyStateEvent({ state, previous }))
  }

  #emit(event: Event): boolean {
    return this.dispatchEvent(event)
  }
}

/** The `lang` that applies to a node, across shadow roots. */
function nearestLanguage(node: Element): string | null | undefined {
  const found = node.closest('[lang]')
  if (found) return found.getAttribute('lang')
  const { host } = node.getRootNode() as Partial<ShadowRoot>
  return host && nearestLanguage(host)
}

declare global {
  interface HTMLElementTagNameMap {
    'didit-verify': DiditVerify
  }
}
