import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { STATUSES } from '../../server/contract.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'

const ORIGIN = 'http://127.0.0.1:4010'
const START = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const SECRET = 'hook-secret'
const DENIED = { detail: 'You do not have permission to perform this action.' }
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

type Hook = (body: Record<string, unknown>) => number | Error | Promise<number>

function setUp(options: Partial<Parameters<typeof createSandbox>[0]> & { hook?: Hook } = {}) {
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
  const request = (path: string, init?: RequestInit) => sandbox.app.request(ORIGIN + path, init)
  const send = (method: string, path: string, body?: unknown, headers = {}) =>
    request(path, {
      method,
      headers: { 'content-type': 'application/json', 'x-api-key': 'key', ...headers },
      body: JSON.stringify(body),
    })
  const create = async (body: object = {}) => {
    const response = await send('POST', '/v3/session/', { workflow_id: DEFAULT_WORKFLOW, ...body })
    expect(response.status).toBe(201)
    return response.json()
  }
  const decision = async (id: string) =>
    (await request(`/v3/session/${id}/decision/`, { headers: { 'x-api-key': 'key' } })).json()
  const move = (id: string, status: string, force?: boolean) =>
    send('POST', `/_sandbox/sessions/${id}/status`, { status, force })
  /** The visitor opens the link and lets it end. */
  const play = async (token: string, scenario: string) => {
    await send('POST', `/session/${token}/start`, {})
    return (await send('POST', `/session/${token}/finish`, { scenario })).json()
  }
  const told = () => hooks.map(({ body }) => body.status)
  return { sandbox, time, hooks, told, request, send, create, decision, move, play }
}

