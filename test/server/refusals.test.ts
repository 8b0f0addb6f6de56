import { describe, expect, it } from 'vitest'
import { createBff, PAGE, problem } from '../support/bff.ts'

describe('a body', () => {
  const rows: [string, unknown, number, string][] = [
    ['that is empty', '', 400, 'invalid-body'],
    ['that is not JSON', '{"workflow":', 400, 'invalid-body'],
    ['that is a list', [], 400, 'invalid-body'],
    ['that is null', 'null', 400, 'invalid-body'],
    ['that is a text', '"default"', 400, 'invalid-body'],
    ['with an unknown key', { vendor_data: 'user-2' }, 400, 'invalid-body'],
    ['with a key of the prototype', '{"__proto__": {"workflow": "x"}}', 400, 'invalid-body'],
    ['with constructor', '{"constructor": {}}', 400, 'invalid-body'],
    ['with a number for a text', { workflow: 1 }, 400, 'invalid-body'],
    ['with null for a text', { language: null }, 400, 'invalid-body'],
    ['with an unknown mode', { mode: 'hologram' }, 400, 'invalid-body'],
    ['with a reference too long', { reference: 'x'.repeat(257) }, 400, 'invalid-body'],
    ['with an unknown workflow', { workflow: 'gold' }, 400, 'unknown-workflow'],
    [
      'with a raw workflow id',
      { workflow: '11111111-2222-4333-8444-555555555555' },
      400,
      'unknown-workflow',
    ],
    ['with a workflow of the prototype', { workflow: 'constructor' }, 400, 'unknown-workflow'],
    ['with __proto__ for a workflow', { workflow: '__proto__' }, 400, 'unknown-workflow'],
    ['with an empty workflow', { workflow: '' }, 400, 'unknown-workflow'],
    ['over 64 KiB', { reference: 'x'.repeat(64 * 1024) }, 413, 'body-too-large'],
  ]
  it.each(rows)('%s is refused', async (_, body, status, code) => {
    const { post, didit } = await createBff()
    expect(await problem(await post(body))).toEqual([status, code])
    expect(didit.calls).toEqual([])
  })

  const types = ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']
  it.each(types)('of the type %j is refused', async (type) => {
    const { post, didit } = await createBff()
    const response = await post({}, { 'content-type': type })
    expect(await problem(response)).toEqual([415, 'unsupported-media-type'])
    expect(didit.calls).toEqual([])
  })

  it.each(['application/json; charset=utf-8', 'Application/JSON'])(
    'of the type %j is fine',
    async (type) => {
      const { post } = await createBff()
      expect((await post({}, { 'content-type': type })).status).toBe(201)
    },
  )

  /** A body without Content-Length; counts how much of it was taken. */
  function chunked(chunks: number) {
    const taken = { chunks: 0 }
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (taken.chunks++ === chunks) controller.close()
        else controller.enqueue(new TextEncoder().encode(' '.repeat(16 * 1024)))
      },
    })
    const headers = { origin: PAGE, 'content-type': 'application/json' }
    return { taken, init: { method: 'POST', headers, body, duplex: 'half' } as RequestInit }
  }

  it('in chunks over 64 KiB is refused before all of it was read', async () => {
    const { request } = await createBff()
    const { taken, init } = chunked(1000)
    expect(await problem(await request('/sessions', init))).toEqual([413, 'body-too-large'])
    expect(taken.chunks).toBeLessThan(10)
  })

  it('that announces more than 64 KiB is refused', async () => {
    const { post } = await createBff()
    const response = await post({}, { 'content-length': '65537' })
    expect(await problem(response)).toEqual([413, 'body-too-large'])
  })
})

describe('a return URL', () => {
  const refused = [
    'https://evil.example/',
    'https://shop.example.evil.example/',
    'https://shop.example@evil.example/',
    'https://user:password@shop.example/',
    'https://user@shop.example/',
    'https://shop.example:8443/',
    'http://shop.example/',
    '//shop.example/',
    '/checkout',
    '',
    'null',
    'javascript:alert(1)',
    'javascript://shop.example/%0aalert(1)',
    'data:text/html,hello',
    'blob:https://shop.example/0a1b',
    'https:shop.example.evil.example',
    'https://evil.example\\@shop.example/',
  ]
  it.each(refused)('of %j is refused', async (returnUrl) => {
    const { post, didit } = await createBff()
    expect(await problem(await post({ returnUrl }))).toEqual([400, 'return-url-not-allowed'])
    expect(didit.calls).toEqual([])
  })

  it('too long is refused', async () => {
    const { post } = await createBff()
    const returnUrl = `${PAGE}/${'x'.repeat(2048)}`
    expect(await problem(await post({ returnUrl }))).toEqual([400, 'invalid-body'])
  })

  it('that is not allowed is refused for a session that is handed back too', async () => {
    const { start, post, request, didit } = await createBff()
    const { token } = await start({ returnUrl: `${PAGE}/one` })
    const response = await post({ returnUrl: 'https://evil.example/' }, { 'verify-token': token })
    expect(await problem(response)).toEqual([400, 'return-url-not-allowed'])
    const back = new URL(String(didit.bodies[0]?.callback)).pathname.split('/').at(-1)
    const { headers } = await request(`/return/${back}`)
    expect(headers.get('location')).toBe(`${PAGE}/one`)
  })
})

