import { render, type TemplateResult } from 'lit'
import type { Action } from '../server/contract.ts'
import { type Choice, choose, isInApp, isPhone } from './auto.ts'
import { type Backend, createBackend, type Told } from './backend.ts'
import type { CancelSource, VerifyOutcome } from './course.events.ts'
import type { Course } from './course.ts'
import { VerifySessionEvent } from './element.events.ts'
import type { DiditVerify } from './element.ts'
import type { State } from './flow.ts'
import { frameStyles } from './frame.styles.ts'
import {
  content,
  createFrame,
  dialog,
  type Frame,
  type Presentation,
  permissions,
  type Scene,
  type Wrap,
} from './frame.ts'
import { openableUrl } from './hosted.ts'
import type { Messages } from './locales/en.ts'
import { FIRST } from './locales/first.ts'
import { hasKept } from './tab.ts'
import type { Obstacle } from './trouble.ts'

/** How an attempt ended, as `start()` tells it. */
export type VerifyResult =
  | {
      kind: 'complete'
      sessionId: string | null
      status: string | null
      outcome: VerifyOutcome
      receipt: string | null
    }
  | { kind: 'cancel'; sessionId: string | null; source: CancelSource }
  | ({ kind: 'error'; sessionId: string | null } & Obstacle)

/** What of an attempt the page can read. */
export interface View {
  state: State
  session: Told | null
  outcome: VerifyOutcome | null
  error: Obstacle | null
  /** The obstacle that is shown, with its ways on. */
  trouble: (Obstacle & { actions: readonly Action[] }) | null
}

/** The element as its attempt sees it. */
export interface Host {
  readonly element: DiditVerify
  /** The window that was opened inside the click, where the mode asks for one. */
  readonly popup: Window | null
  /** Where the attempt draws. */
  readonly stage: HTMLElement
  /** What was clicked at the start, from the inside out. */
  readonly path: readonly EventTarget[]
  readonly view: Readonly<View>
  /** BCP 47. */
  readonly language: string
  /** The words of the page and of its language; where there are none, English has to do. */
  readonly words: Partial<Messages>
  /** The session that a form had when the page was left: it may have ended. */
  readonly restored: string | undefined
  /** Gives the element the English words, once they are there. */
  learn(words: Messages): void
  /** @returns false when a listener prevented it. */
  emit(event: Event): boolean
  /** Starts over with what the tab has kept, as after a reload. */
  again(): void
  /** Shows what changed; the state only where one is given. What leads to which is in `flow.ts`. */
  change(state: State | null, patch?: Partial<View>): void
}

// Whether an attempt on this page has come as far as its course, which may have kept it.
let begun = false

/**
 * One attempt, from `start()` to the open presentation. What happens to it then is its course, in a
 * chunk of its own: it is not needed before, and comes while the hosted page loads.
 */
export class Attempt {
  declare readonly host: Host
  /** Base URL of the BFF, absolute, without a slash at the end. */
  declare readonly endpoint: string
  declare readonly backend: Backend
  /** Resolves once, when the attempt ends. Never rejects. */
  declare readonly finished: Promise<VerifyResult>
  declare finish: (result: VerifyResult) => void
  sessionId: string | null = null
  /** The opaque session token; empty where the page has given its own `url`. */
  token = ''
  choice: Choice = { mode: 'modal', reason: 'requested' }
  declare presentation: Presentation | undefined
  /** What heading and presentation stand in. */
  wrap: Wrap = dialog
  /** Aborts when the attempt is over, and ends all that belongs to it. */
  readonly life = new AbortController()
  /** The same for what is shown. */
  #showing = new AbortController()
  #course: Promise<Course> | undefined
  /** Whether heading and presentation are on the page. */
  shown = false
  /** Where the focus returns to. */
  declare opener: HTMLElement | undefined
  #scene: Partial<Scene> = {}

  constructor(host: Host) {
    const { element } = host
    this.host = host
    this.endpoint = new URL(element.endpoint, document.baseURI).href.replace(/\/$/, '')
    this.backend = createBackend(this.endpoint, (...args) => (element.fetch ?? fetch)(...args))
    this.finished = new Promise((resolve) => {
      this.finish = resolve
    })
    this.adoptStyles(frameStyles.styleSheet)
  }

  /** Here, so that later chunks need not import from this one, which would cost it a namespace. */
  readonly isInApp = isInApp
  readonly isPhone = isPhone

  get over(): boolean {
    return this.life.signal.aborted
  }

  /** What stands round heading and presentation. */
  get shell(): HTMLElement | null {
    return this.host.stage.querySelector('.shell')
  }

  get dialog(): HTMLDialogElement | null {
    return this.host.stage.querySelector('dialog')
  }

  /**
   * Creates a session, or goes on with the unfinished one, and shows it.
   *
   * @param choice how; by default as the element asks.
   */
  async start(choice?: Choice): Promise<void> {
    const { element, popup } = this.host
    try {
      this.choice = choice ?? (await choose(element.mode, element))
      if (this.over) return
      // The hosted page offers the phone by itself; nobody here could follow it.
      if (element.url && this.choice.mode === 'qr') this.choice.mode = 'redirect'
      const { mode } = this.choice
      if (mode !== 'popup') popup?.close()
      if (mode !== 'modal') (await this.course()).prepare()
      const creating = this.#create()
      // Later, for to lay out the dialog takes the browser as long as to ask for what stands in it.
      if (mode === 'modal' && !this.over) this.open()
      // A `fetch` of the host may not listen to our signal.
      await Promise.race([creating, this.finished])
    } catch (error) {
      if (!this.over) (await this.course()).fall(error)
      return
    }
    if (this.over) return
    const course = await this.course()
    if (!this.over) course.run()
  }

