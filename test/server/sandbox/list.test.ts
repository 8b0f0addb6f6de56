import { describe, expect, it } from 'vitest'
import { DAY, setUp } from './fixture.ts'

const LIST = '/v3/sessions/'

/** Three sessions of three days. */
async function three() {
  const kit = setUp()
  const { workflow_id } = await kit.workflow('OCR', 'PHONE_VERIFICATION')
  const eva = await kit.create({
    vendor_data: 'eva',
    expected_details: { first_name: 'Éva', last_name: 'Nowak', identification_number: '4711' },
    contact_details: { email: 'Eva@mail.example', phone: '+34600000001' },
  })
  await kit.play(eva.session_token, 'approve', { type: 'Passport', country: 'ESP' })
  kit.time.pass(DAY)
  const tom = await kit.create({ vendor_data: 'tom', workflow_id })
  await kit.play(tom.session_token, 'decline_document_expired', {
    type: 'Identity Card',
    country: 'DEU',
  })
  kit.time.pass(DAY)
  const new_ = await kit.create({ vendor_data: 'new' })
  const found = async (query: string) => {
    const { body } = await kit.ask('GET', `${LIST}?${query}`)
    return body.results.map((row: { vendor_data: string }) => row.vendor_data)
  }
  return { ...kit, eva, tom, new_, workflow_id, found }
}

describe('the list of sessions', () => {
  it.each([
    ['', ['new', 'tom', 'eva']],
    ['status=Approved', ['eva']],
    ['status=Approved,Declined', ['tom', 'eva']],
    ['status=approved', []],
    ['vendor_data=tom', ['tom']],
    ['vendor_data=to', []],
    ['search=eva+now', ['eva']],
    ['search=NOWAK', ['eva']],
    ['search=eva@', ['eva']],
    ['search=4711', ['eva']],
    ['search=%2B34600', ['eva']],
    ['search=1002', ['tom']],
    ['country=ESP,FRA', ['eva']],
    ['document_type=ID', ['tom']],
    ['document_type=P,ID', ['tom', 'eva']],
    ['warning=DOCUMENT_EXPIRED', ['tom']],
    ['date_from=2026-01-02', ['new', 'tom']],
    ['date_to=2026-01-02', ['tom', 'eva']],
    ['date_from=2026-01-02&date_to=2026-01-02', ['tom']],
    ['session_kind=business', []],
    ['status=Declined&country=ESP', []],
    ['workflow_id=nonsense', []],
    ['api_service=AML', []],
    ['session_type=HOSTED', []],
  ])('answers ?%s with %j', async (query, expected) => {
    const { found } = await three()
    expect(await found(query)).toEqual(expected)
  })

  it('finds sessions by their id, workflow and person', async () => {
    const { ask, eva, found, workflow_id } = await three()
    expect(await found(`search=${eva.session_id}`)).toEqual(['eva'])
    expect(await found(`workflow_id=${workflow_id}`)).toEqual(['tom'])
    const [row] = (await ask('GET', `${LIST}?vendor_data=eva`)).body.results
    expect(await found(`didit_internal_id=${row.didit_internal_id}`)).toEqual(['eva'])
  })

  it('says of a session what a reviewer wants to see first', async () => {
    const { ask, eva } = await three()
    const { body } = await ask('GET', `${LIST}?vendor_data=eva`)
    expect(body.results).toMatchObject([
      {
        session_id: eva.session_id,
        session_kind: 'user',
        full_name: 'Éva Nowak',
        document_type: 'Passport',
        country: 'ESP',
        features: [{ feature: 'ID_VERIFICATION', status: 'Approved' }, {}, {}, {}],
        phone_number: { number: '+34600000001', is_verified: false },
        email_address: { email: 'Eva@mail.example', is_verified: false },
      },
    ])
  })

  it('is paged, with addresses of the neighbours that keep the filters', async () => {
    const { ask } = await three()
    const first = (await ask('GET', `${LIST}?limit=2&status=Approved,Declined,Not+Started`)).body
    expect([first.count, first.results.length, first.previous]).toEqual([3, 2, null])
    const second = (await ask('GET', first.next)).body
    expect([second.results[0].vendor_data, second.next]).toEqual(['eva', null])
    expect(second.previous).toContain('offset=0')
    expect(second.previous).toContain('status=Approved')
  })

  it('keeps companies apart until it is asked for all', async () => {
    const { ask, company, found } = await three()
    const { session_id } = await company()
    expect((await found('')).length).toBe(3)
    const { results } = (await ask('GET', `${LIST}?session_kind=business`)).body
    expect(results).toMatchObject([{ session_id, session_kind: 'business', workflow_type: 'kyb' }])
    const all = (await ask('GET', `${LIST}?session_kind=all`)).body
    expect([all.count, all.results.at(-1).session_kind]).toEqual([4, 'business'])
  })

  it('turns the pages of both kinds together by those of persons', async () => {
    const { ask, company } = await three()
    await company()
    await company()
    const first = (await ask('GET', `${LIST}?session_kind=all&limit=1`)).body
    const kinds = first.results.map((row: Record<string, string>) => row.session_kind)
    expect([first.count, kinds]).toEqual([5, ['user', 'business']])
    const third = (await ask('GET', `${LIST}?session_kind=all&limit=1&offset=2`)).body
    expect([third.results.length, third.next]).toEqual([1, null])
  })

  it.each([
    ['search=acme', 1],
    ['search=hrb12345', 1],
    ['search=hrb9', 0],
    ['country=DE', 1],
    ['country=GB', 0],
    ['country=DEU', 0],
    ['status=Approved', 0],
    // Filters that are about persons say nothing about companies.
    ['document_type=P', 1],
    ['didit_internal_id=99999999-8888-4777-8666-555555555555', 1],
  ])('looks for companies by %s', async (query, count) => {
    const { ask, create, workflow } = setUp()
    const { workflow_id } = await workflow('KYB_REGISTRY')
    const company_name = 'ACME Holdings'
    const expected_details = {
      company_name,
      registry_country: 'DE',
      registration_number: 'HRB 12345',
    }
    await create({ workflow_id, expected_details })
    const { body } = await ask('GET', `${LIST}?session_kind=business&${query}`)
    expect(body.results).toHaveLength(count)
  })
})

