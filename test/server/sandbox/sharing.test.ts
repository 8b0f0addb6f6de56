import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { APPLICATION, DEFAULT_WORKFLOW, PARTNER } from '../../../server/sandbox/app.ts'
import { START, setUp } from './fixture.ts'

/** A session that has been shared with the partner. */
async function shared(scenario = 'approve') {
  const kit = setUp()
  const made = await kit.played(scenario, { metadata: { a: 1 } })
  const wanted = { for_application_id: PARTNER }
  const { body } = await kit.ask('POST', `/v3/session/${made.session_id}/share/`, wanted)
  const take = (change: object = {}) =>
    kit.ask(
      'POST',
      '/v3/session/import-shared/',
      {
        share_token: body.share_token,
        trust_review: true,
        workflow_id: DEFAULT_WORKFLOW,
        vendor_data: 'theirs',
        ...change,
      },
      { 'x-api-key': 'partner' },
    )
  return { ...kit, made, token: body.share_token, take }
}

describe('sharing', () => {
  it('gives a signed token that lives for an hour', async () => {
    const { token, made } = await shared()
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(decodeJwt(token)).toEqual({
      session_id: made.session_id,
      from_application_id: APPLICATION,
      for_application_id: PARTNER,
      iat: START / 1000,
      exp: START / 1000 + 3_600,
    })
  })

  it.each([
    [true, 'decline', 'Declined'],
    [true, 'approve', 'Approved'],
    [false, 'approve', 'In Review'],
  ])('with trust %s turns what ended with %s into %s', async (trust_review, scenario, status) => {
    const { ask, made, take } = await shared(scenario)
    const { body } = await take({ trust_review })
    expect(body).toMatchObject({
      status,
      vendor_data: 'theirs',
      session_url: null,
      shared_from_session: made.session_id,
      id_verifications: [{ first_name: 'Álvaro' }],
    })
    expect(body.session_id).not.toBe(made.session_id)
    const theirs = await ask('GET', '/v3/sessions/', undefined, { 'x-api-key': 'partner' })
    expect(theirs.body.results).toMatchObject([{ session_id: body.session_id, status }])
  })

  it('leaves the original as it is when the copy is decided', async () => {
    const { ask, decision, made, take } = await shared('review')
    const { session_id } = (await take()).body
    const headers = { 'x-api-key': 'partner' }
    const body = { new_status: 'Declined' }
    await ask('PATCH', `/v3/session/${session_id}/update-status/`, body, headers)
    expect((await decision(made.session_id)).status).toBe('In Review')
  })

  it('refuses a token that was changed', async () => {
    const { take, token } = await shared()
    const [head, payload, signature] = token.split('.')
    const forged = [head, `${payload}x`, signature].join('.')
    expect((await take({ share_token: forged })).status).toBe(400)
    const none = btoa('{"alg":"none"}').replaceAll('=', '')
    expect((await take({ share_token: `${none}.${payload}.` })).status).toBe(400)
  })

  it('says what is missing', async () => {
    const { take } = await shared()
    const answer = await take({ trust_review: undefined, workflow_id: 'x' })
    expect([answer.status, answer.body]).toEqual([
      400,
      { trust_review: ['This field is required.'], workflow_id: ['Must be a valid UUID.'] },
    ])
  })
})
