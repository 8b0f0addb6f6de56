import type { CreatedSession, CreateSession, Decision } from './types.ts'

export interface DiditOptions {
  apiKey: string
  /** Origin of the API, without `/v3`. Default `https://verification.didit.me`. */
  baseUrl?: string
  /** Default `globalThis.fetch`. */
  fetch?: typeof globalThis.fetch
  /** Milliseconds to wait for an answer. Default 10000. */
  timeout?: number
}

/** Didit answered, and the answer is no. */
export class DiditError extends Error {
  override readonly name = 'DiditError'
  readonly status: number
  /** Didit's optional stable `code`. */
  readonly code: string | undefined
  /** The parsed body, of any shape: Didit's errors have no single envelope. */
  readonly fields: unknown
  /** Seconds from `Retry-After`, where it was sent. */
  readonly retryAfter: number | undefined
  /** Method and path of the request. */
  readonly request: string

  constructor(status: number, fields: unknown, request: string, retryAfter?: number) {
    super(`Didit answered ${status} to ${request}`)
    this.status = status
    this.fields = fields
    this.request = request
    this.retryAfter = retryAfter
    this.code = isRecord(fields) && typeof fields.code === 'string' ? fields.code : undefined
  }
}

/** No answer came: the network failed, or time ran out. `cause` says which. */
export class DiditUnreachable extends Error {
  override readonly name = 'DiditUnreachable'
  readonly timedOut: boolean

  constructor(request: string, cause: unknown) {
    super(`Didit did not answer ${request}`, { cause })
    this.timedOut = cause instanceof Error && cause.name === 'TimeoutError'
  }
}

export type Didit = ReturnType<typeof createDidit>

/**
 * The client of Didit's API, one line per endpoint.
 *
 * @throws {DiditError} from every method when Didit refuses.
 * @throws {DiditUnreachable} from every method when no answer came.
 */
export function createDidit(options: DiditOptions) {
  const { apiKey, fetch = globalThis.fetch, timeout = 10_000 } = options
  const baseUrl = (options.baseUrl ?? 'https://verification.didit.me').replace(/\/$/, '')

  /** @param has the fields that are text in every answer; one without them is not Didit's. */
  async function send<T>(method: string, path: string, has: (keyof T & string)[], body?: object) {
    const request = `${method} ${path}`
    let response: Response
    let text: string
    try {
      response = await fetch(`${baseUrl}/v3${path}`, {
        method,
        headers: { 'x-api-key': apiKey, ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
        // A redirect would lose the key, and Didit's canonical paths never redirect.
        redirect: 'error',
        signal: AbortSignal.timeout(timeout),
      })
      text = await response.text()
    } catch (cause) {
      throw new DiditUnreachable(request, cause)
    }
    const answer = parse(text)
    const whole = isRecord(answer) && has.every((name) => typeof answer[name] === 'string')
    if (response.ok && whole) return answer as T
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
    throw new DiditError(
      response.ok ? 502 : response.status,
      answer,
      request,
      Number.isFinite(retryAfter) ? retryAfter : undefined,
    )
  }

  return {
    sessions: {
      /** Creates a session, or hands back the unfinished one of the same `vendor_data`. */
      create: (body: CreateSession) =>
        send<CreatedSession>('POST', '/session/', ['session_id', 'status', 'url'], body),
      /** The session as it is now, at any point of its life. */
      decision: (id: string) => send<Decision>('GET', path`/session/${id}/decision/`, ['status']),
    },
  }
}

/** Encodes what is put into a path and refuses what would leave it. */
function path(strings: TemplateStringsArray, ...values: string[]): string {
  return String.raw(
    { raw: strings },
    ...values.map((value) => {
      if (!value || value === '.' || value === '..') {
        throw new TypeError(`${JSON.stringify(value)} is not an id; pass one that Didit gave you.`)
      }
      return encodeURIComponent(value)
    }),
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