describe('creating a session', () => {
  const refused: [string, RequestInit['headers'], unknown, number, object][] = [
    ['no key', { 'x-api-key': '' }, {}, 403, DENIED],
    [
      'an expired key',
      { 'x-api-key': 'expired-1' },
      {},
      401,
      { detail: 'This API key has expired.' },
    ],
    ['a scoped key', { 'x-api-key': 'scoped-1' }, {}, 403, DENIED],
    ['no workflow', {}, {}, 400, { workflow_id: ['This field is required.'] }],
    [
      'a workflow that is null',
      {},
      { workflow_id: null },
      400,
      { workflow_id: ['This field may not be null.'] },
    ],
    [
      'an unknown workflow',
      {},
      { workflow_id: crypto.randomUUID() },
      400,
      { workflow_id: 'Invalid workflow_id.' },
    ],
    ['a list', {}, [], 400, { non_field_errors: ['Invalid data. Expected a dictionary.'] }],
    [
      'a scenario nobody knows',
      {},
      { workflow_id: DEFAULT_WORKFLOW, sandbox_scenario: 'toString' },
      400,
      { sandbox_scenario: ["Unknown sandbox scenario: 'toString'."] },
    ],
    [
      'a callback that is code',
      {},
      { workflow_id: DEFAULT_WORKFLOW, callback: 'javascript:alert(1)' },
      400,
      { callback: ['Enter a valid URL.'] },
    ],
    [
      'a callback that is no URL',
      {},
      { workflow_id: DEFAULT_WORKFLOW, callback: '/here' },
      400,
      { callback: ['Enter a valid URL.'] },
    ],
    [
      'an unknown callback method',
      {},
      { workflow_id: DEFAULT_WORKFLOW, callback_method: 'all' },
      400,
      { callback_method: ['"all" is not a valid choice.'] },
    ],
    [
      'an address without a country',
      {},
      { workflow_id: DEFAULT_WORKFLOW, expected_details: { address: 'Main St 1' } },
      400,
      { expected_details: { address: ['An address needs `country` or `poa_country`.'] } },
    ],
    [
      'a portrait of more than 2 MB',
      {},
      { workflow_id: DEFAULT_WORKFLOW, portrait_image: 'A'.repeat(2_800_000) },
      400,
      { portrait_image: ['Image size exceeds 2MB.'] },
    ],
    [
      'a text body',
      { 'content-type': 'text/plain' },
      {},
      415,
      { detail: 'Unsupported media type "text/plain" in request.' },
    ],
    [
      'an account without credits',
      { 'x-api-key': 'broke' },
      { workflow_id: DEFAULT_WORKFLOW },
      400,
      {
        detail:
          "You don't have enough credits to perform this request. Please top up at https://business.didit.me",
      },
    ],
  ]
  it.each(refused)('refuses %s', async (_, headers, body, status, answer) => {
    const { send } = setUp()
    const response = await send('POST', '/v3/session/', body, headers as object)
    expect([response.status, await response.json()]).toEqual([status, answer])
  })

  it('refuses a wrong key with 401 and broken JSON with 400', async () => {
    const { request, send } = setUp()
    expect((await send('POST', '/v3/session/', {}, { 'x-api-key': 'invalid' })).status).toBe(401)
    const headers = { 'content-type': 'application/json', 'x-api-key': 'key' }
    const broken = await request('/v3/session/', { method: 'POST', headers, body: '{' })
    expect(broken.status).toBe(400)
  })

  it.each(['xx', 'EN', 'pt-br', ''])(
    'refuses the language %j and lists those it has',
    async (language) => {
      const { send } = setUp()
      const body = { workflow_id: DEFAULT_WORKFLOW, language }
      const response = await send('POST', '/v3/session/', body)
      expect(response.status).toBe(400)
      const [message] = (await response.json()).language
      expect(message).toMatch(/^Invalid language\. Supported languages are: en, ar, .*, zh$/)
    },
  )

  it('answers ten keys', async () => {
    const { create } = setUp()
    const metadata = { plan: 'Ärzte', list: [1] }
    const answer = await create({
      vendor_data: 'u',
      callback: 'myapp://done',
      metadata,
      language: 'pt-BR',
    })
    expect(answer).toEqual({
      session_id: expect.stringMatching(/^[\da-f-]{36}$/),
      session_number: 1001,
      session_token: expect.stringMatching(/^[\w-]{12}$/),
      url: `${ORIGIN}/pt-BR/session/${answer.session_token}`,
      vendor_data: 'u',
      metadata,
      status: 'Not Started',
      callback: 'myapp://done',
      workflow_id: DEFAULT_WORKFLOW,
      workflow_version: 1,
    })
  })

  it('leaves the language out of the URL when none is asked for', async () => {
    const { create } = setUp()
    const answer = await create()
    expect(answer.url).toBe(`${ORIGIN}/session/${answer.session_token}`)
    expect(answer).toMatchObject({ vendor_data: null, metadata: null, callback: null })
  })

  it('hands back the unfinished session of the same person with new callback and metadata', async () => {
    const { create, send } = setUp()
    const first = await create({ vendor_data: 'u', callback: 'https://a.test/', metadata: 1 })
    await send('POST', `/session/${first.session_token}/start`, {})
    const again = await create({ vendor_data: 'u' })
    expect(again).toEqual({ ...first, status: 'In Progress', callback: null, metadata: null })
    expect((await create({ vendor_data: 'v' })).session_id).not.toBe(first.session_id)
    expect((await create()).session_id).not.toBe((await create()).session_id)
  })

  it.each(['Approved', 'Declined', 'In Review', 'Expired', 'Abandoned', 'Kyc Expired'])(
    'makes a new session after %s',
    async (status) => {
      const { create, move } = setUp()
      const first = await create({ vendor_data: 'u' })
      expect((await move(first.session_id, status, true)).status).toBe(200)
      expect((await create({ vendor_data: 'u' })).session_id).not.toBe(first.session_id)
    },
  )
})