describe('deleting', () => {
  it('makes a session unknown to everybody, without a webhook', async () => {
    const { ask, eva, found, hooks, request, sandbox } = await three()
    await sandbox.idle()
    const before = hooks.length
    const remove = () => ask('DELETE', `/v3/session/${eva.session_id}/delete/`)
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404])
    expect(await found('')).toEqual(['new', 'tom'])
    expect((await request(`/session/${eva.session_token}`)).status).toBe(404)
    expect((await ask('GET', `/v3/session/${eva.session_id}/decision/`)).status).toBe(404)
    await sandbox.idle()
    expect(hooks).toHaveLength(before)
  })

  it('frees the person for a new session', async () => {
    const { ask, create, new_ } = await three()
    await ask('DELETE', `/v3/session/${new_.session_id}/delete/`)
    expect((await create({ vendor_data: 'new' })).session_id).not.toBe(new_.session_id)
  })

  it('in batches takes numbers as text or number, and skips unknown ones', async () => {
    const { ask, eva, tom, found } = await three()
    const session_numbers = [String(eva.session_number), tom.session_number, '99']
    expect((await ask('POST', '/v3/sessions/delete/', { session_numbers })).status).toBe(204)
    expect(await found('')).toEqual(['new'])
  })

  it('of everything leaves companies', async () => {
    const { ask, company, found } = await three()
    await company()
    await ask('POST', '/v3/sessions/delete/', { delete_all: true })
    expect(await found('session_kind=all')).toEqual([null])
  })

  it('can answer as a newer Didit does', async () => {
    const { ask, eva, send } = await three()
    await send('PUT', '/_sandbox/settings', { deleteAnswer: 200 })
    const answer = await ask('DELETE', `/v3/session/${eva.session_id}/delete/`)
    expect([answer.status, answer.body.session_id]).toEqual([200, eva.session_id])
  })
})
