import { describe, expect, it } from 'vitest'
import { createBff, PAGE } from '../support/bff.ts'
import { readEvents, readStatus } from '../support/events.ts'
import { until } from '../support/gate.ts'

const BEAT = 15_000
/** How long questions of several streams are gathered. */
const GATHER = 1_000
const COMMENT = ': still here'

async function setUp(options: Parameters<typeof createBff>[0] = {}) {
  const bff = await createBff(options)
  const { session, token } = await bff.start()
  const { id } = session
  let listening = 0
  const { listen } = bff.store
  // The store that the app was given, so that what it takes can be counted.
  bff.store.listen = (name, wake) => {
    const stop = listen(name, wake)
    listening++
    return () => {
      listening--
      stop()
    }
  }
  /** Moves the row as another process would; its notification is heard here. */
  const change = async (status: string) => {
    const row = await bff.store.session(id)
    const now = bff.clock.now()
    const times = { eventAt: now, checkAt: now + 60_000, now }
    await bff.store.changeStatus(id, row?.version ?? 0, { status, ...times })
  }
  const open = async (headers: Record<string, string> = {}, method = 'GET') => {
    const bearer = { 'verify-token': token }
    return bff.request(`/sessions/${id}/events`, { method, headers: { ...bearer, ...headers } })
  }
  return { ...bff, id, token, change, open, listening: () => listening }
}

/** Waits until the stream sleeps, then lets so much time pass. */
async function sleepThrough(
  { clock }: Pick<Awaited<ReturnType<typeof setUp>>, 'clock'>,
  ms: number,
) {
  await until(() => clock.waiting() > 0)
  clock.pass(ms)
}

describe('a stream', () => {
  it('tells what is now, then every change, and ends when it is settled', async () => {
    const { open, change, listening } = await setUp()
    const events = readEvents(await open())
    expect(readStatus(await events.next())).toEqual(['Not Started', 1])
    await change('In Progress')
    expect(readStatus(await events.next())).toEqual(['In Progress', 2])
    await change('Approved')
    expect(readStatus(await events.next())).toEqual(['Approved', 3])
    expect(await events.next()).toBeUndefined()
    expect(listening()).toBe(0)
  })

  it('cannot be cached, transformed or held back', async () => {
    const { open } = await setUp()
    const response = await open({ origin: PAGE })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('access-control-allow-origin')).toBe(PAGE)
    await readEvents(response).abort()
  })

  it('shows the same as a read', async () => {
    const { open, seen, id, token } = await setUp()
    const events = readEvents(await open())
    const data = /^data: (.*)$/m.exec((await events.next()) ?? '')?.[1] ?? ''
    expect(JSON.parse(data)).toEqual({ session: await seen(id, token) })
    await events.abort()
  })

  it('does not lose a change that falls between subscribing and reading', async () => {
    const bff = await setUp()
    const { store, open, change } = bff
    const { session } = store
    let reads = 0
    store.session = async (id) => {
      const row = await session(id)
      // The first read finds out who may listen, the second is the stream's own.
      if (++reads === 2) await change('In Progress')
      return row
    }
    const events = readEvents(await open())
    expect(readStatus(await events.next())).toEqual(['In Progress', 2])
    // What its own read has found is older, and comes later.
    expect(await events.next()).toBe(COMMENT)
    await events.abort()
  })

  it('does not repeat what the browser has seen', async () => {
    const { open, change } = await setUp()
    const events = readEvents(await open({ 'last-event-id': '1' }))
    expect(await events.next()).toBe(COMMENT)
    await change('In Progress')
    expect(readStatus(await events.next())).toEqual(['In Progress', 2])
    await events.abort()
  })

  it.each(['nonsense', '99', '-1', '1e3'])('begins anew after Last-Event-ID %s', async (seen) => {
    const { open } = await setUp()
    const events = readEvents(await open({ 'last-event-id': seen }))
    expect(readStatus(await events.next())).toEqual(['Not Started', 1])
    await events.abort()
  })

  it('beats every 15 seconds', async () => {
    const bff = await setUp()
    const events = readEvents(await bff.open())
    await events.next()
    for (let i = 0; i < 3; i++) {
      await sleepThrough(bff, BEAT)
      expect(await events.next()).toBe(COMMENT)
    }
    await events.abort()
  })

  it('reads a session once for all who wait for it', async () => {
    const bff = await setUp()
    const streams = await Promise.all(
      Array.from({ length: 5 }, async () => readEvents(await bff.open())),
    )
    await Promise.all(streams.map((events) => events.next()))
    const { session } = bff.store
    let reads = 0
    bff.store.session = (id) => {
      reads++
      return session(id)
    }
    await sleepThrough(bff, BEAT)
    expect(await Promise.all(streams.map((events) => events.next()))).toEqual(
      streams.map(() => COMMENT),
    )
    await bff.change('In Progress')
    const told = await Promise.all(streams.map((events) => events.next()))
    expect(told.map(readStatus)).toEqual(streams.map(() => ['In Progress', 2]))
    // One of them by the change itself.
    expect(reads).toBe(3)
    await Promise.all(streams.map((events) => events.abort()))
    expect(bff.listening()).toBe(0)
  })

  it('finds a change whose notification was lost at the next beat', async () => {
    const bff = await setUp()
    bff.store.listen = () => () => {}
    const events = readEvents(await bff.open())
    await events.next()
    await until(() => bff.clock.waiting() > 0)
    await bff.change('In Progress')
    await sleepThrough(bff, BEAT)
    expect(readStatus(await events.next())).toEqual(['In Progress', 2])
    await events.abort()
  })

  it('asks Didit when no webhook came, and tells what it finds', async () => {
    const bff = await setUp()
    const events = readEvents(await bff.open())
    await events.next()
    await bff.move(bff.id, 'Approved')
    await sleepThrough(bff, BEAT)
    expect(await events.next()).toBe(COMMENT)
    await sleepThrough(bff, GATHER)
    expect(readStatus(await events.next())).toEqual(['Approved', 2])
    expect(await events.next()).toBeUndefined()
  })

  it('goes on while Didit fails', async () => {
    const bff = await setUp()
    bff.didit.answer = () => new Response('', { status: 500 })
    const events = readEvents(await bff.open())
    await events.next()
    for (let i = 0; i < 3; i++) {
      await sleepThrough(bff, BEAT)
      expect(await events.next()).toBe(COMMENT)
    }
    await events.abort()
  })

  it('ends after 15 minutes, and the next one goes on where it ended', async () => {
    const bff = await setUp()
    const events = readEvents(await bff.open())
    await events.next()
    let beats = 0
    await sleepThrough(bff, BEAT)
    while ((await events.next()) !== undefined) {
      beats++
      await sleepThrough(bff, BEAT)
    }
    expect(beats).toBe(59)
    expect(bff.listening()).toBe(0)
    await bff.move(bff.id, 'In Progress')
    await bff.change('In Progress')
    const next = readEvents(await bff.open({ 'last-event-id': '1' }))
    expect(readStatus(await next.next())).toEqual(['In Progress', 2])
    await next.abort()
  })

  it('lets go of everything when the browser does', async () => {
    const { open, clock, listening } = await setUp()
    const events = readEvents(await open())
    await events.next()
    await until(() => clock.waiting() > 0)
    await events.abort()
    await until(() => listening() === 0)
    expect(clock.waiting()).toBe(0)
  })

  it('ends when the process is about to, and the next one goes on where it ended', async () => {
    const leaving = new AbortController()
    const bff = await setUp({ signal: leaving.signal })
    const events = readEvents(await bff.open())
    await events.next()
    await until(() => bff.clock.waiting() > 0)
    leaving.abort()
    expect(await events.next()).toBeUndefined()
    await until(() => bff.listening() === 0)
    expect(bff.clock.waiting()).toBe(0)
    const late = readEvents(await bff.open({ 'last-event-id': '1' }))
    expect(await late.next()).toBeUndefined()
  })

  it('is not opened for a HEAD request, which nobody would end', async () => {
    const { open, listening } = await setUp()
    const response = await open({}, 'HEAD')
    expect(response.status).toBe(200)
    expect(listening()).toBe(0)
  })

  it('ends when the session has gone missing', async () => {
    const bff = await setUp()
    const events = readEvents(await bff.open())
    await events.next()
    bff.didit.answer = () => Response.json({ detail: 'Not found.' }, { status: 404 })
    await sleepThrough(bff, BEAT)
    expect(await events.next()).toBe(COMMENT)
    await sleepThrough(bff, GATHER)
    expect(await events.next()).toContain('"outcome":"expired","settled":true')
    expect(await events.next()).toBeUndefined()
  })
})

