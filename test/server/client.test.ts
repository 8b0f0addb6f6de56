import { afterEach, describe, expect, it } from 'vitest'
import { createDidit } from '../../server/didit/client.ts'
import { createStub, KEY, UUID } from '../support/didit-stub.ts'
import { ENDPOINTS } from '../support/endpoints.ts'

const ADD = 'https://verification.didit.me'
const PASSWORD = 'MyStr0ng!Pass'

describe('the endpoints', () => {
  it.each(ENDPOINTS)('%s sends the documented request', async (_, call, request, more = {}) => {
    const { didit, sent } = createStub(
      {},
      { body: { status: 'Approved', results: [], next: null } },
    )
    await call(didit)
    expect(sent).toHaveLength(1)
    const [first] = sent
    expect(`${first?.method} ${first?.path}`).toBe(request)
    expect(first?.query).toEqual(more.query ?? {})
    expect(first?.body).toEqual(more.body)
    expect(first?.headers['content-type']).toBe(more.body ? 'application/json' : undefined)
  })

  it.each(ENDPOINTS)('%s shows the key to nobody but the API', async (_, call, request) => {
    const { didit, sent } = createStub(
      {},
      { body: { status: 'Approved', results: [], next: null } },
    )
    await call(didit)
    const withKey = !request.includes('/auth/v2/') && !/sandbox|healthcheck/.test(request)
    expect(sent[0]?.headers['x-api-key']).toBe(withKey ? KEY : undefined)
    const host = request.includes('/auth/v2/') ? 'https://apx.didit.me' : ADD
    expect(sent[0]?.origin).toBe(host)
  })

  it('has a row above for each of them', () => {
    const { didit } = createStub()
    const methods = Object.entries(didit).flatMap(([name, group]) =>
      typeof group === 'function' ? [name] : Object.keys(group).map((each) => `${name}.${each}`),
    )
    expect(ENDPOINTS.map(([name]) => name).sort()).toEqual(methods.sort())
  })

  it('ends every path with a slash, except that of the health check', () => {
    const open = ENDPOINTS.filter(([, , request]) => !request.endsWith('/'))
    expect(open.map(([name]) => name)).toEqual(['health'])
  })
})

describe('who is asking', () => {
  it('shows a Bearer token to the account API, the one of the call first', async () => {
    const { didit, sent } = createStub({ accessToken: 'mine' }, { body: [] })
    await didit.account.organizations()
    await didit.account.organizations({ accessToken: 'other' })
    expect(sent.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer mine',
      'Bearer other',
    ])
  })

  it('arms a scenario with the session token in place of the key', async () => {
    const { didit, sent } = createStub()
    await didit.sessions.armScenario(UUID, '3FaJ9wLqX2Mz', 'approve')
    expect(sent[0]?.headers).toMatchObject({ 'session-token': '3FaJ9wLqX2Mz' })
    expect(sent[0]?.headers).not.toHaveProperty('x-api-key')
  })

  it('registers without a key, and asks for one where it is needed', async () => {
    const { didit, sent } = createStub({ apiKey: undefined })
    await didit.account.register({ email: 'a@example.com', password: PASSWORD })
    await expect(didit.billing.balance()).rejects.toMatchObject({ field: 'apiKey' })
    expect(sent).toHaveLength(1)
  })

  it.each(['', 'with space', 'line\nbreak', 'smart–dash'])(
    'refuses the key %j before the platform can quote it',
    async (apiKey) => {
      const { didit, sent } = createStub({ apiKey })
      const error = await didit.billing.balance().catch((each: Error) => each)
      expect(error).toMatchObject({ name: 'DiditInputError', field: 'apiKey' })
      if (apiKey) expect(String(error)).not.toContain(apiKey)
      expect(sent).toEqual([])
    },
  )

  it('calls fetch as a function, as edge runtimes want it', async () => {
    let self: unknown = 'not called'
    async function fetch(this: unknown) {
      self = this
      return Response.json({})
    }
    await createDidit({ apiKey: KEY, fetch }).billing.balance()
    expect(self).toBeUndefined()
  })

  it.each([
    [undefined, 'https://apx.didit.me'],
    ['https://verification.didit.me', 'https://apx.didit.me'],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
    ['https://evildidit.me', 'https://evildidit.me'],
  ])('with the base address %s sends a password to %s', async (baseUrl, host) => {
    const { didit, sent } = createStub({ baseUrl })
    await didit.account.login({ email: 'eva@mail.example', password: 'Secret-1' })
    expect(sent.map(({ origin, path }) => origin + path)).toEqual([
      `${host}/auth/v2/programmatic/login/`,
    ])
  })

  it('takes base addresses with and without a slash at the end', async () => {
    const { didit, sent } = createStub({
      baseUrl: 'http://127.0.0.1:4010/',
      authUrl: 'http://127.0.0.1:4010/auth/v2/',
    })
    await didit.billing.balance()
    await didit.account.organizations()
    expect(sent.map(({ origin, path }) => origin + path)).toEqual([
      'http://127.0.0.1:4010/v3/billing/balance/',
      'http://127.0.0.1:4010/auth/v2/organizations/me/',
    ])
  })
})

describe('answers of several versions', () => {
  it.each([
    [204, undefined, null],
    [200, { session_id: UUID, session_number: 7 }, { session_id: UUID, session_number: 7 }],
  ])('takes %i for deleting a session', async (status, body, result) => {
    const { didit } = createStub({}, { status, body })
    await expect(didit.sessions.delete(UUID)).resolves.toEqual(result)
  })

  it.each([
    [204, undefined, null],
    [200, { results: [] }, { results: [] }],
  ])('takes %i for deleting several', async (status, body, result) => {
    const { didit } = createStub({}, { status, body })
    await expect(didit.sessions.deleteMany({ delete_all: true })).resolves.toEqual(result)
  })

  it('puts an envelope round a bare list of workflows', async () => {
    const { didit } = createStub({}, { body: [{ uuid: UUID }] })
    await expect(didit.workflows.list()).resolves.toEqual({
      count: 1,
      next: null,
      previous: null,
      results: [{ uuid: UUID }],
    })
  })
})

describe('in a browser', () => {
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'window')
    Reflect.deleteProperty(globalThis, 'document')
  })

  it('refuses to run, before a key can be read off it', () => {
    Object.assign(globalThis, { window: {}, document: {} })
    expect(() => createDidit({ apiKey: KEY })).toThrow('refuses to run in a browser')
  })

  it('runs in workers, which have no document', () => {
    Object.assign(globalThis, { window: {} })
    expect(() => createDidit({ apiKey: KEY })).not.toThrow()
  })
})
