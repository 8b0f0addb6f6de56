import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, sign, verify } from '../../../server/didit/webhook.ts'

/** Any JSON value that Didit could send: what `JSON.parse` gives, with numbers that it has use for. */
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, -0, 1e21, 1e-7, 0.1, 5e-324, 2 ** 53),
    fc.double({ min: -1e30, max: 1e30, noNaN: true }),
    fc.integer(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), tie('value'), { maxKeys: 5 }),
    fc.dictionary(fc.constantFrom('__proto__', 'constructor', '1', '10', '2', ''), tie('value')),
  ),
}))

/** The same value with every object's keys in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.create(null)
  for (const [key, member] of Object.entries(value).reverse()) copy[key] = shuffled(member)
  return copy
}

/** Keys of every object in a text, in the order in which they stand there. */
function keysIn(text: string): string[][] {
  const found: string[][] = []
  JSON.parse(text, function (this: unknown, _key, value) {
    return value
  })
  // Read by hand, since an object has an order of its own for keys like `1`.
  const open: string[][] = []
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*":?|[{}[\]]/g)) {
    if (token === '{' || token === '[') open.push([])
    else if (token === '}' || token === ']') found.push(open.pop() ?? [])
    else if (token.endsWith(':')) open.at(-1)?.push(JSON.parse(token.slice(0, -1)))
  }
  return found
}

describe('canonical JSON', () => {
  it('says the same as the value', () => {
    fc.assert(
      fc.property(json, (value) => {
        const back = JSON.parse(canonicalJson(value))
        expect(back).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('is its own canonical form', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
    )
  })

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value))
      }),
    )
  })

  it('has keys in the order of their bytes, which is that of code points', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), json), (value) => {
        for (const keys of keysIn(canonicalJson(value))) {
          const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
          expect(keys).toEqual(sorted)
        }
      }),
    )
  })

  it('has no space outside of texts and nothing that is not ASCII escaped', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bare = canonicalJson(value).replace(/"(?:[^"\\]|\\.)*"/g, '""')
        expect(bare).toMatch(/^[^\s]*$/)
        expect(canonicalJson(value)).not.toMatch(/\\u(?!00[01]|d[89a-f])/)
      }),
    )
  })

  it('is another text for another value', () => {
    fc.assert(
      fc.property(json, json, (one, two) => {
        const same = JSON.stringify(shuffled(one)) === JSON.stringify(shuffled(two))
        const equal = canonicalJson(one) === canonicalJson(two)
        if (equal) expect(JSON.parse(canonicalJson(one))).toEqual(JSON.parse(canonicalJson(two)))
        else expect(same).toBe(false)
      }),
    )
  })

  it('is none for numbers that have no end or are too long to write', () => {
    const endless = fc.oneof(
      fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN),
      fc.double({ min: 1.1e30, noDefaultInfinity: true, noNaN: true }),
      fc.double({ max: -1.1e30, noDefaultInfinity: true, noNaN: true }),
    )
    fc.assert(
      fc.property(endless, (value) => {
        expect(() => canonicalJson({ a: [value] })).toThrow(RangeError)
      }),
    )
  })
})

describe('a signature', () => {
  const secret = fc.string({ minLength: 1, unit: 'binary' })
  const event = fc.record({
    session_id: fc.string({ minLength: 1 }),
    status: fc.string(),
    webhook_type: fc.constantFrom('status.updated', 'data.updated'),
    created_at: fc.integer({ min: 0, max: 4_000_000_000 }),
    vendor_data: fc.option(fc.string({ unit: 'binary' })),
    decision: json,
  })
  const sent = fc.integer({ min: 1_000_000, max: 4_000_000_000 })
  const bytes = (text: string) => new TextEncoder().encode(text)

  it('is the one that Node makes, and is believed within five minutes and not after', async () => {
    const offset = fc.integer({ min: -900, max: 900 })
    const property = fc.asyncProperty(event, secret, sent, offset, async (body, key, at, off) => {
      const text = JSON.stringify({ ...body, timestamp: at })
      const signed = await sign({ body: text, secret: key, timestamp: at })
      expect(signed['X-Signature']).toBe(createHmac('sha256', key).update(text).digest('hex'))
      const verdict = await verify({
        body: bytes(text),
        headers: new Headers(signed),
        secrets: ['another', key],
        now: (at + off) * 1000,
      })
      expect(verdict.ok).toBe(Math.abs(off) <= 300)
    })
    await fc.assert(property)
  })

  it('over the canonical form outlives every way to write the same value, and no change', async () => {
    const property = fc.asyncProperty(event, json, secret, sent, async (body, other, key, at) => {
      const value = { ...body, timestamp: at }
      const { 'X-Signature-V2': v2 } = await sign({
        body: JSON.stringify(value),
        secret: key,
        timestamp: at,
      })
      const check = async (text: string) => {
        const headers = new Headers({ 'X-Timestamp': String(at), 'X-Signature-V2': v2 })
        const now = at * 1000
        return (await verify({ body: bytes(text), headers, secrets: [key], now })).ok
      }
      expect(await check(JSON.stringify(shuffled(value), null, 2))).toBe(true)
      const changed = { ...value, decision: other }
      const same = canonicalJson(changed) === canonicalJson(value)
      expect(await check(JSON.stringify(changed))).toBe(same)
    })
    await fc.assert(property)
  })

  it('is not found by anybody without the secret, for whatever body and headers', async () => {
    const header = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
      fc.constant(''),
    )
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      event.map((it) => bytes(JSON.stringify(it))),
    )
    const property = fc.asyncProperty(
      body,
      header,
      header,
      header,
      async (text, raw, v2, simple) => {
        const headers = new Headers({
          'X-Timestamp': '1000000',
          'X-Signature': raw,
          'X-Signature-V2': v2,
          'X-Signature-Simple': simple,
        })
        const secrets = ['the secret of the destination']
        const verdict = await verify({ body: text, headers, secrets, now: 1_000_000_000 })
        expect(verdict).toEqual({ ok: false, code: 'webhook-signature' })
      },
    )
    await fc.assert(property, { numRuns: 300 })
  })
})
