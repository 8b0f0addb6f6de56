import { describe, expect, it } from 'vitest'
import { DAY, MINUTE, setUp } from './fixture.ts'

const nodes = (...names: [string, string][]) =>
  names.map(([node_id, feature]) => ({ node_id, feature }))
const OCR = nodes(['feature_ocr', 'OCR'])

describe('updating a status', () => {
  it('tells the webhook and the feed', async () => {
    const { ask, decision, played, sandbox, told, update } = setUp()
    const { session_id } = await played('review')
    const answer = await update(session_id, { new_status: 'Approved', comment: 'Fine.' })
    expect([answer.status, answer.body]).toEqual([200, { session_id }])
    await sandbox.idle()
    expect(told().at(-1)).toBe('Approved')
    expect((await decision(session_id)).reviews).toEqual([
      {
        user: 'API Client',
        new_status: 'Approved',
        comment: 'Fine.',
        created_at: '2026-01-01T00:00:00.000000Z',
      },
    ])
    const { results } = (await ask('GET', `/v3/sessions/${session_id}/reviews/`)).body
    expect(results).toMatchObject([{ actor_type: 'API_KEY', previous_status: 'In Review' }])
  })

  it.each(['Approved', 'Declined', 'In Review', 'Kyc Expired', 'Abandoned', 'Resubmitted'])(
    'is possible from %s',
    async (from) => {
      const { create, move, update } = setUp()
      const { session_id } = await create()
      await move(session_id, from, true)
      const new_status = from === 'Declined' ? 'Approved' : 'Declined'
      expect((await update(session_id, { new_status })).status).toBe(200)
    },
  )

  it.each(['Not Started', 'In Progress', 'Expired'])('is not possible from %s', async (from) => {
    const { create, move, update } = setUp()
    const { session_id } = await create()
    if (from !== 'Not Started') await move(session_id, from, true)
    const { status, body } = await update(session_id, {})
    expect([status, body.detail]).toEqual([400, expect.stringMatching(`Current status: ${from}$`)])
  })

  it('to what it is does nothing, and says nothing', async () => {
    const { played, sandbox, told, update } = setUp()
    const { session_id } = await played('approve')
    expect((await update(session_id, { new_status: 'Approved' })).status).toBe(200)
    await sandbox.idle()
    expect(told()).toEqual(['In Progress', 'Approved'])
  })

  it.each([
    ['the verified e-mail', {}, true, expect.stringMatching(/^person-\d+@mail\.example$/)],
    ['the contact', { email: 'eva@mail.example' }, false, 'eva@mail.example'],
  ])('writes to %s when nobody is named', async (_, contact_details, verified, to) => {
    const { played, request, update, workflow } = setUp()
    const features = verified ? ['OCR', 'EMAIL_VERIFICATION'] : ['OCR']
    const { workflow_id } = await workflow(...features)
    const { session_id } = await played('approve', { workflow_id, contact_details })
    const wanted = { new_status: 'Declined', send_email: true }
    expect((await update(session_id, wanted)).status).toBe(200)
    expect(await (await request('/_sandbox/mails')).json()).toMatchObject([{ to }])
  })

  it('writes which steps are to be done again, why, and where', async () => {
    const { played, request, update } = setUp()
    const { session_id, url } = await played('decline_document_expired')
    const address = { send_email: true, email_address: 'eva@mail.example' }
    await update(session_id, { new_status: 'Resubmitted', ...address })
    const [mail] = await (await request('/_sandbox/mails')).json()
    expect(mail.text).toBe(`The document is no longer valid.\n${url}`)
  })

  it('a note changes nothing', async () => {
    const { ask, decision, played, sandbox, told } = setUp()
    const { session_id } = await played('approve')
    const body = { new_status: 'Declined', comment: 'Hm.' }
    const answer = await ask('POST', `/v3/sessions/${session_id}/reviews/`, body)
    expect([answer.status, answer.body]).toMatchObject([201, { user: 'Unknown', ...body }])
    await sandbox.idle()
    expect([(await decision(session_id)).status, told().length]).toEqual(['Approved', 2])
  })
})

