import { DEFAULT_WORKFLOW } from '../../../../server/sandbox/app.ts'
import { call, FEATURES, NO_KEY, NOBODY, of, tooMany } from './case.ts'

const BALANCE = '/v3/billing/balance/'
const TOP_UP = '/v3/billing/top-up/'
const WORKFLOWS = '/v3/workflows/'
const KNOWN = `${WORKFLOWS}${DEFAULT_WORKFLOW}/`
const UNKNOWN = `${WORKFLOWS}${NOBODY}/`
const TEXT = { 'content-type': 'text/plain' }
const STRANGER = '11111111-2222-3333-4444-555555555555'

const health = of('get_system_healthcheck')
const balance = of('get_billing_balance')
const topUp = of('billing_top_up')
const list = of('list_workflows')
const create = of('create_workflow')
const get = of('get_workflow')
const update = of('update_workflow')
const remove = of('delete_workflow')

const pay = (amount_in_dollars: unknown) => call('POST', TOP_UP, { amount_in_dollars })
const made = (...features: object[]) => call('POST', WORKFLOWS, { features })

export const account = [
  health.answer(200, call('GET', '/system/healthcheck')),

  balance.answer(200, call('GET', BALANCE)),
  balance.example(403, 'Forbidden', call('GET', BALANCE, undefined, NO_KEY)),
  balance.example(429, 'Throttled', tooMany(600, 'GET', BALANCE, 30_000)),
  topUp.answer(200, pay(50)),
  topUp.example(400, 'Missing amount', call('POST', TOP_UP, {})),
  topUp.example(400, 'Not a number', pay('ten')),
  topUp.example(400, 'Below minimum', pay(49.99)),
  topUp.example(400, 'Annual plan', async (kit) => {
    await kit.send('PUT', '/_sandbox/settings', { annualPlan: true })
    return pay(50)(kit)
  }),
  topUp.example(403, 'Forbidden', call('POST', TOP_UP, {}, NO_KEY)),
  topUp.example(429, 'Throttled', tooMany(300, 'POST', TOP_UP, 30_000)),

  list.answer(200, async (kit) => {
    await kit.workflow(...FEATURES)
    return kit.ask('GET', `${WORKFLOWS}?limit=2`)
  }),
  list.example(403, 'Invalid token', call('GET', WORKFLOWS, undefined, NO_KEY)),
  list.answer(429, tooMany(600, 'GET', WORKFLOWS)),
  create.answer(201, made({ feature: 'OCR' })),
  create.example(400, 'Missing feature', call('POST', WORKFLOWS, {})),
  create.example(
    400,
    'Unknown top-level field',
    call('POST', WORKFLOWS, { workflow_type: 'kyc', features: [{ feature: 'OCR' }] }),
  ),
  create.example(400, 'Unknown feature', made({ feature: 'FOO' })),
  create.example(400, 'Ordering', made({ feature: 'FACE_MATCH' }, { feature: 'OCR' })),
  create.example(
    400,
    'Questionnaire not found',
    made({ feature: 'QUESTIONNAIRE', config: { questionnaire_uuid: STRANGER } }),
  ),
  create.example(403, 'Invalid token', call('POST', WORKFLOWS, {}, NO_KEY)),
  create.answer(415, call('POST', WORKFLOWS, {}, TEXT)),
  create.answer(429, tooMany(300, 'POST', WORKFLOWS)),
  get.answer(200, call('GET', KNOWN)),
  get.example(403, 'Invalid token', call('GET', UNKNOWN, undefined, NO_KEY)),
  get.example(404, 'Not found', call('GET', UNKNOWN)),
  get.answer(429, tooMany(600, 'GET', UNKNOWN)),
  update.answer(200, call('PATCH', KNOWN, { workflow_label: 'New', status: 'published' })),
  update.answer(400, call('PATCH', KNOWN, { status: 'draft' })),
  update.example(403, 'Invalid token', call('PATCH', UNKNOWN, {}, NO_KEY)),
  update.answer(404, call('PATCH', UNKNOWN, {})),
  update.answer(415, call('PATCH', KNOWN, {}, TEXT)),
  update.answer(429, tooMany(300, 'PATCH', UNKNOWN)),
  remove.answer(204, call('DELETE', KNOWN)),
  remove.example(403, 'Invalid token', call('DELETE', UNKNOWN, undefined, NO_KEY)),
  remove.example(404, 'Not found', call('DELETE', UNKNOWN)),
  remove.answer(429, tooMany(300, 'DELETE', UNKNOWN)),
]
