import { describe, expect, it } from 'vitest'
import { allows, parseCsp, parseMetaCsp, sourcesOf } from '../../../../server/cli/doctor/csp.ts'

const PAGE = 'https://www.shop.example/start'
const HOSTED = 'https://verify.didit.me'

describe('sources', () => {
  it.each([
    // What looks as if it allowed it.
    ["'none'", HOSTED, PAGE, false],
    ['', HOSTED, PAGE, false],
    ['didit.me', HOSTED, PAGE, false],
    ['*.verify.didit.me', HOSTED, PAGE, false],
    ['*.didit.me', 'https://didit.me', PAGE, false],
    ['*.didit.me', 'https://didit.me.evil.example', PAGE, false],
    ['*.didit.me', 'https://evildidit.me', PAGE, false],
    ['https://verify.didit.me.evil.example', HOSTED, PAGE, false],
    ['*didit.me', HOSTED, PAGE, false],
    ['http://', HOSTED, PAGE, false],
    ['://verify.didit.me', HOSTED, PAGE, false],
    ['ws:', 'data:text/html,x', PAGE, false],
    ['*', 'data:text/html,x', PAGE, false],
    ['*', 'blob:https://verify.didit.me/1', PAGE, false],
    ['https:', 'http://verify.didit.me', PAGE, false],
    ['https://verify.didit.me', 'http://verify.didit.me', PAGE, false],
    ['verify.didit.me', 'http://verify.didit.me', PAGE, false],
    ['https://verify.didit.me:8443', HOSTED, PAGE, false],
    ['https://verify.didit.me', 'https://verify.didit.me:8443', PAGE, false],
    ["'unsafe-inline'", HOSTED, PAGE, false],
    ["'nonce-abc'", HOSTED, PAGE, false],
    ["'self'", HOSTED, PAGE, false],
    ["'self'", 'http://www.shop.example/', PAGE, false],
    ["'self'", 'https://www.shop.example:8443/', PAGE, false],
    ['self', 'https://www.shop.example/', PAGE, false],
    ['https://verify.didit.me/session', 'https://verify.didit.me/session/x', PAGE, false],
    ['https://verify.didit.me/session/', 'https://verify.didit.me/', PAGE, false],
    // What does.
    ['*', HOSTED, PAGE, true],
    ['https:', HOSTED, PAGE, true],
    ['http:', HOSTED, PAGE, true],
    ['verify.didit.me', HOSTED, PAGE, true],
    ['VERIFY.Didit.ME', HOSTED, PAGE, true],
    ['https://*.didit.me', HOSTED, PAGE, true],
    ['*.didit.me', 'https://a.b.didit.me', PAGE, true],
    ['http://verify.didit.me', HOSTED, PAGE, true],
    ['https://verify.didit.me/', 'https://verify.didit.me/any', PAGE, true],
    ['https://verify.didit.me/session/', 'https://verify.didit.me/session/x', PAGE, true],
    ['https://verify.didit.me:443', HOSTED, PAGE, true],
    ['https://verify.didit.me:*', 'https://verify.didit.me:8443', PAGE, true],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010', 'http://localhost:8787/', true],
    ['http://[::1]:4010', 'http://[::1]:4010', 'http://localhost:8787/', true],
    ['*:4010', 'http://127.0.0.1:4010', 'http://localhost:8787/', true],
    ["'self'", 'https://www.shop.example/api', PAGE, true],
    ["'SELF'", 'https://www.shop.example/api', PAGE, true],
    ["'self'", 'https://www.shop.example/', 'http://www.shop.example/', true],
    ["'self' https://verify.didit.me", HOSTED, PAGE, true],
    ["'none' https://verify.didit.me", HOSTED, PAGE, true],
    ['verify.didit.me', 'http://verify.didit.me', 'http://www.shop.example/', true],
    ['wss:', 'wss://a.example/', PAGE, true],
  ])('%j, asked for %s on %s: %s', (sources, url, page, expected) => {
    const list = sources.split(' ').filter(Boolean)
    expect(allows(list, new URL(url), new URL(page))).toBe(expected)
  })

  it('allow everything where nothing is said', () => {
    expect(allows(undefined, new URL(HOSTED), new URL(PAGE))).toBe(true)
  })
})

describe('a policy', () => {
  it.each([
    ['', []],
    [' , ;; , ', []],
    ["frame-src 'self'; frame-src *", [{ 'frame-src': ["'self'"] }]],
    ['FRAME-SRC\t*;\n default-src  a  b ;', [{ 'frame-src': ['*'], 'default-src': ['a', 'b'] }]],
    ['upgrade-insecure-requests', [{ 'upgrade-insecure-requests': [] }]],
    ['img-src *, frame-src a', [{ 'img-src': ['*'] }, { 'frame-src': ['a'] }]],
    ['__proto__ a; constructor b', [{ ['__proto__']: ['a'], constructor: ['b'] }]],
  ])('is read from %j', (header, expected) => {
    expect(parseCsp(header).map((policy) => [...policy])).toEqual(
      expected.map((each) => Object.entries(each)),
    )
  })

  it('of a meta element has no comma between policies, and not every directive', () => {
    const policy = parseMetaCsp("frame-ancestors 'none'; sandbox; report-uri /r; img-src a, b")
    expect([...policy]).toEqual([['img-src', ['a,', 'b']]])
  })

  it('falls back in order, and not to what Object has', () => {
    const [policy = new Map()] = parseCsp("child-src a; default-src 'none'")
    expect(sourcesOf(policy, 'frame-src', 'child-src', 'default-src')).toEqual(['a'])
    expect(sourcesOf(policy, 'connect-src', 'default-src')).toEqual(["'none'"])
    expect(sourcesOf(policy, 'constructor')).toBeUndefined()
  })
})