describe('resubmission', () => {
  it('keeps finished steps, clears the chosen ones and opens the same link again', async () => {
    const { decision, play, played, request, update } = setUp()
    const { session_id, session_token, url } = await played('decline_document_expired')
    const wanted = { new_status: 'Resubmitted', nodes_to_resubmit: OCR }
    expect((await update(session_id, wanted)).status).toBe(200)
    const waiting = await decision(session_id)
    expect(waiting.status).toBe('Resubmitted')
    expect(waiting.id_verifications).toEqual([
      { node_id: 'feature_ocr_1', status: 'Not Finished', warnings: [] },
    ])
    expect(waiting.liveness_checks).toMatchObject([{ status: 'Approved', score: 94.6 }])
    expect(await (await request(url)).text()).toContain('data-scenario="approve"')

    await play(session_token, 'approve')
    const done = await decision(session_id)
    expect(done.status).toBe('Approved')
    expect(done.id_verifications).toMatchObject([
      { status: 'Approved', first_name: 'Álvaro' },
      { status: 'Not Finished' },
    ])
    expect(done.liveness_checks).toHaveLength(1)
  })

  it('tells the webhook which steps and why', async () => {
    const { hooks, played, sandbox, update } = setUp()
    const { session_id } = await played('decline_document_expired')
    await update(session_id, { new_status: 'Resubmitted' })
    await sandbox.idle()
    expect(hooks.at(-1)?.body.resubmit_info).toEqual({
      nodes_to_resubmit: [{ node_id: 'feature_ocr_1', feature: 'OCR' }],
      reasons: { feature_ocr_1: 'The document is no longer valid.' },
    })
  })

  it('does not approve what a step that was kept speaks against', async () => {
    const { play, played, update } = setUp()
    const { session_id, session_token } = await played('decline')
    await update(session_id, { new_status: 'Resubmitted', nodes_to_resubmit: OCR })
    expect((await play(session_token, 'approve')).status).toBe('Declined')
  })

  it('chooses the steps that are not good when nobody says which', async () => {
    const { hooks, played, sandbox, update } = setUp()
    const { session_id } = await played('decline_liveness_attack')
    await update(session_id, { new_status: 'Resubmitted' })
    await sandbox.idle()
    expect(hooks.at(-1)?.body).toMatchObject({
      resubmit_info: { nodes_to_resubmit: [{ feature: 'LIVENESS' }] },
    })
  })

  it.each(['decline_nfc_chip_not_verified', 'decline_ip_blocklist', 'review_age_borderline'])(
    'never chooses what is wrong after %s',
    async (scenario) => {
      const { played, update } = setUp()
      const { session_id } = await played(scenario)
      const answer = await update(session_id, { new_status: 'Resubmitted' })
      expect([answer.status, answer.body]).toEqual([
        400,
        {
          nodes_to_resubmit:
            'No features found that need resubmission. All features are already approved.',
        },
      ])
    },
  )

  it('puts steps in the order of the workflow, each once', async () => {
    const { hooks, played, sandbox, update } = setUp()
    const { session_id } = await played('decline')
    const nodes_to_resubmit = nodes(
      ['feature_face_match_1', 'FACE_MATCH'],
      ['feature_ocr_1', 'ID_VERIFICATION'],
      ['feature_ocr_1', 'OCR_BACK'],
    )
    await update(session_id, { new_status: 'Resubmitted', nodes_to_resubmit })
    await sandbox.idle()
    expect(hooks.at(-1)?.body).toMatchObject({
      resubmit_info: {
        nodes_to_resubmit: [{ feature: 'OCR' }, { feature: 'FACE_MATCH' }],
      },
    })
  })

  it.each([
    ['a step of another workflow', nodes(['feature_poa_1', 'POA'])],
    ['a step by the name of another', nodes(['feature_ocr_1', 'LIVENESS'])],
    ['no step at all', []],
  ])('refuses %s', async (_, nodes_to_resubmit) => {
    const { decision, played, update } = setUp()
    const { session_id } = await played('decline')
    const answer = await update(session_id, { new_status: 'Resubmitted', nodes_to_resubmit })
    expect([answer.status, answer.body]).toEqual([400, { nodes_to_resubmit: expect.any(String) }])
    expect((await decision(session_id)).status).toBe('Declined')
  })

  it('runs at once what needs no user', async () => {
    const { decision, played, sandbox, told, update, workflow } = setUp()
    const { workflow_id } = await workflow('OCR', 'AML')
    const { session_id } = await played('decline_aml_hit', { workflow_id })
    await update(session_id, { new_status: 'Resubmitted' })
    const { status, aml_screenings } = await decision(session_id)
    expect(status).toBe('Approved')
    expect(aml_screenings).toMatchObject([{ total_hits: 0 }, { status: 'Resub Requested' }])
    await sandbox.idle()
    expect(told().slice(-2)).toEqual(['Resubmitted', 'Approved'])
  })

  it('gives the user the whole time again, and ends abandoned', async () => {
    const { decision, played, time, update } = setUp()
    const { session_id } = await played('decline')
    time.pass(6 * DAY)
    await update(session_id, { new_status: 'Resubmitted' })
    time.pass(7 * DAY - 1)
    expect((await decision(session_id)).status).toBe('Resubmitted')
    time.pass(1)
    expect((await decision(session_id)).status).toBe('Abandoned')
  })

  it('waits half a minute between two', async () => {
    const { play, played, time, update } = setUp()
    const { session_id, session_token } = await played('decline')
    const again = () => update(session_id, { new_status: 'Resubmitted' })
    await again()
    expect((await again()).body).toEqual(['The new status is the same as the current status.'])
    await play(session_token, 'decline')
    time.pass(20_000)
    const early = await again()
    expect([early.status, early.headers.get('retry-after')]).toEqual([429, '10'])
    time.pass(10_000)
    expect((await again()).status).toBe(200)
  })

  it('of an abandoned session takes up the step that was begun', async () => {
    const { create, hooks, move, sandbox, update } = setUp()
    const { session_id } = await create()
    await move(session_id, 'In Progress')
    await move(session_id, 'Abandoned')
    expect((await update(session_id, { new_status: 'Resubmitted' })).status).toBe(200)
    await sandbox.idle()
    expect(hooks.at(-1)?.body).toMatchObject({
      resubmit_info: { nodes_to_resubmit: [{ feature: 'OCR' }] },
    })
  })
})

