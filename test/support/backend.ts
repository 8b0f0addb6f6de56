// A BFF inside the test's own page, handed to an element through its `fetch` property.

import { type Session, type SessionAnswer, statusRow, TOKEN_HEADER } from '../../server/contract.ts'

export interface Asked {
  route: 'create' | 'read' | 'stream'
  url: URL
  token: string | null
  body: Record<string, unknown>
  signal: AbortSignal
}

/** What a test lets a route answer instead. Without an answer it hangs until it is aborted. */
type Answer = (asked: Asked) => Response | undefined

type Controller = ReadableStreamDefaultController<Uint8Array>

/** Another origin than the tests' own: `localhost`, not `127.0.0.1`. */
export const HOSTED = location.origin.replace('127.0.0.1', 'localhost')

const PAGE = `${HOSTED}/test/support/hosted.html`

/** One session and its streams, as the BFF serves them. */
export class Backend {
  session: Session = {
    id: crypto.randomUUID(),
    workflow: 'default',
    status: 'Not Started',
    outcome: null,
    settled: false,
    url: PAGE,
    createdAt: '2026-11-22T00:00:00.000Z',
    updatedAt: '2026-11-22T00:00:00.000Z',
    version: 1,
  }
  readonly token = crypto.randomUUID()
  readonly asked: Asked[] = []
  readonly answers = new Map<Asked['route'], Answer>()
  readonly streams = new Set<Controller>()
  /** The receipts that it has given. */
  readonly receipts: string[] = []

  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = new URL(String(input))
    const signal = init.signal ?? new AbortController().signal
    const { method = 'GET' } = init
    const route =
      method === 'POST' ? 'create' : url.pathname.endsWith('/events') ? 'stream' : 'read'
    const token = new Headers(init.headers).get(TOKEN_HEADER)
    const asked = {
      route,
      url,
      token,
      body: JSON.parse(String(init.body ?? '{}')),
      signal,
    } as const
    this.asked.push(asked)
    await Promise.resolve()
    signal.throwIfAborted()
    const answer = this.answers.get(route)
    if (!answer) return this.#serve(asked)
    return answer(asked) ?? aborted(signal)
  }

  /** How often a route was asked. */
  count(route: Asked['route']): number {
    return this.asked.filter((asked) => asked.route === route).length
  }

  /** Requests whose answer is still awaited or streaming are those whose signal has not aborted. */
  get open(): number {
    return this.streams.size
  }

  /** Changes the session silently: whoever asks hears of it. */
  move(status: string, patch: Partial<Session> = {}): void {
    const { outcome, settled } = statusRow(status)
    const version = this.session.version + 1
    const open = outcome === null || outcome === 'resubmit'
    const { url, ...rest } = this.session
    this.session = {
      ...rest,
      ...(open && { url: url ?? PAGE }),
      status,
      outcome,
      settled,
      version,
      ...patch,
    }
  }

  /** Changes the session, and tells everybody who listens, as a webhook does. */
  tell(status: string, patch: Partial<Session> = {}): void {
    this.move(status, patch)
    for (const stream of this.streams) this.#speak(stream)
  }

  /** Ends every stream, as a proxy does. */
  cut(): void {
    for (const stream of this.streams) stream.close()
    this.streams.clear()
  }

  #serve({ route, token, signal, url }: Asked): Response {
    if (route === 'create') {
      return Response.json({ ...this.#answer(), token: this.token }, { status: 201 })
    }
    if (token !== this.token || !url.pathname.includes(this.session.id))
      return problem(404, 'not-found')
    if (route === 'read') return Response.json(this.#answer())
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.streams.add(controller)
        this.#speak(controller)
        signal.addEventListener('abort', () => {
          if (this.streams.delete(controller)) controller.error(signal.reason)
        })
      },
    })
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
  }

  /** The session, and where it is approved a receipt that nobody has seen. */
  #answer(): SessionAnswer {
    if (this.session.outcome !== 'approved') return { session: this.session }
    const receipt = `receipt ${this.receipts.length + 1}`
    this.receipts.push(receipt)
    return { session: this.session, receipt }
  }

  #speak(stream: Controller): void {
    const data = JSON.stringify(this.#answer())
    const text = `event: session\nid: ${this.session.version}\ndata: ${data}\n\n`
    stream.enqueue(new TextEncoder().encode(text))
  }
}

export function problem(status: number, code: string): Response {
  const body = { status, code, title: 'It did not work.', detail: 'Do something about it.' }
  return Response.json(body, { status, headers: { 'content-type': 'application/problem+json' } })
}

/** A stream that never says a word, as behind a proxy that collects. */
export function mute(signal: AbortSignal): Response {
  const body = new ReadableStream({
    start: (controller) => signal.addEventListener('abort', () => controller.error(signal.reason)),
  })
  return new Response(body)
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}
