import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createOperatorApp } from '../../server/operator.ts'
import { runDue } from '../../server/reconcile.ts'
import { readEvents, readStatus } from '../support/events.ts'
import { setUp, TOKEN } from '../support/operator.ts'
import { root } from '../support/process.ts'

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

  it("'s approval is the next word of a waiting browser's stream", async () => {
    const { call, inStatus, request } = await setUp()
    const { id, token } = await inStatus('In Review')
    const headers = { 'verify-token': token }
    const events = readEvents(await request(`/sessions/${id}/events`, { headers }))
    expect(readStatus(await events.next())[0]).toBe('In Review')
    await call('POST', `/sessions/${id}/approve`)
    expect(readStatus(await events.next())[0]).toBe('Approved')
    // Nothing follows an approval, so the stream ends.
    expect(await events.next()).toBeUndefined()
  })

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
    clock.pass(5_000)
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

  it('is told before what a resubmission would do', async () => {
    const { call, inStatus } = await setUp()
    const { id } = await inStatus('In Review')
    const response = await call('POST', `/sessions/${id}/resubmission-preview`, {})
    expect(await response.json()).toMatchObject({ requires_user_action: true })
    expect((await (await call('GET', '/audit')).json()).count).toBe(0)
  })

  it('sees the time line of a session', async () => {
    const { call, inStatus } = await setUp()
    const { id } = await inStatus('In Review')
    const decision = await (await call('GET', `/sessions/${id}?include=events`)).json()
    expect(decision.events.length).toBeGreaterThan(0)
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

  it('keeps lists', async () => {
    const { call } = await setUp()
    const made = await call('POST', '/lists', { name: 'Mine', entry_type: 'phone' })
    expect(made.status).toBe(201)
    const entries = `/lists/${(await made.json()).uuid}/entries`
    expect((await call('POST', entries, { value: '+34600000009' })).status).toBe(201)
    const face = { image: 'AAAA', comment: 'from the desk' }
    expect((await call('POST', `${entries}/face-upload`, face)).status).toBe(201)
    const page = await (await call('GET', `${entries}?limit=1`)).json()
    expect(page).toMatchObject({ count: 2, next: '?limit=1&offset=1' })
    expect((await (await call('GET', '/lists')).json()).count).toBe(5)
  })

  it('sets the single webhook of older accounts', async () => {
    const { call } = await setUp()
    const webhook_url = 'https://hooks.example/didit'
    expect((await call('PATCH', '/webhook', { webhook_url })).status).toBe(200)
    expect(await (await call('GET', '/webhook')).json()).toMatchObject({ webhook_url })
  })

  it('gets an account at Didit, and reads its applications with its own token', async () => {
    const { call, refused, operator } = await setUp()
    const [email, password] = ['anna@mail.test.example', 'MyStr0ng!Pass']
    expect((await call('POST', '/account/register', { email, password })).status).toBe(201)
    const verified = await call('POST', '/account/verify-email', { email, code: 'A1B2C3' })
    const { access_token, organization, application } = await verified.json()
    expect((await call('POST', '/account/login', { email, password })).status).toBe(200)
    const own = `/account/organizations/${organization.uuid}/applications`
    expect((await refused('GET', own)).body.fields[0].field).toBe('didit-access-token')
    const headers = { authorization: `Bearer ${TOKEN}`, 'didit-access-token': access_token }
    const applications = await (await operator.request(own, { headers })).json()
    expect(applications).toMatchObject([{ api_key: application.api_key }])
    const one = await operator.request(`${own}/${application.uuid}`, { headers })
    expect(await one.json()).toMatchObject({ uuid: application.uuid })
    const organizations = await operator.request('/account/organizations', { headers })
    expect(await organizations.json()).toMatchObject([{ uuid: organization.uuid }])
  })

  for (const [what, method, path, body] of [
    ['password', 'POST', '/account/login', { email: 'a@b.example', password: 'Wr0ng!Password' }],
    ['token of an account', 'GET', '/account/organizations', undefined],
  ] as const) {
    it(`is told that the ${what} is wrong, not that the key of the server is`, async () => {
      const { operator } = await setUp()
      const headers = {
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/json',
        'didit-access-token': 'dead',
      }
      const response = await operator.request(path, { method, headers, body: JSON.stringify(body) })
      expect(await response.json()).toMatchObject({ status: 401, code: 'didit-refused' })
      expect(response.status).toBe(401)
    })
  }

  it('sees what became of webhooks, and has one sent again', async () => {
    const { call, sandbox, start, move } = await setUp()
    const destination = { label: 'mine', url: 'https://hooks.example/didit' }
    const wanted = { ...destination, subscribed_events: ['status.updated'] }
    const { uuid } = await (await call('POST', '/webhooks/destinations', wanted)).json()
    const { session } = await start()
    await move(session.id, 'In Progress')
    await sandbox.idle()
    const deliveries = `/webhooks/destinations/${uuid}/deliveries`
    const { results } = await (await call('GET', deliveries)).json()
    expect(results).toMatchObject([{ session_id: session.id }])
    const one = `${deliveries}/${results[0].uuid}`
    expect(await (await call('GET', one)).json()).toHaveProperty('request_body')
    expect((await call('POST', `${one}/resend`)).status).toBe(200)
    expect((await (await call('GET', deliveries)).json()).count).toBe(2)
    const change = await call('PATCH', `/webhooks/destinations/${uuid}`, { enabled: false })
    expect((await change.json()).enabled).toBe(false)
    expect((await call('DELETE', `/webhooks/destinations/${uuid}`)).status).toBe(204)
    expect((await call('GET', `/webhooks/destinations/${uuid}`)).status).toBe(404)
  })
})

describe('docs/operator.md', () => {
  it('lists every route, and no other', async () => {
    const page = readFileSync(path.join(root, 'docs/operator.md'), 'utf8')
    const listed = [...page.matchAll(/^\| `((?:GET|POST|PATCH|DELETE) [^`]+)` \|/gm)]
    const { operator } = await setUp()
    const routes = operator.routes.filter(({ method }) => method !== 'ALL')
    const known = new Set(routes.map((route) => `${route.method} ${route.path}`))
    expect(listed.map(([, route]) => route).sort()).toEqual([...known].sort())
  })
})
