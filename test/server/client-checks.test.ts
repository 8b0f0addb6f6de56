import { describe, expect, it } from 'vitest'
import { type Didit, DiditInputError } from '../../server/didit/client.ts'
import { ALPHA2, ALPHA3 } from '../../server/didit/countries.ts'
import { portraitBytes } from '../../server/didit/rules.ts'
import {
  type CreateSession,
  type CreateWorkflow,
  LANGUAGES,
  type ListSessions,
  RESUBMIT_FEATURES,
  type UpdateStatus,
} from '../../server/didit/types.ts'
import { createStub, OTHER, UUID } from '../support/didit-stub.ts'

/** What a caller without types could send. */
type Loose = Record<string, unknown>

const base64 = (bytes: number) => 'A'.repeat(Math.ceil((bytes * 4) / 3))

async function refused(call: (didit: Didit) => Promise<unknown>): Promise<DiditInputError> {
  const { didit, sent } = createStub()
  const error = await call(didit).catch((each: unknown) => each)
  expect(error).toBeInstanceOf(DiditInputError)
  expect(sent).toEqual([])
  return error as DiditInputError
}

async function passes(call: (didit: Didit) => Promise<unknown>): Promise<void> {
  const { didit, sent } = createStub()
  await call(didit)
  expect(sent).toHaveLength(1)
}

const create = (more: Loose) => (d: Didit) =>
  d.sessions.create({ workflow_id: UUID, ...more } as CreateSession)
const expected = (more: Loose) => create({ expected_details: more })
const contact = (more: Loose) => create({ contact_details: more })
const update = (body: Loose) => (d: Didit) =>
  d.sessions.updateStatus(UUID, body as unknown as UpdateStatus)
const list = (query: Loose) => (d: Didit) => d.sessions.list(query as ListSessions)
const workflow = (body: Loose) => (d: Didit) =>
  d.workflows.create({ features: [{ feature: 'OCR' }], ...body } as CreateWorkflow)
const steps = (...features: unknown[]) => workflow({ features })
const nodes = (...list: unknown[]) => update({ new_status: 'Resubmitted', nodes_to_resubmit: list })

