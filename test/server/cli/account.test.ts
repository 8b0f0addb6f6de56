import { describe, expect, it } from 'vitest'
import { ORIGIN, OTP, PASSWORD, setUp } from './fixture.ts'

const EMAIL = 'new@shop.example'

describe('an account', () => {
  it('is made with a password that nobody sees', async () => {
    const { cli, asked, sent } = setUp({ typed: PASSWORD })
    const { code, out, err } = await cli(`register --email ${EMAIL}`)
    expect(out).toContain(`didit-verify verify-email --email ${EMAIL} --code CODE`)
    expect(asked).toEqual(['Password: '])
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ email: EMAIL, password: PASSWORD })
    expect(out + err).not.toContain(PASSWORD)
    expect(code).toBe(0)
  })

  it('takes the password from the environment without asking', async () => {
    const { cli, asked } = setUp({ env: { DIDIT_PASSWORD: PASSWORD } })
    expect((await cli(`register --email ${EMAIL}`)).code).toBe(0)
    expect(asked).toEqual([])
  })

  it('is not made without one', async () => {
    const { cli, sent } = setUp({ typed: '' })
    const { code, err } = await cli(`register --email ${EMAIL}`)
    expect(err).toBe('--password is missing. Give --password TEXT, or set DIDIT_PASSWORD.')
    expect([code, sent]).toEqual([2, []])
  })

  it('ends with the key, and the word that it is a secret', async () => {
    const { cli } = setUp({ typed: PASSWORD })
    await cli(`register --email ${EMAIL}`)
    const { code, out, err } = await cli(`verify-email --email ${EMAIL} --code ${OTP}`)
    expect(out).toMatch(/^DIDIT_API_KEY +sk_test_[\w-]+$/m)
    expect(err).toContain('a secret')
    expect(code).toBe(0)
  })

  it('prints the key as JSON too, and the tokens not', async () => {
    const { cli } = setUp({ typed: PASSWORD })
    await cli(`register --email ${EMAIL}`)
    const { json } = await cli(`verify-email --email ${EMAIL} --code ${OTP} --json`)
    expect(json()).toMatchObject({
      access_token: '***',
      refresh_token: '***',
      application: { api_key: expect.stringMatching(/^sk_test_/) },
    })
  })

  it('shows its token only when that is asked for, and is looked into with it', async () => {
    const { cli, account } = setUp({ typed: PASSWORD })
    const { email, organization } = await account()
    expect((await cli(`login --email ${email}`)).out).toContain('DIDIT_ACCESS_TOKEN  ***')
    const { access_token } = (await cli(`login --email ${email} --show-secrets --json`)).json()
    const env = { DIDIT_BASE_URL: ORIGIN, DIDIT_ACCESS_TOKEN: String(access_token) }
    expect((await cli('organizations', env)).out).toContain(organization)
    const { out } = await cli(`applications ${organization} --show-secrets`, env)
    expect(out).toMatch(/sk_test_[\w-]+/)
  })

  it('never goes to Didit when a sandbox stands for it', async () => {
    const { cli, sent } = setUp({ env: { DIDIT_API_KEY: undefined }, typed: PASSWORD })
    await cli(`register --email ${EMAIL}`)
    expect(sent.map(({ url }) => url.href)).toEqual([`${ORIGIN}/auth/v2/programmatic/register/`])
  })

  it.each([
    [undefined, 'https://apx.didit.me'],
    ['https://verification.didit.me', 'https://apx.didit.me'],
    ['https://verification.didit.me.evil.example', 'https://verification.didit.me.evil.example'],
  ])('is registered, with DIDIT_BASE_URL %s, at %s', async (base, origin) => {
    const answers = () => Response.json({ message: 'Sent.', email: EMAIL })
    const { cli, sent } = setUp({ env: { DIDIT_BASE_URL: base }, typed: PASSWORD, answers })
    await cli(`register --email ${EMAIL}`)
    expect(sent.map(({ url }) => url.origin)).toEqual([origin])
  })

  it('is registered where DIDIT_AUTH_URL says', async () => {
    const answers = () => Response.json({ message: 'Sent.', email: EMAIL })
    const env = { DIDIT_AUTH_URL: 'https://auth.example/v2/' }
    const { cli, sent } = setUp({ env, typed: PASSWORD, answers })
    await cli(`register --email ${EMAIL}`)
    expect(sent.map(({ url }) => url.href)).toEqual([
      'https://auth.example/v2/programmatic/register/',
    ])
  })
})
