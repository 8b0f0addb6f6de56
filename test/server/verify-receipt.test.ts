import {
  base64url,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTHeaderParameters,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { describe, expect, it } from 'vitest'
import { type ReceiptExpectations, verifyReceipt } from '../../server/verify-receipt.ts'

const NOW = Date.UTC(2026, 0, 1, 12)
const IAT = NOW / 1000
const DAY = 24 * 60 * 60
const KEYS_URL = 'https://shop.example/api/verify/receipt-keys'

const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const other = await generateKeyPair('ES256', { extractable: true })
const publicJwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }
const keys = { keys: [publicJwk] }

const claims = {
  iss: 'https://shop.example/api/verify',
  aud: 'https://shop.example',
  sid: '22222222-3333-4444-8555-666666666666',
  sub: 'user-1',
  wf: 'default',
  jti: '22222222-3333-4444-8555-666666666666',
  iat: IAT,
  exp: IAT + DAY,
}

const header: JWTHeaderParameters = { alg: 'ES256', kid: 'one', typ: 'didit-receipt+jwt' }

const good = { keys, audience: 'https://shop.example', workflow: 'default', now: () => NOW }

/** A receipt as the backend signs it, but for what is named; `undefined` leaves a claim out. */
function receipt(
  changed: Record<string, unknown> = {},
  headers: Partial<JWTHeaderParameters> = {},
  key: Parameters<SignJWT['sign']>[0] = privateKey,
): Promise<string> {
  const body = JSON.parse(JSON.stringify({ ...claims, ...changed }))
  return new SignJWT(body).setProtectedHeader({ ...header, ...headers }).sign(key)
}

/** The code of the refusal, or the claims. */
function outcome(given: unknown, expected: Partial<ReceiptExpectations> = {}) {
  const asked = { ...good, subject: 'user-1', ...expected } as ReceiptExpectations
  return verifyReceipt(given, asked).catch((error) => error.code ?? error)
}

/** Another payload under the same signature. */
async function tampered(changed: object): Promise<string> {
  const [head, , signature] = (await receipt()).split('.')
  return [head, base64url.encode(JSON.stringify({ ...claims, ...changed })), signature].join('.')
}

const publicPem = new TextEncoder().encode(await exportSPKI(publicKey))
const publicX = new TextEncoder().encode(publicJwk.x)

describe('a receipt is refused', () => {
  const rows: [string, () => unknown, string][] = [
    ['that is not there', () => undefined, 'receipt-missing'],
    ['that is null, as FormData tells what is missing', () => null, 'receipt-missing'],
    ['that is empty, as of a verification that is pending', () => '', 'receipt-missing'],
    ['that is a file', () => new Blob(['x']), 'receipt-missing'],
    ['that is a list of receipts', async () => [await receipt()], 'receipt-missing'],
    ['that is the id of a session', () => claims.sid, 'receipt-invalid'],
    ['that is the word "Approved"', () => 'Approved', 'receipt-invalid'],
    ['that is signed by nobody', () => new UnsecuredJWT(claims).encode(), 'receipt-invalid'],
    [
      'that says "none" in other letters',
      async () => {
        const [, body] = (await receipt()).split('.')
        return `${base64url.encode(JSON.stringify({ ...header, alg: 'nOnE' }))}.${body}.`
      },
      'receipt-invalid',
    ],
    [
      'that is signed with the public key as if it were a secret',
      () => receipt({}, { alg: 'HS256' }, publicPem),
      'receipt-invalid',
    ],
    [
      'that is signed with a part of the public key as a secret',
      () => receipt({}, { alg: 'HS256' }, publicX),
      'receipt-invalid',
    ],
    [
      'that brings its own key',
      async () => {
        const jwk = await exportJWK(other.publicKey)
        return receipt({}, { jwk, kid: 'two' }, other.privateKey)
      },
      'receipt-key',
    ],
    ['that names an unknown key', () => receipt({}, { kid: 'two' }), 'receipt-key'],
    [
      'that names a known key and is signed by another',
      () => receipt({}, {}, other.privateKey),
      'receipt-invalid',
    ],
    ['that was made somebody else', () => tampered({ sub: 'user-2' }), 'receipt-invalid'],
    ['that was made longer', () => tampered({ exp: IAT + 9 * DAY }), 'receipt-invalid'],
    [
      'whose signature is cut off',
      async () => (await receipt()).replace(/[^.]*$/, ''),
      'receipt-invalid',
    ],
    ['that has more to it', async () => `${await receipt()}.x`, 'receipt-invalid'],
    [
      'that demands what nobody knows',
      () =>
        new SignJWT(claims)
          .setProtectedHeader({ ...header, crit: ['x'], x: 1 })
          .sign(privateKey, { crit: { x: true } }),
      'receipt-invalid',
    ],
    ['that is another kind of token', () => receipt({}, { typ: 'JWT' }), 'receipt-invalid'],
    ['that is of no kind', () => receipt({}, { typ: undefined }), 'receipt-invalid'],
    ...['iss', 'aud', 'sid', 'sub', 'wf', 'jti', 'iat', 'exp'].map(
      (name): [string, () => unknown, string] => [
        `without ${name}`,
        () => receipt({ [name]: undefined }),
        'receipt-invalid',
      ],
    ),
    [
      'of a page of another origin',
      () => receipt({ aud: 'https://evil.example' }),
      'receipt-audience',
    ],
    [
      'of an origin that begins alike',
      () => receipt({ aud: 'https://shop.example.evil.example' }),
      'receipt-audience',
    ],
    ['of another workflow', () => receipt({ wf: 'age' }), 'receipt-workflow'],
    ['of a list of workflows', () => receipt({ wf: ['default'] }), 'receipt-workflow'],
    ['about somebody else', () => receipt({ sub: 'user-2' }), 'receipt-subject'],
    ['that has expired', () => receipt({ iat: IAT - DAY - 61, exp: IAT - 61 }), 'receipt-expired'],
    [
      'that is older than receipts get, whatever it says',
      () => receipt({ iat: IAT - DAY - 61, exp: IAT + DAY }),
      'receipt-expired',
    ],
    ['from the future', () => receipt({ iat: IAT + 61 }), 'receipt-early'],
    ['that is not good yet', () => receipt({ nbf: IAT + 61 }), 'receipt-early'],
  ]
  it.each(rows)('%s', async (_name, make, code) => {
    expect(await outcome(await make())).toBe(code)
  })
})