describe('a session', () => {
  it.each<[string, (d: Didit) => Promise<unknown>, string, string]>([
    ['no workflow', create({ workflow_id: undefined }), 'workflow_id', 'is missing'],
    ['a cut workflow id', create({ workflow_id: UUID.slice(1) }), 'workflow_id', 'not a UUID'],
    ['a UUID in braces', create({ workflow_id: `{${UUID}}` }), 'workflow_id', 'not a UUID'],
    ['a number for vendor_data', create({ vendor_data: 7 }), 'vendor_data', 'a text'],
    ['a path for callback', create({ callback: '/done' }), 'callback', 'not a URL'],
    ['a host for callback', create({ callback: 'myapp.com/done' }), 'callback', 'not a URL'],
    ['a bad method', create({ callback_method: 'Both' }), 'callback_method', 'Send both.'],
    ['english', create({ language: 'english' }), 'language', 'Send one of en, ar'],
    ['capitals', create({ language: 'PT-BR' }), 'language', 'Send pt-BR;'],
    ['small letters', create({ language: 'zh-cn' }), 'language', 'Send zh-CN;'],
    ['an underscore', create({ language: 'pt_BR' }), 'language', 'Send pt-BR;'],
    ['a region that Didit has not', create({ language: 'en-US' }), 'language', 'Send en;'],
    ['the old code of Hebrew', create({ language: 'iw' }), 'language', 'Send he;'],
    ['a prototype key', create({ language: 'constructor' }), 'language', 'Send one of'],
    ['no language', create({ language: null }), 'language', 'not a language'],
    ['contact in one text', contact('a@b.c' as never), 'contact_details', 'an object'],
    ['a cut address', contact({ email: 'ana@' }), 'contact_details.email', 'not an e-mail'],
    ['two addresses', contact({ email: 'a@b.co,c@d.co' }), 'contact_details.email', 'not an e-m'],
    ['mail language', contact({ email_lang: 'EN' }), 'contact_details.email_lang', 'Send en;'],
    ['a national phone', contact({ phone: '4155552671' }), 'contact_details.phone', 'E.164'],
    ['00 for +', contact({ phone: '0014155552671' }), 'contact_details.phone', 'E.164'],
    ['spaces', contact({ phone: '+1 415 555 2671' }), 'contact_details.phone', 'E.164'],
    ['+0', contact({ phone: '+04155552671' }), 'contact_details.phone', 'E.164'],
    ['16 digits', contact({ phone: '+1234567890123456' }), 'contact_details.phone', 'E.164'],
    ['"yes"', contact({ send_notification_emails: 'yes' }), 'contact_details.send_no', 'true or'],
    [
      'a day that is not',
      expected({ date_of_birth: '2023-02-29' }),
      'expected_details.da',
      'exist',
    ],
    ['month 13', expected({ date_of_birth: '1990-13-01' }), 'expected_details.da', 'exist'],
    ['day zero', expected({ date_of_birth: '1990-01-00' }), 'expected_details.da', 'exist'],
    ['another order', expected({ date_of_birth: '15.05.1990' }), 'expected_details.da', 'YYYY'],
    ['a time', expected({ date_of_birth: '1990-05-15T00:00' }), 'expected_details.da', 'YYYY'],
    ['a Date', expected({ date_of_birth: new Date(0) }), 'expected_details.da', 'YYYY'],
    ['alpha-2', expected({ nationality: 'DE' }), 'expected_details.nationality', 'Send DEU.'],
    ['small letters', expected({ country: 'usa' }), 'expected_details.country', 'Send USA.'],
    ['a name', expected({ id_country: 'Spain' }), 'expected_details.id_country', 'three capital'],
    ['no country', expected({ poa_country: 'XXX' }), 'expected_details.poa_country', 'ISO 3166'],
    ['full gender', expected({ gender: 'male' }), 'expected_details.gender', 'Send one of M, F.'],
    ['a bad IP', expected({ ip_address: '1.2.3.456' }), 'expected_details.ip_address', 'IP addr'],
    [
      'a bad document',
      expected({ expected_document_types: ['P', 'Pass'] }),
      'expected',
      'number 2',
    ],
    ['no document', expected({ expected_document_types: [] }), 'expected', 'empty list'],
    ['an address alone', expected({ address: 'Mayor 1' }), 'expected_details.address', 'country'],
    ['alpha-3 register', expected({ registry_country: 'GBR' }), 'expected_details.reg', 'Send GB.'],
    ['a bad register', expected({ registry_country: 'US/CA' }), 'expected_details.reg', 'US-CA'],
    ['a long name', expected({ company_name: 'x'.repeat(256) }), 'expected', '256 characters'],
    ['no picture', create({ portrait_image: '' }), 'portrait_image', 'base64'],
    ['a data URL', create({ portrait_image: 'data:image/png;base64,AA' }), 'portrait', 'comma'],
    ['base64url', create({ portrait_image: 'a-_b' }), 'portrait_image', 'not base64'],
    ['2 MB and more', create({ portrait_image: base64(2_100_000) }), 'portrait', '2.0 MB'],
  ])('with %s is not sent', async (_, call, field, words) => {
    const error = await refused(call)
    expect(error.field).toContain(field)
    expect(error.message).toContain(words)
  })

  it.each<[string, (d: Didit) => Promise<unknown>]>([
    ['a leap day', expected({ date_of_birth: '2000-02-29' })],
    ['no gender', expected({ gender: null })],
    ['an address with a country', expected({ address: 'Mayor 1', poa_country: 'ESP' })],
    ['documents in small letters', expected({ expected_document_types: ['p', 'id'] })],
    ['a register by state', expected({ registry_country: 'US-CA' })],
    ['an app as callback', create({ callback: 'myapp://done' })],
    ['the longest phone', contact({ phone: '+123456789012345' })],
    ['a big UUID', create({ workflow_id: UUID.toUpperCase() })],
    ['metadata of any kind', create({ metadata: '{"as":"text"}' })],
    ['a picture in lines', create({ portrait_image: 'iVBO\r\nRw0K\r\nGgo=\r\n' })],
    ['exactly 2 MB', create({ portrait_image: base64(2 * 1024 * 1024 - 2) })],
    ['fields that are newer than this client', create({ new_field: true })],
  ])('with %s is sent', async (_, call) => {
    await passes(call)
  })

  it.each(LANGUAGES.map((language) => [language]))('speaks %s', async (language) => {
    await passes(create({ language }))
  })

  it('is told all that is wrong at once', async () => {
    const error = await refused(create({ workflow_id: 'x', language: 'EN', callback: 'y' }))
    expect(error.problems.map(({ field }) => field)).toEqual([
      'workflow_id',
      'callback',
      'language',
    ])
    expect(error.message.split(' Send ')).toHaveLength(4)
  })

  it('is not quoted: ids may be tokens, and names are personal', async () => {
    const error = await refused((d) =>
      d.sessions.create({
        workflow_id: '3FaJ9wLqX2Mz',
        contact_details: { email: 'ana.ruiz', phone: '0307654321' },
      }),
    )
    expect(error.message).not.toMatch(/3FaJ|ana|0307/)
  })

  it('with metadata that is no JSON is not sent', async () => {
    const loop: Loose = {}
    loop.self = loop
    expect((await refused(create({ metadata: loop }))).field).toBe('body')
  })

  it('warns from 1 MB of portrait on, with the size alone', async () => {
    const warned: unknown[] = []
    const log = { info() {}, warn: (...each: unknown[]) => void warned.push(each), error() {} }
    const { didit } = createStub({ log })
    await didit.sessions.create({ workflow_id: UUID, portrait_image: base64(1024 * 1024) })
    expect(warned).toEqual([])
    await didit.sessions.create({ workflow_id: UUID, portrait_image: base64(1_100_000) })
    expect(warned).toEqual([[{ field: 'portrait_image', bytes: 1_100_000 }, expect.any(String)]])
  })

  it.each([
    ['', 0],
    ['QQ==', 1],
    ['QUI=', 2],
    ['QUJD', 3],
    ['QU\nJD', 3],
  ])('counts %j as %i bytes', (text, bytes) => {
    expect(portraitBytes(text)).toBe(bytes)
  })
})

