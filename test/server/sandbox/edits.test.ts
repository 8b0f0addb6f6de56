import { describe, expect, it } from 'vitest'
import { DENIED, setUp } from './fixture.ts'

const FEATURES = ['OCR', 'LIVENESS', 'FACE_MATCH', 'PROOF_OF_ADDRESS', 'AML']

/** A session of several steps that has ended, and a way to correct it. */
async function ended(scenario = 'approve') {
  const kit = setUp()
  const { workflow_id } = await kit.workflow(...FEATURES)
  const made = await kit.played(scenario, { workflow_id, vendor_data: 'eva' })
  await kit.sandbox.idle()
  kit.hooks.length = 0
  const patch = (path: string, body: object) =>
    kit.ask('PATCH', `/v3/session/${made.session_id}/${path}/`, body)
  const entry = async (list: string) => (await kit.decision(made.session_id))[list][0]
  /** What was posted about corrections. */
  const news = async () => {
    await kit.sandbox.idle()
    return kit.hooks.map(({ body }) => body).filter((each) => each.webhook_type === 'data.updated')
  }
  const activity = async () =>
    (await kit.ask('GET', `/v3/sessions/${made.session_id}/reviews/`)).body.results[0]
  return { ...kit, made, patch, entry, news, activity }
}

describe('a correction of a document', () => {
  it('changes what was read, and what follows from it', async () => {
    const { patch, entry } = await ended()
    const before = await entry('id_verifications')
    const { status } = await patch('update-data', {
      first_name: 'Eva',
      date_of_birth: '2000-02-29',
      issuing_state: 'PRT',
      document_type: 'ID',
    })
    expect(status).toBe(200)
    expect(await entry('id_verifications')).toEqual({
      ...before,
      first_name: 'Eva',
      full_name: `Eva ${before.last_name}`,
      date_of_birth: '2000-02-29',
      age: 25,
      issuing_state: 'PRT',
      issuing_state_name: 'Portugal',
      document_type: 'Identity Card',
      // Their own links, made anew at each reading.
      ...Object.fromEntries(
        Object.entries(before)
          .filter(([, value]) => String(value).startsWith('http'))
          .map(([name]) => [name, expect.any(String)]),
      ),
    })
  })

  it('is told to who subscribed to it, with what it was before', async () => {
    const { patch, news, made, entry } = await ended('review')
    const { document_number } = await entry('id_verifications')
    await patch('update-data', { document_number: 'A1', gender: 'F' })
    expect(await news()).toMatchObject([
      {
        session_id: made.session_id,
        status: 'In Review',
        changed_fields: ['document_number', 'gender'],
        changes: {
          document_number: { previous: document_number, current: 'A1' },
          gender: { previous: 'M', current: 'F' },
        },
        decision: { id_verifications: [{ document_number: 'A1' }] },
      },
    ])
  })

  it('of nothing is told to nobody', async () => {
    const { patch, news, entry, ask, made } = await ended()
    const { first_name } = await entry('id_verifications')
    expect((await patch('update-data', { first_name })).status).toBe(200)
    expect(await news()).toEqual([])
    const { body } = await ask('GET', `/v3/sessions/${made.session_id}/reviews/`)
    expect(body.results).toEqual([])
  })

  it('is in the activity, and in no review', async () => {
    const { patch, activity, decision, made } = await ended()
    await patch('update-data', { first_name: 'Eva' })
    expect(await activity()).toMatchObject({
      activity_type: 'KYC_DATA_UPDATED',
      actor_type: 'API_KEY',
      new_status: null,
      changed_fields: ['first_name', 'full_name'],
      new_value: { first_name: 'Eva' },
    })
    expect((await decision(made.session_id)).reviews).toEqual([])
  })

  it('adds to further fields, and takes away what is null', async () => {
    const { patch, entry } = await ended()
    await patch('update-data', { extra_fields: { eye_color: 'green' } })
    expect((await entry('id_verifications')).extra_fields).toMatchObject({
      eye_color: 'green',
      dl_categories: [],
    })
    await patch('update-data', { extra_fields: { eye_color: null, blood_group: 'A' } })
    const { extra_fields } = await entry('id_verifications')
    expect(extra_fields).toEqual({ dl_categories: [], blood_group: 'A' })
  })

  it('is found by the list', async () => {
    const { ask, patch, made } = await ended()
    await patch('update-data', { last_name: 'Nowák', issuing_state: 'PRT' })
    const list = async (query: string) => (await ask('GET', `/v3/sessions/?${query}`)).body.results
    for (const query of ['search=nowak', 'country=PRT']) {
      expect(await list(query)).toMatchObject([
        {
          session_id: made.session_id,
          full_name: expect.stringContaining('Nowák'),
          country: 'PRT',
        },
      ])
    }
    expect(await list('country=ESP')).toEqual([])
  })

  it('of its last day ends an approval on that day', async () => {
    const { patch, decision, made, time } = await ended()
    await patch('update-data', { expiration_date: '2026-01-03' })
    expect((await decision(made.session_id)).status).toBe('Approved')
    time.pass(3 * 24 * 60 * 60_000)
    expect((await decision(made.session_id)).status).toBe('Kyc Expired')
  })

  it('is gone with the step, when that is done again', async () => {
    const { patch, entry, made, play, update } = await ended('review')
    await patch('update-data', { first_name: 'Eva' })
    const nodes_to_resubmit = [{ node_id: 'feature_ocr_1', feature: 'OCR' }]
    await update(made.session_id, { new_status: 'Resubmitted', nodes_to_resubmit })
    expect(await entry('id_verifications')).not.toHaveProperty('first_name')
    await play(made.session_token, 'approve')
    expect((await entry('id_verifications')).first_name).not.toBe('Eva')
  })

  it.each([
    [{ gender: 'x' }, { gender: ['"x" is not a valid choice.'] }],
    [
      { date_of_birth: '1990-02-30' },
      { date_of_birth: ['Date has wrong format. Use YYYY-MM-DD.'] },
    ],
    [{ document_type: 'car' }, { document_type: ['"car" is not a valid choice.'] }],
    [{ issuing_state: 'XX' }, { issuing_state: ['Enter a valid country code.'] }],
  ])('is refused: %o', async (body, words) => {
    const { patch } = await ended()
    const answer = await patch('update-data', body)
    expect([answer.status, answer.body]).toEqual([400, words])
  })

  it('has to wait until somebody has read it to its end', async () => {
    const { ask, create } = setUp()
    const { session_id } = await create()
    const { status, body } = await ask('PATCH', `/v3/session/${session_id}/update-data/`, {})
    expect([status, body.detail]).toEqual([400, expect.stringContaining('Not Started')])
  })

  it('finds nothing where there was no document, or no such step', async () => {
    const { ask, played, workflow } = setUp()
    const { workflow_id } = await workflow('LIVENESS')
    const { session_id } = await played('approve', { workflow_id })
    const path = `/v3/session/${session_id}/update-data/`
    expect((await ask('PATCH', path, { first_name: 'Eva' })).status).toBe(404)
    const { patch } = await ended()
    const named = { node_id: 'feature_ocr_2', first_name: 'Eva' }
    expect((await patch('update-data', named)).status).toBe(404)
    expect((await patch('update-data', { ...named, node_id: 'feature_ocr_1' })).status).toBe(200)
  })

  it('is allowed ten times a minute', async () => {
    const { patch } = await ended()
    for (let i = 0; i < 10; i++) {
      expect((await patch('update-data', { first_name: `${i}` })).status).toBe(200)
    }
    expect((await patch('update-data', {})).status).toBe(429)
    expect((await patch('update-poa-data', {})).status).toBe(200)
  })
})

