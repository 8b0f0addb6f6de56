import type {
  CreateRequest,
  Session,
  SessionAnswer,
  SessionGrant,
  TOKEN_HEADER,
} from '../server/contract.ts'
import { within } from './within.ts'

/** Written a second time, and held by its type: the import would bring all tables of the contract. */
const TOKEN: typeof TOKEN_HEADER = 'Verify-Token'

/** A session as the server told it, with the receipt that came along. */
export interface Told extends Session {
  receipt?: string
}

/** The BFF did not do what it was asked. `diagnose()` says what that means. */
export interface BackendError extends Error {
  /** The address that was asked. */
  url: string
  /** The HTTP status; 0 where there was no answer. */
  status: number
  /** The body of the answer, where it was JSON. */
  answer?: unknown
}

export function backendError(
  url: string,
  status: number,
  answer?: unknown,
  cause?: unknown,
): BackendError {
  return Object.assign(new Error(`${url} answered ${status}`, { cause }), { url, status, answer })
}

/** A start waits for Didit, which the server asks again where it is silent. Milliseconds. */
const LONGEST = 60_000

export type Backend = ReturnType<typeof createBackend>

/**
 * Asks the BFF, to begin with for a session; what is asked about it later is in `reader.ts`.
 *
 * @param endpoint its base URL, absolute, without a slash at the end.
 * @param fetch the host's own, for its login header or CSRF token.
 */
export function createBackend(endpoint: string, fetch: typeof globalThis.fetch) {
  /** @throws BackendError when there is no answer, or a refusal. */
  async function ask(path: string, token: string | undefined, init: RequestInit) {
    const url = endpoint + path
    const headers = { ...init.headers, ...(token && { [TOKEN]: token }) }
    const response = await fetch(url, { credentials: 'same-origin', ...init, headers }).catch(
      (cause) => {
        throw backendError(url, 0, undefined, cause)
      },
    )
    if (response.ok) return response
    throw backendError(url, response.status, await response.json().catch(() => undefined))
  }

  /** @throws BackendError when the answer is not one of a BFF. */
  async function json<T extends SessionAnswer>(response: Response) {
    const answer: T | undefined = await response.json().catch(() => undefined)
    if (answer?.session?.id) return { ...answer, session: told(answer) }
    throw backendError(response.url, response.status)
  }

  return {
    ask,
    json,
    told,

    /** Creates a session, or gets the unfinished one of whom the token speaks for. */
    async create(body: CreateRequest, token: string | undefined, signal: AbortSignal) {
      const response = await ask('/sessions', token, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: within(LONGEST, signal),
      })
      return { ...(await json<SessionGrant>(response)), resumed: response.status === 200 }
    },
  }
}

/** The session in an answer. */
function told({ session, receipt }: SessionAnswer): Told {
  return { ...session, receipt }
}
