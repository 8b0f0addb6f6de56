import { describe, expect, it } from 'vitest'
import { isLocal, mediaUrl } from '../../server/didit/media.ts'
import { createOperatorApp } from '../../server/operator.ts'
import { createBff } from '../support/bff.ts'

describe('a link of a decision', () => {
  const hostile = [
    '',
    'nonsense',
    '/media/face.jpg',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'ftp://media.example/face.jpg',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    'http://media.example/face.jpg',
    'https://user:password@media.example/face.jpg',
    'https://media.example@169.254.169.254/',
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/latest/meta-data/',
    'https://0xa9fea9fe/',
    'https://0251.0376.0251.0376/',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:169.254.169.254]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://db.localhost/',
    'http://127.0.0.1:6379/',
    'https://127.1/',
  ]
  it.each(hostile)('is not followed: %j', (link) => {
    expect(mediaUrl(link, false)).toBeUndefined()
  })

  it.each([
    'https://media.example/face.jpg?X-Amz-Expires=3600',
    'https://s3.eu-west-1.amazonaws.com/bucket/face.jpg',
    'https://172.32.0.1/',
    'https://100.128.0.1/',
    'https://11.0.0.1/',
    'https://[2a00:1450::1]/',
    'https://locality.example/',
  ])('is followed: %s', (link) => {
    expect(mediaUrl(link, false)).toBe(link)
  })

  it('leads to this machine only while Didit is on it', () => {
    expect(mediaUrl('http://127.0.0.1:4010/media/x', true)).toBe('http://127.0.0.1:4010/media/x')
    expect(mediaUrl('http://10.0.0.1/media/x', true)).toBeUndefined()
    expect(mediaUrl('file://localhost/etc/passwd', true)).toBeUndefined()
    expect(isLocal('http://127.0.0.1:4010')).toBe(true)
    expect(isLocal('https://127.0.0.1.evil.example')).toBe(false)
    expect(isLocal('https://verification.didit.me')).toBe(false)
  })
})

describe('a picture that an operator asks for', () => {
  const TOKEN = 'anna-token-of-thirty-two-characters'

  async function setUp(front_image: string, answer: () => Promise<Response>) {
    const bff = await createBff()
    const { session } = await bff.start()
    const fetched: [string, RequestInit][] = []
    bff.didit.answer = async () =>
      Response.json({ status: 'Approved', id_verifications: [{ front_image }] })
    const app = createOperatorApp({
      ...bff.options,
      operators: { anna: TOKEN },
      fetch(input, init = {}) {
        fetched.push([String(input), init])
        return answer()
      },
    })
    const get = (path: string) =>
      app.request(`/sessions/${session.id}/pictures${path}`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      })
    return { get, fetched }
  }

  it('is not fetched from where only this server can reach', async () => {
    const { get, fetched } = await setUp('https://169.254.169.254/key', async () => new Response())
    expect(await (await get('')).json()).toEqual({ results: [] })
    expect((await get('/id_verifications.0.front_image')).status).toBe(404)
    expect(fetched).toEqual([])
  })

  it('is fetched without a redirect, a key or a cookie', async () => {
    const link = 'https://media.example/face.jpg'
    const { get, fetched } = await setUp(link, async () => new Response('x'))
    const response = await get('/id_verifications.0.front_image')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(fetched).toEqual([[link, { redirect: 'error', signal: expect.any(AbortSignal) }]])
  })

  it('that cannot be fetched leaves no word of the link', async () => {
    const { get } = await setUp('https://media.example/face.jpg?secret', () =>
      Promise.reject(new TypeError('fetch failed: https://media.example/face.jpg?secret')),
    )
    const response = await get('/id_verifications.0.front_image')
    expect(response.status).toBe(502)
    expect(await response.text()).not.toContain('media.example')
  })
})