describe('a receipt is accepted', () => {
  const rows: [string, () => Promise<string>, Partial<ReceiptExpectations>][] = [
    ['about who is signed in', () => receipt(), {}],
    ['until a minute after its end, for clocks differ', () => receipt({ exp: IAT - 59 }), {}],
    ['up to a minute before its time', () => receipt({ iat: IAT + 59 }), {}],
    [
      'of one of several origins',
      () => receipt(),
      { audience: ['https://www.shop.example', 'https://shop.example'] },
    ],
    [
      'of another workflow where that is asked for',
      () => receipt({ wf: 'age' }),
      { workflow: 'age' },
    ],
  ]
  it.each(rows)('%s', async (_name, make, expected) => {
    expect(await outcome(await make(), expected)).toMatchObject({ sid: claims.sid, sub: 'user-1' })
  })

  it('of this algorithm only, though the set has keys of others', async () => {
    const rsa = await generateKeyPair('RS256')
    const foreign = { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', use: 'sig' }
    const forged = await receipt({}, { alg: 'RS256', kid: 'rsa' }, rsa.privateKey)
    const mixed = { keys: [publicJwk, foreign] }
    expect(await outcome(forged, { keys: mixed })).toBe('receipt-invalid')
    expect(await outcome(await receipt(), { keys: mixed })).toMatchObject({ sub: 'user-1' })
  })

  it('while two keys are public, signed by either', async () => {
    const second = { ...(await exportJWK(other.publicKey)), kid: 'two', alg: 'ES256', use: 'sig' }
    const both = { keys: [publicJwk, second] }
    for (const given of [await receipt(), await receipt({}, { kid: 'two' }, other.privateKey)]) {
      expect(await outcome(given, { keys: both })).toMatchObject({ sub: 'user-1' })
    }
  })
})

describe('an approval of who is not signed in', () => {
  /** What a table with a unique column does. */
  function createTable() {
    const used = new Set<string>()
    return { used, consume: (jti: string) => !used.has(jti) && Boolean(used.add(jti)) }
  }

  it('serves once, in a renewed receipt as well', async () => {
    const { used, consume } = createTable()
    const anyone = { subject: undefined, consume }
    const renewed = await receipt({ iat: IAT - 60, exp: IAT - 60 + DAY })
    expect(await outcome(await receipt(), anyone)).toMatchObject({ jti: claims.jti })
    expect(await outcome(await receipt(), anyone)).toBe('receipt-used')
    expect(await outcome(renewed, anyone)).toBe('receipt-used')
    expect([...used]).toEqual([claims.jti])
  })

  it('is not used up by a receipt that is refused for something else', async () => {
    const { used, consume } = createTable()
    for (const given of [
      await receipt({ aud: 'https://evil.example' }),
      await receipt({ wf: 'age' }),
      await receipt({ exp: IAT - 61 }),
      await receipt({ sub: 'user-2' }),
      await tampered({ jti: 'mine' }),
    ]) {
      expect(await outcome(given, { consume })).toMatch(/^receipt-/)
    }
    expect([...used]).toEqual([])
  })

  it.each([false, undefined, null, 'yes', 1])(
    'is refused when consume answers %j',
    async (said) => {
      const consume = (async () => said) as unknown as () => Promise<boolean>
      expect(await outcome(await receipt(), { subject: undefined, consume })).toBe('receipt-used')
    },
  )

  it('is not proved when the table cannot be reached', async () => {
    const consume = () => Promise.reject(new Error('no connection'))
    const answer = await outcome(await receipt(), { subject: undefined, consume })
    expect(answer).toEqual(new Error('no connection'))
  })
})

describe('expectations', () => {
  it('of neither a subject nor a use do not compile, and throw', async () => {
    const forgotten = { keys, audience: 'https://shop.example', workflow: 'default' }
    // @ts-expect-error one of subject and consume has to be there
    const answer = verifyReceipt('', forgotten)
    await expect(answer).rejects.toThrow('verifyReceipt needs subject')
  })

  it('of who is signed in, when nobody is, do not compile', () => {
    const user = undefined as { id: string } | undefined
    const check = (given: unknown) =>
      // @ts-expect-error it may be undefined
      verifyReceipt(given, { ...good, subject: user?.id })
    expect(check).toBeTypeOf('function')
  })

  const rows: [string, object, string][] = [
    ['an undefined subject', { subject: undefined }, 'needs subject'],
    [
      'a null subject, though each approval is used once',
      { subject: null, consume() {} },
      'needs subject',
    ],
    ['an empty subject', { subject: '' }, 'needs subject'],
    [
      'an empty subject, though each approval is used once',
      { subject: '', consume() {} },
      'needs subject',
    ],
    ['a number for a subject', { subject: 17 }, 'needs subject'],
    ['no function', { subject: undefined, consume: true }, 'needs subject'],
    ['no workflow', { workflow: undefined }, 'needs workflow'],
    ['no keys', { keys: undefined }, 'needs keys'],
    ['an address that is none', { keys: '/api/verify/receipt-keys' }, 'needs keys'],
    ['no audience', { audience: undefined }, 'needs audience'],
    ['an empty audience', { audience: [] }, 'needs audience'],
    [
      'an audience with a path',
      { audience: 'https://shop.example/' },
      'not ["https://shop.example/"]',
    ],
    ['an audience without a scheme', { audience: 'shop.example' }, 'needs audience'],
  ]
  it.each(rows)('of %s throw, whatever was sent', async (_name, changed, words) => {
    for (const given of [await receipt(), '']) {
      const answer = await outcome(given, changed as Partial<ReceiptExpectations>)
      expect(answer).toBeInstanceOf(TypeError)
      expect(answer.message).toContain(words)
    }
  })
})

describe('keys by their address', () => {
  function createServer(answer: () => Response | Promise<Response> = () => Response.json(keys)) {
    const asked: string[] = []
    const fetch = (async (input: string | URL) => {
      asked.push(String(input))
      return answer()
    }) as typeof globalThis.fetch
    return { asked, fetch }
  }

  it('are fetched once for many receipts', async () => {
    const { asked, fetch } = createServer()
    for (const address of [KEYS_URL, KEYS_URL, new URL(KEYS_URL)]) {
      expect(await outcome(await receipt(), { keys: address, fetch })).toMatchObject({
        wf: 'default',
      })
    }
    expect(asked).toEqual([KEYS_URL])
  })

  it('are not asked for again and again by who invents names of keys', async () => {
    const { asked, fetch } = createServer()
    for (const kid of ['a', 'b', 'c', 'd']) {
      const answer = await outcome(await receipt({}, { kid }), { keys: KEYS_URL, fetch })
      expect(answer).toBe('receipt-key')
    }
    expect(asked).toHaveLength(1)
  })

  it('are not taken from where the receipt says', async () => {
    const { asked, fetch } = createServer()
    const jku = 'https://evil.example/keys'
    const answer = await outcome(await receipt({}, { jku, kid: 'two' }, other.privateKey), {
      keys: KEYS_URL,
      fetch,
    })
    expect(answer).toBe('receipt-key')
    expect(asked).toEqual([KEYS_URL])
  })

  const failures: [string, () => Response | Promise<Response>][] = [
    ['nobody answers', () => Promise.reject(new TypeError('fetch failed'))],
    ['an error is answered', () => new Response('', { status: 503 })],
    ['a page is answered', () => new Response('<!doctype html>')],
    ['something else is answered', () => Response.json({ keys: 'none' })],
    ['it leads elsewhere', () => Response.redirect('https://evil.example/keys')],
  ]
  it.each(failures)('prove nothing when %s, and are tried again', async (_name, answer) => {
    let broken = true
    const { fetch } = createServer(() => (broken ? answer() : Response.json(keys)))
    expect(await outcome(await receipt(), { keys: KEYS_URL, fetch })).toBe('receipt-keys')
    broken = false
    expect(await outcome(await receipt(), { keys: KEYS_URL, fetch })).toMatchObject({
      sub: 'user-1',
    })
  })

  it('say what to do', async () => {
    const { fetch } = createServer(() => new Response('', { status: 404 }))
    const answer = verifyReceipt(await receipt(), {
      ...good,
      subject: 'user-1',
      keys: KEYS_URL,
      fetch,
    })
    await expect(answer).rejects.toThrow('Check that the address in keys answers')
  })
})
