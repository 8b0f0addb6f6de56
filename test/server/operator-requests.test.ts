import { describe, expect, it } from 'vitest'
import { setUp, TOKEN } from '../support/operator.ts'

const NOBODY = '99999999-8888-4777-8666-555555555555'

/** So deep that whoever follows it without counting runs out of stack. */
function nested(depth: number): string {
  return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
}

describe('a bad request of an operator', () => {
  for (const [what, path, body, status, code, words] of [
    ['no JSON', '/blocklist/add', '{', 400, 'invalid-body', /JSON object/],
    ['a list', '/blocklist/add', '[]', 400, 'invalid-body', /JSON object/],
    ['null', '/blocklist/add', 'null', 400, 'invalid-body', /JSON object/],
    ['__proto__', '/workflows', '{"__proto__": {"a": 1}}', 400, 'invalid-body', /JSON object/],
    [
      '__proto__ inside',
      '/workflows',
      '{"features": [{"config": {"\\u005f_proto__": {}}}]}',
      400,
      'invalid-body',
      /JSON object/,
    ],
    ['nesting without end', '/lists', nested(50_000), 400, 'invalid-body', /32 levels/],
    [
      'lists without end',
      '/lists',
      `{"a":${'['.repeat(99)}${']'.repeat(99)}}`,
      400,
      'invalid-body',
      /./,
    ],
    ['too much', '/lists', JSON.stringify({ a: 'x'.repeat(5e6) }), 413, 'body-too-large', /4 MiB/],
    ['a malformed id', '/sessions/not-an-id/approve', {}, 400, 'invalid-input', /session_id/],
    ['an id that is a path', '/sessions/..%2F..%2Fv1/approve', {}, 400, 'invalid-input', /UUID/],
    ['an id with a null in it', '/sessions/%00/approve', {}, 400, 'invalid-input', /UUID/],
    ['an id that is no text', '/sessions/%E0%A4%A/approve', {}, 400, 'invalid-input', /UUID/],
    ['a prototype key', '/sessions/__proto__/approve', {}, 400, 'invalid-input', /UUID/],
    ['a list that is none', '/lists/x/entries', {}, 400, 'invalid-input', /list_uuid/],
    ['no session', '/blocklist/add', { blocklist_face: true }, 400, 'invalid-input', /session_id/],
    ['a number for an id', '/blocklist/add', { session_id: 7 }, 400, 'invalid-input', /session_id/],
    ['text for numbers', '/sessions/delete', { session_numbers: 'x' }, 400, 'invalid-input', /./],
    ['nothing to delete', '/sessions/delete', {}, 400, 'invalid-input', /delete_all/],
    ['a word for yes', '/sessions/delete', { delete_all: 'yes' }, 400, 'invalid-input', /true/],
    ['no steps', `/sessions/${NOBODY}/resubmit`, {}, 400, 'invalid-input', /nodes_to_resubmit/],
    [
      'steps that are none',
      `/sessions/${NOBODY}/resubmit`,
      { nodes_to_resubmit: 'OCR' },
      400,
      'invalid-input',
      /list/,
    ],
    [
      'no address to write to',
      `/sessions/${NOBODY}/approve`,
      { send_email: true },
      400,
      'invalid-input',
      /email_address/,
    ],
    ['no application', `/sessions/${NOBODY}/share`, {}, 400, 'invalid-input', /for_application_id/],
    ['no token', '/sessions/import', { trust_review: true }, 400, 'invalid-input', /share_token/],
    [
      'too small an amount',
      '/billing/top-up',
      { amount_in_dollars: 1 },
      400,
      'invalid-input',
      /50/,
    ],
    ['no features', '/workflows', {}, 400, 'invalid-input', /features/],
    [
      'a plain address',
      '/webhooks/destinations',
      { label: 'a', url: 'x' },
      400,
      'invalid-input',
      /url/,
    ],
    [
      'a weak password',
      '/account/register',
      { email: 'a@b.example', password: 'x' },
      400,
      'invalid-input',
      /password/,
    ],
    ['an unknown session', `/sessions/${NOBODY}/approve`, {}, 404, 'didit-refused', /Not found/],
    ['a path that is none', '/nothing', {}, 404, 'not-found', /docs\/operator\.md/],
    [
      'a path too many',
      `/sessions/${NOBODY}/approve/now`,
      {},
      404,
      'not-found',
      /docs\/operator\.md/,
    ],
    ['a slash too many', '/sessions/', {}, 404, 'not-found', /docs\/operator\.md/],
  ] as const) {
    it(`is told so: ${what}`, async () => {
      const { refused } = await setUp()
      const problem = await refused('POST', path, body)
      expect(problem).toMatchObject({ status, code })
      expect(problem.body.detail).toMatch(words)
    })
  }

  for (const [method, path, allow] of [
    ['PUT', '/sessions', 'GET'],
    ['POST', '/audit', 'GET'],
    ['GET', `/sessions/${NOBODY}/approve`, 'POST'],
    ['PATCH', `/sessions/${NOBODY}`, 'GET, DELETE'],
    ['DELETE', '/webhook', 'GET, PATCH'],
    ['OPTIONS', '/blocklist', 'GET'],
  ] as const) {
    it(`is told which methods there are: ${method} ${path}`, async () => {
      const { refused } = await setUp()
      const { status, code, headers } = await refused(method, path)
      expect([status, code, headers.get('allow')]).toEqual([405, 'method-not-allowed', allow])
    })
  }

  for (const [path, field] of [
    ['/sessions?stauts=Declined', 'stauts'],
    ['/sessions?status=Refused', 'status'],
    ['/sessions?limit=0', 'limit'],
    ['/sessions?limit=', 'limit'],
    ['/sessions?limit=ten', 'limit'],
    ['/sessions?offset=-1', 'offset'],
    ['/sessions?limit=1&limit=2', 'limit'],
    ['/sessions?date_from=2026-02-30', 'date_from'],
    ['/sessions?country=DE', 'country'],
    ['/sessions?__proto__=1', '__proto__'],
    [`/sessions/${NOBODY}?include=events&x=1`, 'x'],
    [`/sessions/${NOBODY}/reviews?page=2`, 'page'],
    ['/blocklist?item_type=car', 'item_type'],
    ['/workflows?page=2', 'page'],
    ['/billing/balance?x', 'x'],
    ['/audit?limit=0', 'limit'],
    ['/audit?limit=201', 'limit'],
    ['/audit?from=yesterday', 'from'],
    ['/audit?who=anna', 'who'],
  ] as const) {
    it(`is told what is wrong with its query: ${path}`, async () => {
      const { refused } = await setUp()
      const { status, code, body } = await refused('GET', path)
      expect([status, code, body.fields[0].field]).toEqual([400, 'invalid-input', field])
      expect(body.detail).toContain(field)
    })
  }

  it('of another type is not read', async () => {
    const { operator } = await setUp()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': type }
      const response = await operator.request('/lists', { method: 'POST', headers, body: '{}' })
      expect([response.status, (await response.json()).code]).toEqual([
        415,
        'unsupported-media-type',
      ])
    }
  })

  it('leaves no trace in what was not named', async () => {
    const { call, store } = await setUp()
    const body = '{"comment":"x","constructor":{"prototype":{"polluted":true}}}'
    await call('POST', `/sessions/${NOBODY}/approve`, body)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(await store.acts({ limit: 10, offset: 0 })).toMatchObject([{ result: 'refused' }])
  })
})

