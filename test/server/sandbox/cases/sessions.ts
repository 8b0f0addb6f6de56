import { BIOMETRIC_WORKFLOW, DEFAULT_WORKFLOW } from '../../../../server/sandbox/app.ts'
import {
  BY_PARTNER,
  call,
  everything,
  FEATURES,
  NO_KEY,
  NOBODY,
  of,
  type Run,
  SCOPED,
  tooMany,
} from './case.ts'

const CREATE = '/v3/session/'
const LIST = '/v3/sessions/'
const BATCH = '/v3/sessions/delete/'
const YEARS = 7 * 366 * 24 * 60 * 60 * 1000

const path = (id: string, rest: string) => `/v3/session/${id}/${rest}/`
const start = (body: object, headers = {}) =>
  call('POST', CREATE, { workflow_id: DEFAULT_WORKFLOW, ...body }, headers)
const settings =
  (body: object, run: Run): Run =>
  async (kit) => {
    await kit.send('PUT', '/_sandbox/settings', body)
    return run(kit)
  }
/** A call about a session that has just been made. */
const fresh =
  (method: string, rest: string, headers = {}): Run =>
  async (kit) =>
    kit.ask(method, path((await kit.create()).session_id, rest), undefined, headers)
/** A call about a session of every check that has ended. */
const ended =
  (method: string, rest: string, scenario = 'approve', body: object = {}): Run =>
  async (kit) =>
    kit.ask(method, path((await everything(kit, scenario, body)).session_id, rest))
const arm =
  (scenario: string, ending?: string): Run =>
  async (kit) => {
    const { session_id, session_token } = ending ? await kit.played(ending) : await kit.create()
    const headers = { 'session-token': session_token }
    return kit.ask('POST', path(session_id, 'sandbox/arm'), { scenario }, headers)
  }

const create = of('post_v3_session_create')
const decision = of('get_v3_session_decision')
const remove = of('delete_v3_session_by_id')
const pdf = of('get_v3_session_generate_pdf')
const arming = of('post_v3_session_sandbox_arm')
const list = of('get_v3_sessions')
const batch = of('batch_delete_sessions')

const SCENARIOS = [
  'approve',
  'decline_aml_hit',
  'review_poa_partial_match',
  'decline_database_no_match',
  'decline_nfc_chip_not_verified',
  'decline_minimum_age',
  'decline_phone_code',
  'review_expected_mismatch',
  'decline_document_expired',
]
const WISHES = {
  expected_details: {
    first_name: 'Eva',
    last_name: 'Nowak',
    gender: 'F',
    expected_document_types: ['ID'],
  },
  metadata: { a: 1 },
  callback: 'https://shop.example/',
}

