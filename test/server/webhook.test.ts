import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson, sign, verify } from '../../server/didit/webhook.ts'

// Not made by our own `sign`: Python and Node's crypto agreed on these.
const SECRET = 'selfmade-test-secret-not-didit'
const RAW = String.raw`{"webhook_type": "status.updated", "status": "In Review", "session_id": "11111111-2222-3333-4444-555555555555", "timestamp": 1767225600, "created_at": 1767225599, "decision": {"score": 10.0, "ratio": 0.5, "name": "Jos\u00e9 N\u00fa\u00f1ez"}, "vendor_data": null}`
const SENT = 1767225600
const SIGNATURE = 'f9cc1c8f79712859386ffae791f1b3c6a1fbfd19f0eb5c40acf6e24c9ab8ef09'
const V2 = '1770f1d368f660954160e59154a88e8adf024c1e7d7e972a4c54d289fbe561df'
const V2_PREFIXED = '815a11d01f4648e1c281069e0c91864bebcebcb6ab314c5dce1c9fe55a7578cb'
const SIMPLE = '10f10f527c6214eea8ca1f19f740bdb423fcf4020ede5606136aaab2fda93b9c'
const CANONICAL =
  '{"created_at":1767225599,"decision":{"name":"José Núñez","ratio":0.5,"score":10},"session_id":"11111111-2222-3333-4444-555555555555","status":"In Review","timestamp":1767225600,"vendor_data":null,"webhook_type":"status.updated"}'

interface Request {
  body?: string | Uint8Array
  headers?: Record<string, string>
  secrets?: string[]
  /** Seconds. */
  now?: number
}

function check({ body = RAW, headers = {}, secrets = [SECRET], now = SENT }: Request) {
  return verify({
    body: bytes(body),
    headers: new Headers({ 'X-Timestamp': String(SENT), ...headers }),
    secrets,
    now: now * 1000,
  })
}

/** A body that is signed correctly, by Node's crypto, whatever it is. */
function signedRaw(body: string | Uint8Array, header = 'X-Signature', message = body): Request {
  return { body, headers: { [header]: createHmac('sha256', SECRET).update(message).digest('hex') } }
}

function bytes(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text
}

const envelope = { session_id: 's', status: 'Approved', webhook_type: 'status.updated' }
const valid = { ...envelope, created_at: SENT, timestamp: SENT }
const without = (key: keyof typeof valid) => ({ ...valid, [key]: undefined })
const nested = `{"status":${'['.repeat(50_000)}${']'.repeat(50_000)}}`

