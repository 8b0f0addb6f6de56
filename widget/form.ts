import { LitElement } from '#lit'
import type { Told } from './backend.ts'
import type { VerifyOutcome } from './course.events.ts'

/** Whatever an `<input>` is to its form and its labels; where a browser knows none of it, nothing. */
export abstract class FormControl extends LitElement {
  static formAssociated = true

  abstract required: boolean
  abstract disabled: boolean
  abstract accept: string
  /** With an address of the page's own there is no server to ask: nothing is required. */
  abstract url: string | null
  abstract readonly session: Told | null
  abstract readonly outcome: VerifyOutcome | null

  #internals = this.attachInternals?.()
  /** Set at the end of the constructor. Lit asks for updates before, one for each default. */
  protected ready = false

  get form(): HTMLFormElement | null {
    return this.#internals?.form ?? null
  }

  get labels(): Iterable<Node> & { readonly length: number } {
    return this.#internals?.labels ?? []
  }

  get validity(): ValidityState | undefined {
    return this.#internals?.validity
  }

  get validationMessage(): string {
    return this.#internals?.validationMessage ?? ''
  }

  get willValidate(): boolean {
    return this.#internals?.willValidate ?? false
  }

  checkValidity(): boolean {
    return this.#internals?.checkValidity?.() ?? true
  }

  reportValidity(): boolean {
    return this.#internals?.reportValidity?.() ?? true
  }

  override focus(options?: FocusOptions): void {
    this.#anchor?.focus(options)
  }

  override click(): void {
    this.#anchor?.click()
  }

  abstract reset(): void

  /** Why it cannot be sent without, for the visitor. */
  protected abstract get reason(): string

  formResetCallback(): void {
    this.reset()
  }

  formDisabledCallback(): void {
    // Where it follows from a change of our own attribute, an update is under way, and ends first.
    queueMicrotask(() => this.requestUpdate())
  }

  /** Whether it is disabled, by itself or by a fieldset round it. */
  protected get off(): boolean {
    return this.disabled || this.matches(':disabled')
  }

  override requestUpdate(...change: Parameters<LitElement['requestUpdate']>): void {
    super.requestUpdate(...change)
    if (!this.ready) return
    // At once and not with the update: a script may ask the form in the same breath.
    const outcomes = (this.accept ?? 'approved').split(/\s+/)
    const accepted = outcomes.includes(this.outcome as VerifyOutcome) ? this.session : null
    // The second is what the browser gives back when it restores the form: the session to ask about.
    this.#internals?.setFormValue?.(accepted && (accepted.receipt ?? ''), accepted?.id)
    if (this.required && !accepted && !this.url) {
      this.#internals?.setValidity?.({ valueMissing: true }, this.reason, this.#anchor)
    } else this.#internals?.setValidity?.({})
  }

  protected show(state: string): void {
    this.dataset.state = state
    // Every browser has states that has the rest; jsdom has none, and throws at a role.
    if (!this.#internals?.states) return
    // Named by its labels; the trigger inside has a name of its own.
    this.#internals.role = 'group'
    this.#internals.states.clear()
    this.#internals.states.add(state)
  }

  /** The trigger that is shown, else the line that says how it stands. */
  get #anchor(): HTMLElement | undefined {
    const root = this.renderRoot as ShadowRoot | undefined
    const slot = root?.querySelector<HTMLSlotElement>('[name=trigger]')
    const [trigger] = slot?.assignedElements({ flatten: true }) ?? root?.querySelectorAll('p') ?? []
    return trigger as HTMLElement | undefined
  }
}
