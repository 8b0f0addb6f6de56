import { describe, expect, it } from 'vitest'
import { DiditError, DiditInputError, DiditUnreachable } from '../../server/didit/client.ts'
import { path } from '../../server/didit/path.ts'
import { createStub, KEY, UUID } from '../support/didit-stub.ts'

const CREATE = { workflow_id: UUID }
const once = { retries: 0 }

async function refusal(
  body: unknown,
  status = 400,
  headers: Record<string, string> = {},
): Promise<DiditError> {
  const { didit } = createStub(once, { status, body, headers })
  const error = await didit.sessions.create(CREATE).catch((each: unknown) => each)
  expect(error).toBeInstanceOf(DiditError)
  return error as DiditError
}

describe('a refusal', () => {
  // Didit has no envelope: body -> what the message says of it.
  it.each<[unknown, string]>([
    [{ detail: 'Not found.' }, 'Not found.'],
    [
      { detail: ['Only finished sessions can be shared.'] },
      'Only finished sessions can be shared.',
    ],
    [{ workflow_id: ['This field is required.'] }, 'workflow_id: This field is required.'],
    [{ workflow_id: 'Invalid workflow_id.' }, 'workflow_id: Invalid workflow_id.'],
    [['Amount must be at least $50.'], 'Amount must be at least $50.'],
    [
      { contact_details: { email: ['Enter a valid email address.'] } },
      'contact_details.email: Enter a valid email address.',
    ],
    [
      { nodes_to_resubmit: [{}, { feature: ['"X" is not a valid choice.'] }] },
      'nodes_to_resubmit[1].feature: "X" is not a valid choice.',
    ],
    [{ a: ['One.'], b: ['Two.', 'Three.'] }, 'a: One. b: Two. Three.'],
    [{ non_field_errors: ['No.'] }, 'No.'],
    ['"text alone"', 'text alone'],
    ['<!doctype html><h1>Not Found</h1>', 'a web page instead of JSON'],
  ])('with %j names the field and the reason', async (body, words) => {
    const error = await refusal(body)
    expect(error.message).toContain(`Didit answered 400 to POST /session/: ${words}`)
  })

  it.each([
    ['', undefined],
    ['plain text', undefined],
    [{}, {}],
    ['null', null],
  ])('with %j still has a message', async (body, fields) => {
    const error = await refusal(body, 500)
    expect(error.message).toBe('Didit answered 500 to POST /session/')
    expect(error.fields).toEqual(fields)
  })

  it('keeps status, code, fields and request for programs', async () => {
    const body = { detail: 'Billing is paused.', code: 'contract_billing_suspended' }
    const error = await refusal(body, 403)
    expect(error).toMatchObject({
      name: 'DiditError',
      status: 403,
      code: 'contract_billing_suspended',
      fields: body,
      request: 'POST /session/',
    })
    expect(error.message).not.toContain('contract_billing_suspended')
  })

  it('reads how long to wait and what is left from the headers', async () => {
    const error = await refusal({ detail: 'Slow down.' }, 429, {
      'retry-after': '30',
      'x-ratelimit-limit': '600',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '1767225660',
    })
    expect(error.retryAfter).toBe(30)
    expect(error.rateLimit).toEqual({ limit: 600, remaining: 0, reset: 1767225660 })
  })

  it.each([
    ['Thu, 01 Jan 2026 00:00:45 GMT', 45],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['1.5', 1.5],
    ['soon', undefined],
    ['-4', undefined],
  ])('reads Retry-After %j as %j seconds', async (header, seconds) => {
    expect((await refusal({}, 503, { 'retry-after': header })).retryAfter).toBe(seconds)
  })

  it('survives a 429 without any header', async () => {
    const error = await refusal({ detail: 'Sandbox session quota exceeded' }, 429)
    expect(error.retryAfter).toBeUndefined()
    expect(error.rateLimit).toEqual({ limit: undefined, remaining: undefined, reset: undefined })
  })

  it('is a 502 when Didit says yes in words that cannot be read', async () => {
    const { didit } = createStub(once, { status: 200, body: '<html>Sign in to the Wi-Fi</html>' })
    await expect(didit.billing.balance()).rejects.toMatchObject({ status: 502 })
  })

  it.each([
    ['the key', { detail: `Key ${KEY} is revoked.` }],
    ['a live key', { detail: 'Use sk_live_abcdefghijklmnop' }],
    ['a JSON web token', { share_token: ['eyJhbGciOi.eyJzZXNzaW9u.c2lnbmF0dXJl is expired'] }],
    ['a session address', { detail: 'See https://verify.didit.me/es/session/3FaJ9wLqX2Mz now' }],
    ['a UniLink', { detail: 'See https://verify.didit.me/u/3FaJ9wLqX2Mz now' }],
  ])('never says %s', async (_, body) => {
    const { message } = await refusal(body)
    expect(message).not.toMatch(/sk_|eyJ|3FaJ9wLqX2Mz/)
    expect(message).toContain('…')
  })

  it('never says what was sent in confidence', async () => {
    const { didit } = createStub(once, { status: 400, body: { detail: 'MyStr0ng!Pass is known' } })
    const error = await didit.account
      .register({ email: 'a@example.com', password: 'MyStr0ng!Pass' })
      .catch((each: Error) => each)
    expect(String(error)).toContain('… is known')
  })

  it('keeps query, and so names and numbers, out of the message', async () => {
    const { didit } = createStub(once, { status: 400, body: {} })
    const error = await didit.sessions.list({ search: 'Ana Ruiz' }).catch((each: Error) => each)
    expect(String(error)).not.toContain('Ana')
  })
})

