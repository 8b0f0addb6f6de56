// A sandbox of a test's own, with a clock, a receiver of webhooks and the calls that tests make often.

import { expect } from 'vitest'
import { createSandbox, DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'

export const ORIGIN = 'http://127.0.0.1:4010'
export const START = Date.UTC(2026, 0, 1)
export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE
export const SECRET = 'hook-secret'
export const DENIED = { detail: 'You do not have permission to perform this action.' }
const quiet = { info() {}, warn() {}, error() {} }

/** A clock that moves only when told to. */
function clock() {
  let now = START
  const timers = new Set<{ at: number; run: () => void }>()
  return {
    now: () => now,
    timers: {
      setTimeout(run: () => void, ms: number) {
        const timer = { at: now + ms, run }
        timers.add(timer)
        return timer
      },
      clearTimeout: (timer: unknown) => void timers.delete(timer as { at: number; run(): void }),
    },
    pass(ms: number) {
      now += ms
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at > now || !timers.delete(timer)) continue
        timer.run()
      }
    },
  }
}

export type Hook = (body: Record<string, unknown>) => number | Error | Promise<number>

export function setUp(
  options: Partial<Parameters<typeof createSandbox>[0]> & { hook?: Hook } = {},
) {
  const { hook = () => 204, ...rest } = options
  const time = clock()
  const hooks: { body: Record<string, unknown>; raw: string; headers: Headers }[] = []
  const sandbox = createSandbox({
    publicUrl: ORIGIN,
    webhook: { url: 'http://bff.test/webhooks', secret: SECRET },
    log: quiet,
    now: time.now,
    timers: time.timers,
    async fetch(input, init) {
      const request = new Request(input, init)
      const raw = await request.text()
      hooks.push({ body: JSON.parse(raw), raw, headers: request.headers })
      const answer = await hook(JSON.parse(raw))
      if (answer instanceof Error) throw answer
      return new Response(null, { status: answer })
    },
    ...rest,
  })
  const request = (path: string, init?: RequestInit) =>
    sandbox.app.request(path.startsWith('http') ? path : ORIGIN + path, init)
  const send = (method: string, path: string, body?: unknown, headers = {}) =>
    request(path, {
      method,
      headers: { 'content-type': 'application/json', 'x-api-key': 'key', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  /** Sends, and reads what comes back. */
  const ask = async (method: string, path: string, body?: unknown, headers = {}) => {
    const response = await send(method, path, body, headers)
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body: json ? JSON.parse(text) : text,
    }
  }
  const create = async (body: object = {}, headers = {}) => {
    const wanted = { workflow_id: DEFAULT_WORKFLOW, ...body }
    const response = await send('POST', '/v3/session/', wanted, headers)
    expect(response.status).toBe(201)
    return response.json()
  }
  /** A workflow of these features. */
  const workflow = async (...features: string[]) => {
    const body = { workflow_label: 'Test', features: features.map((feature) => ({ feature })) }
    const answer = await ask('POST', '/v3/workflows/', body)
    expect(answer.status).toBe(201)
    return answer.body
  }
  const company = async () =>
    create({ workflow_id: (await workflow('KYB_REGISTRY', 'KYB_KEY_PEOPLE')).workflow_id })
  const decision = async (id: string) => (await ask('GET', `/v3/session/${id}/decision/`)).body
  const update = (id: string, body: object) =>
    ask('PATCH', `/v3/session/${id}/update-status/`, body)
  const move = (id: string, status: string, force?: boolean) =>
    send('POST', `/_sandbox/sessions/${id}/status`, { status, force })
  /** The visitor opens the link and lets it end. */
  const play = async (token: string, scenario: string, document?: object) => {
    await send('POST', `/session/${token}/start`, {})
    return (await send('POST', `/session/${token}/finish`, { scenario, document })).json()
  }
  /** A session that somebody has played to its end. */
  const played = async (scenario: string, body: object = {}) => {
    const made = await create(body)
    await play(made.session_token, scenario)
    return made
  }
  /** The people behind a company do their part, each as a scenario says. */
  const verify = async (company: string, ...scenarios: string[]) => {
    const [check] = (await decision(company)).key_people_checks
    for (const [i, { kyc_session_url }] of check.submitted.parties.entries()) {
      const scenario = scenarios[i]
      if (scenario) await play(kyc_session_url.split('/').at(-1), scenario)
    }
  }
  const told = () => hooks.map(({ body }) => body.status)
  return {
    sandbox,
    time,
    hooks,
    told,
    request,
    send,
    ask,
    create,
    workflow,
    company,
    verify,
    decision,
    update,
    move,
    play,
    played,
  }
}
