// For the unit tests of a page that has `<didit-verify>`. The element is the real one, with its real
// events in their real order; what it talks to is not: no backend, no sandbox, no network.

import { type Outcome, PROBLEMS, type Session, type Status, statusRow } from '../server/contract.ts'
import type { DiditVerify } from './element.ts'

export type * from './index.ts'

/** How a mocked verification ends. */
export type MockEnd = Outcome | 'cancel' | 'error'

export interface MockOptions {
  /** How every verification ends, as soon as it is open. Without it each waits for `end()`. */
  outcome?: MockEnd
  /** Lets the backend refuse every start with this code; then nothing opens. */
  code?: (typeof PROBLEMS)[keyof typeof PROBLEMS]
}

export interface Mock {
  /**
   * Ends the verification that was started last, as its visitor or Didit would; after a `pending`
   * end it is the verdict that comes later.
   *
   * @returns when the page has heard of it.
   */
  end(outcome: MockEnd): Promise<void>
  /** Takes the mock away, and with it what still runs. For `afterEach`. */
  restore(): void
}

type Stream = ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>

/** A typical status for each outcome. */
const STATUS: Record<Outcome, Status> = {
  approved: 'Approved',
  pending: 'In Review',
  declined: 'Declined',
  resubmit: 'Resubmitted',
  expired: 'Expired',
}

/** What the frame shows: something of the same origin that is there and runs nothing. */
const PAGE = import.meta.url.startsWith('http') ? import.meta.url : 'http://localhost/'

/** A test has no phone and cannot leave its page: these are shown as the modal. */
const ELSEWHERE: readonly string[] = ['auto', 'redirect', 'popup', 'qr']

/**
 * Plays backend and visitor for every `<didit-verify>` of this page until `restore()`.
 *
 * ```js
 * const mock = mockVerification({ outcome: 'declined' })
 * await document.querySelector('didit-verify').start() // { kind: 'complete', outcome: 'declined', … }
 * mock.restore()
 * ```
 *
 * In a browser the modal opens and closes as it does for a visitor. A simulated one such as jsdom is
 * lent what it lacks for that, until `restore()`.
 */
export function mockVerification({ outcome, code }: MockOptions = {}): Mock {
  const life = new AbortController()
  const plays: Play[] = []
  const takeBack = lend()

  document.addEventListener(
    'didit-start',
    (event) => {
      const play = new Play(event.composedPath()[0] as DiditVerify, code)
      plays.push(play)
      // The page may still prevent it.
      queueMicrotask(() => {
        if (event.defaultPrevented) play.uncover()
        else if (code) void play.giveUp()
        else if (outcome) void play.end(outcome)
      })
    },
    { capture: true, signal: life.signal },
  )

  return {
    async end(outcome) {
      const play = plays.at(-1)
      if (!play) throw new Error('No verification has been started. Call start() first.')
      await play.end(outcome)
    },
    restore() {
      life.abort()
      // Backwards, so that an element gets back what it had at first.
      for (const play of plays.reverse()) play.stop()
      takeBack()
    },
  }
}

/** One verification: its session and streams, and what its visitor does. */
class Play {
  #element: DiditVerify
  #prototype: object
  #code: MockOptions['code']
  #opened: Promise<void>
  #streams = new Set<Stream>()
  #session: Session

