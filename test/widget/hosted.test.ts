import { expect } from '@open-wc/testing'
import { openableUrl } from '../../widget/hosted.ts'
import { readMessage } from '../../widget/message.ts'

describe('openableUrl', () => {
  const refused = [
    undefined,
    '',
    '/session/abc',
    'session',
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)//https://verify.didit.me',
    'data:text/html,<script>alert(1)</script>',
    'blob:https://verify.didit.me/1b671a64-40d5-491e-99b0-da01ff1f3341',
    'about:blank',
    'file:///etc/passwd',
    'ftp://verify.didit.me/',
    'ws://localhost/',
    'http://verify.didit.me/session/abc',
    'http://127.0.0.1.evil.com/',
    'http://localhost.evil.com/',
    'http://evil.com/localhost',
    'http://evil.com#127.0.0.1',
    'http://xlocalhost/',
    'http://192.168.0.1/',
    'http://0.0.0.0/',
    'http://[::2]/',
    'https://verify.didit.me@evil.com/',
    'https://user:secret@verify.didit.me/',
    'http://localhost@evil.com/',
    'https://',
  ]
  for (const href of refused) {
    it(`refuses ${href}`, () => {
      expect(openableUrl(href)).to.equal(undefined)
    })
  }

  const accepted = [
    'https://verify.didit.me/session/abc',
    'https://id.customer.example:8443/de/session/abc?a=1#b',
    'http://localhost:4010/session/abc',
    'http://127.0.0.1:4010/session/abc',
    'http://127.1.2.3/',
    'http://[::1]:4010/session/abc',
  ]
  for (const href of accepted) {
    it(`opens ${href}`, () => {
      expect(openableUrl(href)?.href).to.equal(href)
    })
  }
})

describe('readMessage', () => {
  const source = window
  const HOSTED = 'https://verify.didit.me'
  const BACKEND = 'https://shop.example'
  const trust = { source, hosted: [HOSTED, 'https://id.shop.example'], backend: BACKEND }
  const COMPLETED = { type: 'didit:completed', data: { sessionId: 'abc' } }
  const RETURN = { type: 'didit-verify:return', sessionId: 'abc', status: 'Approved' }

  const ignored: [why: string, event: { source?: unknown; origin?: string; data?: unknown }][] = [
    ['another source', { source: {} }],
    ['no source', { source: null }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that ends alike', { origin: 'https://evilverify.didit.me' }],
    ['an origin that begins alike', { origin: 'https://verify.didit.me.evil.example' }],
    ['a subdomain', { origin: 'https://a.verify.didit.me' }],
    ['another scheme', { origin: 'http://verify.didit.me' }],
    ['another port', { origin: 'https://verify.didit.me:8443' }],
    ['an opaque origin', { origin: 'null' }],
    ['no origin', { origin: '' }],
    ['no data', { data: undefined }],
    ['null', { data: null }],
    ['a number', { data: 7 }],
    ['an array', { data: [COMPLETED] }],
    ['a string that is no JSON', { data: 'didit:completed' }],
    ['a JSON string', { data: '"didit:completed"' }],
    ['a JSON array', { data: JSON.stringify([COMPLETED]) }],
    ['a JSON null', { data: 'null' }],
    ['no type', { data: { data: {} } }],
    ['a type that is no string', { data: { type: { name: 'didit:completed' } } }],
    ['a type that makes no string', { data: { type: { toString: undefined } } }],
    ['a list with a type', { data: { type: ['didit:completed'] } }],
    ['a type of somebody else', { data: { type: 'completed' } }],
    ['a type with a longer prefix', { data: { type: 'xdidit:completed' } }],
    ['a type with a line break', { data: { type: 'didit:completed\n' } }],
    ['a type in capitals', { data: { type: 'DIDIT:COMPLETED' } }],
    ['an empty name', { data: { type: 'didit:' } }],
    ['data that is a string', { data: { type: 'didit:completed', data: 'abc' } }],
    ['data that is an array', { data: { type: 'didit:completed', data: ['abc'] } }],
    ['data that is null', { data: { type: 'didit:completed', data: null } }],
    ['the backend as the hosted page', { origin: BACKEND }],
    ['the hosted page as the backend', { data: RETURN }],
    [
      'the backend with a type that begins alike',
      { origin: BACKEND, data: { type: 'didit-verify:returned' } },
    ],
  ]
  for (const [why, event] of ignored) {
    it(`ignores ${why}`, () => {
      const whole = { source, origin: HOSTED, data: COMPLETED, ...event } as MessageEvent
      expect(readMessage(whole, trust)).to.equal(undefined)
    })
  }

  it('ignores everything while there is no frame to hear', () => {
    const event = { source: null, origin: HOSTED, data: COMPLETED }
    expect(readMessage(event, { ...trust, source: null })).to.equal(undefined)
    expect(readMessage(event, { ...trust, source: undefined })).to.equal(undefined)
  })

  it('does not read the data of a foreign origin', () => {
    const event = {
      source,
      origin: 'https://evil.example',
      get data(): unknown {
        throw new Error('It was read.')
      },
    }
    expect(readMessage(event, trust)).to.equal(undefined)
  })

  it('takes keys of prototypes for what they are: data', () => {
    const data = '{"type":"didit:ready","data":{"__proto__":{"sessionId":"abc"}}}'
    const message = readMessage({ source, origin: HOSTED, data }, trust)
    expect(message?.data.sessionId).to.equal(undefined)
    expect(Reflect.get({}, 'sessionId')).to.equal(undefined)
  })

  it('does not find a type on a prototype', () => {
    const data = '{"__proto__":{"type":"didit:completed"}}'
    expect(readMessage({ source, origin: HOSTED, data }, trust)).to.equal(undefined)
  })

  it('reads an object, a JSON string, and a type it has never heard of', () => {
    const expected = { name: 'completed', data: { sessionId: 'abc' } }
    const read = (data: unknown, origin = HOSTED) => readMessage({ source, origin, data }, trust)
    expect(read(COMPLETED)).to.deep.equal(expected)
    expect(read(JSON.stringify(COMPLETED))).to.deep.equal(expected)
    expect(read(COMPLETED, 'https://id.shop.example')).to.deep.equal(expected)
    expect(read({ type: 'didit:newer_thing' })).to.deep.equal({ name: 'newer_thing', data: {} })
  })

  it('hears from the backend that the visitor came back', () => {
    const message = readMessage({ source, origin: BACKEND, data: RETURN }, trust)
    expect(message).to.deep.equal({ name: 'return', data: RETURN })
  })

  it('hears both from one origin where backend and hosted page share it', () => {
    const shared = { ...trust, backend: HOSTED }
    const read = (data: unknown) => readMessage({ source, origin: HOSTED, data }, shared)?.name
    expect([read(COMPLETED), read(RETURN)]).to.deep.equal(['completed', 'return'])
  })
})
