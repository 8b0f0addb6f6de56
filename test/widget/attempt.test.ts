import { expect } from '@open-wc/testing'
import type { Status } from '../../server/contract.ts'
import { Backend, problem } from '../support/backend.ts'
import { clean, find, frame, opened, say, stage, trigger, until } from '../support/element.ts'

const OPENING = ['didit-start', 'didit-state creating', 'didit-state open', 'didit-session']

/** The BFF does not know the session any more, and ends its streams. */
function lose(backend: Backend): void {
  backend.answers.set('stream', () => problem(404, 'not-found'))
  backend.answers.set('read', () => problem(404, 'not-found'))
  for (const stream of backend.streams) stream.close()
}

describe('an attempt', () => {
  afterEach(clean)

  const ends: [Status, string][] = [
    ['Approved', 'approved'],
    ['Declined', 'declined'],
    ['In Review', 'pending'],
    ['Abandoned', 'expired'],
    ['Resubmitted', 'resubmit'],
  ]
  for (const [status, outcome] of ends) {
    it(`ends as ${outcome} when the visitor is done and the server says ${status}`, async () => {
      const made = await opened()
      const { element, backend, events, log } = made
      const result = element.start()
      backend.move('In Progress')
      say(made, { type: 'didit:completed', data: { sessionId: backend.session.id } })
      await until(() => element.state === 'submitted')
      backend.tell(status)
      expect(await result).to.deep.equal({
        kind: 'complete',
        sessionId: backend.session.id,
        status,
        outcome,
        receipt: outcome === 'approved' ? 'receipt 1' : null,
      })
      expect(log()).to.deep.equal([
        ...OPENING,
        'didit-progress',
        'didit-progress',
        'didit-state submitted',
        'didit-submit',
        ...(log().filter((type) => type === 'didit-status').length > 1 ? ['didit-status'] : []),
        'didit-status',
        'didit-state ended',
        'didit-complete',
      ])
      expect(events.at(-1)).to.include({ sessionId: backend.session.id, status, outcome })
      expect(element.outcome).to.equal(outcome)
    })
  }

  it('tells the session and the mode before it shows the frame', async () => {
    const { backend, events } = await opened()
    const session = events.find(({ type }) => type === 'didit-session')
    expect(session).to.include({
      sessionId: backend.session.id,
      mode: 'modal',
      reason: 'requested',
      resumed: false,
      bubbles: true,
      composed: true,
    })
  })

  it('sends what the page says about the session, and nothing else', async () => {
    const { backend } = await opened({ workflow: 'age', reference: 'r', language: 'de-AT' })
    expect(backend.asked[0]?.body).to.deep.equal({
      workflow: 'age',
      reference: 'r',
      language: 'de-AT',
      mode: 'modal',
      returnUrl: location.href,
    })
    expect(backend.asked[0]?.url.pathname).to.equal('/api/verify/sessions')
  })

  it('never takes the hint for the outcome', async () => {
    const made = await opened()
    const { element, backend, events } = made
    say(made, { type: 'didit:completed', data: { status: 'Approved' } })
    await until(() => element.state === 'submitted')
    expect(events.find(({ type }) => type === 'didit-submit')).to.include({ hint: 'Approved' })
    expect(element.outcome).to.equal(null)
    backend.tell('Declined')
    expect(await element.start()).to.include({ outcome: 'declined' })
  })

  it('completes by the word of the server alone, as when the phone has finished', async () => {
    const { element, backend, log } = await opened()
    const result = element.start()
    backend.tell('Approved')
    expect(await result).to.include({ kind: 'complete', outcome: 'approved' })
    expect(log()).not.to.include('didit-submit')
    expect(frame(element)).to.equal(null)
    await until(() => backend.open === 0)
  })

  it('tells a later verdict as a status, with no second final event', async () => {
    const { element, backend, events, log } = await opened()
    backend.tell('In Review')
    await until(() => element.state === 'ended')
    const before = log().length
    backend.tell('Approved')
    await until(() => element.outcome === 'approved')
    expect(log().slice(before)).to.deep.equal(['didit-status'])
    expect(events.at(-1)).to.include({ status: 'Approved', outcome: 'approved', settled: true })
    expect(find(element, '[part=message]').textContent).to.equal('Your identity is verified.')
    await until(() => backend.open === 0)
  })

  it('ends as pending when the server says nothing more in time', async () => {
    const made = await opened({ confirmTimeout: 500 })
    say(made, { type: 'didit:completed' })
    expect(await made.element.start()).to.include({ kind: 'complete', outcome: 'pending' })
    expect(made.backend.open).to.equal(1)
  })

  it('ends as expired by one click on a fresh session after the old one expired', async () => {
    const made = await opened()
    const { element, backend, events } = made
    backend.tell('Expired')
    await until(() => element.state === 'trouble')
    expect(events.at(-1)).to.include({ code: 'session-expired' })
    const fresh = new Backend().session
    backend.session = { ...fresh, version: 1 }
    find(element, '.first').click()
    await until(() => element.state === 'open')
    expect(element.session?.id).to.equal(fresh.id)
    expect(backend.asked.filter(({ route }) => route === 'create').at(-1)?.token).to.equal(
      backend.token,
    )
    backend.tell('Approved')
    await until(() => element.outcome === 'approved')
  })

  it('offers a fresh session when the server does not know the open one any more', async () => {
    const { element, backend, events } = await opened()
    lose(backend)
    await until(() => element.state === 'trouble')
    expect(events.at(-1)).to.include({ code: 'session-expired', sessionId: backend.session.id })
  })

  it('ends with an error when the server loses the session of a visitor who is done', async () => {
    const made = await opened()
    lose(made.backend)
    say(made, { type: 'didit:completed' })
    expect(await made.element.start()).to.include({ kind: 'error', code: 'session-expired' })
  })

  it('goes on with the same session when a step has to be repeated', async () => {
    const { element, backend, events } = await opened()
    backend.tell('Declined')
    await until(() => element.state === 'ended')
    element.close()
    backend.move('Resubmitted')
    void element.start()
    await until(() => element.state === 'open')
    expect(events.filter(({ type }) => type === 'didit-session').at(-1)).to.include({
      resumed: true,
    })
  })

  it('does not take the old request to repeat a step for a new one', async () => {
    const backend = new Backend()
    backend.move('Resubmitted')
    const made = await opened({ confirmTimeout: 60_000 }, backend)
    say(made, { type: 'didit:completed' })
    // The second question comes after the answer to the first.
    await until(() => backend.count('read') > 1)
    expect(made.element.state).to.equal('submitted')
    backend.tell('In Review')
    expect(await made.element.start()).to.include({ outcome: 'pending' })
  })

  it('ends at once where the session is over when it is created', async () => {
    const backend = new Backend()
    backend.move('Approved')
    const { element, log } = await stage({}, backend)
    expect(await element.start()).to.include({ outcome: 'approved' })
    expect(log()).not.to.include('didit-session')
  })
})