  /** The way back to what this tab has kept. @returns whether there was anything. */
  async resume(): Promise<boolean> {
    const course = await this.course()
    return !this.over && course.resume()
  }

  /** The page or the visitor wants to end it. */
  close(source: CancelSource): void {
    this.#tell((course) => course.close(source))
  }

  /** Ends without a word: the element is gone, or reset. @returns whether it had the focus. */
  dispose(source: CancelSource = 'removed'): boolean {
    this.life.abort()
    this.conceal()
    this.finish({ kind: 'cancel', sessionId: this.sessionId, source })
    return this.hide()
  }

  /** It has been moved in the document, or is asked for again. */
  show(): void {
    this.#tell((course) => course.show())
  }

  /** What happens from now on; loaded when it is first needed. */
  course(): Promise<Course> {
    this.#course ??= import('./course.ts').then(
      ({ Course }) => {
        begun = true
        return new Course(this)
      },
      (error) => {
        this.#course = undefined
        throw error
      },
    )
    return this.#course
  }

  /** Where the visitor goes on, with the page's options; nothing where that may not be opened. */
  address(): URL | undefined {
    const { element, view } = this.host
    const url = openableUrl(element.url ?? view.session?.url)
    for (const [name, value] of Object.entries(element.hostedOptions ?? {})) {
      url?.searchParams.set(name, value as string)
    }
    return url
  }

  /** The exact origins that may speak as the hosted page. */
  hostedOrigins(url: URL): string[] {
    return [url.origin, ...(this.host.element.trustedOrigins?.split(/\s+/).filter(Boolean) ?? [])]
  }

  /** Shows the hosted page in a frame. */
  showFrame(url: URL): Frame {
    const { element, words } = this.host
    const allow = element.allow ?? permissions(this.hostedOrigins(url))
    const frame = createFrame(url, words.title ?? FIRST.title, allow, this.conceal())
    this.presentation = frame
    this.draw()
    return frame
  }

  /** Takes away what is shown. @returns what ends with the next. */
  conceal(): AbortSignal {
    this.#showing.abort()
    this.#showing = new AbortController()
    this.presentation = undefined
    return this.#showing.signal
  }

  /** Opens the dialog, its heading focused. */
  open(): void {
    const again = this.shown
    this.shown = true
    if (!again) this.opener = opener(this.host.path)
    this.draw({})
    if (again) return
    this.dialog?.showModal()
    this.shell?.querySelector<HTMLElement>('#title')?.focus()
  }

  /** Takes everything away and gives the focus back. @returns whether it was inside. */
  hide(): boolean {
    this.shown = false
    this.dialog?.close()
    const held = this.dialog || this.shell?.matches(':focus-within')
    this.drawPanel(undefined)
    if (held) this.opener?.focus({ preventScroll: true })
    return Boolean(held)
  }

  /** Draws heading and presentation, where they are on the page. */
  draw(scene = this.#scene): void {
    if (!this.shown) return
    this.#scene = scene
    const words = { ...FIRST, ...this.host.words } as Messages
    const { presentation } = this
    const status = presentation?.status ?? words.loading
    const inside = content(words, presentation, { status, ...scene }, this.#hear)
    render(this.wrap(inside, this.#hear), this.host.stage)
  }

  /** Draws what is shown where there is no dialog. */
  drawPanel(panel: TemplateResult | undefined): void {
    render(panel, this.host.stage)
  }

  adoptStyles(sheet: CSSStyleSheet | undefined): void {
    const { adoptedStyleSheets } = this.host.stage.getRootNode() as ShadowRoot
    if (sheet && !adoptedStyleSheets.includes(sheet)) adoptedStyleSheets.push(sheet)
  }

  async #create(): Promise<void> {
    const { element, language, change, emit } = this.host
    const { mode } = this.choice
    let resumed = false
    if (!element.url) {
      const earlier = begun || hasKept(true) ? (await this.course()).earlier()[0] : undefined
      const answer = await this.backend.create(
        {
          workflow: element.workflow ?? undefined,
          language,
          mode,
          reference: element.reference ?? undefined,
          contact: element.contact ?? undefined,
          expected: element.expected ?? undefined,
          returnUrl: new URL(element.returnUrl ?? location.href, document.baseURI).href,
        },
        earlier?.token,
        this.life.signal,
      )
      if (this.over) return
      const { session } = answer
      resumed = answer.resumed
      this.sessionId = session.id
      this.token = answer.token
      change(null, { session, outcome: session.outcome })
    }
    const url = this.address()
    // Nothing to open: it is over already, or the URL is none; the course tells which.
    if (!url) return
    change('open', { trouble: null })
    emit(new VerifySessionEvent({ sessionId: this.sessionId, ...this.choice, resumed }))
    if (mode === 'modal' && !this.over) this.showFrame(url)
  }

  /** What happens while the course does not load is told by `start()`, once. */
  #tell(what: (course: Course) => void): void {
    void this.course().then(what, () => {})
  }

  /** Close was pressed, or Escape, or the browser has closed the dialog. */
  #hear = (event: Event): void => {
    if (event.type === 'cancel') event.preventDefault()
    this.#tell((course) => course.hear(event.type))
  }
}

/** Where the focus returns to: what has it or, where a click does not give it, what was clicked. */
function opener(path: readonly EventTarget[]): HTMLElement | undefined {
  let active = document.activeElement
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  const clicked = active === document.body ? path : []
  return [...clicked, active].find(
    (node): node is HTMLElement => node instanceof HTMLElement && node.tabIndex >= 0,
  )
}
