import { describe, expect, it } from 'vitest'
import { createBff, PAGE, PUBLIC_URL, problem } from '../support/bff.ts'

const DEFAULT = '11111111-2222-4333-8444-555555555555'
const AGE = '22222222-2222-4333-8444-555555555555'

/** Didit's answer to a new session; the sandbox knows one workflow only. */
function created() {
  const url = 'https://verify.didit.me/session/token'
  const body = { session_id: crypto.randomUUID(), status: 'Not Started', url }
  return Response.json(body, { status: 201 })
}

const identify = (request: Request) => request.headers.get('x-user')

describe('starting', () => {
  it('creates a session at Didit for a subject of its own', async () => {
    const { post, didit } = await createBff()
    const response = await post({ language: 'de-AT', mode: 'modal' })
    expect(response.status).toBe(201)
    const { session, token } = await response.json()
    expect(session).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      workflow: 'default',
      status: 'Not Started',
      outcome: null,
      settled: false,
      url: expect.stringContaining('/de/session/'),
      createdAt: '2026-01-01T12:00:00.000Z',
      updatedAt: '2026-01-01T12:00:00.000Z',
      version: 1,
    })
    expect(didit.bodies).toEqual([
      {
        workflow_id: DEFAULT,
        vendor_data: expect.stringMatching(/^anon_[\w-]{22}$/),
        callback: expect.stringMatching(
          /^https:\/\/verify\.shop\.example\/api\/verify\/return\/[\w-]{22}$/,
        ),
        language: 'de',
      },
    ])
    expect(token).not.toContain(String(didit.bodies[0]?.vendor_data))
  })

  it('gives two visitors two subjects', async () => {
    const { start, didit } = await createBff()
    const [one, two] = [await start(), await start()]
    expect(one.session.id).not.toBe(two.session.id)
    expect(didit.bodies[0]?.vendor_data).not.toBe(didit.bodies[1]?.vendor_data)
  })

  it('hands the unfinished session back to whoever has its token', async () => {
    const { start, didit } = await createBff()
    const one = await start()
    const two = await start({}, { 'verify-token': one.token })
    expect(two).toMatchObject({ status: 200, session: { id: one.session.id } })
    expect(didit.calls).toEqual(['POST /v3/session/'])
  })

  it('hands the unfinished session back to the same signed-in person', async () => {
    const { start, didit } = await createBff({ identify })
    const one = await start({}, { 'x-user': 'user-1' })
    const two = await start({}, { 'x-user': 'user-1' })
    expect(two).toMatchObject({ status: 200, session: { id: one.session.id } })
    expect(didit.bodies.map(({ vendor_data }) => vendor_data)).toEqual(['user-1'])
  })

  it('gives somebody else another session', async () => {
    const { start } = await createBff({ identify })
    const one = await start({}, { 'x-user': 'user-1' })
    const two = await start({}, { 'x-user': 'user-2' })
    expect(two.status).toBe(201)
    expect(two.session.id).not.toBe(one.session.id)
  })

  it('keeps workflows apart', async () => {
    const { start, didit } = await createBff({
      identify,
      workflows: { default: DEFAULT, age: AGE },
    })
    didit.answer = created
    const one = await start({}, { 'x-user': 'user-1' })
    const two = await start({ workflow: 'age' }, { 'x-user': 'user-1' })
    const again = await start({}, { 'x-user': 'user-1' })
    expect(two.session).toMatchObject({ workflow: 'age', version: 1 })
    expect(again.session.id).toBe(one.session.id)
    expect(didit.bodies.map(({ workflow_id }) => workflow_id)).toEqual([DEFAULT, AGE])
  })

  it('asks Didit first when the kept session is old, and makes a fresh one when it ended', async () => {
    const { start, clock, move, didit } = await createBff()
    const one = await start()
    await move(one.session.id, 'Expired')
    clock.pass(60_000)
    const two = await start({}, { 'verify-token': one.token })
    expect(two.status).toBe(201)
    expect(two.session.id).not.toBe(one.session.id)
    expect(didit.bodies[0]?.vendor_data).toBe(didit.bodies[1]?.vendor_data)
  })

  it('hands back a session that turns out to be approved just now', async () => {
    const { start, clock, move } = await createBff()
    const one = await start()
    await move(one.session.id, 'Approved')
    clock.pass(60_000)
    const two = await start({}, { 'verify-token': one.token })
    expect(two).toMatchObject({ status: 200, session: { outcome: 'approved' } })
  })

  it('hands back an approved session as long as no newer one replaces it', async () => {
    const { start, seen, clock, move, didit } = await createBff({ identify })
    const user = { 'x-user': 'user-1' }
    const one = await start({}, user)
    await move(one.session.id, 'Approved')
    clock.pass(60_000)
    expect((await seen(one.session.id, one.token)).outcome).toBe('approved')
    const two = await start({}, user)
    expect(two).toMatchObject({ status: 200, session: { id: one.session.id, settled: true } })
    expect(two.session.url).toBeUndefined()
    expect((await seen(one.session.id, two.token)).outcome).toBe('approved')
    expect(didit.calls.filter((call) => call.startsWith('POST'))).toHaveLength(1)
  })

  it('makes a fresh session of an approved one where the host wants it again', async () => {
    const asked: unknown[] = []
    const { start, seen, clock, move } = await createBff({
      identify,
      again: (approved) => {
        asked.push(approved)
        return true
      },
    })
    const user = { 'x-user': 'user-1' }
    const one = await start({}, user)
    await start({}, user)
    expect(asked).toEqual([])
    await move(one.session.id, 'Approved')
    clock.pass(60_000)
    const approved = await seen(one.session.id, one.token)
    const two = await start({}, user)
    expect(asked).toEqual([approved])
    expect(two.status).toBe(201)
    expect(two.session.id).not.toBe(one.session.id)
  })

  it('never hands back an approval that a newer session has replaced', async () => {
    const { start, seen, clock, move } = await createBff({ identify, again: () => true })
    const user = { 'x-user': 'user-1' }
    const one = await start({}, user)
    await move(one.session.id, 'Approved')
    clock.pass(60_000)
    await seen(one.session.id, one.token)
    const two = await start({}, user)
    await move(two.session.id, 'Declined')
    clock.pass(60_000)
    await seen(two.session.id, two.token)
    const three = await start({}, user)
    expect(three.status).toBe(201)
    expect([one.session.id, two.session.id]).not.toContain(three.session.id)
  })

  it('hands back a session in review, without its address', async () => {
    const { start, clock, move } = await createBff()
    const one = await start()
    await move(one.session.id, 'In Review')
    clock.pass(60_000)
    const { status, session } = await start({}, { 'verify-token': one.token })
    expect([status, session.outcome, session.url]).toEqual([200, 'pending', undefined])
  })

  it('lets the host add what Didit is told, but not whom it is about or where it leads', async () => {
    const { start, didit } = await createBff({
      identify,
      buildSession: (_body, subject) => ({
        metadata: { subject },
        workflow_id: 'evil',
        vendor_data: 'evil',
        callback: 'https://evil.example/',
      }),
    })
    await start({}, { 'x-user': 'user-1' })
    expect(didit.bodies[0]).toMatchObject({
      metadata: { subject: 'user-1' },
      workflow_id: DEFAULT,
      vendor_data: 'user-1',
      callback: expect.stringContaining(`${PUBLIC_URL}/return/`),
    })
  })

  it('tells Didit nothing of the reference', async () => {
    const { start, didit, store } = await createBff()
    const { session } = await start({ reference: 'order 42' })
    expect(JSON.stringify(didit.bodies)).not.toContain('order 42')
    expect(await store.session(session.id)).toMatchObject({ reference: 'order 42' })
    expect(JSON.stringify(session)).not.toContain('order 42')
  })
})

