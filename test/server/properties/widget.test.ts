// The widget's pure readers: they need no browser. The hostile tables in test/widget run in three.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCallback } from '../../../widget/callback.ts'
import { openableUrl, readMessage } from '../../../widget/hosted.ts'

const HOSTED = 'https://verify.didit.me'
const BACKEND = 'https://shop.example'
const source = {}
const trust = { source, hosted: [HOSTED], backend: BACKEND }

describe('reading the callback', () => {
  const id = fc.string({ minLength: 1, unit: 'binary' })
  const status = fc.string({ unit: 'binary' })
  const part = fc
    .string({ unit: fc.constantFrom(...'abc=%+.~[]é/?') })
    .filter((text) => !text.startsWith('verificationSessionId='))
  const page = fc.webUrl().map((url) => url.split(/[?#]/)[0] ?? '')
  const hash = fc.oneof(
    fc.constant(''),
    fc.webFragments().map((text) => `#${text}`),
  )

  it('takes the pair of an owned session out, and leaves everything else to the letter', () => {
    fc.assert(
      fc.property(
        page,
        fc.array(part, { maxLength: 4 }),
        fc.array(part, { maxLength: 4 }),
        hash,
        id,
        status,
        (before, left, right, fragment, owned, said) => {
          const text = new URLSearchParams({ verificationSessionId: owned, status: said })
          const [first = '', second = ''] = text.toString().split('&')
          // Lone surrogates are no text that an address can hold.
          const meant = new URLSearchParams(first).get('verificationSessionId') ?? ''
          const href = `${before}?${[...left, first, second, ...right].join('&')}${fragment}`
          const rest = [...left, ...right].join('&')
          const pairs = left.length + right.length > 0 ? `?${rest}` : ''
          expect(readCallback(href, [meant])).toEqual({
            sessionId: meant,
            status: new URLSearchParams(second).get('status'),
            rest: before + pairs + fragment,
          })
          expect(readCallback(href, [`${meant}x`])).toBeUndefined()
        },
      ),
      { numRuns: 500 },
    )
  })

  it('never claims what is not owned, whatever the address', () => {
    const href = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.string().map((text) => `https://x/?verificationSessionId=${text}&status=Approved`),
    )
    fc.assert(
      fc.property(href, fc.array(fc.string()), (address, owned) => {
        const callback = readCallback(address, owned)
        if (callback) expect(owned).toContain(callback.sessionId)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('reading a message', () => {
  const anything = fc.oneof(
    fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }),
    fc.json(),
    fc.record({ type: fc.anything(), data: fc.anything() }),
    fc.record({ type: fc.string().map((text) => `didit:${text}`), data: fc.anything() }),
    fc.constantFrom(
      { type: 'didit:completed', data: { sessionId: 'abc' } },
      { type: 'didit-verify:return', status: 'Approved' },
      '{"type":"didit:completed","__proto__":{"type":"didit:ready"}}',
    ),
  )
  const origin = fc.oneof(
    fc.constantFrom(HOSTED, BACKEND, '', 'null'),
    fc.webUrl().map((url) => new URL(url).origin),
    fc.string(),
  )

  it('hears nobody but the frame, at an origin that is trusted, to the letter', () => {
    const sender = fc.constantFrom<unknown>(source, {}, null, undefined, globalThis)
    fc.assert(
      fc.property(sender, origin, anything, (from, at, data) => {
        const event = { source: from, origin: at, data } as MessageEvent
        const message = readMessage(event, trust)
        if (message) expect([from === source, [HOSTED, BACKEND].includes(at)]).toEqual([true, true])
      }),
      { numRuns: 2_000 },
    )
  })

  it('never throws, hands on a plain name and an object, and one word of the backend', () => {
    fc.assert(
      fc.property(fc.constantFrom(HOSTED, BACKEND), anything, (at, data) => {
        const message = readMessage({ source, origin: at, data } as never, trust)
        if (!message) return
        expect(message.name).toMatch(/^[a-z_]+$/)
        expect(Object.prototype.toString.call(message.data)).toBe('[object Object]')
        if (at === BACKEND) expect(message.name).toBe('return')
        else expect(message.name).not.toBe('return')
      }),
      { numRuns: 2_000 },
    )
  })

  it('changes no prototype', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).length
    fc.assert(
      fc.property(fc.json(), (text) => {
        const data = `{"type":"didit:ready","__proto__":${text},"data":{"__proto__":${text}}}`
        readMessage({ source, origin: HOSTED, data } as never, trust)
        expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before)
      }),
    )
  })
})

describe('an address that may be opened', () => {
  it('is https, or http on this machine, and holds no login', () => {
    const scheme = fc.constantFrom('https', 'http', 'javascript', 'data', 'blob:https', 'ftp', 'ws')
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((text) => `[${text}]`),
      fc.constantFrom('localhost', '127.0.0.1', '127.9.9.9', '[::1]', 'localhost.evil.example'),
    )
    const login = fc.constantFrom('', 'user@', 'user:secret@', 'localhost@')
    fc.assert(
      fc.property(scheme, login, host, fc.webPath(), (kind, who, name, path) => {
        const url = openableUrl(`${kind}://${who}${name}${path}`)
        if (!url) return
        expect(`${url.username}${url.password}`).toBe('')
        const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
        expect(url.protocol === 'https:' || (url.protocol === 'http:' && local)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is nothing that is no address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const url = openableUrl(text)
        if (url) expect(['https:', 'http:']).toContain(url.protocol)
      }),
    )
  })
})
