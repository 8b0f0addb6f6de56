import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { createVerifyApp } from '../../server/app.ts'
import { createMetrics } from '../../server/metrics.ts'
import { createOperatorApp } from '../../server/operator.ts'
import { createBff, PAGE } from '../support/bff.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

async function idOf(response: Response | Promise<Response>): Promise<string> {
  return (await response).headers.get('x-request-id') ?? ''
}

describe('the id of a request', () => {
  it('is fresh each time, in answers and in refusals', async () => {
    const { request, post } = await createBff()
    const ids = [
      await idOf(request('/health')),
      await idOf(request('/health')),
      await idOf(request('/nowhere')),
      await idOf(post('nonsense')),
      await idOf(post({}, { origin: 'https://evil.example' })),
    ]
    for (const id of ids) expect(id).toMatch(UUID)
    expect(new Set(ids).size).toBe(5)
  })

  const given = { 'x-request-id': 'from-the-proxy:1.2=3' }

  it("is the client's word only where proxies are trusted", async () => {
    const without = await createBff()
    expect(await idOf(without.request('/health', { headers: given }))).toMatch(UUID)
    const behind = await createBff({ trustedProxies: 1 })
    expect(await idOf(behind.request('/health', { headers: given }))).toBe(given['x-request-id'])
  })

  it.each(['short', 'x'.repeat(129), 'with a space', '<script>alert(1)</script>', '"},{"a":"b'])(
    'is not %j even from a proxy',
    async (id) => {
      const { request } = await createBff({ trustedProxies: 1 })
      const headers = { 'x-request-id': id }
      expect(await idOf(request('/health', { headers }))).toMatch(UUID)
    },
  )

  it('can be read by a page of another origin', async () => {
    const { post } = await createBff()
    const exposed = (await post()).headers.get('access-control-expose-headers')
    expect(exposed).toContain('x-request-id')
  })

  it('stands in every line that is written in its course, and in what follows from it', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks')
    const context = new AsyncLocalStorage<{ requestId: string }>()
    const lines: Record<string, unknown>[] = []
    const write = (data: object, message: string) =>
      void lines.push({ ...context.getStore(), ...data, message })
    const bff = await createBff({
      log: { info: write, warn: write, error: write },
      within: (request, work) => context.run(request, work),
    })
    const response = await bff.post()
    const { session } = await response.json()
    await bff.move(session.id, 'In Progress', 'Approved')
    bff.clock.pass(2000)
    const hooked = await bff.hook({ session_id: session.id, status: 'In Progress' })
    await bff.idle()
    const of = async (answer: Response) => {
      const requestId = await idOf(answer)
      return lines.filter((line) => line.requestId === requestId).map(({ message }) => message)
    }
    expect(await of(response)).toEqual(['session created', 'request'])
    const followed = await of(hooked)
    expect(followed.sort()).toEqual(['request', 'status changed', 'webhook taken'])
    // From the click to the decision by one key.
    const told = lines.filter((line) => line.session === session.id).map(({ message }) => message)
    expect(told).toEqual(['session created', 'webhook taken', 'status changed'])
  })
})

describe('the line of a request', () => {
  it('has its route and not its path, its status, and the session it is about', async () => {
    const { start, read, request, lines } = await createBff()
    const { session, token } = await start()
    await read(session.id, token)
    await request('/return/some-random-name?status=Approved')
    await request('/health')
    const seen = lines.filter(({ message }) => message === 'request').map(({ data }) => data)
    const common = { requestId: expect.stringMatching(UUID), ms: expect.any(Number) }
    expect(seen).toEqual([
      { ...common, method: 'POST', route: '/api/verify/sessions', status: 201 },
      {
        ...common,
        method: 'GET',
        route: '/api/verify/sessions/:id',
        status: 200,
        session: session.id,
      },
    ])
  })

  it('that failed here has the id of its request', async () => {
    const { post, lines, store } = await createBff({ identify: () => 'user-1' })
    store.newestSession = () => Promise.reject(new Error('disk full'))
    const id = await idOf(post())
    expect(lines.map(({ data }) => data)).toMatchObject([{ requestId: id, code: 'internal' }])
  })

  it('that was refused is not there; of refused webhooks there is one a minute', async () => {
    const { read, post, hook, lines, clock } = await createBff()
    await read('unknown', 'nonsense')
    await post({}, { origin: 'https://evil.example' })
    for (let i = 0; i < 50; i++) await hook({ session_id: 's' }, { secret: 'guess' })
    clock.pass(60_000)
    await hook({ session_id: 's' }, { secret: 'guess' })
    expect(lines.map(({ data }) => data)).toEqual([
      { code: 'webhook-signature', unsaid: 0 },
      { code: 'webhook-signature', unsaid: 49 },
    ])
  })
})

