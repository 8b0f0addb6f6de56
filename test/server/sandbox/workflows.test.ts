import { describe, expect, it } from 'vitest'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { setUp } from './fixture.ts'

const ALL = '/v3/workflows/'
const one = (uuid: string) => `${ALL}${uuid}/`

describe('making a workflow', () => {
  const OCR = [{ feature: 'OCR' }]
  const refused: [string, object, object][] = [
    ['an empty list', { features: [] }, { features: ['At least one feature is required.'] }],
    [
      'a passive check at the beginning',
      { features: [{ feature: 'AML' }, { feature: 'OCR' }] },
      { features: ["Feature 'AML' cannot be the first feature."] },
    ],
    [
      'a chip before its document',
      { features: [{ feature: 'LIVENESS' }, { feature: 'NFC' }] },
      { features: ["Feature 'NFC' must appear after one of: OCR."] },
    ],
    [
      'a feature of a prototype',
      { features: [{ feature: 'toString' }] },
      { features: [expect.stringMatching(/^Invalid feature 'toString'\. Allowed values: AGE/)] },
    ],
    [
      'a feature that is text',
      { features: ['OCR'] },
      { features: ['Feature 1 must be an object with a `feature`.'] },
    ],
    [
      'a threshold beyond a hundred',
      { features: [{ feature: 'OCR', config: { review_threshold: 101 } }] },
      { features: ["Feature 'OCR': review_threshold must be a number between 0 and 100."] },
    ],
    [
      'a label of 51 characters',
      { features: OCR, workflow_label: 'x'.repeat(51) },
      { workflow_label: ['Ensure this field has no more than 50 characters.'] },
    ],
    [
      'eleven retries',
      { features: OCR, max_retry_attempts: 11 },
      { max_retry_attempts: ['Ensure this value is less than or equal to 10.'] },
    ],
    [
      'a life of a minute',
      { features: OCR, session_expiration_time: 60 },
      { session_expiration_time: ['Ensure this value is greater than or equal to 3600.'] },
    ],
    [
      'an unknown state',
      { features: OCR, status: 'on' },
      { status: ['"on" is not a valid choice.'] },
    ],
  ]
  it.each(refused)('refuses %s', async (_, body, expected) => {
    const { ask } = setUp()
    const answer = await ask('POST', ALL, body)
    expect([answer.status, answer.body]).toEqual([400, expected])
  })

  it('fills in what is not said', async () => {
    const { workflow } = setUp()
    const made = await workflow('OCR', 'LIVENESS', 'FACE_MATCH')
    expect(made).toMatchObject({
      workflow_id: made.uuid,
      features: 'OCR + LIVENESS + FACE_MATCH',
      total_price: 0.15,
      max_retry_attempts: 3,
      retry_window_days: 7,
      session_expiration_time: 604_800,
      version: 1,
      status: 'published',
      is_editable: false,
      is_liveness_enabled: true,
      is_aml_enabled: false,
      workflow_graph: {
        start_node: 'feature_ocr_1',
        nodes: {
          feature_ocr_1: { next: 'feature_liveness_1' },
          feature_face_match_1: { next: 'status' },
        },
      },
    })
  })

  it('stops at fifty', async () => {
    const { ask, workflow } = setUp()
    const { count } = (await ask('GET', ALL)).body
    for (let i = count; i < 50; i++) await workflow('OCR')
    expect((await ask('POST', ALL, { features: OCR })).status).toBe(400)
  })
})