describe('silence', () => {
  it('ends at the timeout, as such', async () => {
    const { didit, clock } = createStub({ ...once, timeout: 3_000 }, 'silence')
    const answer = didit.billing.balance().catch((each: Error) => each)
    await clock.pass(2_999)
    expect(clock.pending()).toBe(1)
    await clock.pass(1)
    expect(await answer).toMatchObject({
      name: 'DiditUnreachable',
      timedOut: true,
      message: 'Didit did not answer GET /billing/balance/ in time',
    })
  })

  it('takes the timeout of the call first', async () => {
    const { didit, clock } = createStub(once, 'silence')
    const answer = didit.billing.balance({ timeout: 50 }).catch((each: Error) => each)
    await clock.pass(50)
    expect(await answer).toBeInstanceOf(DiditUnreachable)
  })

  it('names the code of a network error and nothing that it quotes', async () => {
    const cause = Object.assign(new Error(`connect ${KEY}`), { code: 'ECONNREFUSED' })
    const { didit } = createStub(once, new TypeError('fetch failed', { cause }))
    const error = await didit.billing.balance().catch((each: Error) => each)
    expect(error).toMatchObject({
      name: 'DiditUnreachable',
      timedOut: false,
      message: 'Didit did not answer GET /billing/balance/ (ECONNREFUSED)',
    })
  })

  it('that the caller asked for rejects with their reason', async () => {
    const { didit } = createStub({}, 'silence')
    const controller = new AbortController()
    const answer = didit.billing.balance({ signal: controller.signal })
    controller.abort('changed my mind')
    await expect(answer).rejects.toBe('changed my mind')
  })

  it('asked for in advance sends nothing', async () => {
    const { didit, sent } = createStub()
    await expect(didit.billing.balance({ signal: AbortSignal.abort('no') })).rejects.toBe('no')
    expect(sent).toEqual([])
  })

  it('leaves no timer behind', async () => {
    const { didit, clock } = createStub()
    await didit.billing.balance()
    expect(clock.pending()).toBe(0)
  })
})

describe('a path', () => {
  it.each(['', '.', '..'])('refuses %j', (id) => {
    expect(() => path`/lists/${id}/`).toThrow(TypeError)
  })

  it.each([
    ['a/../b', '/lists/a%2F..%2Fb/'],
    ['a?b#c', '/lists/a%3Fb%23c/'],
    ['ä b', '/lists/%C3%A4%20b/'],
  ])('encodes %j', (id, encoded) => {
    expect(path`/lists/${id}/`).toBe(encoded)
  })

  it.each(['', '..', 'a/../b', 'not-an-id', `${UUID}/`, `${UUID} `, '3FaJ9wLqX2Mz'])(
    'is not built from the id %j, which is not repeated',
    async (id) => {
      const { didit, sent } = createStub()
      const error = await didit.sessions.decision(id).catch((each: Error) => each)
      expect(error).toBeInstanceOf(DiditInputError)
      expect(error).toMatchObject({ field: 'session_id' })
      if (id.length > 2) expect(String(error)).not.toContain(id)
      expect(sent).toEqual([])
    },
  )

  it('has ids in small letters, the only ones that Didit routes', async () => {
    const { didit, sent } = createStub()
    await didit.sessions.decision('ABCDEF12-2222-4333-8444-555555555555')
    expect(sent[0]?.path).toBe('/v3/session/abcdef12-2222-4333-8444-555555555555/decision/')
  })
})