describe('when Didit', () => {
  const detail = (text: string) => ({ detail: `${text} SECRET WORDS` })
  const rows: [string, number, BodyInit | object, number, string, object?][] = [
    ['knows no such key', 401, detail('bad key'), 502, 'didit-credentials'],
    ['denies the permission', 403, detail('You do not have permission'), 502, 'didit-credentials'],
    ['is not paid', 402, detail('pay'), 502, 'didit-credits'],
    [
      'has no credits left',
      400,
      detail("You don't have enough credits to perform this request."),
      502,
      'didit-credits',
    ],
    [
      'has suspended billing',
      403,
      { ...detail(''), code: 'contract_billing_suspended' },
      502,
      'didit-credits',
    ],
    [
      'knows no such workflow',
      400,
      { workflow_id: 'Invalid workflow_id. SECRET WORDS' },
      502,
      'didit-workflow',
    ],
    [
      'finds the workflow malformed',
      400,
      { workflow_id: ['Must be a valid UUID. SECRET WORDS'] },
      502,
      'didit-workflow',
    ],
    [
      'refuses a field',
      400,
      { portrait_image: ['Image size exceeds 2MB. SECRET WORDS'] },
      502,
      'didit-rejected',
    ],
    ['refuses with a bare list', 400, ['SECRET WORDS'], 502, 'didit-rejected'],
    ['refuses with a number', 400, '7', 502, 'didit-rejected'],
    ['refuses with nothing', 400, '', 502, 'didit-rejected'],
    [
      'has blocked the person',
      400,
      { vendor_data: 'This user or business has been blocked and cannot create SECRET WORDS.' },
      403,
      'subject-blocked',
    ],
    ['is busy', 429, detail('throttled'), 503, 'didit-busy', { 'retry-after': '17' }],
    ['is busy and does not say for how long', 429, '', 503, 'didit-busy', { 'retry-after': '5' }],
    ['fails', 500, '<h1>SECRET WORDS</h1>', 502, 'didit-unreachable'],
    ['is not there', 503, '', 502, 'didit-unreachable'],
    ['answers a page', 200, '<h1>SECRET WORDS</h1>', 502, 'didit-unreachable'],
    [
      'answers a session without an id',
      201,
      { status: 'Not Started', url: 'https://x.example' },
      502,
      'didit-unreachable',
    ],
    [
      'answers a session without an address',
      201,
      { session_id: 'a', status: 'Not Started', url: null },
      502,
      'didit-unreachable',
    ],
  ]
  it.each(rows)('%s (%i), the page is told so', async (_, status, body, answer, code, headers) => {
    const { post, didit, store, lines, clock } = await createBff({ identify: () => 'user-1' })
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const retry = { 'retry-after': (headers as Record<string, string>)?.['retry-after'] ?? '' }
    didit.answer = () =>
      new Response(text, { status, headers: status === 429 && text ? retry : {} })
    const response = await post()
    expect(await response.clone().text()).not.toContain('SECRET')
    expect(await problem(response)).toEqual([answer, code])
    expect(Object.fromEntries(response.headers)).toMatchObject({ ...headers })
    expect(await store.newestSession('user-1')).toBeUndefined()
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    didit.answer = (_request, pass) => pass()
    // Didit is left in peace for as long as it asked for.
    clock.pass(60_000)
    expect((await post()).status).toBe(201)
  })

  it('cannot be reached, the page is told so', async () => {
    const { post, didit, store } = await createBff({ identify: () => 'user-1' })
    didit.answer = () => Promise.reject(new TypeError('fetch failed: SECRET'))
    const response = await post()
    expect(await response.clone().text()).not.toContain('SECRET')
    expect(await problem(response)).toEqual([502, 'didit-unreachable'])
    expect(await store.newestSession('user-1')).toBeUndefined()
  })

  it('does not answer in time, the page is told so', async () => {
    const { post, didit } = await createBff({ timeout: 20 })
    didit.answer = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    expect(await problem(await post())).toEqual([504, 'didit-timeout'])
  })

  it('fails while a webhook of the new session waits for an answer, the session is kept', async () => {
    const { post, didit, hook, store } = await createBff()
    didit.answer = async (request, pass) => {
      if (request.method === 'GET') return new Response('', { status: 500 })
      const answer = await pass()
      const { session_id } = await answer.clone().json()
      await hook({ session_id, status: 'Approved' })
      return answer
    }
    const response = await post()
    expect(response.status).toBe(201)
    const { session } = await response.json()
    expect(await store.openEnvelopes(session.id, 10)).toHaveLength(1)
  })

  it('takes the session but the store does not, the next start gets it back', async () => {
    const bff = await createBff()
    let full = true
    const { saveSession } = bff.store
    const store = {
      ...bff.store,
      saveSession: (row: Parameters<typeof saveSession>[0]) =>
        full ? Promise.reject(new Error('disk full')) : saveSession(row),
    }
    const { post, sandbox } = await createBff({ store, identify: () => 'user-1' })
    expect(await problem(await post())).toEqual([500, 'internal'])
    full = false
    expect((await post()).status).toBe(201)
    const sessions = await sandbox.app.request('http://127.0.0.1:4010/_sandbox/sessions')
    expect(await sessions.json()).toHaveLength(1)
  })
})
