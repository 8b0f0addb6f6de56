// `--server`: the client's requests, led through the operator API of a running server. The client
// stays the one that checks, pages and waits.

import { DiditError, DiditUnreachable } from '../didit/client.ts'
import { isLoopback } from '../loopback.ts'
import { ACCESS_TOKEN_HEADER } from '../routes/operator/account.ts'
import { UsageError } from './usage.ts'

/** Didit's endpoint -> the operator's route that stands for it. */
const ROUTES: Readonly<Record<string, string>> = {
  'GET /v3/sessions/': 'GET /sessions',
  'GET /v3/session/:id/decision/': 'GET /sessions/:id',
  'GET /v3/session/:id/generate-pdf/': 'GET /sessions/:id/pdf',
  'PATCH /v3/session/:id/update-status/': 'POST /sessions/:id/:act',
  'POST /v3/session/:id/resubmission-preview/': 'POST /sessions/:id/resubmission-preview',
  'DELETE /v3/session/:id/delete/': 'DELETE /sessions/:id',
  'POST /v3/sessions/delete/': 'POST /sessions/delete',
  'POST /v3/session/:id/share/': 'POST /sessions/:id/share',
  'POST /v3/session/import-shared/': 'POST /sessions/import',
  'GET /v3/sessions/:id/reviews/': 'GET /sessions/:id/reviews',
  'POST /v3/sessions/:id/reviews/': 'POST /sessions/:id/reviews',
  'GET /v3/blocklist/': 'GET /blocklist',
  'POST /v3/blocklist/add/': 'POST /blocklist/add',
  'POST /v3/blocklist/remove/': 'POST /blocklist/remove',
  'GET /v3/lists/': 'GET /lists',
  'POST /v3/lists/': 'POST /lists',
  'GET /v3/lists/:id/entries/': 'GET /lists/:id/entries',
  'POST /v3/lists/:id/entries/': 'POST /lists/:id/entries',
  'POST /v3/lists/:id/entries/face-upload/': 'POST /lists/:id/entries/face-upload',
  'GET /v3/workflows/': 'GET /workflows',
  'POST /v3/workflows/': 'POST /workflows',
  'GET /v3/workflows/:id/': 'GET /workflows/:id',
  'PATCH /v3/workflows/:id/': 'PATCH /workflows/:id',
  'DELETE /v3/workflows/:id/': 'DELETE /workflows/:id',
  'GET /v3/billing/balance/': 'GET /billing/balance',
  'POST /v3/billing/top-up/': 'POST /billing/top-up',
  'GET /v3/webhook/': 'GET /webhook',
  'PATCH /v3/webhook/': 'PATCH /webhook',
  'GET /v3/webhook/destinations/': 'GET /webhooks/destinations',
  'POST /v3/webhook/destinations/': 'POST /webhooks/destinations',
  'GET /v3/webhook/destinations/:id/': 'GET /webhooks/destinations/:id',
  'PATCH /v3/webhook/destinations/:id/': 'PATCH /webhooks/destinations/:id',
  'DELETE /v3/webhook/destinations/:id/': 'DELETE /webhooks/destinations/:id',
  'GET /v3/webhook/destinations/:id/deliveries/': 'GET /webhooks/destinations/:id/deliveries',
  'GET /v3/webhook/destinations/:id/deliveries/:delivery/':
    'GET /webhooks/destinations/:id/deliveries/:delivery',
  'POST /v3/webhook/destinations/:id/deliveries/:delivery/resend/':
    'POST /webhooks/destinations/:id/deliveries/:delivery/resend',
  'POST /auth/v2/programmatic/register/': 'POST /account/register',
  'POST /auth/v2/programmatic/verify-email/': 'POST /account/verify-email',
  'POST /auth/v2/programmatic/resend-otp/': 'POST /account/resend-otp',
  'POST /auth/v2/programmatic/login/': 'POST /account/login',
  'GET /auth/v2/organizations/me/': 'GET /account/organizations',
  'GET /auth/v2/organizations/me/:id/applications/': 'GET /account/organizations/:id/applications',
  'GET /auth/v2/organizations/me/:id/applications/:application/':
    'GET /account/organizations/:id/applications/:application',
}

/** What update-status is called there. */
const ACTS: Readonly<Record<string, string>> = {
  Approved: 'approve',
  Declined: 'decline',
  Resubmitted: 'resubmit',
}

