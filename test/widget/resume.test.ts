import { expect, nextFrame } from '@open-wc/testing'
import { type Kept, keep } from '../../widget/kept.ts'
import { Backend, problem } from '../support/backend.ts'
import {
  announcements,
  clean,
  dialog,
  find,
  root,
  stage,
  trigger,
  until,
} from '../support/element.ts'
import { page, stageOn } from '../support/page.ts'

const OWNER = `${location.origin}/api/verify  `

/** What an earlier page of this tab has kept of the backend's session. */
function kept({ session, token }: Backend, phase: Kept['phase'], patch: Partial<Kept> = {}) {
  const sessionId = session.id
  keep({ sessionId, token, owner: OWNER, mode: 'redirect', phase, at: 1, ...patch })
  return sessionId
}

const phases = () => Object.values(sessionStorage).map((text) => (JSON.parse(text) as Kept).phase)

describe('resume', () => {
  afterEach(clean)

  it('reads an open attempt once, and offers to go on', async () => {
    const backend = new Backend()
    kept(backend, 'open')
    const { element, log } = await stage({}, backend)
    await until(() => element.state === 'resumable')
    expect(backend.asked.map(({ route }) => route)).to.deep.equal(['read'])
    expect(trigger(element).textContent?.trim()).to.equal('Continue verification')
    expect(log()).to.deep.equal(['didit-state resumable'])
    expect(dialog(element)).to.equal(null)
    await expect(element).to.be.accessible()
  })

  it('goes on with the same session by a click', async () => {
    const backend = new Backend()
    kept(backend, 'open')
    const { element, events } = await stageOn(await page(), { mode: 'modal' }, backend)
    await until(() => element.state === 'resumable')
    trigger(element).click()
    await until(() => element.state === 'open')
    expect(backend.asked.find(({ route }) => route === 'create')?.token).to.equal(backend.token)
    await until(() => events.some(({ type }) => type === 'didit-session'))
    expect(events.find(({ type }) => type === 'didit-session')).to.include({ resumed: true })
  })

  it('completes where the visitor has finished meanwhile', async () => {
    const backend = new Backend()
    kept(backend, 'open')
    backend.move('Approved')
    const { element, log } = await stageOn(await page(), {}, backend)
    await until(() => element.state === 'ended')
    expect(log()).to.deep.equal(['didit-state ended', 'didit-complete'])
    expect(phases()).to.deep.equal(['ended'])
  })

  it('confirms an attempt whose visitor was done', async () => {
    const backend = new Backend()
    kept(backend, 'submitted')
    const { element, log } = await stage({}, backend)
    await until(() => element.state === 'submitted')
    const result = element.start()
    backend.tell('Declined')
    expect(await result).to.include({ kind: 'complete', outcome: 'declined' })
    expect(log()).to.include('didit-submit').and.to.include('didit-complete')
    await expect(element).to.be.accessible()
  })

  it('goes on to wait for a verdict, with no second final event', async () => {
    const backend = new Backend()
    backend.move('In Review')
    kept(backend, 'pending')
    const { element, log } = await stageOn(await page(), {}, backend)
    await until(() => backend.streams.size)
    expect([element.state, element.outcome]).to.deep.equal(['ended', 'pending'])
    backend.tell('Approved')
    await until(() => element.outcome === 'approved')
    expect(log()).not.to.include('didit-complete')
    expect(log()).to.include('didit-status')
    expect(phases()).to.deep.equal(['ended'])
  })

  it('reads a pending attempt once, and listens only where the verdict is still to come', async () => {
    const backend = new Backend()
    backend.move('In Review')
    kept(backend, 'pending')
    await stageOn(await page(), {}, backend)
    await until(() => backend.streams.size)
    expect(backend.asked.map(({ route }) => route)).to.deep.equal(['read', 'stream'])
  })

  it('tells a verdict that came while the page was away, and asks nothing more', async () => {
    const backend = new Backend()
    backend.move('In Review')
    backend.move('Approved')
    kept(backend, 'pending')
    const { element, log, events } = await stageOn(await page(), {}, backend)
    await until(() => element.outcome === 'approved')
    expect(log()).to.deep.equal(['didit-state ended', 'didit-status'])
    expect(events.at(-1)).to.include({ status: 'Approved', outcome: 'approved', settled: true })
    expect(phases()).to.deep.equal(['ended'])
    await nextFrame()
    expect(backend.asked.map(({ route }) => route)).to.deep.equal(['read'])
  })

  it('confirms by a single read where the verdict is there', async () => {
    const backend = new Backend()
    backend.move('Declined')
    kept(backend, 'submitted')
    const { element, log } = await stageOn(await page(), {}, backend)
    await until(() => element.outcome === 'declined')
    expect(log()).to.deep.equal([
      'didit-state submitted',
      'didit-submit',
      'didit-state ended',
      'didit-complete',
    ])
    expect(backend.asked.map(({ route }) => route)).to.deep.equal(['read'])
  })

  it('says inside an app what helps where the camera does not', async () => {
    const backend = new Backend()
    kept(backend, 'open')
    const place = await page()
    Object.defineProperty(place.window.navigator, 'userAgent', { value: 'iPhone Instagram 400' })
    const { element } = await stageOn(place, {}, backend)
    await until(() => root(element).querySelector('[part=panel]'))
    expect(find(element, '[part=panel]').textContent).to.contain('open this page in your browser')
    expect(element.state).to.equal('resumable')
  })

  it('asks nothing about an attempt that has ended', async () => {
    const backend = new Backend()
    kept(backend, 'ended')
    const { element } = await stageOn(await page(), {}, backend)
    await nextFrame()
    expect(backend.asked).to.deep.equal([])
    expect(element.state).to.equal('idle')
  })

  it('drops an attempt that the server does not know', async () => {
    const backend = new Backend()
    kept(backend, 'open')
    backend.answers.set('read', () => problem(404, 'not-found'))
    const { element, log } = await stageOn(await page(), {}, backend)
    await until(() => phases()[0] === 'ended')
    expect([element.state, log()]).to.deep.equal(['idle', []])
  })

  it('drops an attempt that has expired', async () => {
    const backend = new Backend()
    kept(backend, 'open')
    backend.move('Expired')
    const { element, log } = await stageOn(await page(), {}, backend)
    await until(() => phases()[0] === 'ended')
    expect([element.state, log()]).to.deep.equal(['idle', []])
  })

  it('offers to go on also when the server does not answer', async () => {
    const backend = new Backend()
    kept(backend, 'open')
    backend.answers.set('read', () => Response.error())
    const { element } = await stageOn(await page(), {}, backend)
    await until(() => element.state === 'resumable')
  })

  for (const patch of [{ owner: `${location.origin}/other  ` }, { owner: `${OWNER}id` }]) {
    it(`leaves to others what is kept for ${patch.owner}`, async () => {
      const backend = new Backend()
      kept(backend, 'open', patch)
      const { element } = await stageOn(await page(), {}, backend)
      await import('../../widget/course.ts')
      await nextFrame()
      expect(backend.asked).to.deep.equal([])
      expect(element.state).to.equal('idle')
    })
  }

  it('is done by one of two elements', async () => {
    const backend = new Backend()
    kept(backend, 'open')
    const place = await page()
    const [one, two] = [await stageOn(place, {}, backend), await stageOn(place, {}, backend)]
    await until(() => one.element.state === 'resumable')
    await nextFrame()
    expect(two.element.state).to.equal('idle')
    expect(backend.count('read')).to.equal(1)
  })

  it('gives way to a start in its middle', async () => {
    const backend = new Backend()
    kept(backend, 'submitted')
    const { element, log } = await stageOn(await page(), { mode: 'modal' }, backend)
    const result = element.start()
    await until(() => backend.streams.size)
    backend.tell('Approved')
    expect(await result).to.include({ outcome: 'approved' })
    expect(log().filter((type) => type === 'didit-complete')).to.have.length(1)
  })
})

