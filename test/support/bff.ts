// The whole server without a port: BFF, client and sandbox, chained through their `request`.

import { Hono } from 'hono'
import { createVerifyApp } from '../../server/app.ts'
import { type CreateRequest, type Session, TOKEN_HEADER } from '../../server/contract.ts'
import { createDidit } from '../../server/didit/client.ts'
import { sign } from '../../server/didit/webhook.ts'
import type { VerifyOptions } from '../../server/options.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { openStore } from '../../server/store/index.ts'
import { faultOf } from './api.ts'
import { createClock } from './clock.ts'

export const PAGE = 'https://shop.example'
export const PUBLIC_URL = 'https://verify.shop.example/api/verify'
export const SECRET = 'hook-secret'
const DIDIT = 'http://127.0.0.1:4010'
const quiet = { info() {}, warn() {}, error() {} }

type Upstream = (request: Request, pass: () => Promise<Response>) => Response | Promise<Response>

interface BffOptions extends Partial<VerifyOptions> {
  /** Whether the sandbox posts webhooks. Default: not, so that each test says what arrives when. */
  webhooks?: boolean
  clock?: ReturnType<typeof createClock>
  /** Milliseconds of real time that the client waits for Didit. */
  timeout?: number
}

export async function createBff(options: BffOptions = {}) {
  const { webhooks = false, clock = createClock(), timeout, ...rest } = options
  const { now, timers } = clock
  const lines: { level: string; data: Record<string, unknown>; message: string }[] = []
  const working = new Set<Promise<unknown>>()
  const log = (level: string) => (data: object, message: string) =>
    void lines.push({ level, data: { ...data }, message })

  const sandbox = createSandbox({
    publicUrl: DIDIT,
    limits: false,
    now,
    timers,
    log: quiet,
    webhook: webhooks ? { url: `${PUBLIC_URL}/webhooks`, secret: SECRET } : undefined,
    fetch: async (input, init) => app.request(input as string, init),
  })

  /** What the client asked, and a place to answer instead of the sandbox. */
  const didit = {
    calls: [] as string[],
    bodies: [] as Record<string, unknown>[],
    answer: ((_request, pass) => pass()) as Upstream,
  }
  const verifyOptions: VerifyOptions = {
    publicUrl: PUBLIC_URL,
    store: rest.store ?? (await openStore('file::memory:')),
    workflows: { default: DEFAULT_WORKFLOW },
    webhookSecrets: [SECRET],
    allowedOrigins: [PAGE],
    didit: createDidit({
      apiKey: 'key',
      baseUrl: DIDIT,
      timeout,
      // As `serve` asks: somebody waits for each answer.
      retries: 0,
      patience: 2_000,
      now,
      async fetch(input, init) {
        const request = new Request(input, init)
        didit.calls.push(`${request.method} ${new URL(request.url).pathname}`)
        const body = request.method === 'POST' && (await request.clone().text())
        if (body) didit.bodies.push(JSON.parse(body))
        return didit.answer(request, async () => sandbox.app.request(request))
      },
    }),
    waitUntil(work) {
      working.add(work)
      void work.finally(() => working.delete(work))
    },
    now,
    timers,
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    ...rest,
  }
  const { store } = verifyOptions
  const app = new Hono().route('/api/verify', createVerifyApp(verifyOptions))

  /** Every answer has to be as the description says. */
  async function request(path: string, init?: RequestInit, env?: object): Promise<Response> {
    const response = await app.request(PUBLIC_URL + path, init, env)
    const [pathname = ''] = path.split('?')
    const fault = await faultOf(init?.method ?? 'GET', pathname, response)
    if (fault) throw new Error(fault)
    return response
  }

  /** What a page sends to start; `body` may be anything. */
  function post(body: unknown = {}, headers: Record<string, string> = {}, env?: object) {
    return request(
      '/sessions',
      {
        method: 'POST',
        headers: { origin: PAGE, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      },
      env,
    )
  }

  async function start(body: CreateRequest = {}, headers: Record<string, string> = {}) {
    const response = await post(body, headers)
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    const { session, token } = (await response.json()) as { session: Session; token: string }
    return { session, token, status: response.status }
  }

  function read(id: string, token?: string, headers: Record<string, string> = {}) {
    const bearer: Record<string, string> = token ? { [TOKEN_HEADER]: token } : {}
    return request(`/sessions/${id}`, { headers: { ...bearer, ...headers } })
  }

  return {
    app,
    sandbox,
    store,
    clock,
    didit,
    lines,
    options: verifyOptions,
    request,
    post,
    start,
    read,

    /** The session as a browser reads it. */
    async seen(id: string, token: string, headers?: Record<string, string>): Promise<Session> {
      return (await (await read(id, token, headers)).json()).session
    },

    /** Moves the session at Didit. */
    async move(id: string, ...statuses: string[]) {
      for (const status of statuses) {
        const response = await sandbox.app.request(`${DIDIT}/_sandbox/sessions/${id}/status`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ status, force: true }),
        })
        if (!response.ok) throw new Error(await response.text())
      }
    },

    /** Posts a webhook of Didit, signed; what is undefined is left out. */
    async hook(
      event: Record<string, unknown>,
      { headers = ['X-Signature'], secret = SECRET }: { headers?: string[]; secret?: string } = {},
    ): Promise<Response> {
      const timestamp = Math.floor(now() / 1000)
      const body = JSON.stringify({
        event_id: crypto.randomUUID(),
        webhook_type: 'status.updated',
        created_at: timestamp,
        timestamp,
        ...event,
      })
      const signed = Object.entries(await sign({ body, secret, timestamp }))
      return request('/webhooks', {
        method: 'POST',
        body,
        headers: signed.filter(([name]) => [...headers, 'X-Timestamp'].includes(name)),
      })
    },

    /** Resolves when webhooks are delivered and what follows from them is done. */
    async idle() {
      await sandbox.idle()
      while (working.size > 0) await Promise.all(working)
    },
  }
}

/** Code and status of a problem, after checking that it is one. */
export async function problem(response: Response): Promise<[number, string]> {
  const body = await response.json()
  const type = response.headers.get('content-type')
  if (type !== 'application/problem+json' || body.status !== response.status) {
    throw new Error(`not a problem: ${response.status} ${type} ${JSON.stringify(body)}`)
  }
  return [response.status, body.code]
}
