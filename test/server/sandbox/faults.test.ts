import { describe, expect, it } from 'vitest'
import { setUp } from './fixture.ts'

describe('faults of the API', () => {
  const read = { headers: { 'x-api-key': 'key' } }

  it.each([
    [{ path: '/v3/', drop: true }],
    [{ status: 200 }],
    [{ status: '500' }],
    [{ rate: 2 }],
    [{ redirect: 'later' }],
    [{ unknown: 1 }],
    [[]],
    [null],
  ])('cannot be %j', async (body) => {
    const { send } = setUp()
    expect((await send('PUT', '/_sandbox/faults', body)).status).toBe(400)
  })

  it('answer 429 with a time to wait, as often as told', async () => {
    const { create, send, request, decision } = setUp()
    const { session_id } = await create()
    await send('PUT', '/_sandbox/faults', {
      path: '/v3/session/*/decision/',
      status: 429,
      count: 2,
    })
    expect((await create()).status).toBe('Not Started')
    for (let i = 0; i < 2; i++) {
      const response = await request(`/v3/session/${session_id}/decision/`, read)
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '30'])
    }
    expect((await decision(session_id)).session_id).toBe(session_id)
  })

  it('answer 500 in no JSON until they are cleared', async () => {
    const { create, send, request } = setUp()
    const { session_id } = await create()
    await send('PUT', '/_sandbox/faults', { status: 500 })
    const response = await request(`/v3/session/${session_id}/decision/`, read)
    expect(response.status).toBe(500)
    expect(response.headers.get('content-type')).toContain('text/html')
    await send('PUT', '/_sandbox/faults', {})
    expect((await request(`/v3/session/${session_id}/decision/`, read)).status).toBe(200)
  })

  it('happen at a rate', async () => {
    const chances = [0.1, 0.9]
    const { create, send, request } = setUp({ random: () => chances.shift() ?? 1 })
    const { session_id } = await create()
    await send('PUT', '/_sandbox/faults', { status: 503, rate: 0.5 })
    const path = `/v3/session/${session_id}/decision/`
    expect((await request(path, read)).status).toBe(503)
    expect((await request(path, read)).status).toBe(200)
  })

  it('make answers late', async () => {
    const { create, send, decision, time } = setUp()
    const { session_id } = await create()
    await send('PUT', '/_sandbox/faults', { delayMs: 2_000 })
    let answered = false
    const answer = decision(session_id).then((body) => {
      answered = true
      return body
    })
    time.pass(1_999)
    await Promise.resolve()
    expect(answered).toBe(false)
    time.pass(1)
    expect((await answer).session_id).toBe(session_id)
  })
})
