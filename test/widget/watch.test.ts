import { expect } from '@open-wc/testing'
import type { Session } from '../../server/contract.ts'
import { createBackend } from '../../widget/backend.ts'
import { watch } from '../../widget/watch.ts'
import { Backend, mute, problem } from '../support/backend.ts'
import { until } from '../support/element.ts'
import { allow, hurry, restore } from '../support/haste.ts'

function start(backend: Backend) {
  const life = new AbortController()
  const heard: Session[] = []
  const client = createBackend(`${location.origin}/api/verify`, backend.fetch)
  const kept = { sessionId: backend.session.id, token: backend.token }
  const done = watch(client, kept, life.signal, (session) => heard.push(session))
  return { life, heard, done, statuses: () => heard.map(({ status }) => status) }
}

function show(visibilityState: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true })
  document.dispatchEvent(new Event('visibilitychange'))
}

describe('watch', () => {
  afterEach(() => {
    restore()
    Reflect.deleteProperty(document, 'visibilityState')
  })

  it('tells every change of the stream, until the session is settled', async () => {
    const backend = new Backend()
    const { done, statuses } = start(backend)
    await until(() => backend.streams.size)
    backend.tell('In Progress')
    backend.tell('Approved')
    await done
    expect(statuses()).to.deep.equal(['Not Started', 'In Progress', 'Approved'])
    expect(backend.open).to.equal(0)
    expect(backend.count('read')).to.equal(0)
  })

  it('sends the token as a header, and never in the address', async () => {
    const backend = new Backend()
    const { life } = start(backend)
    await until(() => backend.streams.size)
    const [{ url, token } = { url: new URL('x:'), token: '' }] = backend.asked
    expect(token).to.equal(backend.token)
    expect(url.href).not.to.contain(backend.token)
    life.abort()
  })

  it('ends with its signal', async () => {
    const backend = new Backend()
    const { life, done, heard } = start(backend)
    await until(() => heard.length)
    life.abort()
    await done
    expect(backend.open).to.equal(0)
  })

  it('opens the next stream when one ends', async () => {
    hurry()
    const backend = new Backend()
    const { done, statuses } = start(backend)
    await until(() => backend.streams.size)
    backend.cut()
    backend.move('In Progress')
    await until(() => backend.count('stream') === 2)
    backend.tell('Declined')
    await done
    expect(statuses()).to.deep.equal(['Not Started', 'In Progress', 'Declined'])
    expect(backend.count('read')).to.equal(0)
  })

  it('opens the next stream when one falls silent', async () => {
    hurry(100)
    const backend = new Backend()
    const { done, heard, statuses } = start(backend)
    await until(() => heard.length)
    // No notification comes through a connection that has gone.
    backend.move('Approved')
    await done
    expect(statuses()).to.deep.equal(['Not Started', 'Approved'])
    expect(backend.count('stream')).to.equal(2)
    expect(backend.count('read')).to.equal(0)
  })

  it('asks where streams say nothing, more and more slowly', async () => {
    hurry(100)
    const backend = new Backend()
    backend.answers.set('stream', ({ signal }) => mute(signal))
    const { done } = start(backend)
    await until(() => backend.count('read') >= 4)
    expect(backend.count('stream')).to.equal(2)
    backend.move('Approved')
    await done
    expect(backend.count('stream')).to.equal(2)
  })

  it('asks where streams are refused', async () => {
    hurry(100)
    const backend = new Backend()
    backend.answers.set('stream', () => new Response('', { status: 502 }))
    const { done, statuses } = start(backend)
    await until(() => backend.count('read') === 1)
    backend.move('Approved')
    await done
    expect(statuses().at(-1)).to.equal('Approved')
  })

  it('asks again where a question gets no answer at all', async () => {
    hurry(100)
    allow(50)
    const backend = new Backend()
    backend.answers.set('stream', () => Response.error())
    backend.answers.set('read', () => undefined)
    const { done, statuses } = start(backend)
    await until(() => backend.count('read') === 2)
    backend.answers.delete('read')
    backend.move('Approved')
    await done
    expect(statuses()).to.deep.equal(['Approved'])
  })

  it('survives nonsense in a stream', async () => {
    hurry(100)
    const backend = new Backend()
    let first = true
    backend.answers.set('stream', () => {
      const text = first ? 'data: {broken\n\n' : ': still here\n\nid: 2\n\ndata: null\n\n'
      first = false
      return new Response(text)
    })
    const { heard } = start(backend)
    await until(() => backend.count('stream') === 3)
    backend.answers.clear()
    await until(() => heard.length)
    backend.tell('Approved')
    await until(() => heard.at(-1)?.settled)
  })

  it('asks nothing while the page is hidden, and again when it is shown', async () => {
    hurry(100)
    const backend = new Backend()
    const { life, done, heard } = start(backend)
    await until(() => heard.length)
    show('hidden')
    await until(() => backend.open === 0)
    backend.move('In Progress')
    const before = backend.asked.length
    await new Promise((resolve) => setTimeout(resolve, 10_000))
    expect(backend.asked.length).to.equal(before)
    show('visible')
    await until(() => heard.at(-1)?.status === 'In Progress')
    life.abort()
    await done
  })

  it('does not wait for its next question when the browser is back online', async () => {
    const backend = new Backend()
    backend.answers.set('stream', () => Response.error())
    backend.answers.set('read', () => Response.error())
    const { life, done, heard } = start(backend)
    await until(() => backend.count('read') === 2)
    backend.answers.clear()
    dispatchEvent(new Event('online'))
    await until(() => heard.length)
    life.abort()
    await done
  })

  it('gives up a session that this browser may not read any more', async () => {
    for (const route of ['stream', 'read'] as const) {
      hurry(100)
      const backend = new Backend()
      backend.answers.set('stream', ({ signal }) => mute(signal))
      backend.answers.set(route, () => problem(404, 'not-found'))
      const { done, heard } = start(backend)
      await done
      expect(heard).to.deep.equal([])
    }
  })
})