describe('reading a decision', () => {
  const id = '11111111-2222-4333-8444-000000000000'

  it('answers a page for an id that is none, whatever the key', async () => {
    const { request } = setUp()
    const response = await request('/v3/session/not-a-uuid/decision/')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toContain('text/html')
  })

  it('does not know an unknown id before it asks for a key', async () => {
    const { request } = setUp()
    const response = await request(`/v3/session/${id}/decision/`)
    expect([response.status, await response.json()]).toEqual([404, { detail: 'Not found.' }])
  })

  it('asks for a key once the id is known', async () => {
    const { request, create } = setUp()
    const { session_id } = await create()
    const response = await request(`/v3/session/${session_id}/decision/`)
    expect([response.status, await response.json()]).toEqual([403, DENIED])
  })

  it('sends a path without its slash to the one with it', async () => {
    const { request } = setUp()
    const response = await request(`/v3/session/${id}/decision?include=events`)
    expect(response.status).toBe(301)
    expect(response.headers.get('location')).toBe(`/v3/session/${id}/decision/?include=events`)
  })

  it('has no checks before they ran', async () => {
    const { create, decision } = setUp()
    const { session_id, url } = await create({ metadata: [1] })
    expect(await decision(session_id)).toMatchObject({
      session_id,
      session_kind: 'user',
      session_url: url,
      status: 'Not Started',
      environment: 'sandbox',
      metadata: [1],
      features: ['ID_VERIFICATION', 'LIVENESS', 'FACE_MATCH', 'IP_ANALYSIS'],
      id_verifications: null,
      liveness_checks: null,
      face_matches: null,
      ip_analyses: null,
      reviews: [],
      created_at: '2026-01-01T00:00:00.000000Z',
      expires_at: '2026-01-08T00:00:00.000000Z',
    })
  })

  it('shows an approved person', async () => {
    const { create, decision, play } = setUp()
    const expected_details = { first_name: 'Eva', last_name: 'Nowak' }
    const { session_id, session_token } = await create({ expected_details })
    await play(session_token, 'approve')
    const { status, id_verifications, face_matches } = await decision(session_id)
    expect(status).toBe('Approved')
    expect(id_verifications).toMatchObject([
      {
        status: 'Approved',
        full_name: 'Eva Nowak',
        date_of_birth: '1990-05-15',
        age: 35,
        issuing_state: 'ESP',
        warnings: [],
      },
    ])
    expect(face_matches).toMatchObject([{ status: 'Approved', score: 96.4 }])
  })

  it.each([
    ['decline', 'Declined', 'face_matches', 'LOW_FACE_MATCH_SIMILARITY', 'error'],
    ['review', 'In Review', 'face_matches', 'LOW_FACE_MATCH_SIMILARITY', 'warning'],
    ['decline_document_expired', 'Declined', 'id_verifications', 'DOCUMENT_EXPIRED', 'error'],
    ['decline_liveness_attack', 'Declined', 'liveness_checks', 'LIVENESS_FACE_ATTACK', 'error'],
    ['review_aml_possible_match', 'In Review', 'aml_screenings', 'POSSIBLE_MATCH_FOUND', 'warning'],
  ])('says why after %s', async (scenario, status, list, risk, log_type) => {
    const { create, decision, play } = setUp()
    const { session_id, session_token } = await create()
    await play(session_token, scenario)
    const body = await decision(session_id)
    expect(body.status).toBe(status)
    expect(body[list]).toMatchObject([{ status, warnings: [{ risk, log_type }] }])
  })

  it('keeps what a reviewer decided', async () => {
    const { create, decision, move, play } = setUp()
    const { session_id, session_token } = await create()
    await play(session_token, 'review')
    await move(session_id, 'Approved')
    expect(await decision(session_id)).toMatchObject({
      status: 'Approved',
      face_matches: [{ status: 'In Review' }],
      reviews: [{ new_status: 'Approved' }],
    })
  })
})

describe('rate limits', () => {
  it('hold for creating, with headers, and slide', async () => {
    const { send, time } = setUp()
    const create = () => send('POST', '/v3/session/', {}, { 'x-api-key': 'key' })
    for (let i = 0; i < 600; i++) await create()
    time.pass(20_000)
    const response = await create()
    expect(response.status).toBe(429)
    expect(await response.json()).toEqual({
      detail: 'Session creation rate limit exceeded. You can make up to 600 requests per minute.',
    })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'retry-after': '40',
      'x-ratelimit-limit': '600',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(START / 1000 + 60),
    })
    expect((await send('POST', '/v3/session/', {}, { 'x-api-key': 'other' })).status).toBe(400)
    time.pass(40_000)
    expect((await create()).status).toBe(400)
  })

  it('can be switched off', async () => {
    const { send } = setUp({ limits: false })
    for (let i = 0; i < 600; i++) await send('POST', '/v3/session/', {})
    expect((await send('POST', '/v3/session/', {})).status).toBe(400)
  })
})