describe('redirect', () => {
  afterEach(clean)

  it('leaves for the hosted page, with its options', async () => {
    const backend = new Backend()
    backend.session = { ...backend.session, url: `${location.origin}/test/support/page.html?there` }
    const place = await page()
    const hostedOptions = { document_camera: 'front' }
    const { element, events } = await stageOn(place, { hostedOptions, returnUrl: '/done' }, backend)
    const gone = place.gone()
    void element.start()
    expect(await gone).to.equal(`${backend.session.url}=&document_camera=front`)
    expect(backend.asked[0]?.body).to.include({
      mode: 'redirect',
      returnUrl: `${location.origin}/done`,
    })
    expect(events.find(({ type }) => type === 'didit-session')).to.include({ mode: 'redirect' })
    expect(phases()).to.deep.equal(['open'])
  })

  it('says once that it loads until this page is left', async () => {
    const backend = new Backend()
    backend.answers.set('create', () => undefined)
    const { element } = await stage({ mode: 'redirect' }, backend)
    const said = announcements(element)
    void element.start()
    await until(() => backend.count('create'))
    expect(said).to.deep.equal(['Loading the verification…'])
    await expect(element).to.be.accessible()
    element.reset()
    expect(root(element).querySelector('[part=panel]')).to.equal(null)
  })

  it('says each state once when the visitor is back', async () => {
    const backend = new Backend()
    const id = kept(backend, 'open')
    const place = await page()
    place.window.history.replaceState(null, '', `?verificationSessionId=${id}&status=Approved`)
    const { element } = await stageOn(place, {}, backend)
    const said = announcements(element)
    await until(() => element.state === 'submitted' && backend.streams.size)
    backend.tell('Approved')
    await until(() => element.outcome === 'approved' && said.length > 1)
    expect(said).to.deep.equal([
      'Thank you. The result is being confirmed…',
      'Your identity is verified.',
    ])
  })

  it('replaces a modal that would be invisible', async () => {
    const backend = new Backend()
    backend.session = { ...backend.session, url: `${location.origin}/test/support/page.html?there` }
    const place = await page()
    const { element, events } = await stageOn(place, { mode: 'modal', hidden: true }, backend)
    const gone = place.gone()
    void element.start()
    await gone
    expect(events.find(({ type }) => type === 'didit-session')).to.include({
      mode: 'redirect',
      reason: 'not-rendered',
    })
  })

  it('comes back: the callback is taken out of the address, and the server asked', async () => {
    const backend = new Backend()
    const id = kept(backend, 'open')
    const place = await page()
    const { history, location } = place.window
    const address = `?a=1&verificationSessionId=${id}&status=Approved&b=2#c`
    history.replaceState({ mine: 1 }, '', address)
    const { element, events } = await stageOn(place, {}, backend)
    await until(() => element.state === 'submitted')
    expect(location.search + location.hash).to.equal('?a=1&b=2#c')
    expect(history.state).to.deep.equal({ mine: 1 })
    expect(events.find(({ type }) => type === 'didit-submit')).to.include({ hint: 'Approved' })
    backend.tell('Declined')
    expect(await element.start()).to.include({ outcome: 'declined' })
  })

  it('leaves the callback of somebody else alone', async () => {
    const backend = new Backend()
    kept(backend, 'open')
    const place = await page()
    const address = '?verificationSessionId=forged&status=Approved'
    place.window.history.replaceState(null, '', address)
    const { element, log } = await stageOn(place, {}, backend)
    await until(() => element.state === 'resumable')
    expect(place.window.location.search).to.equal(address)
    expect(log()).not.to.include('didit-submit')
  })

  it('offers to go on when the browser brings back the very page that left', async () => {
    const backend = new Backend()
    const place = await page()
    const url = `${place.window.location.href}#there`
    backend.session = { ...backend.session, url }
    const { element } = await stageOn(place, {}, backend)
    const left = element.start()
    await until(() => place.window.location.href === url)
    await until(() => backend.count('create'))
    await import('../../widget/course.ts')
    const show = new PageTransitionEvent('pageshow', { persisted: true })
    await until(() => place.window.dispatchEvent(show) && element.state === 'resumable')
    expect(await left).to.include({ kind: 'cancel' })
    place.window.history.replaceState(null, '', '?')
    void element.start()
    await until(() => backend.count('create') === 2)
  })

  it('asks nothing for a forged callback where nothing is kept', async () => {
    const backend = new Backend()
    const place = await page()
    const address = `?verificationSessionId=${backend.session.id}&status=Approved`
    place.window.history.replaceState(null, '', address)
    const { element } = await stageOn(place, {}, backend)
    await nextFrame()
    expect(backend.asked).to.deep.equal([])
    expect(element.state).to.equal('idle')
    expect(place.window.location.search).to.equal(address)
    expect(find(element, '[part=message]').textContent).to.equal('')
  })
})