describe('a change of status', () => {
  it.each<[string, (d: Didit) => Promise<unknown>, string, string]>([
    ['no status', update({}), 'new_status', 'is missing'],
    ['a small letter', update({ new_status: 'approved' }), 'new_status', 'Send Approved.'],
    ['one that is not given', update({ new_status: 'In Review' }), 'new_status', 'Send one of A'],
    [
      'a mail to nobody',
      update({ new_status: 'Declined', send_email: true }),
      'email_a',
      'missing',
    ],
    ['a bad address', update({ new_status: 'Declined', email_address: 'a' }), 'email_a', 'e-mail'],
    [
      'a bad language',
      update({ new_status: 'Declined', email_language: 'xx' }),
      'email_l',
      'en, ar',
    ],
    ['names for steps', nodes('feature_ocr'), 'nodes_to_resubmit', 'Send {node_id, feature}'],
    ['no steps', nodes(), 'nodes_to_resubmit', 'empty list'],
    ['a step without id', nodes({ feature: 'OCR' }), 'nodes_to_resubmit', 'no node_id'],
    ['a step without name', nodes({ node_id: 'feature_ocr' }), 'nodes_to_resubmit', 'Send one of'],
    ['small letters', nodes({ node_id: 'n', feature: 'ocr' }), 'nodes_to_resubmit', 'Send OCR.'],
    ['the registry', nodes({ node_id: 'n', feature: 'KYB_REGISTRY' }), 'nodes_to_res', 'not known'],
    [
      'a list that is none',
      update({ new_status: 'Resubmitted', nodes_to_resubmit: {} }),
      'n',
      'list',
    ],
    ['nothing to redo', (d) => d.sessions.resubmit(UUID, []), 'nodes_to_resubmit', 'empty list'],
    [
      'steps left out',
      (d) => d.sessions.resubmit(UUID, undefined as never),
      'nodes_to_resubmit',
      'is missing',
    ],
    ['a bad id', (d) => d.sessions.approve('1'), 'session_id', 'not a UUID'],
  ])('with %s is not sent', async (_, call, field, words) => {
    const error = await refused(call)
    expect(error.field).toContain(field)
    expect(error.message).toContain(words)
  })

  it.each(RESUBMIT_FEATURES.map((feature) => [feature]))('may redo %s', async (feature) => {
    await passes(nodes({ node_id: 'n', feature }))
  })
})

