import {
  type CreateRequest,
  type Session,
  type SessionAnswer,
  type SessionGrant,
  TOKEN_HEADER,
} from '../server/contract.ts'

/** A session as the server told it, with the receipt that came along. */
export interface Told extends Session {
  receipt?: string
}

/** The session in an answer. */
export const told = ({ session, receipt }: SessionAnswer): Told =>
  receipt ? { ...session, receipt } : session

/** The BFF did not do what it was asked. `diagnose()` says what that means. */
export class BackendError extends Error {
  /** The address that was asked. */
  readonly url: string
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number
  /** The body of the answer, where it was JSON. */
  readonly answer: unknown

  constructor(url: string, status: number, answer?: unknown, cause?: unknown) {
    super(`${url} answered ${status}`, { cause })
    this.url = url
    this.status = status
    this.answer = answer
  }
}

export type Backend = ReturnType<typeof createBackend>

/**
 * The three calls to the BFF: create and read one session, and open its stream (see `watch.ts`).
 *
 * @param endpoint its base URL, absolute, without a slash at the end.
 * @param fetch the host's own, for its login header or CSRF token.
 */
export function createBackend(endpoint: string, fetch: typeof globalThis.fetch) {
  async function send(path: string, token: string | undefined, init: RequestInit) {
    const url = endpoint + path
    const headers = { ...init.headers, ...(token && { [TOKEN_HEADER]: token }) }
    const response = await fetch(url, { credentials: 'same-origin', ...init, headers }).catch(
      (cause) => {
        throw new BackendError(url, 0, undefined, cause)
      },
    )
    if (response.ok) return response
    throw new BackendError(url, response.status, await response.json().catch(() => undefined))
  }

  async function json<T extends SessionAnswer>(response: Response) {
    const answer: T | undefined = await response.json().catch(() => undefined)
    if (answer?.session?.id) return { ...answer, session: told(answer) }
    throw new BackendError(response.url, response.status)
  }

  const sessionPath = (id: string) => `/sessions/${encodeURIComponent(id)}`

  return {
    /** Creates a session, or gets the unfinished one of whom the token speaks for. */
    create: async (body: CreateRequest, token: string | undefined, signal: AbortSignal) =>
      json<SessionGrant>(
        await send('/sessions', token, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
          signal,
        }),
      ),

    /**
     * The session as the server has it.
     *
     * @param cache `reload` asks the server not to answer from an old question to Didit.
     */
    async read(
      id: string,
      token: string,
      signal: AbortSignal,
      cache: RequestCache = 'no-store',
    ): Promise<Told> {
      return (await json(await send(sessionPath(id), token, { signal, cache }))).session
    },

    /** The session's event stream. */
    stream: (id: string, token: string, signal: AbortSignal) =>
      send(`${sessionPath(id)}/events`, token, { signal, cache: 'no-store' }),
  }
}
