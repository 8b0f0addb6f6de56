import { describe, expect, it } from 'vitest'
import { createDidit } from '../../../server/didit/client.ts'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { DENIED, ORIGIN, setUp } from './fixture.ts'

const NOT_FOUND = { detail: 'Not found.' }
const OTHER = '99999999-8888-4777-8666-555555555555'

/** A session that was approved, and calls with a key of these limits. */
async function limited(limits: string, scenario = 'approve') {
  const kit = setUp()
  const made = await kit.played(scenario)
  const by = { 'x-api-key': `key;${limits}` }
  const ask = (method: string, path: string, body?: unknown, headers = {}) =>
    kit.ask(method, path, body, { ...by, ...headers })
  const of = (rest: string) => `/v3/session/${made.session_id}/${rest}/`
  return { ...kit, made, ask, of, key: by['x-api-key'] }
}

describe('a key that names what it may do', () => {
  it.each([
    ['sessions=write', 'POST', '/v3/session/', { workflow_id: DEFAULT_WORKFLOW }, 201],
    ['sessions=read', 'POST', '/v3/session/', { workflow_id: DEFAULT_WORKFLOW }, 403],
    ['sessions=read', 'GET', '/v3/sessions/', undefined, 200],
    ['sessions=write', 'GET', '/v3/sessions/', undefined, 200],
    ['sessions=none', 'GET', '/v3/sessions/', undefined, 403],
    ['decisions=write', 'GET', '/v3/sessions/', undefined, 403],
    ['sessions=write', 'POST', '/v3/sessions/delete/', { session_numbers: ['1'] }, 204],
    ['sessions=write', 'GET', ':decision', undefined, 403],
    ['decisions=read', 'GET', ':decision', undefined, 200],
    ['decisions=read', 'GET', ':generate-pdf', undefined, 200],
    ['decisions=read', 'PATCH', ':update-status', { new_status: 'Declined' }, 403],
    ['decisions=write', 'PATCH', ':update-status', { new_status: 'Declined' }, 200],
    ['decisions=write', 'PATCH', ':update-data', { first_name: 'Eva' }, 200],
    ['sessions=write', 'PATCH', ':update-data', { first_name: 'Eva' }, 403],
    ['decisions=write', 'DELETE', ':delete', undefined, 403],
    ['sessions=write', 'DELETE', ':delete', undefined, 204],
    ['workflows=read', 'GET', '/v3/workflows/', undefined, 200],
    ['workflows=read', 'POST', '/v3/workflows/', { features: [{ feature: 'OCR' }] }, 403],
    ['webhooks=read', 'GET', '/v3/webhook/destinations/', undefined, 200],
    ['webhooks=read', 'PATCH', '/v3/webhook/', {}, 403],
    ['persons=read', 'GET', '/v3/blocklist/', undefined, 200],
    ['settings=read', 'GET', '/v3/billing/balance/', undefined, 200],
    ['analytics=write', 'GET', '/v3/billing/balance/', undefined, 403],
  ])('with %s gets for %s %s', async (limits, method, path, body, status) => {
    const { ask, of } = await limited(limits)
    const answer = await ask(method, path.startsWith(':') ? of(path.slice(1)) : path, body)
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.body).toEqual(DENIED)
  })

  it('belongs to the application of the key before it', async () => {
    const { ask, create } = setUp()
    const { session_id } = await create({}, { 'x-api-key': 'partner' })
    const path = `/v3/session/${session_id}/decision/`
    const by = (key: string) => ({ 'x-api-key': key })
    expect((await ask('GET', path, undefined, by('partner;decisions=read'))).status).toBe(200)
    expect((await ask('GET', path, undefined, by('key;decisions=read'))).status).toBe(403)
    expect((await ask('GET', path, undefined, by('scoped;decisions=read'))).status).toBe(403)
    expect((await ask('GET', path, undefined, by('invalid;decisions=read'))).status).toBe(401)
  })

  it('is one that the client takes', async () => {
    const { sandbox, made } = await limited('')
    const didit = createDidit({
      apiKey: 'scoped;decisions=read;media=read',
      baseUrl: ORIGIN,
      fetch: async (input, init) => sandbox.app.request(input as string, init),
    })
    expect((await didit.sessions.decision(made.session_id)).status).toBe('Approved')
    await expect(didit.billing.balance()).rejects.toMatchObject({ status: 403 })
  })

  it.each([
    'sesions=read',
    'sessions=all',
    'sessions',
    '',
    '__proto__=read',
    'only=x',
    'until=soon',
  ])('is refused, and told why, for a part that nobody knows: %s', async (part) => {
    const { ask } = await limited(part)
    const { status, body } = await ask('GET', '/v3/sessions/')
    expect([status, body.detail]).toEqual([401, `The sandbox does not know "${part}" in a key.`])
  })
})

