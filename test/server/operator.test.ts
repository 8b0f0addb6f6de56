import { describe, expect, it } from 'vitest'
import { createOperatorApp } from '../../server/operator.ts'
import { runDue } from '../../server/reconcile.ts'
import { createBff } from '../support/bff.ts'

const TOKEN = 'anna-token-of-thirty-two-characters'
const OTHER = 'bert-token-of-thirty-two-characters'

async function setUp() {
  const bff = await createBff()
  const app = createOperatorApp({
    ...bff.options,
    operators: { anna: TOKEN, bert: OTHER },
    fetch: async (input, init) => bff.sandbox.app.request(input as string, init),
  })
  const call = (method: string, path: string, body?: unknown, token = TOKEN) =>
    app.request(path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  /** A session in this status, and what the browser holds of it. */
  const inStatus = async (...statuses: string[]) => {
    const grant = await bff.start()
    await bff.move(grant.session.id, ...statuses)
    await bff.hook({ session_id: grant.session.id, status: statuses.at(-1) })
    await bff.idle()
    return { id: grant.session.id, token: grant.token }
  }
  return { ...bff, operator: app, call, inStatus }
}

describe('an operator', () => {
  for (const [what, authorization] of [
    ['no token', undefined],
    ['a wrong token', `Bearer ${'x'.repeat(32)}`],
    ['a token that is longer', `Bearer ${TOKEN}x`],
    ['a name for a token', 'Bearer anna'],
    ['another scheme', `Basic ${TOKEN}`],
    ['a prototype key', 'Bearer constructor'],
  ] as const) {
    it(`is refused with ${what}, whatever the path`, async () => {
      const { operator } = await setUp()
      const headers: Record<string, string> = authorization ? { authorization } : {}
      for (const path of ['/sessions', '/audit', '/nothing']) {
        const response = await operator.request(path, { headers })
        expect(response.status).toBe(401)
        expect(await response.json()).toMatchObject({ code: 'operator-token' })
      }
    })
  }

  it('is not known by a short token, or by one that stands twice', async () => {
    const { options } = await setUp()
    expect(() => createOperatorApp({ ...options, operators: { anna: 'short' } })).toThrow(/32/)
    const shared = { anna: TOKEN, bert: TOKEN }
    expect(() => createOperatorApp({ ...options, operators: shared })).toThrow(/twice/)
  })

  it('gets no CORS header', async () => {
    const { operator } = await setUp()
    const headers = { origin: 'https://shop.example', authorization: `Bearer ${TOKEN}` }
    const response = await operator.request('/sessions', { headers })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('lists sessions by status, page by page', async () => {
    const { call, inStatus, start } = await setUp()
    const { id } = await inStatus('In Review')
    await start()
    const page = await (await call('GET', '/sessions?status=In%20Review&limit=1')).json()
    expect(page).toMatchObject({ count: 1, results: [{ session_id: id, status: 'In Review' }] })
  })

  for (const [act, status, outcome] of [
    ['approve', 'Approved', 'approved'],
    ['decline', 'Declined', 'declined'],
  ] as const) {
    it(`reaches a waiting browser at once: ${act}`, async () => {
      const { call, inStatus, seen, store } = await setUp()
      const { id, token } = await inStatus('In Review')
      let told = 0
      store.listen(id, () => told++)
      const response = await call('POST', `/sessions/${id}/${act}`, { comment: 'looked at' })
      expect(response.status).toBe(200)
      expect(told).toBe(1)
      expect(await seen(id, token)).toMatchObject({ status, outcome })
    })
  }

  it('reaches it soon after Didit could not be asked about what was done', async () => {
    const { call, inStatus, store, options, clock, didit } = await setUp()
    const { id } = await inStatus('In Review')
    // So long ago that the next planned question is hours away.
    clock.pass(24 * 60 * 60_000)
    await runDue(options)
    didit.answer = (request, pass) =>
      request.method === 'GET' ? new Response('', { status: 500 }) : pass()
    expect((await call('POST', `/sessions/${id}/approve`)).status).toBe(200)
    expect((await store.session(id))?.status).toBe('In Review')
    didit.answer = (_request, pass) => pass()
    await runDue(options)
    expect((await store.session(id))?.status).toBe('Approved')
  })

  it('sends back steps, and the same session is open again', async () => {
    const { call, inStatus, seen } = await setUp()
    const { id, token } = await inStatus('In Review')
    const {
      id_verifications: [check],
    } = await (await call('GET', `/sessions/${id}`)).json()
    const nodes_to_resubmit = [{ node_id: check.node_id, feature: 'OCR' }]
    const response = await call('POST', `/sessions/${id}/resubmit`, { nodes_to_resubmit })
    expect(response.status).toBe(200)
    const session = await seen(id, token)
    expect(session).toMatchObject({ status: 'Resubmitted', outcome: 'resubmit' })
    expect(session.url).toBeDefined()
  })

  it('deletes a session: who waits for it is told that it has ended', async () => {
    const { call, start, seen } = await setUp()
    const { session, token } = await start()
    expect((await call('DELETE', `/sessions/${session.id}`)).status).toBe(204)
    expect(await seen(session.id, token)).toMatchObject({ outcome: 'expired', settled: true })
  })

  it('gets the report as a file', async () => {
    const { call, inStatus } = await setUp()
    const { id } = await inStatus('Approved')
    const response = await call('GET', `/sessions/${id}/pdf`)
    expect(response.headers.get('content-type')).toBe('application/pdf')
    expect(response.headers.get('content-disposition')).toContain(`session_${id}.pdf`)
    expect((await response.text()).slice(0, 5)).toBe('%PDF-')
  })

  it('sees the pictures, and no link to them', async () => {
    const { call, inStatus } = await setUp()
    const { id } = await inStatus('In Progress', 'Approved')
    const { results } = await (await call('GET', `/sessions/${id}/pictures`)).json()
    expect(results).toContain('id_verifications.0.front_image')
    const response = await call('GET', `/sessions/${id}/pictures/id_verifications.0.front_image`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^image\//)
    expect((await call('GET', `/sessions/${id}/pictures/nothing`)).status).toBe(404)
  })

  it('shares, notes and blocks', async () => {
    const { call, inStatus } = await setUp()
    const { id } = await inStatus('Approved')
    const note = await call('POST', `/sessions/${id}/reviews`, { comment: 'called back' })
    expect(note.status).toBe(201)
    const { results } = await (await call('GET', `/sessions/${id}/reviews`)).json()
    expect(JSON.stringify(results)).toContain('called back')
    const block = { session_id: id, blocklist_document: true }
    expect((await call('POST', '/blocklist/add', block)).status).toBe(200)
    expect((await (await call('GET', '/blocklist')).json()).count).toBe(1)
    const unblock = { session_id: id, unblock_document: true }
    expect((await call('POST', '/blocklist/remove', unblock)).status).toBe(200)
    expect((await (await call('GET', '/blocklist')).json()).count).toBe(0)
  })

  it('administers workflows, credits and webhook destinations', async () => {
    const { call } = await setUp()
    const body = { workflow_label: 'Age', features: [{ feature: 'OCR' }] }
    const made = await call('POST', '/workflows', body)
    expect(made.status).toBe(201)
    const { uuid } = await made.json()
    expect((await call('PATCH', `/workflows/${uuid}`, { workflow_label: 'Older' })).status).toBe(
      200,
    )
    const read = await (await call('GET', `/workflows/${uuid}`)).json()
    expect(read.workflow_label).toBe('Older')
    expect((await call('DELETE', `/workflows/${uuid}`)).status).toBe(204)
    expect(await (await call('GET', '/billing/balance')).json()).toHaveProperty('balance')
    const destination = await call('POST', '/webhooks/destinations', {
      label: 'mine',
      url: 'https://hooks.example/didit',
      subscribed_events: ['status.updated'],
    })
    expect(destination.status).toBe(201)
    expect(await (await call('GET', '/webhooks/destinations')).json()).toHaveLength(1)
  })
})

describe('the audit log', () => {
  it('says who did what, when, to which session, and how it stood before and after', async () => {
    const { call, inStatus, clock } = await setUp()
    const { id } = await inStatus('In Review')
    await call('POST', `/sessions/${id}/approve`, {}, OTHER)
    const { results } = await (await call('GET', `/audit?session=${id}`)).json()
    expect(results).toEqual([
      {
        id: expect.any(String),
        at: clock.now(),
        operator: 'bert',
        action: 'approve',
        session: id,
        before: 'In Review',
        after: 'Approved',
        result: 'done',
      },
    ])
  })

  it("holds what Didit refused, with Didit's words for the operator", async () => {
    const { call, start } = await setUp()
    const { session } = await start()
    const response = await call('POST', `/sessions/${session.id}/approve`)
    expect(response.status).toBe(400)
    const problem = await response.json()
    expect(problem).toMatchObject({ code: 'didit-refused' })
    expect(JSON.stringify(problem.didit)).toContain('Current status: Not Started')
    const { results } = await (await call('GET', '/audit?operator=anna')).json()
    expect(results).toMatchObject([{ action: 'approve', result: 'refused', after: 'Not Started' }])
  })

  it('has an act before it happens', async () => {
    const { call, inStatus, didit, store } = await setUp()
    const { id } = await inStatus('In Review')
    let seen: unknown
    didit.answer = async (request, pass) => {
      if (request.method === 'PATCH') seen = await store.acts({ limit: 10, offset: 0 })
      return pass()
    }
    await call('POST', `/sessions/${id}/decline`)
    expect(seen).toMatchObject([{ action: 'decline', before: 'In Review', result: null }])
  })

  it('reads nothing into it', async () => {
    const { call, inStatus } = await setUp()
    const { id } = await inStatus('In Review')
    await call('GET', `/sessions/${id}`)
    expect((await (await call('GET', '/audit')).json()).results).toEqual([])
  })
})

describe('a bad request of an operator', () => {
  for (const [what, path, body, status, code] of [
    ['no JSON', '/blocklist/add', '{', 400, 'invalid-body'],
    ['a list', '/blocklist/add', '[]', 400, 'invalid-body'],
    ['a malformed id', '/sessions/not-an-id/approve', {}, 400, 'invalid-input'],
    [
      'an amount that is too small',
      '/billing/top-up',
      { amount_in_dollars: 1 },
      400,
      'invalid-input',
    ],
    ['a path that is none', '/nothing', {}, 404, 'not-found'],
  ] as const) {
    it(`is told so: ${what}`, async () => {
      const { call } = await setUp()
      const response = await call('POST', path, body)
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ code })
    })
  }

  it('with a limit that is none is told so', async () => {
    const { call } = await setUp()
    expect((await call('GET', '/audit?limit=0')).status).toBe(400)
  })
})