describe('start()', () => {
  afterEach(clean)

  it('returns the running attempt when it is called again', async () => {
    const { element, backend } = await stage()
    const first = element.start()
    expect(element.start()).to.equal(first)
    await until(() => backend.streams.size)
    expect(element.start()).to.equal(first)
    expect(backend.count('create')).to.equal(1)
  })

  it('returns the same attempt inside the listener of didit-start', async () => {
    const { element } = await stage()
    let inside: unknown
    element.addEventListener('didit-start', () => {
      inside = element.start()
    })
    expect(element.start()).to.equal(inside)
  })

  it('starts once for a double click', async () => {
    const { element, backend, log } = await stage()
    trigger(element).click()
    trigger(element).click()
    await until(() => backend.streams.size)
    expect(log().filter((type) => type === 'didit-start')).to.have.length(1)
    expect(backend.count('create')).to.equal(1)
  })

  it('creates nothing when a listener prevents it', async () => {
    const { element, backend, log } = await stage()
    element.addEventListener('didit-start', (event) => event.preventDefault())
    const result = await element.start()
    expect(result).to.deep.equal({ kind: 'cancel', sessionId: null, source: 'prevented' })
    expect(log()).to.deep.equal(['didit-start'])
    expect(backend.asked).to.deep.equal([])
  })

  it('resolves for an element that is not on a page', async () => {
    const element = document.createElement('didit-verify')
    expect(await element.start()).to.deep.equal({
      kind: 'cancel',
      sessionId: null,
      source: 'removed',
    })
  })

  it('starts anew right after reset()', async () => {
    const { element, backend } = await opened()
    const first = element.start()
    element.reset()
    const second = element.start()
    expect(second).not.to.equal(first)
    expect(await first).to.include({ kind: 'cancel', source: 'removed' })
    expect(element.start()).to.equal(second)
    await until(() => element.state === 'open')
    backend.tell('Approved')
    expect(await second).to.include({ outcome: 'approved' })
  })

  it('runs the last of two starts when reset() comes while it loads', async () => {
    const { element, backend } = await stage()
    const first = element.start()
    element.reset()
    const second = element.start()
    expect(await first).to.include({ source: 'removed' })
    await until(() => element.state === 'open')
    await until(() => backend.streams.size)
    expect(backend.count('create')).to.equal(1)
    backend.tell('Declined')
    expect(await second).to.include({ outcome: 'declined' })
  })
})