describe('a key without', () => {
  it('media gets no link to a picture, and all the rest', async () => {
    const { ask, of, decision, made } = await limited('decisions=read;sessions=read')
    const seen = (await ask('GET', of('decision'))).body
    expect(JSON.stringify(seen)).not.toContain('/media/')
    const [document] = seen.id_verifications
    expect(document).toMatchObject({
      first_name: 'Álvaro',
      front_image: null,
      portrait_image: null,
    })
    const { results } = (await ask('GET', '/v3/sessions/')).body
    expect(results[0].portrait_image).toBeNull()
    const whole = await decision(made.session_id)
    expect(Object.keys(document)).toEqual(Object.keys(whole.id_verifications[0]))
  })

  it('writing sessions gets no link that opens one', async () => {
    const { ask, of, made } = await limited('decisions=read;sessions=read;media=read')
    const seen = [await ask('GET', of('decision')), await ask('GET', '/v3/sessions/')]
    expect(JSON.stringify(seen.map(({ body }) => body))).not.toContain(made.session_token)
    expect(seen[0]?.body.session_url).toBeNull()
  })

  it('these limits gets both', async () => {
    const { ask, of, made } = await limited('decisions=read;sessions=write;media=read')
    const { body } = await ask('GET', of('decision'))
    expect(body.session_url).toContain(made.session_token)
    expect(body.id_verifications[0].front_image).toContain('/media/')
  })
})

describe('a key for some sessions', () => {
  const ALL = 'sessions=write;decisions=write;workflows=read;webhooks=write;persons=write'

  it('of a workflow knows no others', async () => {
    const mine = await limited(`${ALL};only=${OTHER}`)
    for (const [method, rest, body] of [
      ['GET', 'decision', undefined],
      ['GET', 'generate-pdf', undefined],
      ['PATCH', 'update-status', { new_status: 'Declined' }],
      ['PATCH', 'update-data', {}],
      ['DELETE', 'delete', undefined],
    ] as const) {
      const answer = await mine.ask(method, mine.of(rest), body)
      expect([rest, answer.status, answer.body]).toEqual([rest, 404, NOT_FOUND])
    }
    expect((await mine.ask('GET', '/v3/sessions/')).body.count).toBe(0)
    expect((await mine.ask('GET', '/v3/workflows/')).body.count).toBe(0)
    const created = await mine.ask('POST', '/v3/session/', { workflow_id: DEFAULT_WORKFLOW })
    expect(created.body).toEqual({ workflow_id: 'Invalid workflow_id.' })
    const block = { session_id: mine.made.session_id, blocklist_face: true }
    expect((await mine.ask('POST', '/v3/blocklist/add/', block)).status).toBe(404)
    await mine.ask('POST', '/v3/sessions/delete/', { delete_all: true })
    expect((await mine.decision(mine.made.session_id)).status).toBe('Approved')
  })

  it('of a workflow knows those', async () => {
    const { ask, of } = await limited(`${ALL};only=${OTHER}+${DEFAULT_WORKFLOW.toUpperCase()}`)
    expect((await ask('GET', of('decision'))).status).toBe(200)
    expect((await ask('GET', '/v3/sessions/')).body.count).toBe(1)
    const { results } = (await ask('GET', '/v3/workflows/')).body
    expect(results).toMatchObject([{ workflow_id: DEFAULT_WORKFLOW }])
  })

  it('of a workflow does not see what was posted about all', async () => {
    const kit = await limited(`${ALL};only=${DEFAULT_WORKFLOW}`)
    const wanted = { label: 'a', url: 'https://a.example/', subscribed_events: ['status.updated'] }
    const { uuid } = (await kit.ask('POST', '/v3/webhook/destinations/', wanted)).body
    const deliveries = `/v3/webhook/destinations/${uuid}/deliveries/`
    expect((await kit.ask('GET', deliveries)).status).toBe(403)
    const whole = { 'x-api-key': 'key;webhooks=read;decisions=read' }
    expect((await kit.ask('GET', deliveries, undefined, whole)).status).toBe(200)
    const blind = { 'x-api-key': 'key;webhooks=read' }
    expect((await kit.ask('GET', deliveries, undefined, blind)).status).toBe(403)
  })

  it.each([
    ['approve', 200, 1],
    ['decline', 404, 0],
  ])('that are approved, when one ended with %s', async (scenario, status, count) => {
    const { ask, of } = await limited(`${ALL};approved`, scenario)
    expect((await ask('GET', of('decision'))).status).toBe(status)
    expect((await ask('GET', '/v3/sessions/')).body.count).toBe(count)
  })
})

describe('a key for some places and some time', () => {
  it('is refused from elsewhere', async () => {
    const { ask } = await limited('sessions=read;ip=10.0.0.1+10.0.0.2')
    const from = async (address: string) =>
      (await ask('GET', '/v3/sessions/', undefined, { 'x-forwarded-for': address })).status
    expect([await from('10.0.0.2, 1.1.1.1'), await from('10.0.0.3')]).toEqual([200, 403])
    expect((await ask('GET', '/v3/sessions/')).status).toBe(403)
  })

  it('expires', async () => {
    const { ask, time } = await limited('sessions=read;until=2026-01-02')
    expect((await ask('GET', '/v3/sessions/')).status).toBe(200)
    time.pass(24 * 60 * 60_000)
    const { status, body } = await ask('GET', '/v3/sessions/')
    expect([status, body]).toEqual([401, { detail: 'This API key has expired.' }])
  })
})
