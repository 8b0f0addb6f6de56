// Didit's webhook signatures, both ends. Web Crypto only, so it runs wherever the rest does.

import { type WebhookPayload, webhookPayload } from './types.ts'

const FRESH_MS = 300_000
const HEX = /^[0-9a-f]{64}$/
const SECONDS = /^\d{1,12}$/
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

type Json = Record<string, unknown>

/** What {@link verify} makes of a request. */
export type Verdict =
  | {
      ok: true
      /**
       * What the matching signature vouches for. `envelope` means only session id, status, type and
       * dispatch time: everything else, `created_at` too, may be forged, and `decision` is left out.
       */
      covers: 'body' | 'envelope'
      payload: WebhookPayload
    }
  | { ok: false; code: 'webhook-signature' | 'webhook-stale' | 'webhook-invalid' }

/** A request as it arrived. */
export interface VerifyInput {
  /** The raw bytes, before anything has parsed them. */
  body: Uint8Array
  headers: Headers
  /** The destination's `secret_shared_key`; old and new one while rotating. Empty ones are skipped. */
  secrets: readonly string[]
  /** Milliseconds since 1970. */
  now: number
}

/**
 * Checks a webhook as Didit asks for it: a timestamp at most five minutes off in either direction,
 * a valid `X-Signature` (raw bytes) or `X-Signature-V2` (canonical JSON) or, failing both,
 * `X-Signature-Simple` (envelope), then the shape, then that the signed `timestamp` is the header's.
 */
export async function verify({ body, headers, secrets, now }: VerifyInput): Promise<Verdict> {
  const header = headers.get('X-Timestamp') ?? ''
  if (!SECONDS.test(header)) return { ok: false, code: 'webhook-signature' }
  const timestamp = Number(header)
  if (Math.abs(now - timestamp * 1000) > FRESH_MS) return { ok: false, code: 'webhook-stale' }

  let json: Json | undefined
  const parse = () => {
    json ??= parseObject(body)
    return json
  }
  const covers = await signedPart(body, parse, headers, secrets)
  if (!covers) return { ok: false, code: 'webhook-signature' }

  const shape = webhookPayload.safeParse(parse())
  if (!shape.success) return { ok: false, code: 'webhook-invalid' }
  const payload = shape.data
  // The header is outside every signature; the copy in the body is what keeps a replay from passing.
  if (payload.timestamp !== undefined && payload.timestamp !== timestamp) {
    return { ok: false, code: 'webhook-stale' }
  }
  if (covers === 'envelope') delete payload.decision
  return { ok: true, covers, payload }
}

/** What {@link sign} needs. */
export interface SignInput {
  /** A JSON object, as it will be sent. */
  body: Uint8Array | string
  /** The secret's text is the key; it is not decoded. */
  secret: string
  /** Unix seconds; belongs into the body as `timestamp` too. */
  timestamp: number
}

/** The headers that Didit signs a webhook with. For the sandbox, and for tests of receivers. */
export async function sign({ body, secret, timestamp }: SignInput) {
  const bytes = typeof body === 'string' ? encode(body) : body
  const json = parseObject(bytes)
  if (!json) throw new TypeError('Only a JSON object can be signed as a webhook')
  const key = await keyOf(secret)
  return {
    'X-Signature': await hmac(key, bytes),
    'X-Signature-V2': await hmac(key, encode(canonicalJson(json))),
    'X-Signature-Simple': await hmac(key, encode(envelope(json))),
    'X-Timestamp': String(timestamp),
  }
}

/**
 * JSON as Didit signs it for `X-Signature-V2`: keys sorted by code point, no spaces, text as UTF-8,
 * `10.0` as `10`, list order kept. Numbers are written as Python writes them.
 *
 * @throws {RangeError} for numbers that Didit has no use for, and where nesting exhausts the stack.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number') return canonicalNumber(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
  // Written out by hand: an object rebuilt in sorted order would move integer-like keys to the front.
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

function canonicalNumber(value: number): string {
  // Written out, a short `1e300` would make a long text of a small body; `1e999` is no number at all.
  if (!(Math.abs(value) <= 1e30)) throw new RangeError('No webhook of Didit has such a number')
  if (Number.isInteger(value)) return BigInt(value).toString()
  if (Math.abs(value) >= 1e-4) return String(value)
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1')
}

/** JavaScript compares UTF-16 units, which puts a few keys beyond U+FFFF in another place. */
function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Surrogates stand for what is beyond U+FFFF, so they rank above the units that follow them. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

/** All four values come from the body; what is missing counts as empty. */
function envelope(json: Json): string {
  const { timestamp, session_id, status, webhook_type } = json
  const text = (part: unknown) => (typeof part === 'object' ? '' : String(part ?? ''))
  return [timestamp, session_id, status, webhook_type].map(text).join(':')
}

/** @param parse reads the body; only called where there is a signature that needs it. */
async function signedPart(
  body: Uint8Array,
  parse: () => Json | undefined,
  headers: Headers,
  secrets: readonly string[],
): Promise<'body' | 'envelope' | undefined> {
  const keys = await Promise.all(secrets.filter((secret) => secret !== '').map(keyOf))
  const matches = async (name: string, message: () => Uint8Array | undefined) => {
    const signature = headers.get(name) ?? ''
    if (!HEX.test(signature)) return false
    const text = message()
    if (!text) return false
    const each = keys.map((key) => crypto.subtle.verify('HMAC', key, fromHex(signature), own(text)))
    return (await Promise.all(each)).includes(true)
  }
  if (await matches('X-Signature', () => body)) return 'body'
  if (await matches('X-Signature-V2', () => written(canonicalJson, parse()))) return 'body'
  if (await matches('X-Signature-Simple', () => written(envelope, parse()))) return 'envelope'
}

/** Hostile nesting can exhaust the stack, and numbers have no end; that is nobody's signed text. */
function written(write: (json: Json) => string, json: Json | undefined): Uint8Array | undefined {
  try {
    return json && encode(write(json))
  } catch {
    return undefined
  }
}

function parseObject(body: Uint8Array): Json | undefined {
  try {
    const json: unknown = JSON.parse(UTF8.decode(body))
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
    return isObject ? (json as Json) : undefined
  } catch {
    return undefined
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Web Crypto's types want bytes that do not sit in shared memory. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}

/** By their secrets: to import a key takes longer than to verify a webhook with it. */
const imported = new Map<string, Promise<CryptoKey>>()
/** Far more than anybody rotates through; whoever has more just waits a little longer. */
const MOST_KEYS = 100

function keyOf(secret: string): Promise<CryptoKey> {
  const known = imported.get(secret)
  if (known) return known
  const key = importKey(secret)
  if (imported.size >= MOST_KEYS) imported.clear()
  imported.set(secret, key)
  return key
}

function importKey(secret: string): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', own(encode(secret)), algorithm, false, ['sign', 'verify'])
}

async function hmac(key: CryptoKey, message: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, own(message)))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return bytes
}