describe('what an operator is told when Didit', () => {
  for (const [what, status, headers, code, answer] of [
    ['does not take the key', 401, {}, 'didit-credentials', 502],
    ['is busy', 429, { 'retry-after': '7' }, 'didit-refused', 429],
    ['is broken', 500, {}, 'didit-unreachable', 502],
  ] as const) {
    it(`${what}: ${code}`, async () => {
      const { refused, didit } = await setUp()
      didit.answer = () => Response.json({ detail: 'no' }, { status, headers })
      const problem = await refused('GET', '/sessions')
      expect(problem).toMatchObject({ status: answer, code })
      expect(problem.headers.get('retry-after')).toBe(status === 429 ? '7' : null)
    })
  }

  it('cannot be reached: didit-unreachable', async () => {
    const { refused, didit } = await setUp()
    didit.answer = () => {
      throw new TypeError('fetch failed')
    }
    expect(await refused('GET', '/sessions')).toMatchObject({ code: 'didit-unreachable' })
  })
})

describe('a page of a list', () => {
  it('leads on within this API, and not to Didit', async () => {
    const { call, start } = await setUp()
    for (let i = 0; i < 3; i++) await start()
    const seen: string[] = []
    const links: unknown[] = []
    for (let query: string | null = '?status=Not%20Started&limit=1'; query; ) {
      const page: { results: { session_id: string }[]; next: string | null; previous: unknown } =
        await (await call('GET', `/sessions${query}`)).json()
      seen.push(...page.results.map(({ session_id }) => session_id))
      links.push(page.previous, page.next)
      query = page.next
    }
    expect(new Set(seen).size).toBe(3)
    expect(links).toEqual([
      null,
      '?status=Not+Started&limit=1&offset=1',
      '?status=Not+Started&limit=1&offset=0',
      '?status=Not+Started&limit=1&offset=2',
      '?status=Not+Started&limit=1&offset=1',
      null,
    ])
  })

  it('takes several values of a filter, however they are written', async () => {
    const { call, start, move } = await setUp()
    const [one, two] = [await start(), await start()]
    await move(one.session.id, 'Declined')
    await move(two.session.id, 'In Review')
    for (const query of ['status=Declined,In%20Review', 'status=Declined&status=In%20Review']) {
      expect((await (await call('GET', `/sessions?${query}`)).json()).count).toBe(2)
    }
  })
})
