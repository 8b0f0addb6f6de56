import { describe, expect, it } from 'vitest'
import type { Mode } from '../../server/contract.ts'
import { createBff, PAGE } from '../support/bff.ts'

const FRAMED = { 'sec-fetch-dest': 'iframe' }

/** A session that comes back to `returnUrl`, and a visit to the callback that Didit was given. */
async function setUp(returnUrl?: string, mode?: Mode) {
  const bff = await createBff({ allowedOrigins: [PAGE, 'https://other.example'] })
  const { session, token } = await bff.start({ returnUrl, mode })
  const callback = new URL(String(bff.didit.bodies[0]?.callback))
  const visit = (query = '', headers: Record<string, string> = {}) =>
    bff.app.request(`${callback.href}${query}`, { headers })
  const back = async (query: string) => (await visit(query)).headers.get('location')
  return { ...bff, id: session.id, token, visit, back }
}

describe('the way back', () => {
  it('leads to the page, with the two parameters of Didit', async () => {
    const { id, visit } = await setUp(`${PAGE}/checkout`)
    const response = await visit(`?verificationSessionId=${id}&status=In%20Review`)
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(
      `${PAGE}/checkout?verificationSessionId=${id}&status=In+Review`,
    )
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
  })

  it("keeps the page's own query to the letter, its own status too, and its hash", async () => {
    const { back } = await setUp(`${PAGE}/a?status=mine&flag&q=b%20c&sig=x%2F%2b#part`)
    expect(await back('?verificationSessionId=1&status=Approved')).toBe(
      `${PAGE}/a?status=mine&flag&q=b%20c&sig=x%2F%2b&verificationSessionId=1&status=Approved#part`,
    )
  })

  it('passes on nothing else and invents nothing', async () => {
    const { back } = await setUp(`${PAGE}/a`)
    expect(await back('?next=https://evil.example&status=Approved')).toBe(
      `${PAGE}/a?status=Approved`,
    )
    expect(await back('')).toBe(`${PAGE}/a`)
  })

  it.each([
    '?status=%0d%0aset-cookie:%20a=b',
    '?status=%26verificationSessionId%3Devil%23x',
    '?verificationSessionId=@evil.example/',
  ])('cannot be bent by %s', async (query) => {
    const { visit } = await setUp(`${PAGE}/a`)
    const response = await visit(query)
    const url = new URL(response.headers.get('location') ?? '')
    expect([url.origin, url.pathname, url.hash]).toEqual([PAGE, '/a', ''])
    expect([...url.searchParams]).toHaveLength(1)
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it('leads to the first allowed origin when the page named no URL', async () => {
    const { back } = await setUp()
    expect(await back('')).toBe(`${PAGE}/`)
  })

  it('follows the page that took the session up last', async () => {
    const { start, app, didit } = await createBff()
    const { token } = await start({ returnUrl: `${PAGE}/one` })
    await start({ returnUrl: `${PAGE}/two` }, { 'verify-token': token })
    const response = await app.request(String(didit.bodies[0]?.callback))
    expect(response.headers.get('location')).toBe(`${PAGE}/two`)
  })

  it.each(['unknown', '__proto__', '..%2f..%2f', '%E0%A4%A'])(
    'of the name %s is a plain page',
    async (ret) => {
      const { request } = await createBff()
      const response = await request(`/return/${ret}?verificationSessionId=1&status=Approved`)
      expect(response.status).toBe(404)
      expect(response.headers.get('location')).toBeNull()
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
      const text = await response.text()
      expect(text).toContain('<!doctype html>')
      expect(text).not.toContain('<script')
    },
  )
})

/** What the page's script posts, and to whom. */
async function posted(response: Response, receiver: 'parent' | 'opener' = 'parent') {
  const text = await response.text()
  const script = /<script nonce="([\w-]+)">(.*)<\/script>/s.exec(text)
  expect(text.match(/<script/g)).toHaveLength(1)
  const posts: unknown[] = []
  const window = { postMessage: (...given: unknown[]) => posts.push(given) }
  const close = () => posts.push('closed')
  new Function(receiver, 'close', script?.[2] ?? '')(window, close)
  expect(response.headers.get('content-security-policy')).toContain(`'nonce-${script?.[1]}'`)
  return posts
}

describe('the way back in a popup', () => {
  it('tells who opened it, if anybody, and closes', async () => {
    const { visit } = await setUp('https://other.example/a', 'popup')
    const response = await visit('?verificationSessionId=s1&status=Approved')
    expect([response.status, response.headers.get('location')]).toEqual([200, null])
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await posted(response, 'opener')).toEqual([
      [
        { type: 'didit-verify:return', sessionId: 's1', status: 'Approved' },
        'https://other.example',
      ],
      'closed',
    ])
  })

  it('closes where nobody opened it', async () => {
    const { visit } = await setUp(undefined, 'popup')
    const text = await (await visit()).text()
    const [, script = ''] = /<script[^>]*>(.*)<\/script>/s.exec(text) ?? []
    let closed = false
    new Function('opener', 'close', script)(null, () => {
      closed = true
    })
    expect(closed).toBe(true)
  })

  it('leads to the page once the page has gone on with it in its own window', async () => {
    const { start, token, visit } = await setUp(`${PAGE}/a`, 'popup')
    await start({ returnUrl: `${PAGE}/b`, mode: 'redirect' }, { 'verify-token': token })
    expect((await visit()).headers.get('location')).toBe(`${PAGE}/b`)
  })
})

describe('the way back in a frame', () => {
  it('tells the page around it, and nobody else', async () => {
    const { visit } = await setUp('https://other.example/a?b#c')
    const response = await visit('?verificationSessionId=s1&status=Approved', FRAMED)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'nonce-[\w-]{22}'; frame-ancestors https:\/\/other\.example$/,
    )
    expect(await posted(response)).toEqual([
      [
        { type: 'didit-verify:return', sessionId: 's1', status: 'Approved' },
        'https://other.example',
      ],
    ])
  })

  it.each([
    '</script><script>alert(1)</script>',
    '"}, "*"); alert(1); ({"a":"',
    '<!--<script>',
    '\u2028alert(1)\u2029',
    '\\"-alert(1)-\\"',
  ])('runs nothing of a status or id such as %j', async (evil) => {
    const { visit } = await setUp(`${PAGE}/a`)
    const query = new URLSearchParams({ verificationSessionId: evil, status: evil })
    const response = await visit(`?${query}`, FRAMED)
    expect(await posted(response)).toEqual([
      [{ type: 'didit-verify:return', sessionId: evil, status: evil }, PAGE],
    ])
  })

  it('has a nonce of its own each time', async () => {
    const { visit } = await setUp()
    const policies = [await visit('', FRAMED), await visit('', FRAMED)].map(({ headers }) =>
      headers.get('content-security-policy'),
    )
    expect(policies[0]).not.toBe(policies[1])
  })
})