describe('looking at a resubmission beforehand', () => {
  const path = (id: string) => `/v3/session/${id}/resubmission-preview/`

  it('changes nothing and says to whom a letter would go', async () => {
    const { ask, decision, played } = setUp()
    const contact_details = { email: 'eva@mail.example' }
    const { session_id } = await played('decline', { contact_details })
    expect((await ask('POST', path(session_id), {})).body).toMatchObject({
      recipient: 'eva@mail.example',
      recipient_source: 'contact_details',
      will_be_sent: false,
      not_sent_reason: 'sandbox',
      requires_user_action: true,
      nodes_to_resubmit: [{ feature: 'FACE_MATCH' }],
    })
    expect((await decision(session_id)).status).toBe('Declined')
  })

  it.each([
    ['what it showed', {}, 0, 200],
    ['other steps', { nodes_to_resubmit: OCR }, 0, 409],
    ['what it showed a quarter of an hour ago', {}, 15 * MINUTE, 409],
  ])('holds for %s', async (_, change, later, status) => {
    const { ask, decision, played, time, update } = setUp()
    const { session_id } = await played('decline')
    const { preview_token } = (await ask('POST', path(session_id), {})).body
    time.pass(later)
    const wanted = { new_status: 'Resubmitted', email_preview_token: preview_token, ...change }
    expect((await update(session_id, wanted)).status).toBe(status)
    const after = status === 200 ? 'Resubmitted' : 'Declined'
    expect((await decision(session_id)).status).toBe(after)
  })
})

describe('an approval', () => {
  it('lapses with the document, and can be given again', async () => {
    const { decision, played, sandbox, time, told, update } = setUp()
    const { session_id } = await played('approve')
    const [{ expiration_date }] = (await decision(session_id)).id_verifications
    time.pass(Date.parse(expiration_date) - time.now() - 1)
    expect((await decision(session_id)).status).toBe('Approved')
    time.pass(1)
    const lapsed = await decision(session_id)
    expect(lapsed.status).toBe('Kyc Expired')
    expect(lapsed.id_verifications).toMatchObject([{ status: 'Expired' }])
    await update(session_id, { new_status: 'Approved' })
    expect((await decision(session_id)).status).toBe('Approved')
    await sandbox.idle()
    expect(told().slice(-2)).toEqual(['Kyc Expired', 'Approved'])
  })
})
