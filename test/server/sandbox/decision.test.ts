import { describe, expect, it } from 'vitest'
import { DENIED, setUp } from './fixture.ts'

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

describe('a decision', () => {
  it.each([
    ['JPN', 'Taro Yamada', '山田 太郎'],
    ['EGY', 'Ahmed Hassan', 'حسن أحمد'],
    ['UKR', 'Oksana Shevchuk', 'Шевчук Оксана'],
    ['DEU', 'Jürgen Weißmüller', undefined],
  ])('shows a document of %s in both scripts', async (country, latin, native) => {
    const { create, decision, play } = setUp()
    const { session_id, session_token } = await create()
    await play(session_token, 'approve', { type: 'Identity Card', country })
    const [document] = (await decision(session_id)).id_verifications
    expect(document).toMatchObject({ full_name: latin, issuing_state: country })
    expect(document.document_type).toBe('Identity Card')
    expect(document.extra_fields.full_name_non_latin).toBe(native)
    const [first, second] = document.mrz.mrz_string.split('\n')
    expect([first.length, second.length]).toEqual([44, 44])
  })

  it('warns of what differs from what was expected, and leaves the result to the tester', async () => {
    const { create, decision, play } = setUp()
    const expected_details = { id_country: 'FRA', expected_document_types: ['p'] }
    const { session_id, session_token } = await create({ expected_details })
    await play(session_token, 'approve', { type: 'Identity Card', country: 'ESP' })
    const { status, id_verifications } = await decision(session_id)
    expect(status).toBe('Approved')
    expect(id_verifications[0].warnings).toMatchObject([
      {
        risk: 'COUNTRY_MISMATCH_WITH_PROVIDED',
        log_type: 'warning',
        additional_data: { expected: 'FRA', found: 'ESP' },
      },
      { risk: 'DOCUMENT_TYPE_MISMATCH_WITH_PROVIDED' },
    ])
  })

  it('is about another person when the tester wants one', async () => {
    const { decision, played } = setUp()
    const expected_details = { first_name: 'Eva', date_of_birth: '2001-01-01' }
    const { session_id } = await played('review_expected_mismatch', { expected_details })
    const { status, id_verifications } = await decision(session_id)
    expect(status).toBe('In Review')
    expect(id_verifications[0]).toMatchObject({
      first_name: 'Álvaro',
      status: 'In Review',
      warnings: [{ risk: 'NAME_MISMATCH_WITH_PROVIDED' }, { risk: 'DOB_MISMATCH_WITH_PROVIDED' }],
    })
  })

  it('takes capitals and accents for no difference', async () => {
    const { decision, played } = setUp()
    const expected_details = { first_name: 'ALVARO', last_name: 'Munoz Serrano' }
    const { session_id } = await played('review_expected_mismatch', { expected_details })
    const [document] = (await decision(session_id)).id_verifications
    expect(document.warnings).toMatchObject([
      { long_description: 'The document shows another person.' },
    ])
  })

  it.each([
    ['nothing', {}, null],
    ['null', { expected_details: null }, null],
    ['an empty object', { expected_details: {} }, null],
    ['some of it', { expected_details: { first_name: 'Eva' } }, { first_name: 'Eva' }],
    [
      'what has no value',
      { expected_details: { first_name: 'Eva', gender: null } },
      { first_name: 'Eva', gender: null },
    ],
  ])('repeats whom it was told to expect: %s', async (_, told, repeated) => {
    const { create, decision } = setUp()
    const { session_id } = await create(told)
    expect((await decision(session_id)).expected_details).toEqual(repeated)
  })

  it.each([
    ['nothing', {}, null],
    ['an empty object', { contact_details: {} }, null],
    ['a language alone', { contact_details: { email_lang: 'es' } }, null],
    [
      'an e-mail address',
      { contact_details: { email: 'a@mail.example', email_lang: 'es' } },
      { email: 'a@mail.example', email_lang: 'es', send_notification_emails: false, phone: null },
    ],
    [
      'a phone number',
      { contact_details: { phone: '+34600000001' } },
      { send_notification_emails: false, phone: '+34600000001' },
    ],
  ])('repeats how to reach the person: %s', async (_, told, repeated) => {
    const { create, decision } = setUp()
    const { session_id } = await create(told)
    expect((await decision(session_id)).contact_details).toEqual(repeated)
  })

  it('drops a phone number that cannot be one, without a word', async () => {
    const { create, decision } = setUp()
    const contact_details = { phone: '0600', email: 'a@mail.example' }
    const { session_id } = await create({ contact_details })
    expect((await decision(session_id)).contact_details).toMatchObject({
      email: 'a@mail.example',
      phone: null,
    })
  })

  it('comes with its timeline when asked, in another shape', async () => {
    const { ask, played } = setUp()
    const { session_id } = await played('approve')
    const { body } = await ask('GET', `/v3/session/${session_id}/decision/?include=events`)
    expect(body).not.toHaveProperty('session_kind')
    expect(body.features[0]).toEqual({ feature: 'ID_VERIFICATION', node_id: 'feature_ocr_1' })
    expect(body.events.map((each: { event_type: string }) => each.event_type)).toEqual([
      'Not Started',
      'In Progress',
      'Approved',
    ])
    expect(body).toMatchObject({ workflow_version: 1, session_type: 'API' })
  })

  it('of a company has arrays of its own', async () => {
    const { ask, company, decision, play } = setUp()
    const { session_id, session_token } = await company()
    await play(session_token, 'approve')
    const body = await decision(session_id)
    expect(body).toMatchObject({
      session_kind: 'business',
      registry_checks: [{ status: 'Approved', company: { company_name: 'SANDBOX HOLDINGS LTD' } }],
    })
    expect(body).not.toHaveProperty('id_verifications')
    const events = await ask('GET', `/v3/session/${session_id}/decision/?include=events`)
    expect(events.body.session_kind).toBe('business')
  })

  it('numbers steps of one kind', async () => {
    const { decision, played, workflow } = setUp()
    const { workflow_id } = await workflow('OCR', 'LIVENESS', 'LIVENESS')
    const { session_id } = await played('approve', { workflow_id })
    expect((await decision(session_id)).liveness_checks).toMatchObject([
      { node_id: 'feature_liveness_1' },
      { node_id: 'feature_liveness_2' },
    ])
  })
})

describe('scenarios', () => {
  it('are listed by Didit’s names', async () => {
    const { ask } = setUp()
    const { status, body } = await ask('GET', '/v1/sandbox/scenarios/')
    const names = body.map(({ slug }: { slug: string }) => slug)
    expect(status).toBe(200)
    expect(names).toHaveLength(16)
    expect(names).toContain('decline_aml_hit')
    expect(names).not.toContain('cancel')
  })

  it('can be armed before the start', async () => {
    const { create, request, send } = setUp()
    const { session_id, session_token, url } = await create()
    const headers = { 'session-token': session_token, 'x-api-key': '' }
    const body = { scenario: 'decline_aml_hit' }
    await send('POST', `/v3/session/${session_id}/sandbox/arm/`, body, headers)
    expect(await (await request(url)).text()).toContain('"scenario":"decline_aml_hit"')
  })
})
