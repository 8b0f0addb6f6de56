import { html, type TemplateResult } from 'lit'
import type { Action } from '../server/contract.ts'
import type { Messages } from './locales/en.ts'

/** What a note says, and what the visitor can do about it. */
export interface Note {
  text: string
  /** What of the host may stand in place of the text. */
  slot: string
  actions: readonly Action[]
  /** The session's address, for the action that leads to it. */
  url: string | undefined
  /** The button at the end: `done` or `close`, or none while the visitor waits. */
  last?: 'done' | 'close'
}

/** The sign above a result or an obstacle; decoration, the text says the same. */
const MARKS: Record<string, string> = {
  approved: '✓',
  pending: '…',
  unconfirmed: '…',
  declined: '✕',
}

/** What happens when the visitor chooses a way on, or the button at the end. */
export type NoteEvents = Record<Action | 'close', () => void>

/** Where a note stands: in place of the frame, below it, or on the page where there is no dialog. */
export type Place = 'note' | 'note strip' | 'note panel'

/** A state of the attempt in words: a wait, a result or an obstacle. */
export function note(
  place: Place,
  words: Messages,
  { text, slot, actions, url, last }: Note,
  on: NoteEvents,
): TemplateResult {
  const content = html`
    ${
      last || actions.length
        ? html`<div class="mark" data-of=${slot} aria-hidden="true">${MARKS[slot] ?? '!'}</div>`
        : html`<div class="wait"></div>`
    }
    <slot name=${slot}><p>${text}</p></slot>
    <div class="actions">${actions.map((action) =>
      action === 'new-tab'
        ? html`<a class="button" href=${url} target="_blank" rel="noopener noreferrer"
            @click=${on[action]}>${words[action]}</a>`
        : html`<button class="button" type="button" @click=${on[action]}>${words[action]}</button>`,
    )}${last && html`<button class="button ${last}" type="button" @click=${on.close}>${words[last]}</button>`}</div>`
  return place === 'note panel'
    ? html`<div class=${place} part="panel" role="alert">${content}</div>`
    : html`<div class=${place}>${content}</div>`
}

export interface QuestionEvents {
  stay(): void
  leave(): void
  /** Opens the window of the hosted page once more, where it has one. */
  reopen?(): void
}

/** The question whether to stop, drawn over what it is about. */
export function question(words: Messages, on: QuestionEvents): TemplateResult {
  return html`<div class="note" role="alertdialog" aria-labelledby="leave" aria-describedby="later">
    <h2 id="leave">${words.leaveTitle}</h2>
    <p id="later">${words.leaveText}</p>
    <div class="actions">
      <button class="button first" id="stay" type="button" @click=${on.stay}>${words.stay}</button>
      ${on.reopen && html`<button class="button" type="button" @click=${on.reopen}>${words.reopen}</button>`}
      <button class="button" type="button" @click=${on.leave}>${words.leave}</button>
    </div>
  </div>`
}
