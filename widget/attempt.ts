import { render, type TemplateResult } from 'lit'
import type { Action, Session } from '../server/contract.ts'
import { type Choice, choose, isPhone } from './auto.ts'
import { type Backend, createBackend } from './backend.ts'
import type { Course } from './course.ts'
import type { DiditVerify } from './element.ts'
import { type CancelSource, type VerifyOutcome, VerifySessionEvent } from './events.ts'
import type { Input, State } from './flow.ts'
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
import { type Kept, keep, keptBy, nameOf } from './kept.ts'
import type { Messages } from './locales/en.ts'
import { FIRST } from './locales/first.ts'
import type { Obstacle } from './trouble.ts'

/** How an attempt ended, as `start()` tells it. */
export type VerifyResult =
  | {
      kind: 'complete'
      sessionId: string | null
      status: string | null
      outcome: VerifyOutcome
    }
  | { kind: 'cancel'; sessionId: string | null; source: CancelSource }
  | ({ kind: 'error'; sessionId: string | null } & Obstacle)

/** What of an attempt the page can read. */
export interface View {
  state: State
  session: Session | null
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
  /** Where the focus returns to. */
  readonly opener: HTMLElement | undefined
  readonly view: Readonly<View>
  /** BCP 47. */
  readonly language: string
  /** The words of the page and of its language; where there are none, English has to do. */
  readonly words: Partial<Messages>
  /** Gives the element the English words, once they are there. */
  learn(words: Messages): void
  /** @returns false when a listener prevented it. */
  emit(event: Event): boolean
  /** Starts over with what the tab has kept, as after a reload. */
  again(): void
  /** Takes an input through the flow, and shows what changed. */
  change(input: Input | null, patch?: Partial<View>): void
}

// Two elements on one page never go on with the same session.
const claimed = new Map<string, Attempt>()

/**
 * One attempt, from `start()` to the open presentation. What happens to it then is its course, in a
 * chunk of its own: it is not needed before, and comes while the hosted page loads.
 */
export class Attempt {
  readonly host: Host
  /** Base URL of the BFF, absolute, without a slash at the end. */
  readonly endpoint: string
  readonly owner: string
  readonly backend: Backend
  /** Resolves once, when the attempt ends. Never rejects. */
  readonly finished: Promise<VerifyResult>
  finish: (result: VerifyResult) => void = () => {}
  kept: Kept | undefined
  sessionId: string | null = null
  choice: Choice = { mode: 'modal', reason: 'requested' }
  presentation: Presentation | undefined
  /** What heading and presentation stand in. */
  wrap: Wrap = dialog
  /** Aborts when the attempt is over, and ends all that belongs to it. */
  readonly life = new AbortController()
  /** The same for what is shown. */
  #showing = new AbortController()
  #course: Promise<Course> | undefined
  /** Whether heading and presentation are on the page. */
  shown = false
  #scene: Partial<Scene> = {}

  constructor(host: Host) {
    const { element } = host
    this.host = host
    this.endpoint = new URL(element.endpoint, document.baseURI).href.replace(/\/$/, '')
    this.owner = [element.url ? 'url' : this.endpoint, element.workflow ?? '', element.id].join(' ')
    this.backend = createBackend(this.endpoint, (...args) => (element.fetch ?? fetch)(...args))
    this.finished = new Promise((resolve) => {
      this.finish = resolve
    })
    this.adoptStyles(frameStyles.styleSheet)
  }

  /** Here, so that later chunks need not import from this one, which would cost it a namespace. */
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

  /** What this tab has kept for the element, and no other has taken up, newest first. */
  get earlier(): Kept[] {
    return keptBy(this.owner).filter((kept) => (claimed.get(nameOf(kept)) ?? this) === this)
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
      if (mode === 'modal') this.open()
      else if (mode !== 'redirect') (await this.course()).prepare()
      await this.#create()
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
    this.#tell((course) => void course.close(source))
  }

  /** Ends without a word: the element is gone, or reset. */
  dispose(source: CancelSource = 'removed'): void {
    this.life.abort()
    this.conceal()
    this.finish({ kind: 'cancel', sessionId: this.sessionId, source })
    this.hide()
  }

  /** After a move in the document: a moved dialog is not modal any more. */
  moved(): void {
    const { dialog } = this
    if (!dialog?.open || dialog.matches(':modal')) return
    dialog.removeAttribute('open')
    dialog.showModal()
  }

  /** Makes the session this attempt's own, and remembers it for the next page. */
  claim(kept: Kept): void {
    this.kept = kept
    this.sessionId = kept.sessionId || null
    const name = nameOf(kept)
    claimed.set(name, this)
    this.life.signal.addEventListener('abort', () => claimed.delete(name))
    this.mark(kept.phase)
  }

  mark(phase: Kept['phase']): void {
    if (this.kept) keep(Object.assign(this.kept, { phase }))
  }

  /** What happens from now on; loaded when it is first needed. */
  course(): Promise<Course> {
    this.#course ??= import('./course.ts').then(
      ({ Course }) => new Course(this),
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
      url?.searchParams.set(name, String(value))
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
    this.draw({})
    if (again) return
    this.dialog?.showModal()
    this.shell?.querySelector<HTMLElement>('#title')?.focus()
  }

  /** Takes everything away and gives the focus back. */
  hide(): void {
    this.shown = false
    this.dialog?.close()
    const held = this.dialog || this.shell?.matches(':focus-within')
    this.drawPanel(undefined)
    if (held) this.host.opener?.focus({ preventScroll: true })
  }

  /** Draws heading and presentation, where they are on the page. */
  draw(scene = this.#scene): void {
    if (!this.shown) return
    this.#scene = scene
    const words = { ...FIRST, ...this.host.words } as Messages
    const { presentation } = this
    const status = presentation?.status ?? words.loading
    const inside = content(words, presentation, { status, ...scene }, this.#events)
    render(this.wrap(inside, this.#events), this.host.stage)
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
    const { owner } = this
    const { mode } = this.choice
    const kept: Kept = { sessionId: '', token: '', owner, mode, phase: 'open', at: Date.now() }
    let resumed = false
    if (!element.url) {
      const answer = await this.backend.create(
        {
          workflow: element.workflow ?? undefined,
          language,
          mode,
          reference: element.reference ?? undefined,
          returnUrl: new URL(element.returnUrl ?? location.href, document.baseURI).href,
        },
        this.earlier[0]?.token,
        this.life.signal,
      )
      if (this.over) return
      const { session, token } = answer
      resumed = answer.resumed
      this.claim({ ...kept, sessionId: session.id, token })
      change(null, { session, outcome: session.outcome })
    } else if (mode === 'redirect') this.claim(kept)
    const url = this.address()
    // Nothing to open: it is over already, or the URL is none; the course tells which.
    if (!url) return
    change('open', { trouble: null })
    emit(new VerifySessionEvent({ sessionId: this.sessionId, ...this.choice, resumed }))
    if (this.over) return
    if (mode === 'modal') this.showFrame(url)
    if (mode !== 'redirect') return
    // Back without finishing may bring this very page out of the browser's cache.
    addEventListener('pageshow', ({ persisted }) => persisted && this.host.again(), {
      signal: this.life.signal,
    })
    location.assign(url.href)
  }

  /** What happens while the course does not load is told by `start()`, once. */
  #tell(what: (course: Course) => void): void {
    void this.course().then(what, () => {})
  }

  #events = {
    close: () => this.close('button'),
    cancel: (event: Event) => {
      event.preventDefault()
      this.#tell((course) => course.escape())
    },
    closed: () => this.#tell((course) => course.closed()),
  }
}