describe('a correction of a proof of address', () => {
  it('changes it alone', async () => {
    const { patch, entry, news, activity } = await ended()
    const document = await entry('id_verifications')
    const poa_parsed_address = { city: 'Porto', country: 'PT' }
    const body = { issuer: 'Water Works', poa_address: 'Rua 1, Porto', poa_parsed_address }
    expect((await patch('update-poa-data', body)).status).toBe(200)
    expect(await entry('poa_verifications')).toMatchObject({
      issuer: 'Water Works',
      poa_formatted_address: 'Rua 1, Porto',
      poa_parsed_address: { city: 'Porto', country: 'PT', street_1: expect.any(String) },
    })
    expect((await entry('id_verifications')).address).toBe(document.address)
    expect((await news())[0]?.changed_fields).toContain('poa_parsed_address')
    expect((await activity()).activity_type).toBe('POA_DATA_UPDATED')
  })
})

describe('a decision about one step', () => {
  it('leaves the session as it is', async () => {
    const { patch, entry, decision, made, news } = await ended()
    const wanted = { new_status: 'Declined', comment: 'not the same face' }
    const { body } = await patch('features/feature_face_match_1/update-status', wanted)
    expect(body).toEqual({
      session_id: made.session_id,
      node_id: 'feature_face_match_1',
      feature_type: 'FaceMatch',
      new_status: 'Declined',
    })
    expect((await entry('face_matches')).status).toBe('Declined')
    expect((await decision(made.session_id)).status).toBe('Approved')
    expect(await news()).toMatchObject([
      { status: 'Approved', changes: { status: { previous: 'Approved', current: 'Declined' } } },
    ])
  })

  it('finds the only step of a workflow by the word default', async () => {
    const { ask, played, workflow } = setUp()
    const { workflow_id } = await workflow('OCR')
    const { session_id } = await played('approve', { workflow_id })
    const path = `/v3/session/${session_id}/features/default/update-status/`
    const { body } = await ask('PATCH', path, { new_status: 'In Review' })
    expect(body).toMatchObject({ node_id: 'feature_ocr_1', feature_type: 'KYC' })
  })

  it('knows the steps of the session and three words', async () => {
    const { patch } = await ended()
    const path = (node: string) => `features/${node}/update-status`
    const wanted = { new_status: 'Approved' }
    for (const node of ['default', 'feature_nfc_1', '__proto__']) {
      expect((await patch(path(node), wanted)).status).toBe(404)
    }
    const other = await patch(path('feature_ocr_1'), { new_status: 'Resubmitted' })
    expect(other.body).toEqual({ new_status: ['"Resubmitted" is not a valid choice.'] })
  })

  it('about the watch lists says what it was before', async () => {
    const { patch, entry, decision, made, activity } = await ended('review_aml_possible_match')
    const { body } = await patch('update-aml-status', { status: 'Approved' })
    expect(body).toMatchObject({ previous_status: 'In Review', status: 'Approved' })
    expect((await entry('aml_screenings')).status).toBe('Approved')
    expect((await decision(made.session_id)).status).toBe('In Review')
    expect((await activity()).activity_type).toBe('AML_STATUS_UPDATED')
  })
})

