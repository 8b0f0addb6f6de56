import { APPLICATION, DEFAULT_WORKFLOW, PARTNER } from '../../../../server/sandbox/app.ts'
import {
  type Answer,
  BY_PARTNER,
  call,
  everything,
  type Kit,
  NO_KEY,
  NOBODY,
  of,
  type Run,
  SCOPED,
  tooMany,
} from './case.ts'

const update = of('patch_v3_session_update_status')
const list = of('list_session_reviews')
const add = of('create_session_review')
const share = of('post_v3_session_share')
const redeem = of('post_v3_session_import_shared')

const updating = (id: string) => `/v3/session/${id}/update-status/`
const reviews = (id: string) => `/v3/sessions/${id}/reviews/`
const sharing = (id: string) => `/v3/session/${id}/share/`

/** A session ends, and somebody decides otherwise. */
const decided =
  (body: object, scenario = 'review'): Run =>
  async (kit) =>
    kit.update((await kit.played(scenario)).session_id, body)
const again = (feature: string) => ({
  new_status: 'Resubmitted',
  nodes_to_resubmit: [{ node_id: 'x', feature }],
})
const noted =
  (body: object): Run =>
  async (kit) =>
    kit.ask('POST', reviews((await kit.create()).session_id), body)
const shared =
  (body: object, headers = {}): Run =>
  async (kit) =>
    kit.ask('POST', sharing((await kit.played('approve')).session_id), body, headers)
/** A session is shared with the partner, and then something happens to its token. */
const redeemed =
  (then: (kit: Kit, token: string, id: string) => Promise<Answer>): Run =>
  async (kit) => {
    const { session_id } = await kit.played('approve')
    const { body } = await kit.ask('POST', sharing(session_id), { for_application_id: PARTNER })
    return then(kit, body.share_token, session_id)
  }
const taken = (kit: Kit, share_token: string, change = {}, headers: object = BY_PARTNER) => {
  const body = { share_token, trust_review: false, workflow_id: DEFAULT_WORKFLOW, ...change }
  return kit.ask('POST', '/v3/session/import-shared/', body, headers)
}

export const review = [
  update.answer(200, decided({ new_status: 'Approved' })),
  update.example(400, 'Wrong Current Status', async (kit) => {
    const { session_id } = await kit.create()
    await kit.move(session_id, 'In Progress')
    return kit.update(session_id, { new_status: 'nonsense' })
  }),
  update.example(400, 'Invalid Status Value', decided({ new_status: 'In Review' })),
  update.example(
    400,
    'Invalid Status Value (not a status at all)',
    decided({ new_status: 'Bogus' }),
  ),
  update.example(400, 'Missing new_status', decided({})),
  update.example(400, 'Same Status', async (kit) => {
    await kit.send('PUT', '/_sandbox/settings', { sameStatus: 'refused' })
    return decided({ new_status: 'Approved' }, 'approve')(kit)
  }),
  update.example(
    400,
    'Email Address Required',
    decided({ new_status: 'Approved', send_email: true }),
  ),
  update.example(400, 'Non-resubmittable Feature', decided(again('KYB_REGISTRY'))),
  update.example(400, 'Nothing To Resubmit', decided({ new_status: 'Resubmitted' }, 'approve')),
  update.example(400, 'Invalid Feature Choice', decided(again('BOGUS'))),
  update.example(403, 'Missing Privilege', call('PATCH', updating(NOBODY), {}, NO_KEY)),
  update.example(404, 'Not Found', call('PATCH', updating(NOBODY), {})),

  list.answer(200, async (kit) => {
    const { session_id } = await kit.played('review')
    await kit.update(session_id, { new_status: 'Approved', comment: 'Looked at it.' })
    await kit.ask('POST', reviews(session_id), { comment: 'Noted.' })
    return kit.ask('GET', `${reviews(session_id)}?limit=1`)
  }),
  list.answer(
    200,
    async (kit) => {
      const { session_id } = await everything(kit, 'review_aml_possible_match')
      const patch = (rest: string, body: object) =>
        kit.ask('PATCH', `/v3/session/${session_id}/${rest}/`, body)
      await patch('update-data', { first_name: 'Eva' })
      await patch('update-poa-data', { issuer: 'Water Works' })
      await patch('update-aml-hit-status', {
        hit_id: 'sandbox-hit-1',
        review_status: 'Inconclusive',
      })
      await patch('update-aml-status', { status: 'Approved' })
      await patch('features/feature_ocr_1/update-status', { new_status: 'Declined', comment: 'no' })
      return kit.ask('GET', reviews(session_id))
    },
    'of corrections',
  ),
  list.example(200, 'Empty', async (kit) =>
    kit.ask('GET', reviews((await kit.create()).session_id)),
  ),
  list.example(403, 'InvalidKey', call('GET', reviews(NOBODY), undefined, NO_KEY)),
  list.example(404, 'NotFound', async (kit) =>
    kit.ask('GET', reviews((await kit.company()).session_id)),
  ),
  list.answer(429, tooMany(600, 'GET', reviews(NOBODY))),
  add.answer(201, noted({ new_status: 'In Review' })),
  add.answer(201, noted({}), 'of an empty note'),
  add.example(400, 'InvalidStatusChoice', noted({ new_status: 'approved' })),
  add.example(403, 'InvalidKey', call('POST', reviews(NOBODY), {}, NO_KEY)),
  add.example(404, 'NotFound', call('POST', reviews(NOBODY), {})),
  add.answer(429, tooMany(300, 'POST', reviews(NOBODY))),

  share.answer(200, shared({ for_application_id: PARTNER, ttl_in_seconds: 60 })),
  share.example(400, 'Wrong status', async (kit) =>
    kit.ask('POST', sharing((await kit.create()).session_id), { for_application_id: PARTNER }),
  ),
  share.example(400, 'Target missing', shared({ for_application_id: NOBODY })),
  share.example(400, 'Self-share', shared({ for_application_id: APPLICATION })),
  share.example(400, 'TTL bounds', shared({ for_application_id: PARTNER, ttl_in_seconds: 59 })),
  share.example(401, 'Unauthorized', shared({}, NO_KEY)),
  share.example(403, 'No Permission', shared({}, SCOPED)),
  share.example(404, 'Not Found', call('POST', sharing(NOBODY), { for_application_id: PARTNER })),

  redeem.answer(
    201,
    redeemed((kit, token) => taken(kit, token)),
  ),
  redeem.example(400, 'Invalid Share Token', (kit) => taken(kit, 'nonsense')),
  redeem.example(
    400,
    'Expired Share Token',
    redeemed((kit, token) => {
      kit.time.pass(3_601_000)
      return taken(kit, token)
    }),
  ),
  redeem.example(
    400,
    'Wrong audience',
    redeemed((kit, token) => taken(kit, token, {}, {})),
  ),
  redeem.example(
    400,
    'Original missing',
    redeemed(async (kit, token, id) => {
      await kit.send('DELETE', `/v3/session/${id}/delete/`)
      return taken(kit, token)
    }),
  ),
  redeem.example(403, 'Forbidden', (kit) => taken(kit, 'x', {}, NO_KEY)),
  redeem.example(
    403,
    'Already imported',
    redeemed(async (kit, token) => {
      await taken(kit, token)
      return taken(kit, token)
    }),
  ),
  redeem.example(
    404,
    'Workflow not found',
    redeemed((kit, token) => taken(kit, token, { workflow_id: NOBODY })),
  ),
]
