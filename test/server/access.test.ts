import { describe, expect, it } from 'vitest'
import { createBff, PAGE, problem } from '../support/bff.ts'

const identify = (request: Request) => request.headers.get('x-user')

describe('origins', () => {
  const foreign = [
    'null',
    'https://shop.example.evil.example',
    'https://evilshop.example',
    'https://sub.shop.example',
    'https://shop.example:8443',
    'http://shop.example',
    'https://shop.example/',
    'HTTPS://SHOP.EXAMPLE',
    'https://verify.shop.example',
    '',
  ]
  it.each(foreign)('refuses to start and to read for %j', async (origin) => {
    const { start, post, read, didit } = await createBff()
    const { session, token } = await start()
    for (const response of [
      await post({}, { origin }),
      await read(session.id, token, { origin }),
    ]) {
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
      expect(await problem(response)).toEqual([403, 'origin-not-allowed'])
    }
    expect(didit.calls).toHaveLength(1)
  })

  it('refuses to start without an origin, and lets a same-origin read pass', async () => {
    const { start, read, request } = await createBff()
    const { session, token } = await start()
    const headers = { 'content-type': 'application/json' }
    const response = await request('/sessions', { method: 'POST', headers, body: '{}' })
    expect(await problem(response)).toEqual([403, 'origin-not-allowed'])
    expect((await read(session.id, token)).status).toBe(200)
  })

  it("allows only publicUrl's own origin when none are listed", async () => {
    const { post } = await createBff({ allowedOrigins: [] })
    expect((await post({}, { origin: 'https://verify.shop.example' })).status).toBe(201)
    expect(await problem(await post())).toEqual([403, 'origin-not-allowed'])
  })

  it('lets an allowed page read answers and refusals', async () => {
    const { post } = await createBff()
    for (const response of [await post(), await post('nonsense')]) {
      expect(response.headers.get('access-control-allow-origin')).toBe(PAGE)
      expect(response.headers.get('access-control-allow-credentials')).toBe('true')
      expect(response.headers.get('access-control-expose-headers')).toContain('retry-after')
      expect(response.headers.get('vary')).toContain('Origin')
      expect(response.headers.get('cache-control')).toBe('no-store')
    }
  })

  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  })

  it('answers the preflight of an allowed page', async () => {
    const { request } = await createBff()
    const { status, headers } = await request('/sessions', preflight(PAGE))
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(PAGE)
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(',')
    expect(allowed).toEqual(
      expect.arrayContaining(['content-type', 'verify-token', 'last-event-id', 'if-none-match']),
    )
  })

  it('allows a foreign page nothing in a preflight', async () => {
    const { request } = await createBff()
    const { headers } = await request('/sessions', preflight('https://evil.example'))
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('who may start', () => {
  it('is nobody unknown where the host identifies its visitors', async () => {
    const { post } = await createBff({ identify })
    expect(await problem(await post())).toEqual([401, 'sign-in-required'])
  })

  it('is anybody where the host allows anonymous visitors too', async () => {
    const { post } = await createBff({ identify, allowAnonymous: true })
    expect((await post()).status).toBe(201)
  })

  it('is nobody anonymous where the host forbids it', async () => {
    const { post } = await createBff({ allowAnonymous: false })
    expect(await problem(await post())).toEqual([401, 'sign-in-required'])
  })

  it('is not the holder of a token that was made for a signed-in person', async () => {
    const { start, post, read, request } = await createBff({ identify })
    const { session, token } = await start({}, { 'x-user': 'user-1' })
    expect((await read(session.id, token)).status).toBe(200)
    const bearer = { 'verify-token': token }
    expect(await problem(await post({}, bearer))).toEqual([401, 'sign-in-required'])
    const current = await request('/sessions/current', { headers: bearer })
    expect(await problem(current)).toEqual([404, 'not-found'])
  })

  it('is decided by the challenge of the host', async () => {
    const challenge = async (request: Request) => request.headers.get('x-captcha') === 'good'
    const { post, didit } = await createBff({ challenge })
    expect(await problem(await post())).toEqual([403, 'challenge-failed'])
    expect(didit.calls).toEqual([])
    expect((await post({}, { 'x-captcha': 'good' })).status).toBe(201)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('the login database is down'))],
    ['answers a text too long for vendor_data', () => 'x'.repeat(256)],
  ])('is nobody while identify %s', async (_, broken) => {
    const { post, didit, lines } = await createBff({ identify: broken })
    const response = await post()
    expect(await response.clone().text()).not.toContain('login database')
    expect(await problem(response)).toEqual([500, 'internal'])
    expect(didit.calls).toEqual([])
    expect(lines).toHaveLength(1)
  })
})