describe('many streams', () => {
  /** So many visitors who wait; `ask` lets them wait until Didit was asked about them. */
  async function wait(count: number) {
    const bff = await createBff({ limits: { app: 1_000, address: 1_000 } })
    const grants = []
    for (let i = 0; i < count; i++) grants.push(await bff.start())
    const streams = await Promise.all(
      grants.map(async ({ session, token }) => {
        const path = `/sessions/${session.id}/events`
        return readEvents(await bff.request(path, { headers: { 'verify-token': token } }))
      }),
    )
    await Promise.all(streams.map((events) => events.next()))
    bff.didit.calls.length = 0
    const ids = grants.map(({ session }) => session.id)
    const ask = async () => {
      await sleepThrough(bff, BEAT)
      await Promise.all(streams.map((events) => events.next()))
      await sleepThrough(bff, GATHER)
    }
    return { ...bff, ids, streams, ask }
  }

  it('have Didit asked about all of their sessions with one list call for fifty', async () => {
    const { ids, streams, ask, move, didit } = await wait(60)
    for (const id of ids) await move(id, 'In Progress')
    await ask()
    const told = await Promise.all(streams.map((events) => events.next()))
    expect(told.map(readStatus)).toEqual(ids.map(() => ['In Progress', 2]))
    expect(didit.calls).toEqual(['GET /v3/sessions/', 'GET /v3/sessions/'])
    await Promise.all(streams.map((events) => events.abort()))
  })

  it('have it asked alone about who is not on the list, and about each where they are few', async () => {
    for (const count of [60, 3]) {
      const { ids, streams, ask, move, didit } = await wait(count)
      const [first = ''] = ids
      await move(first, 'Declined')
      await ask()
      expect(readStatus(await streams[0]?.next())).toEqual(['Declined', 2])
      const lists = didit.calls.filter((call) => call === 'GET /v3/sessions/')
      const questions = didit.calls.filter((call) => call.endsWith('/decision/'))
      expect([lists.length, questions.length]).toEqual(count === 60 ? [2, 1] : [0, 3])
      await Promise.all(streams.map((events) => events.abort()))
    }
  })
})
