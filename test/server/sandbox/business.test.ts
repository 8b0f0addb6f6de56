import { describe, expect, it } from 'vitest'
import { DAY, setUp } from './fixture.ts'

const FEATURES = ['KYB_REGISTRY', 'KYB_DOCUMENTS', 'KYB_KEY_PEOPLE']
const COMPANY = {
  company_name: 'ACME HOLDINGS LTD',
  registry_country: 'DE',
  registration_number: 'HRB 12345',
}

/** A company that has done its part. */
async function submitted(scenario = 'approve', expected_details?: object) {
  const kit = setUp()
  const { workflow_id } = await kit.workflow(...FEATURES)
  const wanted = { workflow_id, vendor_data: 'acme', expected_details }
  const made = await kit.played(scenario, wanted)
  const { session_id } = made
  const seen = () => kit.decision(session_id)
  const status = async () => (await seen()).status
  const people = async () => (await seen()).key_people_checks[0].submitted.parties
  return { ...kit, made, session_id, seen, status, people }
}

describe('a company', () => {
  it('waits for the people behind it', async () => {
    const { seen, told, sandbox, people } = await submitted()
    const { status, key_people_checks } = await seen()
    expect([status, key_people_checks[0].status]).toEqual(['Awaiting User', 'Not Finished'])
    expect(await people()).toMatchObject([
      { roles: [{ role: 'director' }], requires_verification: true },
      { roles: [{ role: 'ubo', ownership_percent: 75 }], kyc_session_status: 'Not Started' },
    ])
    await sandbox.idle()
    expect(told()).toEqual(['In Progress', 'Awaiting User'])
  })

  it.each([
    [['approve', 'approve'], 'Approved'],
    [['approve', 'review'], 'In Review'],
    [['review', 'decline'], 'Declined'],
    [['decline', 'review'], 'Declined'],
  ])('whose people end with %s becomes %s by itself', async (scenarios, becomes) => {
    const { verify, seen, session_id, told, sandbox } = await submitted()
    await verify(session_id, scenarios[0] ?? '')
    expect((await seen()).status).toBe('Awaiting User')
    await verify(session_id, '', scenarios[1] ?? '')
    const { status, key_people_checks } = await seen()
    expect([status, key_people_checks[0].status]).toEqual([becomes, becomes])
    await sandbox.idle()
    expect(told().at(-1)).toBe(becomes)
  })

  it('is shown with what was expected of it, and without the number to call', async () => {
    const { seen } = await submitted('approve', COMPANY)
    expect(await seen()).toMatchObject({ expected_details: COMPANY, contact_details: null })
    const { create, decision, workflow } = setUp()
    const { workflow_id } = await workflow(...FEATURES)
    const contact_details = { email: 'a@mail.example', phone: '+34600000001' }
    const { session_id } = await create({ workflow_id, contact_details })
    expect((await decision(session_id)).contact_details).toMatchObject({
      email: 'a@mail.example',
      phone: null,
    })
  })

  it('that a reviewer should see stays in review, however good its people are', async () => {
    const { verify, status, session_id } = await submitted('review')
    await verify(session_id, 'approve', 'approve')
    expect(await status()).toBe('In Review')
  })

  it.each(['decline', 'decline_kyb_registry_mismatch'])(
    'that %s ends at once',
    async (scenario) => {
      const { seen, people } = await submitted(scenario)
      const { status, registry_checks } = await seen()
      expect([status, registry_checks[0].status]).toEqual(['Declined', 'Declined'])
      expect(registry_checks[0].warnings).toMatchObject([{ risk: 'COMPANY_NAME_MISMATCH' }])
      expect(await people()).toMatchObject([{ kyc_session_id: null }, { kyc_session_id: null }])
    },
  )

  it('follows a later decision about one of its people', async () => {
    const { verify, status, people, session_id, update } = await submitted()
    await verify(session_id, 'approve', 'decline')
    const [, owner] = await people()
    await update(owner.kyc_session_id, { new_status: 'Approved' })
    expect(await status()).toBe('Approved')
    await update(owner.kyc_session_id, { new_status: 'Declined' })
    expect(await status()).toBe('Declined')
  })

  it('does not follow it once somebody has decided about the company', async () => {
    const { verify, status, people, session_id, update } = await submitted()
    await verify(session_id, 'approve', 'decline')
    await update(session_id, { new_status: 'Approved' })
    const [director] = await people()
    await update(director.kyc_session_id, { new_status: 'Declined' })
    expect(await status()).toBe('Approved')
  })

  it('does not wait for ever for somebody who never comes', async () => {
    const { verify, status, session_id, time } = await submitted()
    await verify(session_id, 'approve')
    time.pass(8 * DAY)
    expect(await status()).toBe('In Review')
  })

  it('goes on without a session that was deleted', async () => {
    const { verify, ask, status, people, session_id } = await submitted()
    await verify(session_id, 'approve')
    const [, owner] = await people()
    await ask('DELETE', `/v3/session/${owner.kyc_session_id}/delete/`)
    expect(await status()).toBe('Approved')
    expect((await people())[1].kyc_session_id).toBeNull()
  })

  it('hands back the same session while it waits', async () => {
    const { create, made } = await submitted()
    const again = await create({ workflow_id: made.workflow_id, vendor_data: 'acme' })
    expect([again.session_id, again.status]).toEqual([made.session_id, 'Awaiting User'])
  })

  it('cannot be decided while it waits, nor its key people be sent back', async () => {
    const { verify, session_id, update } = await submitted()
    expect((await update(session_id, { new_status: 'Approved' })).status).toBe(400)
    await verify(session_id, 'approve', 'approve')
    const nodes_to_resubmit = [{ node_id: 'feature_kyb_key_people_1', feature: 'KYB_KEY_PEOPLE' }]
    const answer = await update(session_id, { new_status: 'Resubmitted', nodes_to_resubmit })
    expect(answer.body.nodes_to_resubmit).toContain('child KYC sessions')
  })

  it('sends papers again, and its people need not come again', async () => {
    const { verify, status, people, session_id, made, play, update } = await submitted()
    await verify(session_id, 'approve', 'approve')
    const before = (await people()).map((each: Record<string, string>) => each.kyc_session_id)
    const nodes_to_resubmit = [{ node_id: 'feature_kyb_documents_1', feature: 'KYB_DOCUMENTS' }]
    await update(session_id, { new_status: 'Resubmitted', nodes_to_resubmit })
    await play(made.session_token, 'approve')
    expect(await status()).toBe('Approved')
    const after = (await people()).map((each: Record<string, string>) => each.kyc_session_id)
    expect(after).toEqual(before)
  })

  it('without people to verify is approved at once', async () => {
    const { workflow, played, decision } = setUp()
    const { workflow_id } = await workflow('KYB_REGISTRY', 'KYB_DOCUMENTS')
    const { session_id } = await played('approve', { workflow_id })
    expect((await decision(session_id)).status).toBe('Approved')
  })

  it('that the controls let wait has people too', async () => {
    const { company, move, decision, verify } = setUp()
    const { session_id } = await company()
    await move(session_id, 'In Progress')
    await move(session_id, 'Awaiting User')
    await verify(session_id, 'approve', 'approve')
    expect((await decision(session_id)).status).toBe('Approved')
  })
})

