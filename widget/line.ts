import type { Attempt } from './attempt.ts'
import type { Told } from './backend.ts'
import { claim, type Kept, keptBy, mark } from './kept.ts'
import { readSession } from './reader.ts'
import { watch } from './watch.ts'

/** What comes over the line. */
export interface LineEvents {
  /** The server's word about the session. */
  hear(session: Told): void
  /** The server does not know the session any more, or not for this browser. */
  lose(): void
}

/** The line of an attempt to the server: what this tab keeps of it, and what is asked with that. */
export class Line {
  readonly #attempt: Attempt
  readonly #on: LineEvents
  /** Whose attempts these are: those of an element with this endpoint, workflow and `id`. */
  readonly #owner: string
  #kept: Kept | undefined
  /** The session that is listened for. */
  #watched: string | undefined

  constructor(attempt: Attempt, on: LineEvents) {
    const { url, workflow, id } = attempt.host.element
    this.#attempt = attempt
    this.#on = on
    this.#owner = [url ? 'url' : attempt.endpoint, workflow ?? '', id].join(' ')
  }

  /** What this tab has kept for the element, and no other has taken up, newest first. */
  get earlier(): Kept[] {
    return keptBy(this.#owner, this.#attempt)
  }

  /** Remembers for the next page what the attempt has got. */
  open(): void {
    const { choice, sessionId, token } = this.#attempt
    const { mode } = choice
    // Of a frame with a url of the page's own there is nothing that could be asked about later.
    if (!token && mode !== 'redirect') return
    const name = { sessionId: sessionId ?? '', token, owner: this.#owner }
    this.take({ ...name, mode, phase: 'open', at: Date.now() })
  }

  /** Makes a session this attempt's own. */
  take(kept: Kept): void {
    this.#kept = kept
    claim(kept, this.#attempt, this.#attempt.life.signal)
  }

  mark(phase: Kept['phase']): void {
    if (this.#kept) mark(this.#kept, this.#attempt, phase)
  }

  /**
   * The session as the server has it; nothing where none can be asked.
   *
   * @throws BackendError
   */
  async read(signal: AbortSignal, cache?: RequestCache): Promise<Told | undefined> {
    const kept = this.#kept
    return kept?.token ? readSession(this.#attempt.backend, kept, signal, cache) : undefined
  }

  /** Asks for Didit's latest word. Silence changes nothing. @returns whether there was an answer. */
  async ask(signal: AbortSignal): Promise<boolean> {
    const session = await this.read(signal, 'reload').catch(() => undefined)
    if (session && !this.#attempt.over) this.#on.hear(session)
    return session !== undefined
  }

  /** Listens from now on. */
  listen(): void {
    const { backend, life } = this.#attempt
    const kept = this.#kept
    if (!kept?.token || this.#watched === kept.sessionId) return
    this.#watched = kept.sessionId
    void watch(backend, kept, life.signal, (session) => this.#on.hear(session)).then((gone) => {
      if (gone && !this.#attempt.over) this.#on.lose()
    })
  }
}