describe('a list of sessions', () => {
  it.each<[string, Loose, string, string]>([
    ['another spelling', { status: 'KYC Expired' }, 'status', 'Send Kyc Expired.'],
    ['underscores', { status: ['Approved', 'IN_REVIEW'] }, 'status', 'number 2'],
    ['a status that is none', { status: 'Pending' }, 'status', 'Send one of Not Started'],
    ['an empty status', { status: '' }, 'status', 'Send one of'],
    ['half a page', { limit: 2.5 }, 'limit', 'whole number'],
    ['no page', { limit: 0 }, 'limit', 'at least 1'],
    ['a negative offset', { offset: -1 }, 'offset', 'at least 0'],
    ['a bad kind', { session_kind: 'person' }, 'session_kind', 'not known'],
    ['a bad date', { date_to: '2026-6-1' }, 'date_to', 'YYYY-MM-DD'],
    ['a bad workflow', { workflow_id: `${UUID},x` }, 'workflow_id', 'number 2'],
    ['a bad person', { didit_internal_id: 'x' }, 'didit_internal_id', 'UUID'],
    ['alpha-2 of persons', { country: 'ES' }, 'country', 'Send ESP.'],
    ['one bad country', { country: ['ESP', 'XXX'] }, 'country', 'number 2'],
  ])('with %s is not asked for', async (_, query, field, words) => {
    const error = await refused(list(query))
    expect(error.field).toBe(field)
    expect(error.message).toContain(words)
  })

  it.each<[Loose]>([
    [{ status: 'Approved, In Review' }],
    [{ session_kind: 'BUSINESS', country: 'GB,US-CA' }],
    [{ session_kind: 'all', country: 'GB,ESP' }],
    [{ search: '' }],
  ])('with %j is asked for', async (query) => {
    await passes(list(query))
  })
})

describe('a workflow', () => {
  it.each<[string, (d: Didit) => Promise<unknown>, string, string]>([
    ['51 characters', workflow({ workflow_label: 'x'.repeat(51) }), 'workflow_label', 'at most 50'],
    ['no steps', steps(), 'features', 'empty list'],
    ['left out steps', workflow({ features: undefined }), 'features', 'is missing'],
    ['names for steps', steps('OCR'), 'features', 'Send {feature, config}'],
    ['an unknown step', steps({ feature: 'FOO' }), 'features', 'Send one of OCR'],
    ['small letters', steps({ feature: 'face_match' }), 'features', 'Send FACE_MATCH.'],
    ['AML first', steps({ feature: 'AML' }), 'features', 'cannot begin with AML'],
    ['IP first', steps({ feature: 'IP_ANALYSIS' }), 'features', 'cannot begin'],
    ['no questions', steps({ feature: 'QUESTIONNAIRE' }), 'features', 'questionnaire_uuid'],
    ['eleven tries', workflow({ max_retry_attempts: 11 }), 'max_retry_attempts', 'from 0 to 10'],
    ['no days', workflow({ retry_window_days: 0 }), 'retry_window_days', 'from 1 to 365'],
    ['a minute', workflow({ session_expiration_time: 60 }), 'session_expiration', 'from 3600'],
    ['the old type', workflow({ workflow_type: 'kyc' }), 'workflow_type', 'kycWorkflow()'],
    ['an old flag', workflow({ is_aml_enabled: true }), 'is_aml_enabled', 'kycWorkflow()'],
    ['an old limit', workflow({ aml_decline_threshold: 1 }), 'aml_decline_thre', 'kycWorkflow()'],
    ['a bad id', (d) => d.workflows.get('x'), 'settings_uuid', 'UUID'],
  ])('with %s is not sent', async (_, call, field, words) => {
    const error = await refused(call)
    expect(error.field).toContain(field)
    expect(error.message).toContain(words)
  })

  it.each<[Loose]>([
    [{ is_default: true, is_white_label_enabled: true, is_desktop_allowed: true }],
    [{ retry_window_days: null, max_retry_attempts: 0 }],
    [{ features: [{ feature: 'OCR' }, { feature: 'AML' }] }],
  ])('with %j is sent', async (body) => {
    await passes(workflow(body))
  })
})