const PATTERNS = Object.entries(ROUTES).map(([endpoint, route]) => ({
  pattern: new RegExp(`^${endpoint.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
  route,
}))

export type Operator = ReturnType<typeof createOperator>

/**
 * The way into an operator API.
 *
 * @param server the address of the server, or that of its operator API where it is mounted elsewhere.
 * @throws {UsageError} for an address that would show the token to others, and without a token.
 */
export function createOperator({ server, token, fetch }: OperatorOptions) {
  const base = addressOf(server)
  if (!token) {
    throw new UsageError('--server needs a token. Set DIDIT_OPERATOR_TOKEN, or give --token.')
  }

  /** One call of a route. Problems of the server come as answers of Didit would. */
  async function call(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    // What the client says for an account at Didit; to the server the operator is somebody else.
    const account = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1]
    if (account !== undefined) headers.set(ACCESS_TOKEN_HEADER, account)
    headers.set('authorization', `Bearer ${token}`)
    headers.delete('x-api-key')
    const response = await fetch(base + path, { ...init, method, headers, redirect: 'error' })
    return response.ok ? response : refusal(response, base)
  }

  return {
    base,
    token,
    call,

    /** Asks for a list that Didit does not know. */
    async list<T>(path: string): Promise<{ results: T[] }> {
      const request = `GET ${path}`
      const response = await call('GET', path).catch((cause) => {
        throw new DiditUnreachable(request, cause)
      })
      const answer: unknown = await response.json().catch(() => undefined)
      if (!response.ok) throw new DiditError(response.status, answer, request)
      if (Array.isArray(Object(answer).results)) return answer as { results: T[] }
      throw new Error(`${base} answered ${request} with no list. Is it a didit-verify server?`)
    },

    /** A `fetch` for the client of Didit. */
    async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
      const { pathname, search } = new URL(String(input))
      const request = `${init.method ?? 'GET'} ${pathname}`
      const found = PATTERNS.find(({ pattern }) => pattern.test(request))
      const ids = found?.pattern.exec(request)?.groups ?? {}
      if (!found) throw new NotOffered()
      // What becomes of a session is a part of the path there.
      const { status, body } = found.route.endsWith(':act')
        ? takeStatus(init.body)
        : { status: '', body: init.body }
      const names: Record<string, string | undefined> = { ...ids, act: ACTS[status] }
      const [method = '', path = ''] = found.route
        .replace(/:(\w+)/g, (_, name: string) => names[name] ?? '')
        .split(' ')
      return call(method, path + search, { ...init, body })
    },
  }
}

export interface OperatorOptions {
  server: string
  token: string | undefined
  fetch: typeof globalThis.fetch
}

/** The operator API has no such route. */
export class NotOffered extends Error {
  override readonly name = 'NotOffered'

  constructor() {
    super('The operator API does not offer this. Leave --server out to ask Didit itself.')
  }
}

function addressOf(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError('--server is not an address. Give one like https://www.example.com.')
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw new UsageError(
      '--server would show the token to others on the way. Give an https address.',
    )
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError(
      '--server has more than an address. Give scheme, host, port and path only.',
    )
  }
  const path = url.pathname.replace(/\/+$/, '')
  return url.origin + (path || '/api/operator')
}

function takeStatus(text: RequestInit['body']): { status: string; body: string } {
  const { new_status: status, ...note } = JSON.parse(String(text)) as Record<string, unknown>
  return { status: String(status), body: JSON.stringify(note) }
}

/** What the server says it could not do, as Didit would say it, or in the server's own words. */
async function refusal(response: Response, base: string): Promise<Response> {
  const { status, headers } = response
  const json: unknown = await response.json().catch(() => undefined)
  const problem = Object(json) as Record<string, unknown>
  const kept = new Headers()
  for (const name of ['retry-after', 'date']) {
    const value = headers.get(name)
    if (value !== null) kept.set(name, value)
  }
  if (problem.code === 'didit-refused') {
    const words = problem.didit ?? { detail: problem.detail }
    return Response.json(words, { status, headers: kept })
  }
  // A server without operators answers as one without the route.
  if (typeof problem.title === 'string' && problem.code !== 'not-found') {
    return Response.json(problem, { status, headers: kept })
  }
  const title = `There is no operator API at ${base}.`
  const detail = 'Check the address, and that the server has OPERATOR_TOKENS.'
  return Response.json({ status, code: 'no-operator-api', title, detail }, { status })
}