describe('strict headers', () => {
  const strict = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  }

  it('are on every answer, refusals and failures too', async () => {
    const { request, post, start, read, store, hook, options } = await createBff()
    const { session, token } = await start()
    const answers = [
      await request('/health'),
      await request('/nowhere'),
      await post(),
      await post('nonsense'),
      await read(session.id, token),
      await request('/return/unknown'),
      await hook({ session_id: 's' }, { secret: 'guess' }),
      await hook({ session_id: 's', status: 'Approved' }),
    ]
    const operator = createOperatorApp({ ...options, operators: { anna: 'x'.repeat(32) } })
    answers.push(await operator.request('/sessions'))
    store.session = () => Promise.reject(new Error('disk full'))
    answers.push(await read(session.id, token))
    for (const { headers } of answers) {
      const expected =
        headers.get('content-type') === 'text/html; charset=UTF-8'
          ? { ...strict, 'cross-origin-resource-policy': 'cross-origin' }
          : strict
      expect(Object.fromEntries(headers)).toMatchObject(expected)
      expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull()
    }
  })

  it('let a page of an allowed origin read, and open windows keep their opener', async () => {
    const { start, read } = await createBff()
    const { session, token } = await start()
    const { headers } = await read(session.id, token, { origin: PAGE })
    expect(headers.get('access-control-allow-origin')).toBe(PAGE)
    expect(headers.get('cross-origin-opener-policy')).toBeNull()
    expect(headers.get('strict-transport-security')).toBeNull()
  })

  it('let the page that started the session, and no other, frame the way back', async () => {
    const { start, didit, app } = await createBff()
    await start({ returnUrl: `${PAGE}/checkout` })
    const { headers } = await app.request(String(didit.bodies[0]?.callback), {
      headers: { 'sec-fetch-dest': 'iframe' },
    })
    expect(headers.get('content-security-policy')).toContain(`frame-ancestors ${PAGE}`)
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  })
})

