import { describe, expect, it } from 'vitest'
import { setUp } from './fixture.ts'

describe('credits', () => {
  it('are a decimal text', async () => {
    const { ask } = setUp()
    expect((await ask('GET', '/v3/billing/balance/')).body).toEqual({
      balance: '100.0000',
      auto_refill_enabled: false,
      auto_refill_amount: null,
      auto_refill_threshold: null,
    })
  })

  it('cost nothing until they are switched on', async () => {
    const { ask, create } = setUp()
    await create()
    expect((await ask('GET', '/v3/billing/balance/')).body.balance).toBe('100.0000')
  })

  it('are spent by new sessions, not by those handed back, and run out', async () => {
    const { ask, create, send } = setUp()
    await send('PUT', '/_sandbox/settings', { credits: true, balance: 0.3 })
    await create({ vendor_data: 'u' })
    await create({ vendor_data: 'u' })
    // Document 0.10, liveness 0.03, face match 0.02, address analysis 0.03.
    expect((await ask('GET', '/v3/billing/balance/')).body.balance).toBe('0.1200')
    const { workflow_id } = (await ask('GET', '/v3/workflows/')).body.results.at(-1)
    const answer = await ask('POST', '/v3/session/', { workflow_id })
    expect([answer.status, answer.body.detail]).toEqual([
      400,
      expect.stringContaining('enough credits'),
    ])
  })

  it('are bought on a page, and lead back to the shop', async () => {
    const { ask, request } = setUp()
    const { body } = await ask('POST', '/v3/billing/top-up/', {
      amount_in_dollars: 75.5,
      success_url: 'https://shop.example/paid?id={CHECKOUT_SESSION_ID}',
      cancel_url: 'https://shop.example/"><script>',
    })
    const page = await request(body.checkout_session_url)
    expect(await page.text()).not.toContain('"><script>')
    const paid = await request(body.checkout_session_url, { method: 'POST' })
    const id = body.checkout_session_id
    expect([paid.status, paid.headers.get('location')]).toEqual([
      303,
      `https://shop.example/paid?id=${id}`,
    ])
    expect((await ask('GET', '/v3/billing/balance/')).body.balance).toBe('175.5000')
    expect((await request(body.checkout_session_url, { method: 'POST' })).status).toBe(404)
  })

  it('lead to no page that is code', async () => {
    const { ask, request } = setUp()
    const wanted = { amount_in_dollars: 50, success_url: 'javascript:alert(1)' }
    const { body } = await ask('POST', '/v3/billing/top-up/', wanted)
    const paid = await request(body.checkout_session_url, { method: 'POST' })
    expect(paid.headers.get('location')).toBeNull()
  })

  it('refuse a misspelt switch', async () => {
    const { send } = setUp()
    expect((await send('PUT', '/_sandbox/settings', { credit: true })).status).toBe(400)
  })
})
