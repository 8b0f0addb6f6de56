import { afterEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../server/metrics.ts'
import { createBff, problem } from '../support/bff.ts'
import { createGate, until } from '../support/gate.ts'
import { OPERATOR, startServed } from '../support/served.ts'

const BEARER = { authorization: `Bearer ${OPERATOR}` }

async function setUp() {
  const metrics = await createMetrics()
  const bff = await createBff({ metrics, operators: { anna: OPERATOR } })
  const ready = async () => {
    const response = await bff.request('/ready', { headers: BEARER })
    return [response.status, await response.json()] as const
  }
  return { ...bff, ready }
}

describe('what stands behind the operator token', () => {
  it.each(['/ready', '/metrics'])('is told to nobody else: %s', async (path) => {
    const { request } = await setUp()
    const refused: Record<string, string>[] = [
      {},
      { authorization: `Bearer ${OPERATOR}x` },
      { authorization: `Basic ${OPERATOR}` },
      { 'verify-token': OPERATOR },
    ]
    for (const headers of refused) {
      expect(await problem(await request(path, { headers }))).toEqual([401, 'operator-token'])
    }
    expect((await request(path, { headers: BEARER })).status).toBe(200)
  })

  it.each(['/ready', '/metrics'])('is not there without operators: %s', async (path) => {
    const { request } = await createBff({ metrics: await createMetrics() })
    expect(await problem(await request(path, { headers: BEARER }))).toEqual([404, 'not-found'])
  })
})

describe('readiness', () => {
  it('tells store and Didit apart', async () => {
    const { ready, store, didit, clock, request } = await setUp()
    expect(await ready()).toEqual([200, { status: 'ready', store: 'ok', upstream: 'ok' }])

    didit.answer = () => Promise.reject(new TypeError('fetch failed'))
    clock.pass(15_000)
    const degraded = { status: 'degraded', store: 'ok', upstream: 'down' }
    expect(await ready()).toEqual([200, degraded])

    const { ping } = store
    store.ping = () => Promise.reject(new Error('disk full'))
    const unready = { status: 'unready', store: 'down', upstream: 'down' }
    expect(await ready()).toEqual([503, unready])
    // Restarting a process does not mend its database.
    expect((await request('/health')).status).toBe(200)

    store.ping = ping
    didit.answer = (_request, pass) => pass()
    clock.pass(15_000)
    expect((await ready())[0]).toBe(200)
  })

  it('asks Didit once in 15 seconds, for all who ask', async () => {
    const { ready, didit, clock } = await setUp()
    await Promise.all(Array.from({ length: 10 }, ready))
    clock.pass(14_999)
    await ready()
    expect(didit.calls).toEqual(['GET /system/healthcheck'])
    clock.pass(1)
    await ready()
    expect(didit.calls).toHaveLength(2)
  })

  it('does not wait for a store that hangs', async () => {
    const { ready, store, clock } = await setUp()
    // What Didit answered now stands for the next seconds.
    await ready()
    store.ping = () => new Promise(() => {})
    const asked = ready()
    await until(() => clock.waiting() > 0)
    clock.pass(3_000)
    expect(await asked).toEqual([503, { status: 'unready', store: 'down', upstream: 'ok' }])
  })

  it('does not wait for a Didit that hangs', async () => {
    const { ready, didit, clock } = await setUp()
    const never = createGate()
    didit.answer = async ({ signal }) => {
      await Promise.race([
        never.opened,
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ])
      return new Response()
    }
    const asked = ready()
    await until(() => clock.waiting() > 0)
    clock.pass(3_000)
    expect((await asked)[1]).toMatchObject({ status: 'degraded', upstream: 'down' })
  })
})

describe('serve', () => {
  const undo: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0)) await step()
  })

  it('counts what it asks of Didit, by endpoint and answer, and shows its own process', async () => {
    const refusing = (request: Request) =>
      request.method === 'POST'
        ? Response.json({ detail: 'no' }, { status: 403 })
        : Response.json({ status: 'ok', timestamp: '' })
    const served = await startServed({ upstream: refusing })
    undo.push(served.stop)
    await served.start().catch(() => {})
    await served.get('/api/verify/ready', BEARER)
    await served.get('/api/operator/sessions/11111111-2222-4333-8444-555555555555', BEARER)
    const response = await served.get('/api/verify/metrics', BEARER)
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    const text = await response.text()
    const asked = (endpoint: string, result: number) =>
      expect(text).toContain(
        `didit_verify_didit_requests_total{endpoint="${endpoint}",result="${result}"} 1\n`,
      )
    asked('POST /session/', 403)
    asked('GET /system/healthcheck', 200)
    asked('GET /session/:id/decision/', 200)
    expect(text).toMatch(/didit_request_seconds_count{endpoint="POST \/session\/"} 1\n/)
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m)
    expect(text).not.toContain('11111111')
  })
})
