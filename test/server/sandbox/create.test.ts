import { describe, expect, it } from 'vitest'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { DENIED, ORIGIN, setUp } from './fixture.ts'

describe('an invitation', () => {
  const email = 'eva@mail.example'

  it.each([
    [{ email, send_notification_emails: true }, 1],
    [{ email }, 0],
    [{ send_notification_emails: true }, 0],
  ])('is written where it is wanted: %o', async (contact_details, count) => {
    const { create, request } = setUp()
    const { url } = await create({ contact_details, vendor_data: 'eva' })
    // The same session once more is no reason to write again.
    await create({ contact_details, vendor_data: 'eva' })
    const mails = await (await request('/_sandbox/mails')).json()
    expect(mails).toHaveLength(count)
    if (count > 0) expect(mails[0]).toMatchObject({ to: email, text: url })
  })
})

describe('creating a session', () => {
  const refused: [string, RequestInit['headers'], unknown, number, object][] = [
    ['no key', { 'x-api-key': '' }, {}, 403, DENIED],
    [
      'an expired key',
      { 'x-api-key': 'expired-1' },
      {},
      401,
      { detail: 'This API key has expired.' },
    ],
    ['a scoped key', { 'x-api-key': 'scoped-1' }, {}, 403, DENIED],
    ['no workflow', {}, {}, 400, { workflow_id: ['This field is required.'] }],
    [
      'a workflow that is null',
      {},
      { workflow_id: null },
      400,
      { workflow_id: ['This field may not be null.'] },
    ],
    [
      'an unknown workflow',
      {},
      { workflow_id: crypto.randomUUID() },
      400,
      { workflow_id: 'Invalid workflow_id.' },
    ],
    ['a list', {}, [], 400, { non_field_errors: ['Invalid data. Expected a dictionary.'] }],
    [
      'a scenario nobody knows',
      {},
      { workflow_id: DEFAULT_WORKFLOW, sandbox_scenario: 'toString' },
      400,
      { sandbox_scenario: ["Unknown sandbox scenario: 'toString'."] },
    ],
    [
      'a callback that is code',
      {},
      { workflow_id: DEFAULT_WORKFLOW, callback: 'javascript:alert(1)' },
      400,
      { callback: ['Enter a valid URL.'] },
    ],
    [
      'a callback that is no URL',
      {},
      { workflow_id: DEFAULT_WORKFLOW, callback: '/here' },
      400,
      { callback: ['Enter a valid URL.'] },
    ],
    [
      'an unknown callback method',
      {},
      { workflow_id: DEFAULT_WORKFLOW, callback_method: 'all' },
      400,
      { callback_method: ['"all" is not a valid choice.'] },
    ],
    [
      'an address without a country',
      {},
      { workflow_id: DEFAULT_WORKFLOW, expected_details: { address: 'Main St 1' } },
      400,
      { expected_details: { address: ['An address needs `country` or `poa_country`.'] } },
    ],
    [
      'a portrait of more than 2 MB',
      {},
      { workflow_id: DEFAULT_WORKFLOW, portrait_image: 'A'.repeat(2_800_000) },
      400,
      { portrait_image: ['Image size exceeds 2MB.'] },
    ],
    [
      'a text body',
      { 'content-type': 'text/plain' },
      {},
      415,
      { detail: 'Unsupported media type "text/plain" in request.' },
    ],
    [
      'an account without credits',
      { 'x-api-key': 'broke' },
      { workflow_id: DEFAULT_WORKFLOW },
      400,
      {
        detail:
          "You don't have enough credits to perform this request. Please top up at https://business.didit.me",
      },
    ],
  ]
  it.each(refused)('refuses %s', async (_, headers, body, status, answer) => {
    const { send } = setUp()
    const response = await send('POST', '/v3/session/', body, headers as object)
    expect([response.status, await response.json()]).toEqual([status, answer])
  })

  it('refuses a wrong key with 401 and broken JSON with 400', async () => {
    const { request, send } = setUp()
    expect((await send('POST', '/v3/session/', {}, { 'x-api-key': 'invalid' })).status).toBe(401)
    const headers = { 'content-type': 'application/json', 'x-api-key': 'key' }
    const broken = await request('/v3/session/', { method: 'POST', headers, body: '{' })
    expect(broken.status).toBe(400)
  })

  it.each(['xx', 'EN', 'pt-br', ''])(
    'refuses the language %j and lists those it has',
    async (language) => {
      const { send } = setUp()
      const body = { workflow_id: DEFAULT_WORKFLOW, language }
      const response = await send('POST', '/v3/session/', body)
      expect(response.status).toBe(400)
      const [message] = (await response.json()).language
      expect(message).toMatch(/^Invalid language\. Supported languages are: en, ar, .*, zh$/)
    },
  )

  it('answers ten keys', async () => {
    const { create } = setUp()
    const metadata = { plan: 'Ärzte', list: [1] }
    const answer = await create({
      vendor_data: 'u',
      callback: 'myapp://done',
      metadata,
      language: 'pt-BR',
    })
    expect(answer).toEqual({
      session_id: expect.stringMatching(/^[\da-f-]{36}$/),
      session_number: 1001,
      session_token: expect.stringMatching(/^[\w-]{12}$/),
      url: `${ORIGIN}/pt-BR/session/${answer.session_token}`,
      vendor_data: 'u',
      metadata,
      status: 'Not Started',
      callback: 'myapp://done',
      workflow_id: DEFAULT_WORKFLOW,
      workflow_version: 1,
    })
  })

  it('leaves the language out of the URL when none is asked for', async () => {
    const { create } = setUp()
    const answer = await create()
    expect(answer.url).toBe(`${ORIGIN}/session/${answer.session_token}`)
    expect(answer).toMatchObject({ vendor_data: null, metadata: null, callback: null })
  })

  it('hands back the unfinished session of the same person with new callback and metadata', async () => {
    const { create, send } = setUp()
    const first = await create({ vendor_data: 'u', callback: 'https://a.test/', metadata: 1 })
    await send('POST', `/session/${first.session_token}/start`, {})
    const again = await create({ vendor_data: 'u' })
    expect(again).toEqual({ ...first, status: 'In Progress', callback: null, metadata: null })
    expect((await create({ vendor_data: 'v' })).session_id).not.toBe(first.session_id)
    expect((await create()).session_id).not.toBe((await create()).session_id)
  })

  it.each(['Approved', 'Declined', 'In Review', 'Expired', 'Abandoned', 'Kyc Expired'])(
    'makes a new session after %s',
    async (status) => {
      const { create, move } = setUp()
      const first = await create({ vendor_data: 'u' })
      expect((await move(first.session_id, status, true)).status).toBe(200)
      expect((await create({ vendor_data: 'u' })).session_id).not.toBe(first.session_id)
    },
  )
})
