// Webhooks that Didit did not send, or did not send like this, with what each must be answered. The
// signatures are made by Node's crypto from texts written by hand, never by our own `sign`.

import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { STATUSES } from '../../server/contract.ts'
import type { Random } from './random.ts'

export const HOOK_SECRET = 'hook-secret'

export interface Forgery {
  body: string | Uint8Array
  headers: [string, string][]
  /** Status and code of the refusal. */
  refusal: [number, string]
}

/** A webhook as Didit sends it; keys in the order of the alphabet, so that it is its own canonical form. */
interface Genuine {
  at: number
  event: Record<string, unknown>
  body: string
}

type Forge = (random: Random, genuine: Genuine) => Forgery

const SIGNATURE: Forgery['refusal'] = [401, 'webhook-signature']
const STALE: Forgery['refusal'] = [401, 'webhook-stale']
const INVALID: Forgery['refusal'] = [400, 'webhook-invalid']
const LARGE: Forgery['refusal'] = [413, 'body-too-large']

const MOST = 2 * 1024 * 1024
const encode = (text: string) => new TextEncoder().encode(text)
const hmac = (text: string | Uint8Array, secret = HOOK_SECRET) =>
  createHmac('sha256', secret).update(text).digest('hex')
const time = (at: number): [string, string] => ['X-Timestamp', String(at)]
const envelope = ({ timestamp, session_id, status, webhook_type }: Record<string, unknown>) =>
  `${timestamp}:${session_id}:${status}:${webhook_type}`

/** What Didit sent at `now`, in seconds. */
export function genuine(random: Random, now: number): Genuine {
  const event: Record<string, unknown> = {
    created_at: now - random.whole(0, 5),
    decision: { name: random.text(20), score: random.whole(0, 100), warnings: null },
    event_id: random.hex(32),
    session_id: random.hex(32),
    status: random.pick(Object.keys(STATUSES)),
    timestamp: now,
    vendor_data: null,
    webhook_type: 'status.updated',
  }
  return { at: now, event, body: JSON.stringify(event) }
}

/** All three signatures over a body that is its own canonical form. */
export function signed({ at, event, body }: Genuine): [string, string][] {
  return [
    time(at),
    ['X-Signature', hmac(body)],
    ['X-Signature-V2', hmac(body)],
    ['X-Signature-Simple', hmac(envelope(event))],
  ]
}

/** Signed as it is, whatever it is: only who has the secret can. */
const sealed = (at: number, body: string | Uint8Array, refusal: Forgery['refusal']): Forgery => ({
  body,
  headers: [time(at), ['X-Signature', hmac(body)]],
  refusal,
})

const changed = ({ event }: Genuine, part: object) => JSON.stringify({ ...event, ...part })

const FIELDS: ((random: Random) => object)[] = [
  (random) => ({ status: `${random.pick(Object.keys(STATUSES))}!` }),
  (random) => ({ session_id: random.hex(33) }),
  (random) => ({ webhook_type: `status.updated${random.text(3)}x` }),
]

