// Other people's sessions, and tokens that were tampered with: a stranger learns nothing, not even
// from what an answer lacks or from how much work it was.

import fc from 'fast-check'
import { CompactEncrypt, compactDecrypt, EncryptJWT, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { createTokens } from '../../server/tokens.ts'
import { createBff, PAGE } from '../support/bff.ts'

const SECRET = 'the-secret-of-the-tokens-32-characters'
const OPERATOR = 'anna-token-of-thirty-two-characters'
const identify = (request: Request) => request.headers.get('x-user')

type Headers = Record<string, string>

async function setUp() {
  const bff = await createBff({
    identify,
    allowAnonymous: true,
    secret: SECRET,
    operators: { anna: OPERATOR },
  })
  const target = await bff.start({}, { 'x-user': 'victim' })
  const other = await bff.start({}, { 'x-user': 'stranger' })
  const anonymous = await bff.start()
  const elsewhere = await createBff({ secret: 'another-secret-of-thirty-two-characters' })
  const foreign = await elsewhere.start()
  /** Everything that somebody may hold who may not read the session of the victim. */
  const credentials: Record<string, Headers> = {
    nothing: {},
    'an empty token': { 'verify-token': '' },
    nonsense: { 'verify-token': 'nonsense' },
    'the id as a token': { 'verify-token': target.session.id },
    'an altered token': { 'verify-token': `${target.token.slice(0, -6)}AAAAAA` },
    'a shortened token': { 'verify-token': target.token.slice(0, -1) },
    "another's token": { 'verify-token': other.token },
    'an anonymous token': { 'verify-token': anonymous.token },
    'a token of another site': { 'verify-token': foreign.token },
    'two tokens': { 'verify-token': `${other.token}, ${target.token}` },
    'another login': { 'x-user': 'stranger' },
    'a login that looks alike': { 'x-user': 'Victim' },
    "another login with another's token": { 'x-user': 'stranger', 'verify-token': other.token },
    'an operator token': { authorization: `Bearer ${OPERATOR}`, 'verify-token': OPERATOR },
    'the token in another header': { authorization: `Bearer ${target.token}` },
    'the token in a cookie': { cookie: `Verify-Token=${target.token}` },
  }
  return { ...bff, target, credentials }
}

/** Every route about one session, and what else may be sent with it. */
const ROUTES: [string, string, Headers][] = [
  ['GET', '', {}],
  ['HEAD', '', {}],
  ['GET', '', { 'cache-control': 'no-cache' }],
  ['GET', '', { 'if-none-match': '*' }],
  ['GET', '', { origin: PAGE }],
  ['GET', '/events', {}],
  ['HEAD', '/events', {}],
  ['GET', '/events', { 'last-event-id': '1' }],
  ['POST', '', { origin: PAGE }],
  ['DELETE', '', { origin: PAGE }],
  ['GET', '/nothing', {}],
]

describe("another's session", () => {
  it('answers on every route to every foreign credential as an unknown one does', async () => {
    const { request, target, credentials, didit } = await setUp()
    const seen = async (id: string, [method, rest, more]: (typeof ROUTES)[number], by: Headers) => {
      const response = await request(`/sessions/${id}${rest}`, {
        method,
        headers: { ...more, ...by },
      })
      const headers = Object.fromEntries(response.headers)
      delete headers['x-request-id']
      return { status: response.status, headers, body: await response.text() }
    }
    didit.calls.length = 0
    for (const route of ROUTES) {
      for (const [name, by] of Object.entries(credentials)) {
        const [theirs, unknown] = [
          await seen(target.session.id, route, by),
          await seen(crypto.randomUUID(), route, by),
        ]
        expect([name, ...route, theirs]).toEqual([name, ...route, unknown])
        expect(theirs.status).toBe(404)
        expect(theirs.body).not.toContain(target.session.id)
      }
    }
    // Nobody may have Didit asked about a session that is not theirs.
    expect(didit.calls).toEqual([])
  })

  it('is the same work to refuse as an unknown one', async () => {
    const { request, target, credentials, store } = await setUp()
    const work = async (id: string, rest: string, by: Headers) => {
      const done: string[] = []
      const watch = (thing: object, label: string) => {
        const all = { ...methodsOf(Object.getPrototypeOf(thing)), ...methodsOf(thing) }
        return Object.entries(all).map(([name, original]) =>
          vi.spyOn(thing as typeof all, name).mockImplementation((...given) => {
            done.push(`${label}.${name}`)
            return original.apply(thing, given)
          }),
        )
      }
      const spies = [...watch(store, 'store'), ...watch(crypto.subtle, 'crypto')]
      await (await request(`/sessions/${id}${rest}`, { headers: by })).text()
      for (const spy of spies) spy.mockRestore()
      return done
    }
    // The first use of a secret derives keys from it.
    await request(`/sessions/${target.session.id}`, { headers: credentials.nonsense })
    for (const rest of ['', '/events']) {
      for (const [name, by] of Object.entries(credentials)) {
        const theirs = await work(target.session.id, rest, by)
        expect([name, theirs]).toEqual([name, await work(crypto.randomUUID(), rest, by)])
        expect(theirs).toContain('store.session')
        if (name === "another's token") expect(theirs).toContain('crypto.decrypt')
      }
    }
  })

  it('is nobody’s current one', async () => {
    const { request, credentials, target } = await setUp()
    for (const by of Object.values(credentials)) {
      const response = await request('/sessions/current', { headers: by })
      expect(await response.text()).not.toContain(target.session.id)
    }
  })

  it('is not handed back to whoever starts with a foreign credential', async () => {
    const { post, credentials, target } = await setUp()
    for (const by of Object.values(credentials)) {
      const response = await post({}, by)
      expect([200, 201]).toContain(response.status)
      const { session } = await response.json()
      expect(session.id).not.toBe(target.session.id)
    }
  })
})

describe('a token that was tampered with', () => {
  const now = () => Date.UTC(2026, 0, 1)
  const store = { settingOr: async () => 'x'.repeat(43) } as never
  const tokens = createTokens({ secrets: [SECRET], store, now })
  const bearer = { subject: 'victim', session: 'session-1' }

  /** The key that tokens are made with, worked out a second time. */
  async function key(): Promise<Uint8Array> {
    const encode = (text: string) => new TextEncoder().encode(text)
    const base = await crypto.subtle.importKey('raw', encode(SECRET), 'HKDF', false, ['deriveBits'])
    const info = encode('session token')
    const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
    return new Uint8Array(await crypto.subtle.deriveBits(how, base, 256))
  }

  it('speaks for nobody, wherever and however it was altered', async () => {
    const token = await tokens.issue(bearer)
    expect(await tokens.read(token)).toEqual(bearer)
    const altered = fc
      .record({
        place: fc.nat(token.length - 1),
        cut: fc.nat(3),
        text: fc.oneof(fc.base64String({ maxLength: 8 }), fc.string({ maxLength: 8 })),
      })
      .map(({ place, cut, text }) => token.slice(0, place) + text + token.slice(place + cut))
    const property = fc.asyncProperty(altered, async (other) => {
      const read = await tokens.read(other)
      // The last letters of a part hold bits that stand for nothing.
      if (read !== undefined) expect([read, decoded(other)]).toEqual([bearer, decoded(token)])
    })
    await fc.assert(property, { numRuns: 2_000 })
  })

  it('speaks for nobody when its parts are those of two', async () => {
    const [one, two] = [await tokens.issue(bearer), await tokens.issue({ subject: 'stranger' })]
    const [left, right] = [one.split('.'), two.split('.')]
    for (let mask = 1; mask < 31; mask++) {
      const mixed = left.map((part, i) => (mask & (1 << i) ? right[i] : part)).join('.')
      if (mixed === one || mixed === two) continue
      expect(await tokens.read(mixed)).toBeUndefined()
    }
  })

  it('speaks for nobody when another kind of token has the right key', async () => {
    const secret = await key()
    const good = new EncryptJWT({ sub: 'victim' }).setProtectedHeader({
      alg: 'dir',
      enc: 'A256GCM',
    })
    // The oracle is right: with this key a token is read.
    const exp = new Date(now() + 1000)
    expect(await tokens.read(await good.setExpirationTime(exp).encrypt(secret))).toBeDefined()
    const claims = { sub: 'victim', sid: 'session-1' }
    const plain = new TextEncoder().encode(JSON.stringify(claims))
    const others = [
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret),
      await new EncryptJWT(claims)
        .setProtectedHeader({ alg: 'dir', enc: 'A128CBC-HS256' })
        .encrypt(secret),
      await new EncryptJWT(claims)
        .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM' })
        .encrypt(secret),
      await new EncryptJWT(claims)
        .setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM' })
        .encrypt(secret),
      await new EncryptJWT({ ...claims, sub: undefined })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(secret),
      await new EncryptJWT({ sub: { toString: 'victim' } } as never)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(secret),
      await new EncryptJWT(claims)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(new Date(now() - 1000))
        .encrypt(secret),
      await new EncryptJWT(claims)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setNotBefore(new Date(now() + 60_000))
        .encrypt(secret),
      await new CompactEncrypt(new TextEncoder().encode('not JSON'))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(secret),
      Buffer.from(plain).toString('base64url'),
      JSON.stringify(claims),
    ]
    for (const token of others) expect(await tokens.read(token)).toBeUndefined()
  })

  it('is opaque: a browser reads nothing of the subject in it', async () => {
    const token = await tokens.issue({ subject: 'an-internal-id-4711' })
    for (const part of token.split('.')) {
      expect(Buffer.from(part, 'base64url').toString('latin1')).not.toContain('4711')
    }
    const { plaintext } = await compactDecrypt(token, await key())
    expect(new TextDecoder().decode(plaintext)).toContain('an-internal-id-4711')
  })

  it.each(['', '.', '....', 'a.b.c.d.e', '.'.repeat(100_000), 'e'.repeat(1_000_000), '\0', '🦜'])(
    'is refused quickly: %#',
    async (token) => {
      expect(await tokens.read(token)).toBeUndefined()
    },
  )
})

