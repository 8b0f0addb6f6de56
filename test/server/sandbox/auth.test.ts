import { decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { OTP } from '../../../server/sandbox/app.ts'
import { MINUTE, setUp } from './fixture.ts'

const AUTH = '/auth/v2/programmatic'
const EVA = { email: 'eva@mail.example', password: 'MyStr0ng!Pass' }

/** Somebody who has registered, and perhaps read the e-mail. */
async function account({ verified = true, strict = false } = {}) {
  const kit = setUp({ strict })
  const post = (path: string, body: unknown, headers = {}) =>
    kit.ask('POST', `${AUTH}/${path}/`, body, headers)
  const registered = await post('register', EVA)
  const proven = verified
    ? (await post('verify-email', { email: EVA.email, code: OTP })).body
    : undefined
  return { ...kit, post, registered, proven }
}

describe('registering', () => {
  const refused: [string, object, object][] = [
    ['no e-mail', { email: undefined }, { email: ['This field is required.'] }],
    ['no address', { email: 'eva' }, { email: ['Enter a valid email address.'] }],
    ['no password', { password: undefined }, { password: ['This field is required.'] }],
    [
      'a short password, before anything else',
      { password: 'a' },
      { password: ['Password must be at least 8 characters long.'] },
    ],
    [
      'a password of small letters',
      { password: 'mystr0ng!pass' },
      { password: ['Password must contain at least one uppercase letter.'] },
    ],
    [
      'a password of capitals',
      { password: 'MYSTR0NG!PASS' },
      { password: ['Password must contain at least one lowercase letter.'] },
    ],
    [
      'a password without a digit',
      { password: 'MyStrong!Pass' },
      { password: ['Password must contain at least one digit.'] },
    ],
    [
      'a password of letters and digits',
      { password: 'MyStr0ngPass' },
      { password: ['Password must contain at least one special character.'] },
    ],
  ]
  it.each(refused)('refuses %s', async (_, change, body) => {
    const { ask } = setUp()
    const answer = await ask('POST', `${AUTH}/register/`, { ...EVA, ...change })
    expect([answer.status, answer.body]).toEqual([400, body])
  })

  it('sends a code that the controls show', async () => {
    const { registered, request } = await account({ verified: false })
    expect([registered.status, registered.body]).toEqual([
      201,
      {
        message: 'Registration successful. Check your email for the verification code.',
        email: EVA.email,
      },
    ])
    const mails = await (await request('/_sandbox/mails')).json()
    expect(mails).toMatchObject([{ to: EVA.email, text: 'A1B2C3' }])
  })

  it('refuses an address that has an account', async () => {
    const { post } = await account()
    expect((await post('register', EVA)).status).toBe(400)
  })

  it('is allowed five times an hour for an address', async () => {
    const { post, time } = await account()
    const register = (i: number, from = '203.0.113.7') =>
      post('register', { ...EVA, email: `${i}@mail.example` }, { 'x-forwarded-for': from })
    for (let i = 0; i < 5; i++) expect((await register(i)).status).toBe(201)
    const sixth = await register(6)
    expect([sixth.status, sixth.headers.get('retry-after')]).toEqual([429, '3600'])
    expect((await register(7, '203.0.113.8')).status).toBe(201)
    time.pass(60 * MINUTE)
    expect((await register(8)).status).toBe(201)
  })

  it('breaks on reserved addresses, when strict, as Didit does', async () => {
    const { ask } = setUp({ strict: true })
    const answer = await ask('POST', `${AUTH}/register/`, { ...EVA, email: 'a@example.com' })
    expect(answer.status).toBe(500)
    expect(answer.headers.get('content-type')).toContain('html')
  })
})

describe('proving an address', () => {
  it.each([
    ['a wrong code', { code: 'ZZZZZZ' }, 0],
    ['a code of somebody else', { email: 'adam@mail.example' }, 0],
    ['a code after a quarter of an hour', {}, 15 * MINUTE + 1],
  ])('refuses %s', async (_, change, later) => {
    const { post, time } = await account({ verified: false })
    time.pass(later)
    const answer = await post('verify-email', { email: EVA.email, code: OTP, ...change })
    expect([answer.status, answer.body]).toEqual([
      400,
      { code: ['Invalid or expired verification code.'] },
    ])
  })

  it('gives a key that works, and that belongs to an application of its own', async () => {
    const { proven, ask, create } = await account()
    expect(proven).toMatchObject({
      expires_in: 86_400,
      organization: { uuid: expect.any(String), name: 'eva' },
      application: { api_key: expect.stringMatching(/^sk_test_[\w-]{43}$/) },
    })
    expect(decodeProtectedHeader(proven.access_token).alg).toBe('RS256')
    const own = { 'x-api-key': proven.application.api_key }
    const { session_id } = await create()
    expect((await ask('GET', '/v3/sessions/', undefined, own)).body.count).toBe(0)
    expect((await ask('GET', `/v3/session/${session_id}/decision/`, undefined, own)).status).toBe(
      403,
    )
    const answer = await ask('PATCH', `/v3/session/${session_id}/update-status/`, {}, own)
    expect(answer.status).toBe(404)
    await create({}, own)
    expect((await ask('GET', '/v3/sessions/', undefined, own)).body.count).toBe(1)
  })

  it('sends a new code after a minute, which lives as long as the first', async () => {
    const { post, time } = await account({ verified: false })
    expect((await post('resend-otp', { email: EVA.email })).status).toBe(429)
    time.pass(10 * MINUTE)
    const again = await post('resend-otp', { email: EVA.email })
    expect([again.status, again.body]).toEqual([200, {}])
    time.pass(14 * MINUTE)
    expect((await post('verify-email', { email: EVA.email, code: OTP })).status).toBe(200)
  })

  it('says the same to somebody who has no account', async () => {
    const { post } = await account()
    const answer = await post('resend-otp', { email: 'nobody@mail.example' })
    expect([answer.status, answer.body]).toEqual([200, {}])
  })
})

describe('logging in', () => {
  it('is refused to strangers, to wrong passwords and before the address is proven', async () => {
    const { post } = await account({ verified: false })
    expect((await post('login', { ...EVA, email: 'x@mail.example' })).status).toBe(401)
    expect((await post('login', { ...EVA, password: 'x' })).status).toBe(401)
    expect((await post('login', EVA)).status).toBe(403)
  })

  it.each([
    [5, 15],
    [10, 60],
    [20, 24 * 60],
  ])('is locked after %i wrong passwords for %i minutes', async (times, minutes) => {
    const { post, time } = await account()
    for (let i = 0; i < times; i++) {
      await post('login', { ...EVA, password: 'x' })
      if (i < times - 1) time.pass(24 * 60 * MINUTE)
    }
    time.pass(minutes * MINUTE - 1)
    const locked = await post('login', EVA)
    expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, '1'])
    time.pass(1)
    expect((await post('login', EVA)).status).toBe(200)
  })

  it('forgets wrong passwords after a right one', async () => {
    const { post } = await account()
    for (let i = 0; i < 4; i++) await post('login', { ...EVA, password: 'x' })
    await post('login', EVA)
    await post('login', { ...EVA, password: 'x' })
    expect((await post('login', EVA)).status).toBe(200)
  })

  it('gives a token that shows organisation, applications and key, for a day', async () => {
    const { post, request, proven, time } = await account()
    const { access_token } = (await post('login', EVA)).body
    const get = (path: string, token = access_token) =>
      request(`/auth/v2/organizations/me/${path}`, {
        headers: { authorization: `Bearer ${token}` },
      })
    const { uuid, name } = proven.organization
    expect(await (await get('')).json()).toEqual([{ uuid, name, contact_email: EVA.email }])
    const { application } = proven
    const expected = { uuid: application.uuid, api_key: application.api_key }
    const own = `${uuid}/applications/`
    expect(await (await get(own)).json()).toMatchObject([expected])
    expect(await (await get(`${own}${application.uuid}/`)).json()).toMatchObject(expected)
    expect((await get(`${own}${uuid}/`)).status).toBe(404)
    expect((await get(`${application.uuid}/applications/`)).status).toBe(404)
    expect((await get('', `${access_token}x`)).status).toBe(401)
    expect((await get('', proven.refresh_token)).status).toBe(401)
    time.pass(24 * 60 * MINUTE + 1000)
    expect((await get('')).status).toBe(401)
  })
})
