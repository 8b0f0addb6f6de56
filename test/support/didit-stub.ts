// What tests of the client share: a `fetch` that records what it is asked and answers as told, and a
// clock that moves only when told to.

import { createDidit, type DiditOptions } from '../../server/didit/client.ts'

export const UUID = '11111111-2222-4333-8444-555555555555'
export const OTHER = '99999999-8888-4777-8666-555555555555'
export const KEY = 'sk_test_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'

/** A request as it went out. */
export interface Recorded {
  method: string
  origin: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  body: unknown
  /** By the clock. */
  at: number
}

/** What every answer of a path has; the client takes none without it. */
const NEEDED: readonly [RegExp, object][] = [
  [/^\/v3\/session\/$/, { session_id: 'an id', status: 'Not Started', url: 'https://v.example' }],
  [/\/decision\/$/, { status: 'Not Started' }],
]

/** What is answered: a status with a body, a whole response, an error, or `'silence'`. */
export type Answer =
  | Response
  | Error
  | 'silence'
  | { status?: number; body?: unknown; headers?: Record<string, string> }

const silentLog = { info() {}, warn() {}, error() {} }

/** A client on a stub. The last of the answers is given for ever. */
export function createStub(options: Partial<DiditOptions> = {}, ...answers: Answer[]) {
  const clock = createClock()
  const sent: Recorded[] = []
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = new URL(String(input))
    sent.push({
      method: init.method ?? 'GET',
      origin: url.origin,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(new Headers(init.headers)),
      body: init.body === undefined ? undefined : JSON.parse(String(init.body)),
      at: clock.now(),
    })
    init.signal?.throwIfAborted()
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? {}
    if (answer === 'silence') return silence(init.signal)
    if (answer instanceof Error) throw answer
    if (answer instanceof Response) return answer
    const { status = 200, body = {}, headers } = answer
    const needed = status < 300 && NEEDED.find(([path]) => path.test(url.pathname))?.[1]
    const whole = needed ? { ...needed, ...Object(body) } : body
    const text = typeof whole === 'string' ? whole : JSON.stringify(whole)
    return new Response(status === 204 ? null : text, { status, headers })
  }
  const { now, timers } = clock
  const didit = createDidit({ apiKey: KEY, fetch, now, timers, log: silentLog, ...options })
  return { didit, sent, clock, fetch }
}

function silence(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
}

/** A clock that moves only when told to. */
export function createClock(start = Date.UTC(2026, 0, 1)) {
  let time = start
  const waiting = new Set<{ at: number; run: () => void }>()
  return {
    start,
    now: () => time,
    timers: {
      setTimeout(run: () => void, ms: number) {
        const timer = { at: time + ms, run }
        waiting.add(timer)
        return timer
      },
      clearTimeout: (timer: unknown) => void waiting.delete(timer as { at: number; run(): void }),
    },
    /** How many timers are set. */
    pending: () => waiting.size,
    /** Goes on, timer by timer, letting what each one starts come to rest. */
    async pass(ms: number) {
      const end = time + ms
      await settle()
      for (;;) {
        const [next] = [...waiting].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (!next) break
        waiting.delete(next)
        time = next.at
        next.run()
        await settle()
      }
      time = end
    },
  }
}

/** Lets everything that needs no clock happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}