export const sessions = [
  create.answer(201, start({ metadata: { a: 1 }, callback: 'https://shop.example/' })),
  create.example(400, 'Missing workflow_id', start({ workflow_id: undefined })),
  create.example(400, 'Invalid workflow_id', start({ workflow_id: NOBODY })),
  create.example(400, 'Insufficient credits', settings({ credits: true, balance: 0 }, start({}))),
  create.example(400, 'Blocklisted vendor_data', async (kit) => {
    const wanted = { name: 'Users', entry_type: 'user' }
    const { body } = await kit.ask('POST', '/v3/lists/', wanted)
    await kit.ask('POST', `/v3/lists/${body.uuid}/entries/`, { value: 'mallory' })
    return start({ vendor_data: 'mallory' })(kit)
  }),
  create.example(400, 'Portrait image too large', start({ portrait_image: 'A'.repeat(2_800_000) })),
  create.example(
    400,
    'No stored face for vendor_data',
    start({ workflow_id: BIOMETRIC_WORKFLOW, vendor_data: 'u' }),
  ),
  create.example(
    400,
    'Portrait image required without vendor_data',
    start({ workflow_id: BIOMETRIC_WORKFLOW }),
  ),
  create.example(403, 'Missing or invalid API key', start({}, NO_KEY)),
  create.example(403, 'No permission', start({}, SCOPED)),
  create.example(429, 'Session-create limit', tooMany(600, 'POST', CREATE)),
  create.example(429, 'Sandbox session quota', async (kit) => {
    for (let i = 0; i < 500; i++) await kit.create()
    kit.time.pass(23 * 60 * 60 * 1000)
    return start({})(kit)
  }),

  ...SCENARIOS.map((name) => decision.answer(200, ended('GET', 'decision', name, WISHES), name)),
  decision.answer(200, fresh('GET', 'decision'), 'before anything ran'),
  ...['JPN', 'EGY', 'IND', 'DEU'].map((country) =>
    decision.answer(
      200,
      async (kit) => {
        const { workflow_id } = await kit.workflow(...FEATURES)
        const { session_id, session_token } = await kit.create({ workflow_id })
        await kit.play(session_token, 'approve', { type: 'Identity Card', country })
        return kit.ask('GET', path(session_id, 'decision'))
      },
      `a document of ${country}`,
    ),
  ),
  decision.answer(
    200,
    async (kit) => {
      const { session_id } = await everything(kit, 'review_aml_possible_match')
      const nodes_to_resubmit = [
        { node_id: 'feature_ocr_1', feature: 'OCR' },
        { node_id: 'feature_liveness_1', feature: 'LIVENESS' },
        { node_id: 'feature_phone_1', feature: 'PHONE' },
      ]
      await kit.update(session_id, { new_status: 'Resubmitted', nodes_to_resubmit })
      return kit.ask('GET', path(session_id, 'decision'))
    },
    'waiting for steps to be done again',
  ),
  decision.answer(
    200,
    async (kit) => {
      const { session_id, session_token } = await everything(kit, 'decline')
      await kit.update(session_id, { new_status: 'Resubmitted' })
      await kit.play(session_token, 'approve')
      return kit.ask('GET', path(session_id, 'decision'))
    },
    'with steps done again',
  ),
  decision.answer(
    200,
    async (kit) => {
      const { session_id } = await everything(kit, 'decline', { vendor_data: 'u' })
      const flags = ['face', 'document', 'phone', 'email'].map((each) => [
        `blocklist_${each}`,
        true,
      ])
      const body = { session_id, ...Object.fromEntries(flags) }
      await kit.ask('POST', '/v3/blocklist/add/', body)
      return ended('GET', 'decision', 'approve', { vendor_data: 'u' })(kit)
    },
    'of a blocklisted person',
  ),
  decision.answer(
    200,
    async (kit) => {
      const { session_id } = await everything(kit)
      kit.time.pass(YEARS)
      return kit.ask('GET', path(session_id, 'decision'))
    },
    'of an approval that has lapsed',
  ),
  decision.answer(
    200,
    async (kit) => {
      const { session_id } = await everything(kit, 'review_aml_possible_match')
      const patch = (rest: string, body: object) => kit.ask('PATCH', path(session_id, rest), body)
      await patch('update-data', { first_name: 'Eva', issuing_state: 'PRT', gender: 'F' })
      await patch('update-data', { parsed_address: { city: 'Porto' }, document_type: 'DL' })
      await patch('update-poa-data', {
        issuer: 'Water Works',
        poa_parsed_address: { city: 'Porto' },
      })
      await patch('features/feature_liveness_1/update-status', { new_status: 'In Review' })
      await patch('update-aml-hit-status', {
        hit_id: 'sandbox-hit-1',
        review_status: 'Inconclusive',
      })
      await patch('update-aml-status', { status: 'Resub Requested' })
      return kit.ask('GET', path(session_id, 'decision'))
    },
    'of which things were corrected',
  ),
  ...(
    [
      ['', '', 'that waits for its people'],
      ['approve', '', 'half of whose people have come'],
      ['approve', 'approve', 'that is approved'],
      ['decline', 'review', 'whose people are not'],
    ] as const
  ).map(([director, owner, name]) =>
    decision.answer(
      200,
      async (kit) => {
        const features = ['KYB_REGISTRY', 'KYB_DOCUMENTS', 'KYB_KEY_PEOPLE', 'AML']
        const { workflow_id } = await kit.workflow(...features)
        const expected_details = { company_name: 'ACME', registry_country: 'US-CA' }
        const { session_id } = await kit.played('approve', { workflow_id, expected_details })
        await kit.verify(session_id, director, owner)
        return kit.ask('GET', path(session_id, 'decision'))
      },
      `of a company ${name}`,
    ),
  ),
  decision.answer(
    200,
    async (kit) => {
      const features = ['KYB_REGISTRY', 'KYB_DOCUMENTS', 'KYB_KEY_PEOPLE', 'AML']
      const { workflow_id } = await kit.workflow(...features)
      const { session_id } = await kit.played('decline_aml_hit', { workflow_id })
      return kit.ask('GET', path(session_id, 'decision'))
    },
    'of a company that is declined',
  ),
  decision.example(403, 'Insufficient permissions', fresh('GET', 'decision', BY_PARTNER)),
  decision.example(404, 'Unknown session id', call('GET', path(NOBODY, 'decision'))),
  decision.example(429, 'Throttled', tooMany(600, 'GET', path(NOBODY, 'decision'))),

  remove.answer(204, fresh('DELETE', 'delete')),
  remove.example(403, 'Insufficient permission', fresh('DELETE', 'delete', NO_KEY)),
  remove.example(404, 'Not Found', call('DELETE', path(NOBODY, 'delete'))),
  remove.example(429, 'Rate limited', tooMany(300, 'DELETE', path(NOBODY, 'delete'))),

  pdf.answer(200, ended('GET', 'generate-pdf')),
  pdf.example(403, 'Insufficient permissions', fresh('GET', 'generate-pdf', NO_KEY)),
  pdf.example(403, 'KYC session not finished', fresh('GET', 'generate-pdf')),
  pdf.example(403, 'KYB session not finished', async (kit) =>
    kit.ask('GET', path((await kit.company()).session_id, 'generate-pdf')),
  ),
  pdf.example(404, 'Unknown session', call('GET', path(NOBODY, 'generate-pdf'))),
  pdf.example(429, 'Throttled', tooMany(50, 'GET', path(NOBODY, 'generate-pdf'))),

  arming.answer(200, arm('decline_aml_hit')),
  arming.example(400, 'Unknown Scenario', arm('not-a-real-scenario')),
  arming.example(400, 'Already Started', arm('approve', 'approve')),
  arming.example(404, 'Not Found', fresh('POST', 'sandbox/arm')),

  list.answer(
    200,
    async (kit) => {
      await kit.company()
      await kit.create()
      await everything(kit)
      await everything(kit, 'decline')
      return kit.ask('GET', `${LIST}?session_kind=all&limit=3`)
    },
    'of all kinds',
  ),
  list.answer(301, call('GET', '/v3/sessions')),
  list.example(400, 'Invalid session_kind', call('GET', `${LIST}?session_kind=x`)),
  list.example(400, 'Invalid date', call('GET', `${LIST}?date_from=2026-02-30`)),
  list.example(400, 'Invalid didit_internal_id', call('GET', `${LIST}?didit_internal_id=1`)),
  list.example(400, 'Invalid api_service', call('GET', `${LIST}?api_service=FOO`)),
  list.example(403, 'Forbidden', call('GET', LIST, undefined, NO_KEY)),

  batch.answer(204, async (kit) => {
    const session_numbers = [(await kit.create()).session_number, '99999']
    return kit.ask('POST', BATCH, { session_numbers })
  }),
  batch.example(400, 'Missing selector', call('POST', BATCH, {})),
  batch.example(400, 'Empty list', call('POST', BATCH, { session_numbers: [] })),
  batch.example(400, 'Non-numeric entry', call('POST', BATCH, { session_numbers: ['1', 'x'] })),
  batch.example(403, 'Missing or invalid API key', call('POST', BATCH, {}, NO_KEY)),
  batch.example(429, 'Rate limited', tooMany(300, 'POST', BATCH)),
]