describe('metrics', () => {
  /** A BFF that counts; `read()` gives the samples without those that say how long things took. */
  async function setUp(options: Parameters<typeof createBff>[0] = {}) {
    const metrics = await createMetrics()
    const bff = await createBff({ metrics, ...options })
    const read = async () => (await metrics.read?.())?.text ?? ''
    const samples = async (name: string) =>
      (await read()).split('\n').filter((line) => line.startsWith(`didit_verify_${name}`))
    return { ...bff, metrics, text: read, samples }
  }

  it('tell sessions by outcome and starts by workflow', async () => {
    const { start, hook, idle, clock, samples, move } = await setUp()
    const { session, token } = await start()
    await start({}, { 'verify-token': token })
    await move(session.id, 'In Progress', 'Approved')
    for (const status of ['In Progress', 'Approved']) {
      clock.pass(2000)
      await hook({ session_id: session.id, status })
      await idle()
    }
    expect(await samples('session_outcomes')).toEqual([
      'didit_verify_session_outcomes_total{outcome="open"} 1',
      'didit_verify_session_outcomes_total{outcome="approved"} 1',
    ])
    expect(await samples('sessions_started')).toEqual([
      'didit_verify_sessions_started_total{workflow="default",result="created"} 1',
      'didit_verify_sessions_started_total{workflow="default",result="handed back"} 1',
    ])
  })

  it('tell webhooks by what became of them', async () => {
    const { hook, samples, clock } = await setUp()
    const event = { session_id: 's', status: 'Approved', event_id: 'e' }
    await hook(event)
    await hook(event)
    await hook({ webhook_type: 'data.updated' })
    await hook(event, { secret: 'guess' })
    await hook({ ...event, timestamp: 1 })
    await hook({ session_id: 's' })
    await hook({ ...event, pad: 'x'.repeat(2 ** 21) })
    clock.pass(1)
    const off = await setUp({ webhookSecrets: [] })
    await off.hook(event)
    expect([...(await samples('webhooks')), ...(await off.samples('webhooks'))]).toEqual(
      [
        'taken',
        'duplicate',
        'other',
        'webhook-signature',
        'webhook-stale',
        'webhook-invalid',
        'body-too-large',
        'webhooks-off',
      ].map((verdict) => `didit_verify_webhooks_total{verdict="${verdict}"} 1`),
    )
  })

  it('tell requests by route and status, limits, and the age of the oldest webhook', async () => {
    const TOKEN = 'x'.repeat(32)
    const { start, post, request, read, hook, idle, clock, samples, didit } = await setUp({
      limits: { app: 1 },
      operators: { anna: TOKEN },
    })
    const { session, token } = await start()
    await post()
    await read(session.id, token)
    await read(crypto.randomUUID(), token)
    await request('/sessions/a/b/c')
    didit.answer = () => new Response('', { status: 500 })
    await hook({ session_id: session.id, status: 'Approved' })
    await idle()
    clock.pass(90_000)
    await request('/metrics', { headers: { authorization: `Bearer ${TOKEN}` } })
    expect(await samples('http_requests_total')).toEqual([
      'didit_verify_http_requests_total{route="/api/verify/sessions",method="POST",status="201"} 1',
      'didit_verify_http_requests_total{route="/api/verify/sessions",method="POST",status="429"} 1',
      'didit_verify_http_requests_total{route="/api/verify/sessions/:id",method="GET",status="200"} 1',
      'didit_verify_http_requests_total{route="/api/verify/sessions/:id",method="GET",status="404"} 1',
      'didit_verify_http_requests_total{route="/api/verify/*",method="GET",status="404"} 1',
      'didit_verify_http_requests_total{route="/api/verify/webhooks",method="POST",status="204"} 1',
      'didit_verify_http_requests_total{route="/api/verify/metrics",method="GET",status="200"} 1',
    ])
    expect(await samples('limited')).toEqual(['didit_verify_limited_total{limit="app"} 1'])
    const [, age] = /queue="inbox"} (.*)$/.exec((await samples('backlog_age'))[0] ?? '') ?? []
    expect(Number(age)).toBeGreaterThanOrEqual(90)
  })

  it('hold no id, whatever was asked', async () => {
    const { start, read, request, text, didit } = await setUp()
    const { session, token } = await start({ reference: 'order-4711' })
    await read(session.id, token)
    await request(`/sessions/${session.id}/events`, { method: 'HEAD' })
    await request(new URL(String(didit.bodies[0]?.callback)).pathname.replace('/api/verify', ''))
    await request('/secret-path-4711')
    await request('/sessions', { method: 'X-4711' })
    const all = await text()
    expect(all).toContain('/api/verify/return/:ret')
    expect(all).not.toMatch(/[\da-f]{8}-[\da-f]{4}|4711|eyJ/)
    expect(all).not.toContain(new URL(String(didit.bodies[0]?.callback)).pathname.split('/').at(-1))
  })

  it('are not kept where nobody asked for them', async () => {
    const { options } = await createBff()
    const operators = { anna: 'x'.repeat(32) }
    const app = new Hono().route('/', createVerifyApp({ ...options, operators }))
    const headers = { authorization: `Bearer ${operators.anna}` }
    expect((await app.request('/metrics', { headers })).status).toBe(404)
  })
})
