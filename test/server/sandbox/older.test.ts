import { describe, expect, it } from 'vitest'
import { DEFAULT_WORKFLOW, GUIDE_WORKFLOW } from '../../../server/sandbox/app.ts'
import { setUp } from './fixture.ts'

const FLAGS = {
  workflow_label: 'KYC Onboarding',
  workflow_type: 'kyc',
  is_liveness_enabled: true,
  is_face_match_enabled: true,
  face_match_score_decline_threshold: 50,
  max_retry_attempts: 3,
}

describe('the older forms', () => {
  it.each([
    [{}, ['ocr', 'liveness', 'face_match'], '0.15'],
    [{ is_aml_enabled: true }, ['ocr', 'liveness', 'face_match', 'aml'], '0.50'],
    [{ is_nfc_enabled: true }, ['ocr', 'nfc', 'liveness', 'face_match'], '0.25'],
    [
      { is_phone_verification_enabled: true, is_email_verification_enabled: true },
      ['ocr', 'liveness', 'face_match', 'phone_verification', 'email_verification'],
      '0.28',
    ],
    [
      { workflow_type: 'biometric_authentication', is_face_match_enabled: false },
      ['liveness', 'face_match'],
      '0.05',
    ],
  ])('make a workflow of flags %j', async (change, features, total_price) => {
    const { ask, create } = setUp()
    const { status, body } = await ask('POST', '/v3/workflows/', { ...FLAGS, ...change })
    expect(status).toBe(201)
    expect(body).toMatchObject({ ...FLAGS, ...change, features, total_price })
    if (features.includes('ocr')) {
      expect((await create({ workflow_id: body.uuid })).workflow_id).toBe(body.uuid)
    }
  })

  it('change flags, and keep the others', async () => {
    const { ask } = setUp()
    const { uuid } = (await ask('POST', '/v3/workflows/', FLAGS)).body
    const { body } = await ask('PATCH', `/v3/workflows/${uuid}/`, { is_aml_enabled: true })
    expect(body.features).toEqual(['ocr', 'liveness', 'face_match', 'aml'])
    const today = { features: [{ feature: 'OCR' }] }
    expect((await ask('PATCH', `/v3/workflows/${uuid}/`, today)).body.features).toBe('OCR')
  })

  it('say the older words of a document, and only where the workflow is older', async () => {
    const { ask, decision, played } = setUp()
    const { uuid } = (await ask('POST', '/v3/workflows/', FLAGS)).body
    for (const workflow_id of [uuid, GUIDE_WORKFLOW]) {
      const { session_id } = await played('approve', { workflow_id })
      const [document] = (await decision(session_id)).id_verifications
      expect(document.issuing_country).toBe(document.issuing_state)
      expect(document.expiry_date).toBe(document.expiration_date)
    }
    const { session_id } = await played('approve')
    const [document] = (await decision(session_id)).id_verifications
    expect(document).not.toHaveProperty('issuing_country')
    expect(document).not.toHaveProperty('expiry_date')
  })

  it('count pages', async () => {
    const { ask, create } = setUp()
    for (const vendor_data of ['a', 'b', 'c']) await create({ vendor_data })
    const { body } = await ask('GET', '/v3/sessions/?page=2&page_size=2')
    expect(body.results).toMatchObject([{ vendor_data: 'a' }])
    expect(body.previous).toContain('page=1')
    const today = await ask('GET', '/v3/sessions/?page=2&page_size=2&limit=3')
    expect(today.body.results).toHaveLength(3)
  })

  it('share without a body, for whoever has the token', async () => {
    const { ask, played, request } = setUp()
    const { session_id } = await played('approve')
    const headers = { 'x-api-key': 'key', 'content-type': 'application/json' }
    const path = `/v3/session/${session_id}/share/`
    const { share_token } = await (await request(path, { method: 'POST', headers })).json()
    const body = { share_token, trust_review: true, workflow_id: DEFAULT_WORKFLOW }
    expect((await ask('POST', '/v3/session/import-shared/', body)).status).toBe(201)
  })

  it('fetch a report without the slash', async () => {
    const { played, request } = setUp()
    const { session_id } = await played('approve')
    const path = `/v3/session/${session_id}/generate-pdf`
    const response = await request(path, { headers: { 'x-api-key': 'key' } })
    expect(response.headers.get('content-type')).toBe('application/pdf')
  })

  it('echo metadata that is text as text', async () => {
    const { create, decision } = setUp()
    const metadata = '{"account_id": "ABC123"}'
    const { session_id } = await create({ metadata })
    expect((await decision(session_id)).metadata).toBe(metadata)
  })
})

describe('a strict sandbox', () => {
  it.each([
    ['flags', 'POST', '/v3/workflows/', FLAGS, 400],
    ['the guide’s workflow', 'POST', '/v3/session/', { workflow_id: GUIDE_WORKFLOW }, 400],
    ['the older blocklist', 'GET', '/v3/blocklist/', undefined, 404],
    ['the single webhook', 'GET', '/v3/webhook/', undefined, 404],
  ])('refuses %s', async (_, method, path, body, status) => {
    const { ask } = setUp({ strict: true })
    expect((await ask(method, path, body)).status).toBe(status)
  })

  it('names the keys that it takes', async () => {
    const { ask } = setUp({ strict: true })
    const { body } = await ask('POST', '/v3/workflows/', FLAGS)
    expect(body.is_liveness_enabled).toEqual([
      expect.stringMatching(/^The v3 workflow API only accepts `workflow_label`, /),
    ])
    expect(body).not.toHaveProperty('workflow_label')
  })

  it('counts no pages, wants an application to share with, and the slash', async () => {
    const { ask, create, played, request } = setUp({ strict: true })
    await create()
    const { session_id } = await played('approve')
    expect((await ask('GET', '/v3/sessions/?page_size=1')).body.results).toHaveLength(2)
    const shared = await ask('POST', `/v3/session/${session_id}/share/`)
    expect(shared.body).toEqual({ for_application_id: ['This field is required.'] })
    const path = `/v3/session/${session_id}/generate-pdf`
    const report = await request(path, { headers: { 'x-api-key': 'key' } })
    expect([report.status, report.headers.get('location')]).toEqual([301, `${path}/`])
  })
})
