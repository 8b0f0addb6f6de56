import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../server/metrics.ts'
import { createBff, problem } from '../support/bff.ts'
import { readEvents, readStatus } from '../support/events.ts'
import { until } from '../support/gate.ts'

const identify = (request: Request) => request.headers.get('x-user')
const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } })

async function setUp(limits: object) {
  const metrics = await createMetrics()
  const bff = await createBff({ metrics, limits, identify })
  const open = (id: string, user: string, address = '192.0.2.1', method = 'GET') =>
    bff.request(`/sessions/${id}/events`, { method, headers: { 'x-user': user } }, from(address))
  const count = async () => {
    const { text = '' } = (await metrics.read?.()) ?? {}
    return Number(/^didit_verify_open_streams (\d+)$/m.exec(text)?.[1])
  }
  const start = async (user: string) => (await bff.start({}, { 'x-user': user })).session.id
  return { ...bff, open, count, sessionOf: start }
}

describe('a limit of open streams', () => {
  it('holds for each visitor, on whatever address and session', async () => {
    const { open, sessionOf } = await setUp({ subjectStreams: 2 })
    const [one, two] = [await sessionOf('user-1'), await sessionOf('user-2')]
    const first = readEvents(await open(one, 'user-1', '192.0.2.1'))
    const second = readEvents(await open(one, 'user-1', '192.0.2.2'))
    const refused = await open(one, 'user-1', '192.0.2.3')
    expect(refused.headers.get('retry-after')).toBe('15')
    expect(await problem(refused)).toEqual([429, 'too-many-requests'])
    const other = await open(two, 'user-2')
    expect(other.status).toBe(200)
    await Promise.all([first, second, readEvents(other)].map(({ abort }) => abort()))
  })

  it('holds for each address, whoever it is', async () => {
    const { open, sessionOf } = await setUp({ addressStreams: 1 })
    const [one, two] = [await sessionOf('user-1'), await sessionOf('user-2')]
    const first = readEvents(await open(one, 'user-1', '2001:db8::1'))
    expect((await open(two, 'user-2', '2001:db8::2')).status).toBe(429)
    const other = await open(two, 'user-2', '2001:db8:0:1::1')
    expect(other.status).toBe(200)
    await Promise.all([first, readEvents(other)].map(({ abort }) => abort()))
  })

  it('holds for all together', async () => {
    const { open, sessionOf } = await setUp({ streams: 1 })
    const [one, two] = [await sessionOf('user-1'), await sessionOf('user-2')]
    const first = readEvents(await open(one, 'user-1'))
    expect((await open(two, 'user-2', '192.0.2.2')).status).toBe(429)
    await first.abort()
  })

  it('is free again when a stream ends, and a read is never refused by it', async () => {
    const { open, sessionOf, read, count, move, hook } = await setUp({ streams: 1 })
    const id = await sessionOf('user-1')
    const events = readEvents(await open(id, 'user-1'))
    expect(await count()).toBe(1)
    expect((await read(id, undefined, { 'x-user': 'user-1' })).status).toBe(200)
    expect((await open(id, 'user-1', '192.0.2.1', 'HEAD')).status).toBe(200)
    await events.abort()
    await until(async () => (await count()) === 0)

    const again = readEvents(await open(id, 'user-1'))
    await again.next()
    await move(id, 'Approved')
    await hook({ session_id: id, status: 'Approved' })
    while ((await again.next()) !== undefined);
    expect(await count()).toBe(0)
  })

  it('that fails takes no other stream of the session along', async () => {
    const metrics = await createMetrics()
    const { set } = metrics
    const bff = await createBff({ metrics, identify })
    const { id } = (await bff.start({}, { 'x-user': 'user-1' })).session
    const open = () => bff.request(`/sessions/${id}/events`, { headers: { 'x-user': 'user-1' } })
    const [first, second] = [readEvents(await open()), readEvents(await open())]
    await Promise.all([first.next(), second.next()])
    metrics.set = (...of) => {
      metrics.set = set
      set(...of)
      throw new Error('no metrics')
    }
    await bff.move(id, 'Approved')
    await bff.hook({ session_id: id, status: 'Approved' })
    for (const events of [first, second]) {
      expect(readStatus(await events.next())).toEqual(['Approved', 2])
      expect(await events.next()).toBeUndefined()
    }
    expect(bff.lines.map(({ message }) => message)).toContain('stream failed')
  })

  it('is not used up by those who may not read', async () => {
    const { open, sessionOf, count } = await setUp({ streams: 1 })
    const id = await sessionOf('user-1')
    for (let i = 0; i < 5; i++) expect((await open(id, 'user-2')).status).toBe(404)
    expect(await count()).toBe(0)
    await readEvents(await open(id, 'user-1')).abort()
  })

  it('is free again when the store fails in the middle', async () => {
    const { open, sessionOf, store, count, lines } = await setUp({ streams: 1 })
    const id = await sessionOf('user-1')
    const { session } = store
    let reads = 0
    store.session = (name) => (++reads > 1 ? Promise.reject(new Error('disk full')) : session(name))
    const events = readEvents(await open(id, 'user-1'))
    expect(await events.next()).toBeUndefined()
    await until(async () => (await count()) === 0)
    expect(lines.map(({ message }) => message)).toContain('stream failed')
  })
})