describe('the decision about a company', () => {
  it('names company, number and place as the session expects them', async () => {
    const { seen } = await submitted('approve', COMPANY)
    const [{ company, ownership_structure }] = (await seen()).registry_checks
    expect(company).toMatchObject({
      company_name: 'ACME HOLDINGS LTD',
      registration_number: 'HRB 12345',
      country_code: 'DE',
      location_of_registration: 'Germany',
      officers: [{ name: 'Jürgen Weißmüller', role: 'director', kyc_status: 'Pending' }],
      beneficial_owners: [{ entity_type: 'person', effective_ownership_percent: 75 }],
    })
    expect(ownership_structure.nodes).toMatchObject([
      { type: 'company', name: 'ACME HOLDINGS LTD' },
      { type: 'person', ownership_percent: 75 },
    ])
  })

  it('leads to the sessions of its people, and sums them up', async () => {
    const { verify, seen, session_id, decision } = await submitted('approve', COMPANY)
    await verify(session_id, 'approve', 'decline')
    const [{ registry, ubo_kyc_summary }] = (await seen()).key_people_checks
    const [officer] = registry.officers
    expect(officer).toMatchObject({
      kyc_status: 'Approved',
      kyc_document_type: 'P',
      kyc_nationality: 'DEU',
      kyc_liveness_passed: true,
      kyc_verified_at: expect.any(String),
      verification_workflow_features: expect.arrayContaining([
        { feature: 'ID_VERIFICATION', status: 'Approved' },
      ]),
    })
    const child = await decision(officer.kyc_session_id)
    expect(child).toMatchObject({
      session_kind: 'user',
      session_url: officer.kyc_session_url,
      id_verifications: [{ first_name: 'Jürgen', issuing_state: 'DEU' }],
    })
    expect(registry.beneficial_owners).toMatchObject([
      { kyc_status: 'Declined', kyc_verified_at: null },
    ])
    expect(ubo_kyc_summary).toEqual({ total: 1, approved: 0, flagged: 1, pending: 0 })
  })

  it('counts its papers', async () => {
    const { seen } = await submitted('approve', COMPANY)
    const [papers] = (await seen()).document_verifications
    expect(papers).toMatchObject({
      items: [
        {
          document_group: 'LEGAL_PRESENCE',
          ocr_data: { company_name: 'ACME HOLDINGS LTD' },
          cross_check_result: { critical: { company_name: { match: true } } },
        },
      ],
      groups: { LEGAL_PRESENCE: { total: 1, approved: 1, missing: 0 } },
      required_groups: ['LEGAL_PRESENCE'],
    })
  })

  it('screens the company, not a person', async () => {
    const { workflow, played, decision } = setUp()
    const { workflow_id } = await workflow('KYB_REGISTRY', 'AML')
    const wanted = { workflow_id, expected_details: COMPANY }
    const { session_id } = await played('decline_aml_hit', wanted)
    const [screening] = (await decision(session_id)).aml_screenings
    expect(screening).toMatchObject({
      entity_type: 'company',
      screened_data: { full_name: 'ACME HOLDINGS LTD' },
      hits: [{ caption: 'ACME HOLDINGS LTD' }],
    })
  })

  it('shows no way into the sessions of its people to a key that may make none', async () => {
    const { ask, session_id } = await submitted()
    const by = { 'x-api-key': 'key;decisions=read' }
    const { body } = await ask('GET', `/v3/session/${session_id}/decision/`, undefined, by)
    expect(JSON.stringify(body)).not.toContain('/session/')
  })
})
