import { describe, expect, it } from 'vitest'
import { STATUSES } from '../../../server/contract.ts'
import { setUp } from './fixture.ts'

describe('the controls', () => {
  const foreign: [string, RequestInit, number][] = [
    ['another host', { headers: { host: 'evil.test:4010' } }, 403],
    ['another port', { headers: { host: '127.0.0.1:8787' } }, 403],
    ['a page of another site', { headers: { 'sec-fetch-site': 'cross-site' } }, 403],
    ['a page of the same site', { headers: { 'sec-fetch-site': 'same-site' } }, 403],
    ['a foreign origin', { headers: { origin: 'http://localhost:8787' } }, 403],
    ['an opaque origin', { headers: { origin: 'null' } }, 403],
    [
      'a form',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '{}' },
      415,
    ],
    ['text', { headers: { 'content-type': 'text/plain' }, body: '{}' }, 415],
    ['a body without a type', { body: new TextEncoder().encode('{}') }, 415],
  ]
  it.each(foreign)('refuse %s', async (_, init, status) => {
    const { request } = setUp()
    const response = await request('/_sandbox/reset', { method: 'POST', ...init })
    expect(response.status).toBe(status)
  })

  it.each(['localhost:4010', '127.0.0.1:4010', '[::1]:4010'])('answer to %s', async (host) => {
    const { request } = setUp()
    const response = await request('/_sandbox/reset', { method: 'POST', headers: { host } })
    expect(response.status).toBe(204)
  })

  it('refuse steps that Didit does not take, and name those it does', async () => {
    const { create, move, decision } = setUp()
    const { session_id } = await create()
    const response = await move(session_id, 'Approved')
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({
      detail: expect.stringContaining('after Not Started comes In Progress, Expired.'),
      next: ['In Progress', 'Expired'],
    })
    expect((await decision(session_id)).status).toBe('Not Started')
  })

  const steps = Object.entries(STATUSES).flatMap(([from, { next }]) => next.map((to) => [from, to]))
  it.each(steps as [string, string][])('move %s to %s', async (from, to) => {
    const { create, company, move, decision, told, sandbox } = setUp()
    // Only companies wait for others.
    const { session_id } = to === 'Awaiting User' ? await company() : await create()
    if (from !== 'Not Started') expect((await move(session_id, from, true)).status).toBe(200)
    expect((await move(session_id, to)).status).toBe(200)
    expect((await decision(session_id)).status).toBe(to)
    await sandbox.idle()
    expect(told().at(-1)).toBe(to)
  })

  it('do not let a person wait for other people', async () => {
    const { create, move } = setUp()
    const { session_id } = await create()
    await move(session_id, 'In Progress')
    const response = await move(session_id, 'Awaiting User')
    expect(response.status).toBe(409)
    expect((await response.json()).next).not.toContain('Awaiting User')
  })

  it.each([
    [{}],
    [{ status: 'approved' }],
    [{ status: 'toString' }],
    [{ status: 1 }],
    [[]],
    [null],
  ])('refuse %j as a step', async (body) => {
    const { create, send } = setUp()
    const { session_id } = await create()
    const response = await send('POST', `/_sandbox/sessions/${session_id}/status`, body)
    expect(response.status).toBe(400)
  })

  it('do not know unknown sessions and paths', async () => {
    const { move, request } = setUp()
    expect((await move('nobody', 'Approved')).status).toBe(404)
    expect((await request('/_sandbox/nothing')).status).toBe(404)
  })

  it('set where webhooks go', async () => {
    const { request, send } = setUp()
    const to = { url: 'http://localhost:8787/api/verify/webhooks', secret: 's' }
    expect((await send('PUT', '/_sandbox/webhook', to)).status).toBe(200)
    expect(await (await request('/_sandbox/webhook')).json()).toEqual(to)
    const file = { url: 'file:///etc/passwd', secret: 's' }
    expect((await send('PUT', '/_sandbox/webhook', file)).status).toBe(400)
    const off = { url: null, secret: null }
    expect(await (await send('PUT', '/_sandbox/webhook', off)).json()).toEqual(off)
  })

  it('refuse loopback webhooks when strict', async () => {
    const { send } = setUp({ strict: true })
    const put = (url: string) => send('PUT', '/_sandbox/webhook', { url, secret: 's' })
    expect((await put('https://localhost/hook')).status).toBe(400)
    expect((await put('http://shop.example/hook')).status).toBe(400)
    expect((await put('https://shop.example/hook')).status).toBe(200)
  })

  it('send nothing from before a reset', async () => {
    let answer = (_: number) => {}
    const hook = () =>
      new Promise<number>((resolve) => {
        answer = resolve
      })
    const { create, play, hooks, request, sandbox } = setUp({ hook })
    await play((await create()).session_token, 'approve')
    while (hooks.length === 0) await new Promise(setImmediate)
    await request('/_sandbox/reset', { method: 'POST' })
    answer(204)
    await sandbox.idle()
    expect(hooks).toHaveLength(1)
    expect(await (await request('/_sandbox/deliveries')).json()).toEqual([])
  })

  it('list sessions and forget everything on reset', async () => {
    const { create, request, send, told, sandbox, play } = setUp()
    const { session_id, session_token, url } = await create()
    await send('PUT', '/_sandbox/faults', { duplicate: true })
    const sessions = await (await request('/_sandbox/sessions')).json()
    expect(sessions).toMatchObject([{ session_id, status: 'Not Started', url }])
    await play(session_token, 'approve')
    expect((await request('/_sandbox/reset', { method: 'POST' })).status).toBe(204)
    expect(await (await request('/_sandbox/sessions')).json()).toEqual([])
    expect(await (await request('/_sandbox/deliveries')).json()).toEqual([])
    expect((await create()).session_number).toBe(1001)
    await sandbox.idle()
    const before = told().length
    await play((await create()).session_token, 'approve')
    await sandbox.idle()
    expect(told().length - before).toBe(2)
  })
})
