import { render, type TemplateResult } from 'lit'
import type { Action, Outcome, Session } from '../server/contract.ts'
import { type Choice, choose } from './auto.ts'
import { type Backend, createBackend, type Told } from './backend.ts'
import type { CancelSource } from './course.events.ts'
import type { Course } from './course.ts'
import type { DiditVerify } from './element.ts'
import { VerifySessionEvent } from './events.ts'
import type { Input, State } from './flow.ts'
import { frameStyles } from './frame.styles.ts'
import { createFrame, dialog, type Frame, permissions, type Scene } from './frame.ts'
import { openableUrl } from './hosted.ts'
import { type Kept, keep, keptBy } from './kept.ts'
import type { Messages } from './locales/en.ts'
import { FIRST } from './locales/first.ts'
import type { Obstacle } from './trouble.ts'

// It comes with the attempt: at rest the element knows where it goes.
export { step } from './flow.ts'

/** How an attempt ended, as `start()` tells it. */
export type VerifyResult =
  | {
      kind: 'complete'
      sessionId: string
      status: string
      outcome: Outcome
      receipt: string | null
    }
  | { kind: 'cancel'; sessionId: string | null; source: CancelSource }
  | ({ kind: 'error'; sessionId: string | null } & Obstacle)

/** What of an attempt the page can read. */
export interface View {
  state: State
  session: Told | null
  outcome: Outcome | null
  error: Obstacle | null
  /** The obstacle that is shown, with its ways on. */
  trouble: (Obstacle & { actions: readonly Action[] }) | null
}

/** The element as its attempt sees it. */
export interface Host {
  readonly element: DiditVerify
  /** Where the attempt draws. */
  readonly stage: HTMLElement
  /** Where the focus returns to. */
  readonly opener: HTMLElement | undefined
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
  /** Takes an input through the flow, and shows what changed. */
  change(input: Input | null, patch?: Partial<View>): void
}

// Two elements on one page never go on with the same session.
const claimed = new Set<string>()

/**
 * One attempt, from `start()` to the open presentation. What happens to it then is its course, in a
 * chunk of its own: it is not needed before, and comes while the hosted page loads.
 */
export class Attempt {
  readonly host: Host
  readonly owner: string
  readonly backend: Backend
  /** Resolves once, when the attempt ends. Never rejects. */
  readonly finished: Promise<VerifyResult>
  finish: (result: VerifyResult) => void = () => {}
  kept: Kept | undefined
  frame: Frame | undefined
  choice: Choice = { mode: 'modal', reason: 'requested' }
  /** Aborts when the attempt is over, and ends all that belongs to it. */
  readonly life = new AbortController()
  #frameLife = new AbortController()
  #course: Promise<Course> | undefined
  #scene: Partial<Scene> = {}

  constructor(host: Host) {
    const { element } = host
    const endpoint = new URL(element.endpoint, document.baseURI).href.replace(/\/$/, '')
    this.host = host
    this.owner = [endpoint, element.workflow ?? '', element.id].join(' ')
    this.backend = createBackend(endpoint, (...args) => (element.fetch ?? fetch)(...args))
    this.finished = new Promise((resolve) => {
      this.finish = resolve
    })
    this.adoptStyles(frameStyles.styleSheet)
  }

  get over(): boolean {
    return this.life.signal.aborted
  }

  get sessionId(): string | null {
    return this.kept?.sessionId ?? null
  }

  get dialog(): HTMLDialogElement | null {
    return this.host.stage.querySelector('dialog')
  }

  /** Creates a session, or goes on with the unfinished one, and shows it. */
  async start(): Promise<void> {
    const { element, language, change } = this.host
    try {
      this.choice = await choose(element.mode, element)
      if (this.over) return
      if (this.choice.mode === 'modal') this.showDialog()
      const [earlier] = keptBy(this.owner)
      const { session, token } = await this.backend.create(
        {
          workflow: element.workflow ?? undefined,
          language,
          mode: this.choice.mode,
          reference: element.reference ?? undefined,
          returnUrl: new URL(element.returnUrl ?? location.href, document.baseURI).href,
        },
        earlier?.token,
        this.life.signal,
      )
      if (this.over) return
      const { id } = session
      const { mode } = this.choice
      this.claim({ sessionId: id, token, owner: this.owner, mode, phase: 'open', at: Date.now() })
      change(null, { session, outcome: session.outcome })
      this.#present(session, earlier?.sessionId === id)
    } catch (error) {
      if (!this.over) (await this.course()).fall(error)
      return
    }
    const course = await this.course()
    if (!this.over) course.run()
  }