describe('what is secret', () => {
  it('is compared by what takes the same time: webhooks by Web Crypto, for each secret', async () => {
    const { hook, options } = await createBff({ webhookSecrets: ['one', 'two', 'three'] })
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const work = async (secret: string) => {
      verify.mockClear()
      await hook({ session_id: 's', status: 'Approved' }, { secret })
      return verify.mock.calls.length
    }
    const [first, last] = [await work('one'), await work('three')]
    verify.mockRestore()
    expect([first, last]).toEqual([3, 3])
    expect(options.webhookSecrets).toHaveLength(3)
  })

  it('is compared by its digest: operators do the same work for a good and a bad token', async () => {
    const { request } = await createBff({ operators: { anna: OPERATOR, bert: `${OPERATOR}2` } })
    const digest = vi.spyOn(crypto.subtle, 'digest')
    const work = async (token: string) => {
      digest.mockClear()
      await request('/ready', { headers: { authorization: `Bearer ${token}` } })
      return digest.mock.calls.length
    }
    await work(OPERATOR)
    const amounts = [
      await work(OPERATOR),
      await work(`${OPERATOR}2`),
      await work('x'),
      await work(`${OPERATOR.slice(0, -1)}t`),
    ]
    digest.mockRestore()
    expect(amounts).toEqual([1, 1, 1, 1])
  })
})

type Methods = Record<string, (...given: unknown[]) => unknown>

function methodsOf(thing: object): Methods {
  const all = Object.entries(Object.getOwnPropertyDescriptors(thing))
  const methods = all.filter(([name, { value }]) => {
    return typeof value === 'function' && name !== 'constructor'
  })
  return Object.fromEntries(methods.map(([name, { value }]) => [name, value]))
}

/** The bytes of a token's parts. */
function decoded(token: string): string[] {
  return token.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'))
}
