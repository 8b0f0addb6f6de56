import { describe, expect, it } from 'vitest'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { DAY, START, setUp } from './fixture.ts'

describe('rate limits', () => {
  it('hold for creating, with headers, and slide', async () => {
    const { send, time } = setUp()
    const create = () => send('POST', '/v3/session/', {}, { 'x-api-key': 'key' })
    for (let i = 0; i < 600; i++) await create()
    time.pass(20_000)
    const response = await create()
    expect(response.status).toBe(429)
    expect(await response.json()).toEqual({
      detail: 'Session creation rate limit exceeded. You can make up to 600 requests per minute.',
    })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'retry-after': '40',
      'x-ratelimit-limit': '600',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(START / 1000 + 60),
    })
    expect((await send('POST', '/v3/session/', {}, { 'x-api-key': 'other' })).status).toBe(400)
    time.pass(40_000)
    expect((await create()).status).toBe(400)
  })

  it('hold for reports in their own scope', async () => {
    const { ask } = setUp()
    const path = `/v3/session/${crypto.randomUUID()}/generate-pdf/`
    for (let i = 0; i < 50; i++) await ask('GET', path)
    const { status, headers } = await ask('GET', path)
    expect([status, headers.get('x-ratelimit-limit')]).toEqual([429, '50'])
    expect((await ask('GET', '/v3/sessions/')).status).toBe(200)
  })

  it('hold for sessions in a day, without the usual headers', async () => {
    const { ask, create, send, time } = setUp()
    await send('PUT', '/_sandbox/settings', { quota: 2 })
    await create({ vendor_data: 'a' })
    await create({ vendor_data: 'a' })
    await create()
    const more = () => ask('POST', '/v3/session/', { workflow_id: DEFAULT_WORKFLOW })
    const { status, headers } = await more()
    expect(status).toBe(429)
    expect(headers.has('x-ratelimit-limit')).toBe(false)
    time.pass(DAY)
    expect((await more()).status).toBe(201)
  })

  it('can be switched off', async () => {
    const { send } = setUp({ limits: false })
    for (let i = 0; i < 600; i++) await send('POST', '/v3/session/', {})
    expect((await send('POST', '/v3/session/', {})).status).toBe(400)
  })
})
