import { inspect } from 'node:util'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { DiditError, DiditInputError, DiditUnreachable } from '../../server/didit/client.ts'
import { guarded, reasonOf } from '../../server/log.ts'
import { createStub } from '../support/didit-stub.ts'

const PERSON = 'Jane Canary'
const FIELDS = { contact_details: { email: [`${PERSON} is no address`] }, detail: PERSON }

function record() {
  const lines: [object, string][] = []
  const add = (data: object, message: string) => void lines.push([data, message])
  return { lines, log: guarded({ info: add, warn: add, error: add }) }
}

describe('what a log is told', () => {
  const rows: [string, string, string][] = [
    ['a key', 'bad key sk_live_abc-DEF_123', 'bad key …'],
    ['a signed token', 'token eyJhbGciOi.eyJzdWIi.c2ln is old', 'token … is old'],
    ['an encrypted token', 'token eyJhbGciOi..aXY.Y3Q.dGFn is old', 'token … is old'],
    ['a bearer', 'Authorization: Bearer abcdef', 'Authorization: Bearer …'],
    ["a session's address", 'see https://verify.didit.me/session/Xy1?a=b now', 'see … now'],
    ['a UniLink', 'see https://verify.didit.me/u/Xy1', 'see …'],
    [
      'a password',
      'connect postgres://app:hunter2@db/verify',
      'connect postgres://app:…@db/verify',
    ],
    ['an e-mail address', 'no user jane.doe+1@mail.example.com here', 'no user … here'],
    ['a telephone number', 'call +34 600 123-456 please', 'call … please'],
  ]
  it.each(rows)('lacks %s', (_, text, left) => {
    const { log, lines } = record()
    log.warn({ text, error: new Error(text) }, text)
    const error = { name: 'Error', message: left, at: expect.any(Array) }
    expect(lines).toEqual([[{ text: left, error }, left]])
  })

  it.each([
    'session 0b5e1e6a-3c39-4c3e-9d64-0a5f1f6f2b11 from In Review to Approved',
    '2026-11-22T00:00:00.000+02:00',
    'GET /session/0b5e1e6a-3c39-4c3e-9d64-0a5f1f6f2b11/decision/',
    'https://shop.example/checkout',
  ])('keeps %s', (text) => {
    const { log, lines } = record()
    log.info({ text, count: 3, none: null }, text)
    expect(lines).toEqual([[{ text, count: 3, none: null }, text]])
  })

  it('is cleaned wherever it stands, and a circle ends', () => {
    const { log, lines } = record()
    const circle: Record<string, unknown> = {}
    circle.again = circle
    log.warn({ list: [{ mail: 'a@b.example' }], deep: { error: new Error('a@b.example') } }, '')
    log.warn(circle, '')
    expect(JSON.stringify(lines)).not.toContain('b.example')
    expect(lines).toHaveLength(2)
  })

  it('is not slowed down by a text that is made for it', () => {
    const { log, lines } = record()
    for (const part of ['a', 'a.', 'a:', '+1 ', 'x://', 'eyJ', 'https://']) {
      log.warn({}, part.repeat(20_000))
    }
    expect(lines).toHaveLength(7)
  })
})

describe('what a log is told of an error', () => {
  const rows: [string, unknown, object][] = [
    [
      'of Didit: the names of its fields and none of its words',
      new DiditError(400, FIELDS, 'POST /session/'),
      {
        name: 'DiditError',
        status: 400,
        code: undefined,
        request: 'POST /session/',
        fields: ['contact_details', 'detail'],
      },
    ],
    [
      'of Didit whose keys are words',
      new DiditError(400, { [PERSON]: 1 }, 'POST /session/'),
      { name: 'DiditError', status: 400, code: undefined, request: 'POST /session/', fields: [] },
    ],
    [
      'about input: the names of its fields',
      new DiditInputError({ field: 'expected_details.nationality', message: `Send ${PERSON}.` }),
      { name: 'DiditInputError', fields: ['expected_details.nationality'] },
    ],
    [
      'of the network: its code',
      new DiditUnreachable('GET /x/', Object.assign(new Error(PERSON), { code: 'ECONNRESET' })),
      { name: 'DiditUnreachable', message: 'Didit did not answer GET /x/ (ECONNRESET)' },
    ],
    [
      'about a shape: where, and not what',
      z
        .object({ a: z.strictObject({ b: z.number() }) })
        .safeParse({ a: { b: PERSON, [PERSON]: 1 } }).error,
      { name: 'ZodError', fields: ['a.b invalid_type', 'a unrecognized_keys'] },
    ],
    ['that is none', PERSON, { name: 'string' }],
  ]
  it.each(rows)('%s', (_, error, expected) => {
    expect(reasonOf(error)).toEqual(expected)
    expect(JSON.stringify(reasonOf(error))).not.toContain(PERSON)
  })

  it('about JSON: nothing of the text', () => {
    let thrown: unknown
    try {
      JSON.parse(`{"name": ${PERSON}}`)
    } catch (error) {
      thrown = error
    }
    expect(reasonOf(thrown)).toEqual({ name: 'SyntaxError', at: expect.any(Array) })
  })

  it('that nobody foresaw: where it was thrown', () => {
    const { at, message } = reasonOf(new Error('disk full'))
    expect(message).toBe('disk full')
    expect(String(at)).toContain('log.test.ts')
  })
})

describe('an answer of Didit that says yes and cannot be read', () => {
  const decision = { status: 7, id_verifications: [{ first_name: PERSON }] }

  it('is not quoted in the message', async () => {
    const { didit } = createStub({ retries: 0 }, { body: decision })
    const error: Error = await didit.sessions
      .decision('0b5e1e6a-3c39-4c3e-9d64-0a5f1f6f2b11')
      .catch((thrown) => thrown)
    expect(error).toMatchObject({ status: 502, fields: decision })
    expect(error.message).not.toContain(PERSON)
  })

  it('is not written down by a logger that writes every field of an error', () => {
    const error = new DiditError(502, decision, 'GET /x/', undefined, { unread: true })
    const lines: string[] = []
    pino({}, { write: (line: string) => void lines.push(line) }).error({ err: error })
    expect(lines.join()).toContain('Didit answered 502')
    expect(lines.join() + inspect(error)).not.toContain(PERSON)
  })
})