describe('a workflow', () => {
  it('decides what runs, what a decision shows and how long a session lives', async () => {
    const { ask, create, decision, play } = setUp()
    const features = [{ feature: 'EMAIL_VERIFICATION' }, { feature: 'QUESTIONNAIRE' }]
    const wanted = { features, session_expiration_time: 3_600 }
    const { workflow_id } = (await ask('POST', ALL, wanted)).body
    const made = await create({ workflow_id })
    await play(made.session_token, 'approve')
    expect(await decision(made.session_id)).toMatchObject({
      features: ['EMAIL_VERIFICATION', 'QUESTIONNAIRE'],
      expires_at: '2026-01-01T01:00:00.000000Z',
      id_verifications: null,
      email_verifications: [{ status: 'Approved' }],
      questionnaire_responses: [{ status: 'Approved', title: 'Source of funds' }],
    })
  })

  it('is changed in place while it is published', async () => {
    const { ask, workflow } = setUp()
    const { uuid } = await workflow('OCR')
    const { body } = await ask('PATCH', one(uuid), { workflow_label: 'New' })
    expect(body).toMatchObject({ uuid, version: 1, workflow_label: 'New', features: 'OCR' })
  })

  it('gets a new version when it is published again', async () => {
    const { ask, create, workflow } = setUp()
    const { uuid, workflow_id } = await workflow('OCR')
    const old = await create({ workflow_id, vendor_data: 'u' })
    const wanted = { status: 'published', features: [{ feature: 'OCR' }, { feature: 'LIVENESS' }] }
    const { body } = await ask('PATCH', one(uuid), wanted)
    expect(body).toMatchObject({ workflow_id, version: 2, status: 'published' })
    expect(body.uuid).not.toBe(uuid)
    // Any version's id leads to the newest; sessions of the old one are not handed back.
    const fresh = await create({ workflow_id: uuid, vendor_data: 'u' })
    expect(fresh).toMatchObject({ workflow_id, workflow_version: 2 })
    expect(fresh.session_id).not.toBe(old.session_id)
  })

  it('is no workflow for sessions while it is a draft, and published by the next change', async () => {
    const { ask } = setUp()
    const wanted = { features: [{ feature: 'OCR' }], status: 'draft' }
    const { body } = await ask('POST', ALL, wanted)
    expect(body).toMatchObject({ status: 'draft', is_editable: true, has_draft: true })
    const start = () => ask('POST', '/v3/session/', { workflow_id: body.workflow_id })
    expect((await start()).body).toEqual({ workflow_id: 'Invalid workflow_id.' })
    await ask('PATCH', one(body.uuid), { status: 'draft', workflow_label: 'Still' })
    expect((await start()).status).toBe(400)
    await ask('PATCH', one(body.uuid), { workflow_label: 'Now' })
    expect((await start()).status).toBe(201)
  })

  it('is gone when it is deleted; its sessions stay', async () => {
    const { ask, create, decision, workflow } = setUp()
    const { uuid, workflow_id } = await workflow('OCR')
    const { session_id } = await create({ workflow_id })
    expect((await ask('DELETE', one(uuid))).status).toBe(204)
    expect((await ask('GET', one(uuid))).status).toBe(404)
    expect((await ask('POST', '/v3/session/', { workflow_id })).status).toBe(400)
    expect(await decision(session_id)).toMatchObject({ status: 'Not Started', workflow_id: null })
  })

  it('is the only default one', async () => {
    const { ask } = setUp()
    await ask('POST', ALL, { features: [{ feature: 'OCR' }], is_default: true })
    const { results } = (await ask('GET', ALL)).body
    const defaults = results.filter((each: { is_default: boolean }) => each.is_default)
    expect(defaults).toHaveLength(1)
    expect(defaults[0].workflow_id).not.toBe(DEFAULT_WORKFLOW)
  })

  it('blocks people who were declined once too often, when it counts retries', async () => {
    const { ask, create, play } = setUp()
    const wanted = { features: [{ feature: 'OCR' }], max_retry_attempts: 0, retry_window_days: 1 }
    const { workflow_id } = (await ask('POST', ALL, wanted)).body
    const { session_token } = await create({ workflow_id, vendor_data: 'u' })
    await play(session_token, 'decline_document_expired')
    const again = await ask('POST', '/v3/session/', { workflow_id, vendor_data: 'u' })
    expect([again.status, again.body.vendor_data]).toEqual([400, expect.any(String)])
    await create({ workflow_id, vendor_data: 'v' })
  })
})

describe('a UniLink', () => {
  it('makes a session at every visit, and keeps its parameters', async () => {
    const { ask, request } = setUp()
    const { results } = (await ask('GET', ALL)).body
    const own = results.find((each: { uuid: string }) => each.uuid === DEFAULT_WORKFLOW)
    const visit = () => request(`${own.workflow_url}?sdk_presentation=embedded`)
    const [first, second] = [await visit(), await visit()]
    expect(first.status).toBe(302)
    expect(first.headers.get('location')).toMatch(
      /\/session\/[\w-]{12}\?sdk_presentation=embedded$/,
    )
    expect(first.headers.get('location')).not.toBe(second.headers.get('location'))
    expect((await request(String(first.headers.get('location')))).status).toBe(200)
    expect((await ask('GET', '/v3/sessions/?session_type=HOSTED')).body.count).toBe(2)
  })

  it.each(['AAAA', 'AAAAAAAAAAAAAAAAAAAAAA', '<script>'])('is not there for %s', async (link) => {
    const { request } = setUp()
    expect((await request(`/u/${encodeURIComponent(link)}`)).status).toBe(404)
  })
})