describe('everything else', () => {
  it.each<[string, (d: Didit) => Promise<unknown>, string, string]>([
    [
      'a weak password',
      (d) => d.account.register({ email: 'a@example.com', password: 'short' }),
      'password',
      'needs at least 8 characters, a capital letter, a digit, one of',
    ],
    [
      'a password with another sign',
      (d) => d.account.register({ email: 'a@example.com', password: 'MyStr0ngPass§' }),
      'password',
      'one of !@#',
    ],
    ['no e-mail', (d) => d.account.login({ email: 'a', password: 'x' }), 'email', 'e-mail'],
    [
      'a short code',
      (d) => d.account.verifyEmail({ email: 'a@example.com', code: 'A3K9F' }),
      'code',
      'six letters',
    ],
    [
      '49.99 dollars',
      (d) => d.billing.topUp({ amount_in_dollars: 49.99 }),
      'amount',
      'at least 50',
    ],
    [
      'dollars in text',
      (d) => d.billing.topUp({ amount_in_dollars: '50' as never }),
      'amount',
      '50',
    ],
    ['no dollars', (d) => d.billing.topUp({ amount_in_dollars: Number.NaN }), 'amount', 'a number'],
    ['nobody to share with', (d) => d.sessions.share(UUID, {} as never), 'for_app', 'is missing'],
    [
      'a share of 59 seconds',
      (d) => d.sessions.share(UUID, { for_application_id: OTHER, ttl_in_seconds: 59 }),
      'ttl_in_seconds',
      'from 60 to 86400',
    ],
    [
      'an import without a word on trust',
      (d) => d.sessions.importShared({ share_token: 't', workflow_id: UUID } as never),
      'trust_review',
      'is missing',
    ],
    [
      'session ids for numbers',
      (d) => d.sessions.deleteMany({ session_numbers: [UUID] }),
      'session_numbers',
      'Send the session_number',
    ],
    ['nothing to delete', (d) => d.sessions.deleteMany({} as never), 'session_numbers', 'missing'],
    [
      'an empty list to delete',
      (d) => d.sessions.deleteMany({ session_numbers: [] }),
      'session_numbers',
      'empty list',
    ],
    [
      'a note with a bad status',
      (d) => d.sessions.addReview(UUID, { new_status: 'approved' as never }),
      'new_status',
      'Send Approved.',
    ],
    ['a block of nobody', (d) => d.blocklist.add({ session_id: 'x' }), 'session_id', 'UUID'],
    [
      'a bad type',
      (d) => d.blocklist.list({ item_type: 'faces' as never }),
      'item_type',
      'face, document',
    ],
    [
      'an unknown event',
      (d) => d.webhooks.updateDestination(UUID, { subscribed_events: ['foo.bar' as never] }),
      'subscribed_events',
      'status.updated',
    ],
    [
      'no events',
      (d) => d.webhooks.updateDestination(UUID, { subscribed_events: [] }),
      'subscribed_events',
      'empty list',
    ],
    [
      'a destination without address',
      (d) => d.webhooks.createDestination({ label: 'x' } as never),
      'url',
      'is missing',
    ],
    [
      'eleven years',
      (d) => d.webhooks.update({ data_retention_months: 121 }),
      'data_retention_months',
      'from 1 to 120',
    ],
    ['a bad list', (d) => d.lists.entries('x'), 'list_uuid', 'UUID'],
    ['a bad delivery', (d) => d.webhooks.delivery(UUID, 'x'), 'delivery_uuid', 'UUID'],
    ['a bad application', (d) => d.account.application(UUID, 'x'), 'application_uuid', 'UUID'],
    ['no body', (d) => d.sessions.create(undefined as never), 'body', 'an object'],
  ])('with %s is not sent', async (_, call, field, words) => {
    const error = await refused(call)
    expect(error.field).toContain(field)
    expect(error.message).toContain(words)
  })

  it('keeps a password out of the message', async () => {
    const error = await refused((d) =>
      d.account.register({ email: 'a@example.com', password: 'hunter2' }),
    )
    expect(error.message).not.toContain('hunter2')
  })
})

describe('the countries', () => {
  it('are 249 and Kosovo, each once', () => {
    expect(ALPHA3.size).toBe(250)
    expect(ALPHA2.size).toBe(250)
  })

  it('are the regions that the platform knows too', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
    expect([...ALPHA3.keys()].filter((code) => !names.of(code))).toEqual([])
  })

  it('pair as ISO does', () => {
    const some = [
      'AT',
      'CH',
      'CI',
      'DE',
      'GB',
      'GW',
      'KP',
      'KR',
      'NE',
      'NG',
      'SI',
      'SK',
      'UA',
      'ZA',
    ]
    expect(some.map((code) => ALPHA3.get(code)).join(' ')).toBe(
      'AUT CHE CIV DEU GBR GNB PRK KOR NER NGA SVN SVK UKR ZAF',
    )
  })
})