describe('verify', () => {
  const unsigned: [string, Request][] = [
    ['no signature', {}],
    ['no timestamp', { headers: { 'X-Signature': SIGNATURE, 'X-Timestamp': '' } }],
    [
      'a timestamp that is no number',
      { headers: { 'X-Signature': SIGNATURE, 'X-Timestamp': 'now' } },
    ],
    ['a timestamp in hex', { headers: { 'X-Signature': SIGNATURE, 'X-Timestamp': '0x69559580' } }],
    [
      'a changed body',
      { body: RAW.replace('In Review', 'Approved'), headers: { 'X-Signature': SIGNATURE } },
    ],
    ['V2 with a timestamp prefix', { headers: { 'X-Signature-V2': V2_PREFIXED } }],
    ['the V2 signature in the raw header', { headers: { 'X-Signature': V2 } }],
    ['a shortened signature', { headers: { 'X-Signature': SIGNATURE.slice(0, 62) } }],
    ['a signature that is no hex', { headers: { 'X-Signature': 'z'.repeat(64) } }],
    ['an upper-case signature', { headers: { 'X-Signature': SIGNATURE.toUpperCase() } }],
    ['a signature behind a scheme', { headers: { 'X-Signature': `sha256=${SIGNATURE}` } }],
    ['two signatures in one header', { headers: { 'X-Signature': `${SIGNATURE}, ${SIGNATURE}` } }],
    ['another secret', { headers: { 'X-Signature': SIGNATURE }, secrets: ['other'] }],
    ['no secret at all', { headers: { 'X-Signature': SIGNATURE }, secrets: [] }],
    [
      'an empty secret',
      {
        headers: { 'X-Signature': createHmac('sha256', '').update(RAW).digest('hex') },
        secrets: [''],
      },
    ],
    ['no JSON, signed as V2', signedRaw('hello', 'X-Signature-V2')],
    ['nesting that exhausts the stack', { body: nested, headers: { 'X-Signature-V2': V2 } }],
    ['such nesting for Simple', { body: nested, headers: { 'X-Signature-Simple': SIMPLE } }],
    [
      'Simple over other fields',
      { body: RAW.replace('In Review', 'Approved'), headers: { 'X-Signature-Simple': SIMPLE } },
    ],
  ]
  it.each(unsigned)('refuses %s', async (_, request) => {
    expect(await check(request)).toEqual({ ok: false, code: 'webhook-signature' })
  })

  const malformed: [string, string | Uint8Array][] = [
    ['text', 'hello'],
    ['nothing', ''],
    ['an array', '[]'],
    ['null', 'null'],
    ['a string', '"status.updated"'],
    ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['JSON behind a byte order mark', `\uFEFF${JSON.stringify(valid)}`],
    ['an empty object', '{}'],
    ['no session', JSON.stringify(without('session_id'))],
    ['an empty session', JSON.stringify({ ...valid, session_id: '' })],
    ['no status', JSON.stringify(without('status'))],
    ['no type', JSON.stringify(without('webhook_type'))],
    ['no event time', JSON.stringify(without('created_at'))],
    ['a status that is a number', JSON.stringify({ ...valid, status: 1 })],
    ['a session that is an object', JSON.stringify({ ...valid, session_id: {} })],
    ['a timestamp that is text', JSON.stringify({ ...valid, timestamp: String(SENT) })],
    ['a timestamp with a fraction', JSON.stringify({ ...valid, timestamp: SENT + 0.5 })],
    ['an event time that is text', JSON.stringify({ ...valid, created_at: '2026' })],
    ['an event id that is a number', JSON.stringify({ ...valid, event_id: 1 })],
  ]
  it.each(malformed)('refuses %s although it is signed', async (_, body) => {
    expect(await check(signedRaw(body))).toEqual({ ok: false, code: 'webhook-invalid' })
  })

  it.each([-301, 301, 86_400])('refuses a clock that is %i s away', async (offset) => {
    const verdict = await check({ headers: { 'X-Signature': SIGNATURE }, now: SENT + offset })
    expect(verdict).toEqual({ ok: false, code: 'webhook-stale' })
  })

  it.each([-300, 0, 300])('takes a clock that is %i s away', async (offset) => {
    const verdict = await check({ headers: { 'X-Signature': SIGNATURE }, now: SENT + offset })
    expect(verdict.ok).toBe(true)
  })

  it.each([
    ['X-Signature', SIGNATURE],
    ['X-Signature-V2', V2],
    ['X-Signature-Simple', SIMPLE],
  ])('refuses an old body under a new timestamp header (%s)', async (header, signature) => {
    const later = SENT + 86_400
    const headers = { [header]: signature, 'X-Timestamp': String(later) }
    const verdict = await check({ headers, now: later })
    expect(verdict).toEqual({ ok: false, code: 'webhook-stale' })
  })

  it.each([
    ['X-Signature', SIGNATURE],
    ['X-Signature-V2', V2],
  ])('takes %s as vouching for the whole body', async (header, signature) => {
    expect(await check({ headers: { [header]: signature } })).toMatchObject({
      ok: true,
      covers: 'body',
      payload: { status: 'In Review', created_at: 1767225599, decision: { name: 'José Núñez' } },
    })
  })

  it('takes V2 for a body that a proxy has written anew', async () => {
    const body = JSON.stringify(JSON.parse(RAW), null, 2)
    const headers = { 'X-Signature': SIGNATURE, 'X-Signature-V2': V2 }
    expect(await check({ body, headers })).toMatchObject({ ok: true, covers: 'body' })
  })

  it('takes Simple for the envelope only, and leaves the decision out', async () => {
    const body = RAW.replace('0.5', '0.9')
    const headers = { 'X-Signature': SIGNATURE, 'X-Signature-V2': V2, 'X-Signature-Simple': SIMPLE }
    const verdict = await check({ body, headers })
    expect(verdict).toMatchObject({
      ok: true,
      covers: 'envelope',
      payload: { status: 'In Review' },
    })
    expect(verdict).not.toHaveProperty('payload.decision')
  })

  it('counts what is missing from a Simple body as empty', async () => {
    const body = JSON.stringify({ ...envelope, created_at: SENT })
    const verdict = await check(signedRaw(body, 'X-Signature-Simple', ':s:Approved:status.updated'))
    expect(verdict).toMatchObject({ ok: true, covers: 'envelope' })
  })

  it('takes any of several secrets while they rotate', async () => {
    const headers = { 'X-Signature': SIGNATURE }
    expect(await check({ headers, secrets: ['old', '', SECRET] })).toMatchObject({ ok: true })
  })

  it('takes a console sample, which has no event id', async () => {
    expect(await check(signedRaw(JSON.stringify(valid)))).toMatchObject({ ok: true })
  })
})

describe('sign', () => {
  it('makes the headers that were computed elsewhere', async () => {
    expect(await sign({ body: RAW, secret: SECRET, timestamp: SENT })).toEqual({
      'X-Signature': SIGNATURE,
      'X-Signature-V2': V2,
      'X-Signature-Simple': SIMPLE,
      'X-Timestamp': '1767225600',
    })
  })

  it('refuses what is not a JSON object', async () => {
    await expect(sign({ body: '[]', secret: SECRET, timestamp: SENT })).rejects.toThrow(
      'JSON object',
    )
  })
})

describe('canonicalJson', () => {
  it('writes the reference body as the reference does', () => {
    expect(canonicalJson(JSON.parse(RAW))).toBe(CANONICAL)
  })

  // Expected text as Python's json.dumps writes it after shortening floats.
  it.each([
    ['{"b":1,"a":{"d":1,"c":2}}', '{"a":{"c":2,"d":1},"b":1}'],
    ['{"2":1,"10":2,"1":3}', '{"1":3,"10":2,"2":1}'],
    ['{"\u{1f600}":1,"\uff5e":2}', '{"\uff5e":2,"\u{1f600}":1}'],
    ['{"ab":1,"a":2,"":3}', '{"":3,"a":2,"ab":1}'],
    ['{"__proto__":1,"constructor":2}', '{"__proto__":1,"constructor":2}'],
    ['[3,1,2,[]]', '[3,1,2,[]]'],
    ['[10.0,0.5,-0,-0.0,1e3]', '[10,0.5,0,0,1000]'],
    ['[1e21,1e-7,0.00001,0.0001,-2.5e-9]', '[1000000000000000000000,1e-07,1e-05,0.0001,-2.5e-09]'],
    ['[null,true,false,""]', '[null,true,false,""]'],
    [
      String.raw`"\u00e9 \u2028 \n \" \\ / \u007f \u0001"`,
      '"é \u2028 \\n \\" \\\\ / \u007f \\u0001"',
    ],
  ])('writes %s as %s', (json, expected) => {
    expect(canonicalJson(JSON.parse(json))).toBe(expected)
  })
})
