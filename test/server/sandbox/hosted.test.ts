import { describe, expect, it } from 'vitest'
import { ORIGIN, setUp } from './fixture.ts'

describe('the hosted page', () => {
  it('does not start a session by being read, only by its script', async () => {
    const { create, decision, request, send } = setUp()
    const { session_id, session_token, url } = await create()
    expect((await request(url.replace(ORIGIN, ''))).status).toBe(200)
    expect((await decision(session_id)).status).toBe('Not Started')
    await send('POST', `/session/${session_token}/start`, {})
    expect((await decision(session_id)).status).toBe('In Progress')
  })

  it('may be framed by anyone and tells nobody its address', async () => {
    const { create, request } = setUp()
    const { url } = await create()
    const { headers } = await request(url.replace(ORIGIN, ''))
    expect(headers.get('x-frame-options')).toBeNull()
    expect(headers.get('content-security-policy')).not.toContain('frame-ancestors')
    expect(headers.get('content-security-policy')).toMatch(/script-src 'nonce-[\w+/=]+'/)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('offers its endings from the start', async () => {
    const { create, request } = setUp()
    const html = await (await request((await create()).url.replace(ORIGIN, ''))).text()
    for (const name of ['approve', 'decline', 'review', 'cancel', 'decline_minimum_age']) {
      expect(html).toContain(`data-scenario="${name}"`)
    }
  })

  it('cannot be broken out of by what a session carries', async () => {
    const { create, request } = setUp()
    const callback = 'https://a.test/?q=</script><script>alert(1)</script>'
    const { url } = await create({ callback })
    expect(await (await request(url.replace(ORIGIN, ''))).text()).not.toContain('<script>alert')
  })

  it('is not there for unknown tokens and languages', async () => {
    const { create, request } = setUp()
    const { session_token } = await create()
    expect((await request('/session/AAAAAAAAAAAA')).status).toBe(404)
    expect((await request(`/xx/session/${session_token}`)).status).toBe(404)
    expect((await request(`/he/session/${session_token}`)).status).toBe(200)
  })

  it.each([
    ['Approved', 'is finished'],
    ['Expired', 'has expired'],
  ])('says so when the session is %s', async (status, words) => {
    const { create, request, move, send } = setUp()
    const { session_id, session_token, url } = await create()
    await move(session_id, status, true)
    expect(await (await request(url.replace(ORIGIN, ''))).text()).toContain(words)
    expect((await send('POST', `/session/${session_token}/start`, {})).status).toBe(409)
    const finish = { scenario: 'approve' }
    expect((await send('POST', `/session/${session_token}/finish`, finish)).status).toBe(409)
  })

  it.each(['nonsense', 'cancel', '__proto__', undefined])(
    'does not end with %j',
    async (scenario) => {
      const { create, send } = setUp()
      const { session_token } = await create()
      const response = await send('POST', `/session/${session_token}/finish`, { scenario })
      expect(response.status).toBe(400)
    },
  )

  it.each([
    [{ sandbox_scenario: 'decline' }, 'decline'],
    [{ vendor_data: 'user-1+review' }, 'review'],
    [{ vendor_data: '+decline_aml_hit' }, 'decline_aml_hit'],
    [{ vendor_data: 'user-1+review', sandbox_scenario: 'decline' }, 'decline'],
    [{ vendor_data: 'a+b@example.com' }, 'approve'],
    [{ vendor_data: 'a+toString' }, 'approve'],
  ])('takes its usual ending from %j', async (body, scenario) => {
    const { create, request } = setUp()
    const html = await (await request((await create(body)).url.replace(ORIGIN, ''))).text()
    expect(html).toContain(`"scenario":"${scenario}"`)
  })

  it.each([
    ['https://a.test/cb', 'https://a.test/cb?verificationSessionId=ID&status=In%20Review'],
    [
      'https://a.test/?a=1%2B1#top',
      'https://a.test/?a=1%2B1&verificationSessionId=ID&status=In%20Review#top',
    ],
    ['myapp://done', 'myapp://done?verificationSessionId=ID&status=In%20Review'],
  ])('goes back to %s with two parameters', async (callback, expected) => {
    const { create, play } = setUp()
    const { session_id, session_token } = await create({ callback })
    const answer = await play(session_token, 'review')
    expect(answer.callback).toBe(expected.replace('ID', session_id))
  })

  it('writes the space as a plus when told to', async () => {
    const { create, play, send } = setUp()
    await send('PUT', '/_sandbox/faults', { space: '+' })
    const { session_token } = await create({ callback: 'https://a.test/' })
    expect((await play(session_token, 'review')).callback).toMatch(/status=In\+Review$/)
  })
})