  constructor(element: DiditVerify, code: MockOptions['code']) {
    const now = new Date().toISOString()
    this.#element = element
    this.#code = code
    this.#session = {
      id: crypto.randomUUID(),
      workflow: element.workflow ?? 'default',
      status: 'Not Started',
      outcome: null,
      settled: false,
      url: PAGE,
      createdAt: now,
      updatedAt: now,
      version: 1,
    }
    this.#opened = hears(element, 'didit-session')
    this.#prototype = cover(element, {
      fetch: this.#fetch,
      checkVisibility: () => true,
      ...(ELSEWHERE.includes(element.mode) && { mode: 'modal' }),
      ...(Reflect.get(element, 'url') && { url: PAGE }),
    })
  }

  /** The visitor, or Didit, ends it. */
  async end(outcome: MockEnd): Promise<void> {
    const element = this.#element
    await this.#opened
    if (element.state === 'ended') return this.#endLater(outcome)
    // The frame comes right after the event that says so.
    await element.updateComplete
    const over = hears(element, 'didit-complete', 'didit-cancel', 'didit-error')
    const { id: sessionId } = this.#session
    this.#say('ready', { sessionId })
    this.#say('started', { sessionId })
    if (outcome === 'cancel') {
      this.#say('cancelled', { sessionId })
    } else if (outcome === 'error') {
      void this.giveUp()
      this.#say('error', { error: 'mocked' })
    } else {
      this.#say('completed', { sessionId, status: STATUS[outcome] })
      this.#move(outcome)
    }
    await over
  }

  /** The visitor takes no way on from an obstacle. */
  async giveUp(): Promise<void> {
    await hears(this.#element, 'didit-trouble', 'didit-error')
    this.#element.close()
  }

  /** Ends it without a word, and leaves nothing behind. */
  stop(): void {
    this.#element.reset()
    this.uncover()
    sessionStorage.removeItem(`didit-verify:${this.#session.id}`)
  }

  /** Gives the element back to its page. */
  uncover(): void {
    Object.setPrototypeOf(this.#element, this.#prototype)
  }

  #endLater(outcome: MockEnd): Promise<void> {
    if (this.#element.outcome !== 'pending' || outcome === 'cancel' || outcome === 'error') {
      throw new Error('This verification has ended. Call start() for another one.')
    }
    const heard = hears(this.#element, 'didit-status')
    this.#move(outcome)
    return heard
  }

  #move(to: Outcome): void {
    const status = STATUS[to]
    const { outcome, settled } = statusRow(status)
    const { url, version, ...rest } = this.#session
    this.#session = { ...rest, status, outcome, settled, version: version + 1 }
    for (const stream of this.#streams) this.#tell(stream)
  }

  /** As a message of the hosted page: from the window of its frame, of its origin. */
  #say(name: string, data: object): void {
    const frame = this.#element.renderRoot.querySelector('iframe')
    if (!frame) return
    // jsdom gives a frame in a shadow tree no window; any will do.
    if (!frame.contentWindow) Object.defineProperty(frame, 'contentWindow', { value: window })
    const { contentWindow: source } = frame
    const { origin } = new URL(PAGE)
    const message = { source, origin, data: { type: `didit:${name}`, data } }
    dispatchEvent(new MessageEvent('message', message))
  }

  /** As a backend tells it: an approval comes with a receipt. */
  get #told() {
    const receipt = this.#session.outcome === 'approved' ? 'mocked' : undefined
    return { session: this.#session, receipt, token: 'mocked' }
  }

  /** What the backend answers. */
  #fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = String(input)
    if (this.#code) {
      const [code] = Object.entries(PROBLEMS).find(([, code]) => code === this.#code) ?? []
      const detail = 'Leave `code` out of mockVerification() to get further.'
      return answer(url, 400, { code, title: 'The mock says so.', detail })
    }
    if (!url.endsWith('/events')) return answer(url, 200, this.#told)
    return { ...answer(url, 200), body: this.#stream(init.signal) }
  }

  /** The event stream. Where there are no streams the element asks instead. */
  #stream(signal: AbortSignal | null | undefined): Response['body'] {
    if (!globalThis.ReadableStream) return null
    return new ReadableStream({
      start: (stream) => {
        this.#streams.add(stream)
        this.#tell(stream)
        signal?.addEventListener('abort', () => {
          if (this.#streams.delete(stream)) stream.error(signal.reason)
        })
      },
    })
  }

  #tell(stream: Stream): void {
    const data = JSON.stringify(this.#told)
    stream.enqueue(new TextEncoder().encode(`data: ${data}\n\n`))
  }
}

/** Resolves at the first of these events, or when the element is reset and none will come. */
function hears(element: DiditVerify, ...types: string[]): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController()
    const hear = (event: Event) => {
      if (event.type === 'didit-state' && element.state !== 'idle') return
      over.abort()
      resolve()
    }
    for (const type of [...types, 'didit-state']) {
      element.addEventListener(type, hear, { signal: over.signal })
    }
  })
}

/**
 * Lets properties read as these values; what the page sets meanwhile is kept beneath.
 *
 * @returns the prototype to give back.
 */
function cover(element: DiditVerify, values: Record<string, unknown>): object {
  const prototype = Object.getPrototypeOf(element)
  const covers = Object.entries(values).map(([name, value]) => {
    const set = (given: unknown) => Reflect.set(prototype, name, given, element)
    return [name, { get: () => value, set }] as const
  })
  Object.setPrototypeOf(element, Object.create(prototype, Object.fromEntries(covers)))
  return prototype
}

/** No `Response`: not every simulated browser has one. */
function answer(url: string, status: number, body?: object): Response {
  return { url, status, ok: status < 300, json: async () => body } as Response
}

/** Adds what a simulated browser lacks. @returns what takes it away again. */
function lend(): () => void {
  const dialog = {
    showModal(this: HTMLDialogElement) {
      this.open = true
    },
    close(this: HTMLDialogElement) {
      this.open = false
      this.dispatchEvent(new Event('close'))
    },
  }
  const lent = [
    ...add(HTMLDialogElement.prototype, dialog),
    ...add(Element.prototype, { scrollIntoView() {} }),
    ...add(globalThis, { SecurityPolicyViolationEvent: class extends Event {} }),
  ]
  return () => {
    for (const takeAway of lent) takeAway()
  }
}

function add(target: object, parts: Record<string, unknown>): (() => void)[] {
  return Object.entries(parts)
    .filter(([name]) => !(name in target))
    .map(([name, part]) => {
      Reflect.defineProperty(target, name, { value: part, configurable: true, writable: true })
      return () => Reflect.deleteProperty(target, name)
    })
}