/** Each kind of forgery, and how often it stands among 100. */
export const FORGERIES: Record<string, [number, Forge]> = {
  'no signature': [2, (_, { at, body }) => ({ body, headers: [time(at)], refusal: SIGNATURE })],
  'guessed signatures': [
    6,
    (random, { at, body }) => ({
      body,
      headers: [
        time(at),
        ['X-Signature', random.hex(64)],
        ['X-Signature-V2', random.hex(64)],
        ['X-Signature-Simple', random.hex(64)],
      ],
      refusal: SIGNATURE,
    }),
  ],
  'another secret': [
    6,
    (random, { at, event, body }) => {
      const secret = random.pick([`${HOOK_SECRET} `, 'Hook-Secret', 'hook', random.hex(43), 'null'])
      const headers: [string, string][] = [
        time(at),
        ['X-Signature', hmac(body, secret)],
        ['X-Signature-V2', hmac(body, secret)],
        ['X-Signature-Simple', hmac(envelope(event), secret)],
      ]
      return { body, headers, refusal: SIGNATURE }
    },
  ],
  'an altered byte': [
    12,
    (random, { at, body }) => {
      const bytes = encode(body)
      const place = random.whole(0, bytes.length - 1)
      bytes[place] = (bytes[place] ?? 0) ^ (1 << random.whole(0, 7))
      return { body: bytes, headers: [time(at), ['X-Signature', hmac(body)]], refusal: SIGNATURE }
    },
  ],
  'a byte more or less': [
    4,
    (random, { at, body }) => ({
      body: random.pick([`${body} `, `\n${body}`, `${body}\0`, body.slice(0, -1), body.slice(1)]),
      headers: [time(at), ['X-Signature', hmac(body)]],
      refusal: SIGNATURE,
    }),
  ],
  'an altered field under the kept signatures': [
    12,
    (random, genuine) => {
      const part = random.pick(FIELDS)(random)
      return { body: changed(genuine, part), headers: signed(genuine), refusal: SIGNATURE }
    },
  ],
  'an altered decision under the kept V2': [
    6,
    (random, genuine) => ({
      body: changed(genuine, {
        ...random.pick([
          { decision: { name: random.text(10), score: 100.5, warnings: null } },
          { vendor_data: random.text(10) },
          { event_id: random.hex(31) },
          { created_at: genuine.at + 3600 },
          { [random.text(5)]: 1, more: random.text(5) },
        ]),
      }),
      headers: [time(genuine.at), ['X-Signature-V2', hmac(genuine.body)]],
      refusal: SIGNATURE,
    }),
  ],
  'a number for null under the kept V2': [
    2,
    (random, { at, body }) => ({
      body: body.replace('null', random.pick(['1e999', '-1e999', '1e31', '0', 'false', '""'])),
      headers: [time(at), ['X-Signature-V2', hmac(body)]],
      refusal: SIGNATURE,
    }),
  ],
  'a second key of the same name under the kept signatures': [
    4,
    (random, genuine) => {
      const [[name, value] = []] = Object.entries(random.pick(FIELDS)(random))
      const more = `,${JSON.stringify(name)}:${JSON.stringify(value)}}`
      const body = genuine.body.replace(/\}$/, more)
      return { body, headers: signed(genuine), refusal: SIGNATURE }
    },
  ],
  'a prefix before the signed text': [
    4,
    (random, { at, event, body }) => {
      const text = `${at}${random.pick([':', '.', '', '\n'])}`
      const headers: [string, string][] = [
        time(at),
        ['X-Signature', hmac(text + body)],
        ['X-Signature-V2', hmac(text + body)],
        ['X-Signature-Simple', hmac(`${event.session_id}|${event.status}|${event.created_at}`)],
      ]
      return { body, headers, refusal: SIGNATURE }
    },
  ],
  'a signature in another header': [
    3,
    (random, { at, event, body }) => {
      const [raw, simple] = [hmac(body), hmac(envelope(event))]
      const headers = random.pick<[string, string][]>([
        [['X-Signature-Simple', raw]],
        [['X-Signature-V2', simple]],
        [['X-Signature', simple]],
        [['X-Hub-Signature-256', `sha256=${raw}`]],
        [['Authorization', raw]],
        [['X-Signature-V3', raw]],
      ])
      return { body, headers: [time(at), ...headers], refusal: SIGNATURE }
    },
  ],
  'a signature written otherwise': [
    4,
    (random, { at, body }) => {
      const raw = hmac(body)
      const written = random.pick([
        raw.toUpperCase().replace(/^\d+$/, 'A'),
        raw.slice(0, 63),
        `${raw}0`,
        `sha256=${raw}`,
        `0x${raw}`,
        `"${raw}"`,
        Buffer.from(raw, 'hex').toString('base64'),
        raw.replace(/.$/, 'g'),
        '',
      ])
      return { body, headers: [time(at), ['X-Signature', written]], refusal: SIGNATURE }
    },
  ],
  'a header twice': [
    4,
    (random, { at, body }) => {
      const raw = hmac(body)
      const twice = random.pick<[string, string][]>([
        [time(at), ['X-Signature', raw], ['X-Signature', raw]],
        [time(at), ['X-Signature', random.hex(64)], ['x-signature', raw]],
        [time(at), time(at), ['X-Signature', raw]],
        [time(at), time(at + 1), ['X-Signature', raw]],
      ])
      return { body, headers: twice, refusal: SIGNATURE }
    },
  ],
  'no readable time': [
    4,
    (random, { at, body }) => {
      const text = random.pick([
        '',
        'now',
        '-1',
        '1e9',
        '0x10',
        `${at}.0`,
        `+${at}`,
        '1'.repeat(13),
      ])
      const headers: [string, string][] = [['X-Signature', hmac(body)]]
      if (random.next() < 0.8) headers.push(['X-Timestamp', text])
      return { body, headers, refusal: SIGNATURE }
    },
  ],
  'a stale time': [
    8,
    (random, { at, event }) => {
      const off = random.whole(301, 10_000_000) * random.pick([1, -1])
      const body = JSON.stringify({ ...event, timestamp: at + off })
      return sealed(at + off, body, STALE)
    },
  ],
  'a replay under a new time': [
    6,
    (random, genuine) => {
      const sent = genuine.at - random.whole(1, 10_000_000)
      const event = { ...genuine.event, timestamp: sent }
      const old = { at: sent, event, body: JSON.stringify(event) }
      return {
        body: old.body,
        headers: [...signed(old).slice(1), time(genuine.at)],
        refusal: STALE,
      }
    },
  ],
  'a signed body that is none': [
    5,
    (random, { at, event, body }) => {
      const { status, ...rest } = event
      return sealed(
        at,
        random.pick<string | Uint8Array>([
          '',
          ' ',
          'null',
          '[]',
          '"status.updated"',
          '7',
          `[${body}]`,
          `${body}${body}`,
          `\ufeff${body}`,
          `${body},`,
          body.replaceAll('"', "'"),
          JSON.stringify(rest),
          JSON.stringify({ ...event, session_id: '' }),
          JSON.stringify({ ...event, session_id: [event.session_id] }),
          JSON.stringify({ ...event, status: { $ne: status } }),
          JSON.stringify({ ...event, status: 1 }),
          JSON.stringify({ ...event, timestamp: String(at) }),
          JSON.stringify({ ...event, webhook_type: null }),
          JSON.stringify({ ...event, event_id: {} }),
          body.slice(0, random.whole(0, body.length - 1)),
        ]),
        INVALID,
      )
    },
  ],
  'signed numbers at the edges': [
    3,
    (random, { at, body }) => {
      const edge = random.pick([
        '1e999',
        '-1e999',
        '1.5',
        '9007199254740993',
        '-9007199254740993',
        '1e400',
        '0.1e1000',
        '"1"',
        'true',
        '[1]',
        'null',
        '01',
        '1.',
        '0x1',
        'NaN',
        'Infinity',
        '5e-324',
      ])
      return sealed(at, body.replace(/"created_at":\d+/, `"created_at":${edge}`), INVALID)
    },
  ],
  'wrong encodings': [
    4,
    (random, { at, body }) => {
      const wide = new Uint8Array(Buffer.from(body, 'utf16le'))
      const within = (...bytes: number[]) =>
        Buffer.concat([
          Buffer.from(body.slice(0, -1)),
          Buffer.from(',"x":"'),
          Buffer.from(bytes),
          Buffer.from('"}'),
        ])
      return sealed(
        at,
        random.pick<Uint8Array>([
          wide,
          within(0xff),
          within(0xc3),
          within(0xc0, 0xaf),
          within(0xed, 0xa0, 0x80),
          within(0xf5, 0x80, 0x80, 0x80),
          within(0x80),
          new Uint8Array(gzipSync(body)),
        ]),
        INVALID,
      )
    },
  ],
  'compressed under the kept signature': [
    1,
    (_, genuine) => ({
      body: new Uint8Array(gzipSync(genuine.body)),
      headers: [...signed(genuine), ['Content-Encoding', 'gzip']],
      refusal: SIGNATURE,
    }),
  ],
  'lone surrogates under the kept V2': [
    2,
    (random, { at, event, body }) => {
      const half = random.pick(['\\ud800', '\\udfff', '\\ud83d', '\\udc00\\ud800'])
      const broken = JSON.stringify({ ...event, event_id: '@' }).replace('@', half)
      return {
        body: broken,
        headers: [time(at), ['X-Signature-V2', hmac(body)]],
        refusal: SIGNATURE,
      }
    },
  ],
  'fields on a prototype': [
    4,
    (random, { at, event, body }) => {
      const hidden = random.pick([
        `{"__proto__":${body}}`,
        `{"constructor":{"prototype":${body}}}`,
        `{"__proto__":{"__proto__":${body}},"webhook_type":"status.updated"}`,
        JSON.stringify({ ...event, status: undefined }).replace(
          '{',
          `{"__proto__":{"status":"Approved"},`,
        ),
      ])
      if (random.next() < 0.5) return sealed(at, hidden, INVALID)
      return {
        body: hidden,
        headers: [time(at), ['X-Signature-V2', hmac(body)]],
        refusal: SIGNATURE,
      }
    },
  ],
  'deep nesting': [
    2,
    (random, { at, event, body }) => {
      const depth = random.whole(1_000, 20_000)
      const [open, shut] = random.pick([
        ['[', ']'],
        ['{"a":', '}'],
      ] as const)
      const value = `${open.repeat(depth)}1${shut.repeat(depth)}`
      const deep = JSON.stringify({ ...event, status: '@' }).replace('"@"', value)
      if (random.next() < 0.5) return sealed(at, deep, INVALID)
      const header = random.pick(['X-Signature', 'X-Signature-V2', 'X-Signature-Simple'])
      return { body: deep, headers: [time(at), [header, hmac(body)]], refusal: SIGNATURE }
    },
  ],
  oversized: [
    0.4,
    (random, { at, body }) => {
      const large = body.replace('{', `{"pad":"${'x'.repeat(MOST - random.whole(0, 50))}",`)
      return sealed(at, large, LARGE)
    },
  ],
}