describe('the hosted page', () => {
  it('does not start a session by being read, only by its script', async () => {
    const { create, decision, request, send } = setUp()
    const { session_id, session_token, url } = await create()
    expect((await request(url.replace(ORIGIN, ''))).status).toBe(200)
    expect((await decision(session_id)).status).toBe('Not Started')
    await send('POST', `/session/${session_token}/start`, {})
    expect((await decision(session_id)).status).toBe('In Progress')
  })

  it('may be framed by anyone and tells nobody its address', async () => {
    const { create, request } = setUp()
    const { url } = await create()
    const { headers } = await request(url.replace(ORIGIN, ''))
    expect(headers.get('x-frame-options')).toBeNull()
    expect(headers.get('content-security-policy')).not.toContain('frame-ancestors')
    expect(headers.get('content-security-policy')).toMatch(/script-src 'nonce-[\w+/=]+'/)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('offers its endings from the start', async () => {
    const { create, request } = setUp()
    const html = await (await request((await create()).url.replace(ORIGIN, ''))).text()
    for (const name of ['approve', 'decline', 'review', 'cancel', 'decline_minimum_age']) {
      expect(html).toContain(`data-scenario="${name}"`)
    }
  })

  it('cannot be broken out of by what a session carries', async () => {
    const { create, request } = setUp()
    const callback = 'https://a.test/?q=</script><script>alert(1)</script>'
    const { url } = await create({ callback })
    expect(await (await request(url.replace(ORIGIN, ''))).text()).not.toContain('<script>alert')
  })

  it('is not there for unknown tokens and languages', async () => {
    const { create, request } = setUp()
    const { session_token } = await create()
    expect((await request('/session/AAAAAAAAAAAA')).status).toBe(404)
    expect((await request(`/xx/session/${session_token}`)).status).toBe(404)
    expect((await request(`/he/session/${session_token}`)).status).toBe(200)
  })

  it.each([
    ['Approved', 'is finished'],
    ['Expired', 'has expired'],
  ])('says so when the session is %s', async (status, words) => {
    const { create, request, move, send } = setUp()
    const { session_id, session_token, url } = await create()
    await move(session_id, status, true)
    expect(await (await request(url.replace(ORIGIN, ''))).text()).toContain(words)
    expect((await send('POST', `/session/${session_token}/start`, {})).status).toBe(409)
    const finish = { scenario: 'approve' }
    expect((await send('POST', `/session/${session_token}/finish`, finish)).status).toBe(409)
  })

  it.each(['nonsense', 'cancel', '__proto__', undefined])(
    'does not end with %j',
    async (scenario) => {
      const { create, send } = setUp()
      const { session_token } = await create()
      const response = await send('POST', `/session/${session_token}/finish`, { scenario })
      expect(response.status).toBe(400)
    },
  )

  it.each([
    [{ sandbox_scenario: 'decline' }, 'decline'],
    [{ vendor_data: 'user-1+review' }, 'review'],
    [{ vendor_data: '+decline_aml_hit' }, 'decline_aml_hit'],
    [{ vendor_data: 'user-1+review', sandbox_scenario: 'decline' }, 'decline'],
    [{ vendor_data: 'a+b@example.com' }, 'approve'],
    [{ vendor_data: 'a+toString' }, 'approve'],
  ])('takes its usual ending from %j', async (body, scenario) => {
    const { create, request } = setUp()
    const html = await (await request((await create(body)).url.replace(ORIGIN, ''))).text()
    expect(html).toContain(`"scenario":"${scenario}"`)
  })

  it.each([
    ['https://a.test/cb', 'https://a.test/cb?verificationSessionId=ID&status=In%20Review'],
    [
      'https://a.test/?a=1%2B1#top',
      'https://a.test/?a=1%2B1&verificationSessionId=ID&status=In%20Review#top',
    ],
    ['myapp://done', 'myapp://done?verificationSessionId=ID&status=In%20Review'],
  ])('goes back to %s with two parameters', async (callback, expected) => {
    const { create, play } = setUp()
    const { session_id, session_token } = await create({ callback })
    const answer = await play(session_token, 'review')
    expect(answer.callback).toBe(expected.replace('ID', session_id))
  })

  it('writes the space as a plus when told to', async () => {
    const { create, play, send } = setUp()
    await send('PUT', '/_sandbox/faults', { space: '+' })
    const { session_token } = await create({ callback: 'https://a.test/' })
    expect((await play(session_token, 'review')).callback).toMatch(/status=In\+Review$/)
  })
})

describe('webhooks', () => {
  it('tell of the start and of every change', async () => {
    const { create, play, move, told, sandbox } = setUp()
    const { session_id, session_token } = await create()
    await play(session_token, 'review')
    await move(session_id, 'Resubmitted')
    await play(session_token, 'approve')
    await sandbox.idle()
    expect(told()).toEqual(['In Progress', 'In Review', 'Resubmitted', 'Approved'])
  })

  it('look like Didit’s', async () => {
    const { create, play, move, hooks, sandbox } = setUp()
    const { session_id, session_token } = await create({ vendor_data: 'u', metadata: { a: 1 } })
    await play(session_token, 'review')
    await move(session_id, 'Resubmitted')
    await sandbox.idle()
    const [started, reviewed, again] = hooks.map(({ body }) => body)
    expect(started).toEqual({
      event_id: expect.stringMatching(/^[\da-f-]{36}$/),
      webhook_type: 'status.updated',
      timestamp: START / 1000,
      created_at: START / 1000,
      application_id: expect.any(String),
      environment: 'sandbox',
      sandbox_scenario: null,
      session_id,
      status: 'In Progress',
      workflow_id: DEFAULT_WORKFLOW,
      workflow_version: 1,
      vendor_data: 'u',
      metadata: { a: 1 },
    })
    expect(reviewed).toMatchObject({ decision: { status: 'In Review', session_id } })
    expect(again).not.toHaveProperty('decision')
    expect(again).toMatchObject({
      resubmit_info: {
        nodes_to_resubmit: [{ node_id: 'feature_liveness_1', feature: 'LIVENESS' }],
      },
    })
  })

  it('are sorted ASCII, signed over those bytes', async () => {
    const { create, play, hooks, sandbox } = setUp()
    const { session_token } = await create({ metadata: { z: 'ü😀', 10: 1, 9: 2 } })
    await play(session_token, 'approve')
    await sandbox.idle()
    const { raw, headers } = hooks[0] ?? {}
    expect(raw).toContain(String.raw`"metadata":{"10":1,"9":2,"z":"\u00fc\ud83d\ude00"}`)
    expect(raw).toMatch(/^\{"application_id":/)
    const hmac = createHmac('sha256', SECRET).update(String(raw)).digest('hex')
    expect(headers?.get('x-signature')).toBe(hmac)
    expect(headers?.get('x-timestamp')).toBe(String(START / 1000))
    expect(headers?.get('user-agent')).toBe('DiditWebhook/2.0 +https://didit.me')
  })

  it.each([500, 503, 404])(
    'come again after a minute and four more when the answer is %i',
    async (status) => {
      const { create, send, hooks, sandbox, time } = setUp({ hook: () => status })
      const { session_token } = await create()
      await send('POST', `/session/${session_token}/start`, {})
      await sandbox.idle()
      for (const [wait, attempts] of [
        [MINUTE - 1, 1],
        [1, 2],
        [4 * MINUTE - 1, 2],
        [1, 3],
        [DAY, 3],
      ] as const) {
        time.pass(wait)
        await sandbox.idle()
        expect(hooks).toHaveLength(attempts)
      }
      expect(new Set(hooks.map(({ body }) => body.event_id)).size).toBe(1)
      expect(new Set(hooks.map(({ body }) => body.created_at)).size).toBe(1)
      expect(hooks.map(({ body }) => Number(body.timestamp) - START / 1000)).toEqual([0, 60, 300])
      expect(new Set(hooks.map(({ headers }) => headers.get('x-signature'))).size).toBe(3)
    },
  )

  it.each([200, 204, 301, 400, 401, 422])(
    'do not come again when the answer is %i',
    async (status) => {
      const { create, send, hooks, sandbox, time } = setUp({ hook: () => status })
      await send('POST', `/session/${(await create()).session_token}/start`, {})
      await sandbox.idle()
      time.pass(DAY)
      await sandbox.idle()
      expect(hooks).toHaveLength(1)
    },
  )

  it('come again when nobody is there, and are on record', async () => {
    let up = false
    const hook = () => (up ? 204 : new TypeError('refused'))
    const { create, send, request, sandbox, time } = setUp({ hook })
    await send('POST', `/session/${(await create()).session_token}/start`, {})
    await sandbox.idle()
    up = true
    time.pass(MINUTE)
    await sandbox.idle()
    const deliveries = await (await request('/_sandbox/deliveries')).json()
    expect(deliveries).toMatchObject([
      { attempt: 1, answer: null, error: 'connection', retry: true },
      { attempt: 2, answer: { status: 204 }, error: null, retry: false, status: 'In Progress' },
    ])
    expect(deliveries[1].headers['X-Signature-V2']).toMatch(/^[\da-f]{64}$/)
    expect(JSON.parse(deliveries[1].body).timestamp).toBe(START / 1000 + 60)
    expect(JSON.stringify(deliveries)).not.toContain(SECRET)
  })

  it('wait five seconds for an answer', async () => {
    let called = () => {}
    const calling = new Promise<void>((resolve) => {
      called = resolve
    })
    const hook = () => {
      called()
      return new Promise<number>(() => {})
    }
    const { create, send, request, sandbox, time } = setUp({ hook })
    await send('POST', `/session/${(await create()).session_token}/start`, {})
    await calling
    time.pass(5_000)
    await sandbox.idle()
    const deliveries = await (await request('/_sandbox/deliveries')).json()
    expect(deliveries).toMatchObject([{ error: 'timeout', ms: 5_000, retry: true }])
  })

  it.each([
    [{ drop: true }, []],
    [{ drop: 1 }, ['Approved']],
    [{ duplicate: true }, ['In Progress', 'In Progress', 'Approved', 'Approved']],
    [{ duplicate: 1 }, ['In Progress', 'In Progress', 'Approved']],
    [{ reorder: true }, ['Approved', 'In Progress']],
  ])('go wrong as %j says', async (fault, expected) => {
    const { create, play, send, told, sandbox } = setUp()
    expect((await send('PUT', '/_sandbox/faults', fault)).status).toBe(200)
    await play((await create()).session_token, 'approve')
    await sandbox.idle()
    expect(told()).toEqual(expected)
  })

  it('do not wait for ever to be out of order', async () => {
    const { create, send, told, sandbox, time } = setUp()
    await send('PUT', '/_sandbox/faults', { reorder: true })
    await send('POST', `/session/${(await create()).session_token}/start`, {})
    time.pass(5_000)
    await sandbox.idle()
    expect(told()).toEqual(['In Progress'])
  })

  it('come late, and still in order', async () => {
    const { create, play, send, told, sandbox, time } = setUp()
    await send('PUT', '/_sandbox/faults', { webhooks: true, delayMs: 1_000 })
    await play((await create()).session_token, 'approve')
    expect(told()).toEqual([])
    for (const expected of [['In Progress'], ['In Progress', 'Approved']]) {
      time.pass(1_000)
      await sandbox.idle()
      expect(told()).toEqual(expected)
    }
  })

  it('stop with the sandbox', async () => {
    const { create, send, hooks, sandbox, time } = setUp({ hook: () => 500 })
    await send('POST', `/session/${(await create()).session_token}/start`, {})
    await sandbox.idle()
    sandbox.close()
    time.pass(DAY)
    await sandbox.idle()
    expect(hooks).toHaveLength(1)
  })
})

describe('time', () => {
  it.each([
    ['Not Started', 'Expired'],
    ['In Progress', 'Abandoned'],
    ['Resubmitted', 'Abandoned'],
    ['Approved', 'Approved'],
  ])('turns %s into %s after seven days', async (before, after) => {
    const { create, move, decision, told, sandbox, time } = setUp()
    const { session_id } = await create()
    if (before !== 'Not Started') await move(session_id, before, true)
    time.pass(7 * DAY - 1)
    expect((await decision(session_id)).status).toBe(before)
    time.pass(1)
    expect((await decision(session_id)).status).toBe(after)
    await sandbox.idle()
    expect(told().at(-1)).toBe(after)
  })
})

describe('the controls', () => {
  const foreign: [string, RequestInit, number][] = [
    ['another host', { headers: { host: 'evil.test:4010' } }, 403],
    ['another port', { headers: { host: '127.0.0.1:8787' } }, 403],
    ['a page of another site', { headers: { 'sec-fetch-site': 'cross-site' } }, 403],
    ['a page of the same site', { headers: { 'sec-fetch-site': 'same-site' } }, 403],
    ['a foreign origin', { headers: { origin: 'http://localhost:8787' } }, 403],
    ['an opaque origin', { headers: { origin: 'null' } }, 403],
    [
      'a form',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '{}' },
      415,
    ],
    ['text', { headers: { 'content-type': 'text/plain' }, body: '{}' }, 415],
    ['a body without a type', { body: new TextEncoder().encode('{}') }, 415],
  ]
  it.each(foreign)('refuse %s', async (_, init, status) => {
    const { request } = setUp()
    const response = await request('/_sandbox/reset', { method: 'POST', ...init })
    expect(response.status).toBe(status)
  })

  it.each(['localhost:4010', '127.0.0.1:4010', '[::1]:4010'])('answer to %s', async (host) => {
    const { request } = setUp()
    const response = await request('/_sandbox/reset', { method: 'POST', headers: { host } })
    expect(response.status).toBe(204)
  })

  it('refuse steps that Didit does not take, and name those it does', async () => {
    const { create, move, decision } = setUp()
    const { session_id } = await create()
    const response = await move(session_id, 'Approved')
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({
      detail: expect.stringContaining('after Not Started comes In Progress, Expired.'),
      next: ['In Progress', 'Expired'],
    })
    expect((await decision(session_id)).status).toBe('Not Started')
  })

  const steps = Object.entries(STATUSES).flatMap(([from, { next }]) => next.map((to) => [from, to]))
  it.each(steps as [string, string][])('move %s to %s', async (from, to) => {
    const { create, move, decision, told, sandbox } = setUp()
    const { session_id } = await create()
    if (from !== 'Not Started') expect((await move(session_id, from, true)).status).toBe(200)
    expect((await move(session_id, to)).status).toBe(200)
    expect((await decision(session_id)).status).toBe(to)
    await sandbox.idle()
    expect(told().at(-1)).toBe(to)
  })

  it.each([
    [{}],
    [{ status: 'approved' }],
    [{ status: 'toString' }],
    [{ status: 1 }],
    [[]],
    [null],
  ])('refuse %j as a step', async (body) => {
    const { create, send } = setUp()
    const { session_id } = await create()
    const response = await send('POST', `/_sandbox/sessions/${session_id}/status`, body)
    expect(response.status).toBe(400)
  })

  it('do not know unknown sessions and paths', async () => {
    const { move, request } = setUp()
    expect((await move('nobody', 'Approved')).status).toBe(404)
    expect((await request('/_sandbox/nothing')).status).toBe(404)
  })

  it('set where webhooks go', async () => {
    const { request, send } = setUp()
    const to = { url: 'http://localhost:8787/api/verify/webhooks', secret: 's' }
    expect((await send('PUT', '/_sandbox/webhook', to)).status).toBe(200)
    expect(await (await request('/_sandbox/webhook')).json()).toEqual(to)
    const file = { url: 'file:///etc/passwd', secret: 's' }
    expect((await send('PUT', '/_sandbox/webhook', file)).status).toBe(400)
    const off = { url: null, secret: null }
    expect(await (await send('PUT', '/_sandbox/webhook', off)).json()).toEqual(off)
  })

  it('refuse loopback webhooks when strict', async () => {
    const { send } = setUp({ strict: true })
    const put = (url: string) => send('PUT', '/_sandbox/webhook', { url, secret: 's' })
    expect((await put('https://localhost/hook')).status).toBe(400)
    expect((await put('http://shop.example/hook')).status).toBe(400)
    expect((await put('https://shop.example/hook')).status).toBe(200)
  })

  it('send nothing from before a reset', async () => {
    let answer = (_: number) => {}
    const hook = () =>
      new Promise<number>((resolve) => {
        answer = resolve
      })
    const { create, play, hooks, request, sandbox } = setUp({ hook })
    await play((await create()).session_token, 'approve')
    while (hooks.length === 0) await new Promise(setImmediate)
    await request('/_sandbox/reset', { method: 'POST' })
    answer(204)
    await sandbox.idle()
    expect(hooks).toHaveLength(1)
    expect(await (await request('/_sandbox/deliveries')).json()).toEqual([])
  })

  it('list sessions and forget everything on reset', async () => {
    const { create, request, send, told, sandbox, play } = setUp()
    const { session_id, session_token, url } = await create()
    await send('PUT', '/_sandbox/faults', { duplicate: true })
    const sessions = await (await request('/_sandbox/sessions')).json()
    expect(sessions).toMatchObject([{ session_id, status: 'Not Started', url }])
    await play(session_token, 'approve')
    expect((await request('/_sandbox/reset', { method: 'POST' })).status).toBe(204)
    expect(await (await request('/_sandbox/sessions')).json()).toEqual([])
    expect(await (await request('/_sandbox/deliveries')).json()).toEqual([])
    expect((await create()).session_number).toBe(1001)
    await sandbox.idle()
    const before = told().length
    await play((await create()).session_token, 'approve')
    await sandbox.idle()
    expect(told().length - before).toBe(2)
  })
})

describe('faults of the API', () => {
  const read = { headers: { 'x-api-key': 'key' } }

  it.each([
    [{ path: '/v3/', drop: true }],
    [{ status: 200 }],
    [{ status: '500' }],
    [{ rate: 2 }],
    [{ redirect: 'later' }],
    [{ unknown: 1 }],
    [[]],
    [null],
  ])('cannot be %j', async (body) => {
    const { send } = setUp()
    expect((await send('PUT', '/_sandbox/faults', body)).status).toBe(400)
  })

  it('answer 429 with a time to wait, as often as told', async () => {
    const { create, send, request, decision } = setUp()
    const { session_id } = await create()
    await send('PUT', '/_sandbox/faults', {
      path: '/v3/session/*/decision/',
      status: 429,
      count: 2,
    })
    expect((await create()).status).toBe('Not Started')
    for (let i = 0; i < 2; i++) {
      const response = await request(`/v3/session/${session_id}/decision/`, read)
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '30'])
    }
    expect((await decision(session_id)).session_id).toBe(session_id)
  })

  it('answer 500 in no JSON until they are cleared', async () => {
    const { create, send, request } = setUp()
    const { session_id } = await create()
    await send('PUT', '/_sandbox/faults', { status: 500 })
    const response = await request(`/v3/session/${session_id}/decision/`, read)
    expect(response.status).toBe(500)
    expect(response.headers.get('content-type')).toContain('text/html')
    await send('PUT', '/_sandbox/faults', {})
    expect((await request(`/v3/session/${session_id}/decision/`, read)).status).toBe(200)
  })

  it('happen at a rate', async () => {
    const chances = [0.1, 0.9]
    const { create, send, request } = setUp({ random: () => chances.shift() ?? 1 })
    const { session_id } = await create()
    await send('PUT', '/_sandbox/faults', { status: 503, rate: 0.5 })
    const path = `/v3/session/${session_id}/decision/`
    expect((await request(path, read)).status).toBe(503)
    expect((await request(path, read)).status).toBe(200)
  })

  it('make answers late', async () => {
    const { create, send, decision, time } = setUp()
    const { session_id } = await create()
    await send('PUT', '/_sandbox/faults', { delayMs: 2_000 })
    let answered = false
    const answer = decision(session_id).then((body) => {
      answered = true
      return body
    })
    time.pass(1_999)
    await Promise.resolve()
    expect(answered).toBe(false)
    time.pass(1)
    expect((await answer).session_id).toBe(session_id)
  })
})