describe('reading', () => {
  it('shows the address only while the session is open', async () => {
    const { start, seen, move, clock } = await createBff()
    const { session, token } = await start()
    for (const [status, open] of [
      ['In Progress', true],
      ['In Review', false],
      ['Resubmitted', true],
      ['Awaiting User', false],
      ['Approved', false],
    ] as const) {
      await move(session.id, status)
      clock.pass(60 * 60_000)
      const { url, ...rest } = await seen(session.id, token)
      expect([rest.status, url !== undefined]).toEqual([status, open])
    }
  })

  it('tells nothing of the decision or the person', async () => {
    const { start, read, move, clock, sandbox } = await createBff({ identify })
    const { session, token } = await start({}, { 'x-user': 'secret-user-17' })
    await move(session.id, 'In Progress', 'Approved')
    clock.pass(60_000)
    const text = await (await read(session.id, token)).text()
    expect(Object.keys(JSON.parse(text).session)).toEqual([
      'id',
      'workflow',
      'status',
      'outcome',
      'settled',
      'createdAt',
      'updatedAt',
      'version',
    ])
    const path = `/v3/session/${session.id}/decision/`
    const decision = await sandbox.app.request(path, { headers: { 'x-api-key': 'key' } })
    const { id_verifications } = await decision.json()
    expect(id_verifications[0].last_name).toBeTruthy()
    for (const secret of ['secret-user-17', id_verifications[0].last_name, 'score']) {
      expect(text).not.toContain(secret)
    }
  })

  it('answers 304 as long as nothing has changed', async () => {
    const { start, read, move, clock } = await createBff()
    const { session, token } = await start()
    const first = await read(session.id, token)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]+"$/)
    const headers = { 'if-none-match': etag, origin: PAGE }
    const second = await read(session.id, token, headers)
    expect([second.status, await second.text()]).toEqual([304, ''])
    expect(second.headers.get('cache-control')).toBe('no-store')
    expect(second.headers.get('access-control-allow-origin')).toBe(PAGE)
    await move(session.id, 'In Progress')
    clock.pass(60_000)
    const third = await read(session.id, token, headers)
    expect(third.status).toBe(200)
    expect(third.headers.get('etag')).not.toBe(etag)
  })

  it('asks Didit at once for a reader who demands a fresh answer', async () => {
    const { start, seen, move, clock } = await createBff()
    const { session, token } = await start()
    clock.pass(10 * 60_000)
    await seen(session.id, token)
    await move(session.id, 'In Progress')
    clock.pass(2_000)
    expect((await seen(session.id, token)).status).toBe('Not Started')
    const fresh = { 'cache-control': 'no-cache' }
    expect((await seen(session.id, token, fresh)).status).toBe('In Progress')
  })

  it('finds the newest session of a visitor, of one workflow or of any', async () => {
    const workflows = { default: DEFAULT, age: AGE }
    const { start, request, clock, didit } = await createBff({ workflows })
    didit.answer = created
    const one = await start({ workflow: 'age' })
    clock.pass(1000)
    const headers = { 'verify-token': one.token }
    const current = async (query = '') => {
      const response = await request(`/sessions/current${query}`, { headers })
      return response.ok ? (await response.json()).session.workflow : problem(response)
    }
    expect(await current('?workflow=age')).toBe('age')
    expect(await current('?workflow=default')).toEqual([404, 'not-found'])
    await start({}, headers)
    expect(await current()).toBe('default')
    expect(await current('?workflow=age')).toBe('age')
  })
})