describe('who may read', () => {
  it('is told the same about unknown, foreign and nonsensical things', async () => {
    const { start, read, request, clock } = await createBff({ identify, allowAnonymous: true })
    const mine = await start({}, { 'x-user': 'user-1' })
    const other = await start({}, { 'x-user': 'user-1', origin: PAGE })
    const foreign = await start({}, { 'x-user': 'user-2' })
    const stranger = await start()
    const { id } = foreign.session
    const altered = `${foreign.token.slice(0, -2)}AA`
    const responses = [
      await request('/nowhere'),
      await request('/sessions/a/b/c'),
      await request(`/sessions/${id}/events`),
      await read(crypto.randomUUID(), mine.token),
      await read('%E0%A4%A', mine.token),
      await read('__proto__', mine.token),
      await read(id),
      await read(id, 'nonsense'),
      await read(id, altered),
      await read(id, mine.token),
      await read(id, other.token),
      await read(id, stranger.token),
      await read(id, undefined, { 'x-user': 'user-1' }),
      await read(stranger.session.id, undefined, { 'x-user': 'user-1' }),
      await request('/sessions/current'),
      await request('/sessions', { method: 'DELETE', headers: { origin: PAGE } }),
    ]
    clock.pass(31 * 24 * 60 * 60_000)
    responses.push(await read(id, foreign.token))
    const answers = await Promise.all(
      responses.map(async (response) => [
        response.status,
        response.headers.get('content-type'),
        response.headers.get('cache-control'),
        await response.text(),
      ]),
    )
    const [first] = answers
    expect(first?.[0]).toBe(404)
    for (const answer of answers) expect(answer).toEqual(first)
  })

  it('is not the holder of a token for another session of the same person', async () => {
    const { start, read, move, clock } = await createBff({ identify })
    const one = await start({}, { 'x-user': 'user-1' })
    await move(one.session.id, 'Expired')
    clock.pass(60_000)
    const two = await start({}, { 'x-user': 'user-1' })
    expect((await read(two.session.id, one.token)).status).toBe(404)
    expect((await read(one.session.id, one.token)).status).toBe(200)
  })

  it('is whoever is signed in as the one it is about', async () => {
    const { start, read } = await createBff({ identify })
    const { session } = await start({}, { 'x-user': 'user-1' })
    expect((await read(session.id, undefined, { 'x-user': 'user-1' })).status).toBe(200)
  })

  it('is not found by a token of another secret', async () => {
    const { start, store, clock } = await createBff({ secret: 'a'.repeat(32) })
    const { session, token } = await start()
    const same = await createBff({ secret: 'a'.repeat(32), store, clock })
    const other = await createBff({ secret: 'b'.repeat(32), store, clock })
    expect((await same.read(session.id, token)).status).toBe(200)
    expect((await other.read(session.id, token)).status).toBe(404)
  })

  it('is not mistaken for a stranger while the store is down', async () => {
    const bff = await createBff()
    const { session, token } = await bff.start()
    const { settingOr } = bff.store
    let down = true
    const store = {
      ...bff.store,
      settingOr: (name: string, fresh: string) =>
        down ? Promise.reject(new Error('disk full')) : settingOr(name, fresh),
    }
    const restarted = await createBff({ store, clock: bff.clock })
    const answer = await restarted.read(session.id, token)
    expect(await problem(answer)).toEqual([500, 'internal'])
    down = false
    expect((await restarted.read(session.id, token)).status).toBe(200)
  })

  it('leaves no line in the log when it is refused', async () => {
    const { read, post, lines } = await createBff()
    await read('unknown', 'nonsense')
    await post({}, { origin: 'https://evil.example' })
    expect(lines).toEqual([])
  })
})
