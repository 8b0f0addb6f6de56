import type { Log, Timers } from '../options.ts'
import { type Budget, createBudget, type Observed, type Scope } from './budget.ts'
import { createTimeout, download } from './download.ts'
import { DiditError, DiditInputError, DiditUnreachable, isRecord } from './errors.ts'
import { sleep } from './sleep.ts'

/** Didit's advice for 429 and 5xx that name no time; the last one repeats. */
const BACKOFF = [5_000, 10_000, 20_000, 40_000]
/** Answers after which a request that may be repeated is repeated. */
const PASSING = [429, 500, 502, 503, 504]
/** Fields of a request that no message may quote. */
const SECRETS = ['password', 'code', 'share_token']
/** A pause of so many milliseconds is worth a line; shorter ones nobody notices. */
const NOTICED = 1_000

/** Where Didit's three groups of paths begin. */
export interface Addresses {
  v3: string
  auth: string
  system: string
}

/** What can be said for one call. */
export interface Call {
  /** Ends the call, waiting included; it then rejects with the signal's reason. */
  signal?: AbortSignal
  /** Milliseconds to wait for each answer. */
  timeout?: number
  /** How often to repeat what may be repeated. */
  retries?: number
  /** Milliseconds to spend on waiting, between repeats and for the budget, all in all. */
  patience?: number
  /** For `account` only: the Bearer token, in place of the client's. */
  accessToken?: string
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** A request, beside its method and path. */
export interface Ask extends Call {
  api?: keyof Addresses
  query?: object
  body?: object
  headers?: Record<string, string>
  /** Whether a second one does no harm. Default: only for GET, and for DELETE after a 503. */
  repeatable?: boolean
  scope?: Scope
  /** `json` must come, `maybe` need not. Default `json`. */
  answer?: 'json' | 'maybe' | 'file'
  /** Fields that are text in every answer; one without them is not Didit's. */
  has?: readonly string[]
}

export interface TransportOptions {
  apiKey: string | undefined
  accessToken: string | undefined
  addresses: Addresses
  fetch: typeof globalThis.fetch
  timeout: number
  retries: number
  patience: number
  budget: false | Budget | Partial<Record<Scope, number>>
  now(): number
  timers: Timers
  log: Log
  observe(exchange: Exchange): void
}

/** One request, as it went out, and what came of it. */
export interface Exchange {
  /** Method and path, with `:id` for every id: `GET /session/:id/decision/`. */
  endpoint: string
  /** The status of the answer, or why there was none. */
  result: number | 'timeout' | 'unreachable'
  /** Until the answer began, or was given up. */
  seconds: number
}

export type Send = ReturnType<typeof createTransport>

/** Sends requests: headers, budget, timeouts, repeats, errors. The endpoints know none of it. */
export function createTransport(options: TransportOptions) {
  // Edge runtimes refuse a fetch that is called as a method.
  const { fetch, timers, now, log } = options
  const budget = budgetOf(options)

  return async function send<T>(method: Method, path: string, ask: Ask = {}): Promise<T> {
    const { signal, retries = options.retries } = ask
    const request = `${method} ${path}`
    const headers = headersOf(ask, options)
    const body = textOf(ask.body)
    const patience = { left: ask.patience ?? options.patience }
    signal?.throwIfAborted()
    for (let tries = 0; ; tries++) {
      try {
        await takeTurn(ask, method, request, patience)
        return await once<T>({ method, path, request, headers, body, ask })
      } catch (error) {
        // The try before has done it, though its answer was 503.
        if (tries > 0 && method === 'DELETE' && statusOf(error) === 404) return null as T
        if (tries >= retries || !mayRepeat(method, ask, error)) throw error
        const pause = pauseOf(error, tries)
        if (pause > patience.left) throw error
        patience.left -= pause
        log.info({ request, status: statusOf(error), pause }, 'asking Didit again')
        await sleep(pause, timers, signal)
      }
    }
  }

  /** Waits for the budget, or refuses in Didit's place when that would take too long. */
  async function takeTurn(
    ask: Ask,
    method: Method,
    request: string,
    patience: { left: number },
  ): Promise<void> {
    if (!budget || (ask.api ?? 'v3') !== 'v3') return
    const scope = scopeOf(ask, method)
    const time = now()
    const { at, taken } = await budget.reserve(scope, time + patience.left)
    if (!taken) {
      const detail = "This client's own budget for Didit's rate limit is used up."
      const seconds = Math.ceil((at - time) / 1000)
      throw new DiditError(429, { detail, code: 'own_budget' }, request, seconds)
    }
    if (at <= time) return
    patience.left -= at - time
    if (at - time >= NOTICED) {
      log.info({ request, pause: at - time }, "waiting to stay below Didit's rate limit")
    }
    await sleep(at - time, timers, ask.signal).catch(async (reason) => {
      await budget.release(scope, at)
      throw reason
    })
  }

  async function once<T>({ method, path, request, headers, body, ask }: Sent): Promise<T> {
    const limit = createTimeout(ask.timeout ?? options.timeout, timers)
    const signal = ask.signal ? AbortSignal.any([ask.signal, limit.signal]) : limit.signal
    const failed = (cause: unknown) =>
      ask.signal?.aborted ? ask.signal.reason : new DiditUnreachable(request, cause)
    const url = options.addresses[ask.api ?? 'v3'] + path + queryOf(ask.query)
    const start = performance.now()
    const tell = (result: Exchange['result']) => {
      const seconds = (performance.now() - start) / 1000
      options.observe({ endpoint: `${method} ${withoutIds(path)}`, result, seconds })
    }
    let response: Response
    let facts: Observed
    let text = ''
    try {
      limit.start()
      // A redirect would lose the key, and Didit's canonical paths never redirect.
      response = await fetch(url, { method, headers, body, redirect: 'error', signal })
      facts = factsOf(response, now())
      if ((ask.api ?? 'v3') === 'v3') await budget?.observe(scopeOf(ask, method), facts)
      if (ask.answer === 'file' && response.ok) {
        tell(response.status)
        return download(response, { limit, signal, failed }) as T
      }
      text = await response.text()
      tell(response.status)
    } catch (cause) {
      const failure = failed(cause)
      // A call that its caller ended says nothing about Didit.
      if (failure instanceof DiditUnreachable) tell(failure.timedOut ? 'timeout' : 'unreachable')
      throw failure
    } finally {
      limit.stop()
    }
    const answer = parse(text)
    const whole = ask.has?.every((name) => isRecord(answer) && typeof answer[name] === 'string')
    const expected = ask.answer === 'maybe' || (isJson(answer) && whole !== false)
    if (response.ok && expected) return (answer ?? null) as T
    throw new DiditError(response.ok ? 502 : response.status, answer, request, facts.retryAfter, {
      ...facts,
      page: /^\s*</.test(text),
      unread: response.ok,
      secrets: secretsOf(ask, options),
    })
  }
}

interface Sent {
  method: Method
  path: string
  request: string
  headers: Record<string, string>
  body: string | undefined
  ask: Ask
}

/** Ids have digits or capitals; no word of Didit's paths has. */
export function withoutIds(path: string): string {
  return path.replace(/[^/]*[^a-z/-][^/]*/g, ':id')
}

function budgetOf({ budget, now }: TransportOptions): Budget | undefined {
  if (budget === false) return undefined
  return 'reserve' in budget ? budget : createBudget(now, budget)
}

function headersOf({ api = 'v3', headers, body, accessToken }: Ask, options: TransportOptions) {
  const sent: Record<string, string> = { accept: 'application/json', ...headers }
  if (body) sent['content-type'] = 'application/json'
  if (api === 'auth') {
    const token = accessToken ?? options.accessToken
    if (token !== undefined) sent.authorization = `Bearer ${headerValue('accessToken', token)}`
  } else if (api === 'v3' && !sent['session-token']) {
    const message = 'is missing. Take it from the Didit console, or from `account.verifyEmail()`.'
    if (!options.apiKey) throw new DiditInputError({ field: 'apiKey', message })
    sent['x-api-key'] = headerValue('apiKey', options.apiKey)
  }
  return sent
}

/** The platform would refuse it too, with a message that quotes it. */
function headerValue(field: string, value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value
  const message = 'holds spaces, line breaks or characters that no key has. Copy it once more.'
  throw new DiditInputError({ field, message })
}

function textOf(body: object | undefined): string | undefined {
  try {
    return body && JSON.stringify(body)
  } catch {
    const message = 'cannot be written as JSON. Send plain objects, lists, texts and numbers only.'
    throw new DiditInputError({ field: 'body', message })
  }
}

function queryOf(query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return text && `?${text}`
}

function scopeOf({ scope }: Ask, method: Method): Scope {
  return scope ?? (method === 'GET' ? 'read' : 'write')
}

function mayRepeat(method: Method, { repeatable }: Ask, error: unknown): boolean {
  if (error instanceof DiditUnreachable) return repeatable ?? method === 'GET'
  // Our own guard has already said that it takes too long.
  if (!(error instanceof DiditError) || error.code === 'own_budget') return false
  if (method === 'DELETE') return error.status === 503
  return (repeatable ?? method === 'GET') && PASSING.includes(error.status)
}

function pauseOf(error: unknown, tries: number): number {
  const asked = error instanceof DiditError ? error.retryAfter : undefined
  if (asked !== undefined) return asked * 1000
  return BACKOFF[Math.min(tries, BACKOFF.length - 1)] ?? 0
}

function statusOf(error: unknown): number | undefined {
  return error instanceof DiditError ? error.status : undefined
}

function factsOf({ status, headers }: Response, now: number): Observed {
  const number = (name: string) => {
    const text = headers.get(name) ?? ''
    return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined
  }
  // An HTTP date; what else a Date would read is none.
  const date = Date.parse(/^.+ GMT$/.exec(headers.get('retry-after') ?? '')?.[0] ?? '')
  const seconds = Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000))
  return {
    status,
    retryAfter: number('retry-after') ?? seconds,
    rateLimit: {
      limit: number('x-ratelimit-limit'),
      remaining: number('x-ratelimit-remaining'),
      reset: number('x-ratelimit-reset'),
    },
  }
}

function secretsOf({ body, headers, accessToken }: Ask, options: TransportOptions): string[] {
  const sent = isRecord(body) ? SECRETS.map((name) => body[name]) : []
  const known = [options.apiKey, options.accessToken, accessToken, headers?.['session-token']]
  return [...sent, ...known].filter((text) => typeof text === 'string')
}

function isJson(answer: unknown): boolean {
  return isRecord(answer) || Array.isArray(answer)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
