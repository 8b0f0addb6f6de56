import type { Attempt } from './attempt.ts'
import { courseStyles } from './course.styles.ts'
import {
  type Note,
  type NoteEvents,
  note,
  type Place,
  type QuestionEvents,
  question,
} from './course.view.ts'
import { type Messages, messages } from './locales/en.ts'
import { wordsFor } from './locales/index.ts'

/** Draws how an attempt stands, and keeps the focus in it. */
export class Drawing {
  readonly #attempt: Attempt
  readonly #on: NoteEvents & Required<QuestionEvents>
  /** Whether the question whether to stop stands over all else. */
  asking = false
  /** What is said on the page where nothing else is shown. */
  hint = ''

  constructor(attempt: Attempt, on: NoteEvents & Required<QuestionEvents>) {
    this.#attempt = attempt
    this.#on = on
    attempt.adoptStyles(courseStyles.styleSheet)
    attempt.host.learn(messages)
  }

  get words(): Messages {
    return { ...messages, ...this.#attempt.host.words }
  }

  /** @returns whether the focus is inside; it stays there when what had it is gone. */
  draw(): boolean {
    const { shell, dialog, host } = this.#attempt
    const root = host.stage.getRootNode() as ShadowRoot
    // A frame whose page has the focus is active, but not :focus; what is slotted the other way round.
    const inside = () =>
      Boolean(shell?.contains(root.activeElement) || shell?.matches(':focus-within'))
    const held = inside() || dialog !== null
    this.#render()
    if (held && !inside()) this.focus('#title')
    return held
  }

  /** Asks whether to stop. */
  ask(): void {
    this.asking = true
    this.draw()
    this.focus('#stay')
  }

  hide(): void {
    this.restore(this.#attempt.hide())
  }

  /**
   * Where what had the focus before is gone, as a menu is after the click, our trigger gets it.
   *
   * @param held whether the focus was inside.
   */
  restore(held: boolean): void {
    const { opener, host } = this.#attempt
    if (!held || opener?.checkVisibility()) return
    host.stage.parentElement?.querySelector<HTMLElement>('[part=trigger]')?.focus()
  }

  focus(selector: string): void {
    const node = this.#attempt.shell?.querySelector<HTMLElement>(selector)
    node?.focus()
    // With what stands beside it: on a small screen a button alone would not be the whole choice.
    node?.parentElement?.scrollIntoView({ block: 'nearest' })
  }

  /** Shows the ways on to who is at work in the section of a page, which may be higher than the screen. */
  reveal(): void {
    this.#attempt.shell?.querySelector('.actions')?.scrollIntoView({ block: 'nearest' })
  }

  #render(): void {
    const attempt = this.#attempt
    const { words } = this
    const { shown, presentation, choice } = attempt
    const { state, trouble, error, outcome } = attempt.host.view
    const obstacle = trouble?.code ?? error?.code
    const key = (state === 'ended' && outcome) || (state === 'submitted' ? state : 'loading')
    const content: Note = {
      text: (obstacle ? wordsFor(words, obstacle) : this.hint || words[key]) ?? '',
      slot: obstacle ? 'trouble' : key,
      actions: trouble?.actions ?? [],
      url: attempt.address()?.href,
      last: state === 'ended' ? 'done' : trouble && !shown ? 'close' : undefined,
    }
    const show = (place: Place) => note(place, words, content, this.#on)
    // Until this page is left, who cannot see the trigger grow pale would know of nothing.
    const leaving = choice.mode === 'redirect' && (state === 'creating' || state === 'open')
    if (!shown) {
      return attempt.drawPanel(trouble || this.hint || leaving ? show('note panel') : undefined)
    }
    const { stay, leave, reopen } = this.#on
    const asked = { stay, leave, reopen: choice.mode === 'popup' ? reopen : undefined }
    // Trouble comes before what is shown; a question is read because it is focused.
    const status = (trouble ? undefined : presentation?.status) ?? content.text
    attempt.draw({
      note: show('note'),
      strip: presentation && trouble ? show('note strip') : undefined,
      question: this.asking ? question(words, asked) : undefined,
      status: this.asking ? '' : status,
    })
  }
}