describe('a decision about a hit', () => {
  it('changes that hit and nothing else', async () => {
    const { patch, entry, news, activity } = await ended('review_aml_possible_match')
    const [{ id }] = (await entry('aml_screenings')).hits
    const wanted = { hit_id: id, review_status: 'False Positive' }
    const { body } = await patch('update-aml-hit-status', wanted)
    expect(body).toEqual({ message: 'Hit status updated successfully', ...wanted })
    const screening = await entry('aml_screenings')
    expect(screening).toMatchObject({
      status: 'In Review',
      hits: [{ id, review_status: 'False Positive' }],
    })
    expect((await news())[0]?.changes).toEqual({
      [`hits.${id}.review_status`]: { previous: 'Unreviewed', current: 'False Positive' },
    })
    expect((await activity()).activity_type).toBe('AML_HIT_STATUS_UPDATED')
  })

  it('changes all of several, or none', async () => {
    const { patch, entry } = await ended('review_aml_possible_match')
    const [{ id }] = (await entry('aml_screenings')).hits
    const known = { hit_id: id, review_status: 'Confirmed Match' }
    const unknown = { hit_id: 'nothing', review_status: 'Confirmed Match' }
    const refused = await patch('bulk-update-aml-hit-status', { hit_updates: [known, unknown] })
    expect(refused.status).toBe(404)
    expect((await entry('aml_screenings')).hits).toMatchObject([{ review_status: 'Unreviewed' }])
    expect((await patch('bulk-update-aml-hit-status', { hit_updates: [known] })).status).toBe(200)
    expect((await entry('aml_screenings')).hits).toMatchObject([
      { review_status: 'Confirmed Match' },
    ])
    expect((await patch('bulk-update-aml-hit-status', { hit_updates: [] })).status).toBe(400)
  })

  it('finds no hit where nobody was on a list', async () => {
    const { patch } = await ended()
    const wanted = { hit_id: 'sandbox-hit-1', review_status: 'Inconclusive' }
    expect((await patch('update-aml-hit-status', wanted)).status).toBe(404)
  })
})

describe('an import of verifications', () => {
  it('is off until Didit switches it on', async () => {
    const { ask } = setUp()
    const { status, body } = await ask('POST', '/v3/session/imports/', {})
    expect([status, body]).toEqual([403, DENIED])
  })
})