  /** The way back to what this tab has kept. @returns whether there was anything. */
  async resume(): Promise<boolean> {
    const course = await this.course()
    return !this.over && course.resume(claimed)
  }

  /** The page or the visitor wants to end it. */
  close(source: CancelSource): void {
    this.#tell((course) => void course.close(source))
  }

  /** Ends without a word: the element is gone, or reset. */
  dispose(source: CancelSource = 'removed'): void {
    this.life.abort()
    this.unmountFrame()
    this.finish({ kind: 'cancel', sessionId: this.sessionId, source })
    this.hideDialog()
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
    claimed.add(kept.sessionId)
    this.life.signal.addEventListener('abort', () => claimed.delete(kept.sessionId))
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

  mountFrame(url: URL): void {
    const { element, words } = this.host
    this.unmountFrame()
    this.#frameLife = new AbortController()
    const allow = element.allow ?? permissions(this.hostedOrigins(url))
    const title = words.title ?? FIRST.title
    this.frame = createFrame(url, title, allow, this.#frameLife.signal)
    this.draw()
  }

  unmountFrame(): void {
    this.#frameLife.abort()
    this.frame = undefined
  }

  /** Where the visitor goes on, with the page's options; nothing where that may not be opened. */
  address(session: Session): URL | undefined {
    const url = openableUrl(session.url)
    for (const [name, value] of Object.entries(this.host.element.hostedOptions ?? {})) {
      url?.searchParams.set(name, String(value))
    }
    return url
  }

  /** The exact origins that may speak as the hosted page. */
  hostedOrigins(url: URL): string[] {
    return [url.origin, ...(this.host.element.trustedOrigins?.split(/\s+/).filter(Boolean) ?? [])]
  }

  /** Shows the dialog, its heading focused. */
  showDialog(): void {
    this.draw({}, true)
    const { dialog } = this
    if (!dialog || dialog.open) return
    dialog.showModal()
    dialog.querySelector<HTMLElement>('#title')?.focus()
  }

  /** Takes the dialog away and gives the focus back. */
  hideDialog(): void {
    const { dialog } = this
    if (dialog?.open) dialog.close()
    this.drawPanel(undefined)
    if (dialog) this.host.opener?.focus({ preventScroll: true })
  }

  /** Draws the dialog, where there is one. */
  draw(scene = this.#scene, create = false): void {
    const words = { ...FIRST, ...this.host.words } as Messages
    if (!create && !this.dialog) return
    this.#scene = scene
    const status = this.frame ? '' : words.loading
    const template = dialog(words, this.frame, { status, ...scene }, this.#events)
    render(template, this.host.stage)
  }

  /** Draws what is shown where there is no dialog. */
  drawPanel(panel: TemplateResult | undefined): void {
    render(panel, this.host.stage)
  }

  adoptStyles(sheet: CSSStyleSheet | undefined): void {
    const { adoptedStyleSheets } = this.host.stage.getRootNode() as ShadowRoot
    if (sheet && !adoptedStyleSheets.includes(sheet)) adoptedStyleSheets.push(sheet)
  }

  #present(session: Session, resumed: boolean): void {
    const url = this.address(session)
    // Nothing to open: it is over already, or the URL is none; the course tells which.
    if (!url) return
    const { mode } = this.choice
    this.host.change('open', { trouble: null })
    this.host.emit(new VerifySessionEvent({ sessionId: session.id, ...this.choice, resumed }))
    if (this.over) return
    if (mode === 'modal') return this.mountFrame(url)
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
