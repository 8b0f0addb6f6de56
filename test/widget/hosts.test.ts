import { expect, fixture, html, nextFrame } from '@open-wc/testing'
import { Backend } from '../support/backend.ts'
import {
  clean,
  dialog,
  find,
  frame,
  hear,
  opened,
  say,
  stage,
  until,
  word,
} from '../support/element.ts'

const OPENING = ['didit-start', 'didit-state creating', 'didit-state open', 'didit-session']

describe('two elements on one page', () => {
  afterEach(clean)

  it('know nothing of each other', async () => {
    const [one, two] = [await opened(), await stage()]
    one.backend.tell('Approved')
    await until(() => one.element.state === 'ended')
    expect(two.events).to.deep.equal([])
    expect(two.element.state).to.equal('idle')
  })

  it('do not hear the frame of the other', async () => {
    const one = await opened({ id: 'one' })
    const two = await opened({ id: 'two' })
    say(two, { type: 'didit:completed' })
    await until(() => two.element.state === 'submitted')
    expect(one.element.state).to.equal('open')
  })

  it('never go on with the same session while one of them is at it', async () => {
    const backend = new Backend()
    await opened({}, backend)
    void (await stage({}, backend)).element.start()
    await until(() => backend.count('create') === 2)
    expect(backend.asked.filter(({ route }) => route === 'create')[1]?.token).to.equal(null)
  })

  for (const [status, outcome] of [
    ['Approved', 'approved'],
    ['In Review', 'pending'],
  ] as const) {
    it(`both show that the visitor is ${outcome}, without a second session`, async () => {
      const backend = new Backend()
      const one = await opened({}, backend)
      backend.tell(status)
      await until(() => one.element.state === 'ended')
      find(one.element, '.done').click()
      const two = await stage({}, backend)
      expect(await two.element.start()).to.include({ kind: 'complete', outcome })
      expect(backend.asked.filter(({ route }) => route === 'create')[1]?.token).to.equal(
        backend.token,
      )
      expect([one.element.outcome, two.element.outcome]).to.deep.equal([outcome, outcome])
      await until(() => two.log().includes('didit-complete'))
      expect(one.log().filter((type) => type === 'didit-complete')).to.have.length(1)
    })
  }

  it('keep what the second goes on with as its own, whatever the first still hears', async () => {
    const backend = new Backend()
    const one = await opened({}, backend)
    say(one, { type: 'didit:completed' })
    await until(() => one.element.state === 'submitted')
    backend.tell('Resubmitted')
    await until(() => one.element.outcome === 'resubmit')
    find(one.element, '.done').click()
    const two = await opened({}, backend)
    expect(two.element.session?.id).to.equal(backend.session.id)
    backend.tell('Resubmitted')
    await until(() => one.element.session?.version === backend.session.version)
    const [text = ''] = Object.values(sessionStorage)
    expect(JSON.parse(text).phase).to.equal('open')
  })
})

describe('a host that listens', () => {
  afterEach(clean)

  it('hears every event on the document, out of a shadow root', async () => {
    const events = hear(document)
    const parent = await fixture(html`<div></div>`)
    const element = document.createElement('didit-verify')
    const backend = new Backend()
    Object.assign(element, { mode: 'modal', fetch: backend.fetch })
    parent.attachShadow({ mode: 'open' }).append(element)
    void element.start()
    await until(() => backend.streams.size)
    expect(events.slice(0, 4).map(word)).to.deep.equal(OPENING)
  })

  const journey = async (made: Awaited<ReturnType<typeof stage>>) => {
    const result = made.element.start()
    const ended = () => made.element.state === 'ended' || !made.element.isConnected
    await until(() => made.backend.streams.size || ended())
    await until(() => made.log().includes('didit-progress') || ended())
    if (!ended()) say(made, { type: 'didit:completed' })
    await until(() => made.element.state === 'submitted' || ended())
    made.backend.tell('Approved')
    return result
  }
  const types = [
    'didit-start',
    'didit-state',
    'didit-session',
    'didit-progress',
    'didit-submit',
    'didit-status',
    'didit-complete',
  ] as const
  for (const type of types) {
    it(`may throw in ${type}`, async () => {
      const { onerror } = window
      const over = new AbortController()
      // The test runner would take it for a failure of the test, and print it.
      window.onerror = null
      const swallow = (event: Event) => {
        event.preventDefault()
        event.stopImmediatePropagation()
      }
      addEventListener('error', swallow, { capture: true, signal: over.signal })
      try {
        const made = await stage()
        const fail = () => {
          throw new Error('The host is broken.')
        }
        made.element.addEventListener(type, fail, over)
        expect(await journey(made)).to.include({ kind: 'complete', outcome: 'approved' })
      } finally {
        over.abort()
        window.onerror = onerror
      }
    })

    it(`may remove the element in ${type}`, async () => {
      const made = await stage()
      const { element, backend, log } = made
      element.addEventListener(type, () => element.remove(), { once: true })
      const { kind } = await journey(made)
      expect(kind).to.equal(
        type === 'didit-complete' || type === 'didit-status' ? 'complete' : 'cancel',
      )
      await until(() => element.state === 'idle')
      await nextFrame()
      expect(backend.open).to.equal(0)
      expect(dialog(element)).to.equal(null)
      expect(log().filter((name) => name === 'didit-cancel')).to.deep.equal([])
    })
  }

  it('may reset in the middle of any state', async () => {
    for (const state of ['creating', 'open', 'submitted', 'ended']) {
      const made = await stage()
      const { element, backend, log } = made
      const reset = () => element.state === state && element.reset()
      element.addEventListener('didit-state', reset)
      const result = element.start()
      await until(() => element.state === 'idle' || log().includes('didit-progress'))
      if (element.state === 'open') say(made, { type: 'didit:completed' })
      await until(() => element.state === 'idle' || element.state === 'submitted')
      if (element.state === 'submitted') backend.tell('Approved')
      await until(() => element.state === 'idle')
      expect((await result).kind, state).to.equal('cancel')
      expect(frame(element), state).to.equal(null)
      await until(() => backend.open === 0)
    }
  })
})
