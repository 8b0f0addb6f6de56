import { expect, nextFrame } from '@open-wc/testing'
import { type Kept, keep } from '../../widget/kept.ts'
import { Backend, HOSTED } from '../support/backend.ts'
import {
  clean,
  find,
  frame,
  type Stage,
  say,
  shell,
  stage,
  trigger,
  until,
} from '../support/element.ts'
import { page, stageOn } from '../support/page.ts'

const LINK = `${HOSTED}/test/support/hosted.html?u=link`

async function open(properties = {}): Promise<Stage> {
  const made = await stage({ url: LINK, mode: 'modal', ...properties })
  void made.element.start()
  await until(() => made.log().includes('didit-progress'))
  return made
}

const kept = (): Kept[] =>
  Object.entries(sessionStorage).flatMap(([key, text]) =>
    key.startsWith('didit-verify:') ? [JSON.parse(text)] : [],
  )

/** What an earlier page of this tab has kept when it left for a hosted page by its own address. */
function left(patch: Partial<Kept> = {}): void {
  keep({
    sessionId: '',
    token: '',
    owner: 'url  ',
    mode: 'redirect',
    phase: 'open',
    at: 1,
    ...patch,
  })
}

describe('url', () => {
  afterEach(clean)

  for (const mode of ['modal', 'inline'] as const) {
    it(`opens in mode ${mode} without asking the backend, and ends unconfirmed`, async () => {
      const made = await open({ mode })
      const { element, backend, events } = made
      const result = element.start()
      expect(frame(element)?.src).to.contain(LINK)
      expect(events.find(({ type }) => type === 'didit-session')).to.include({
        sessionId: null,
        mode,
      })
      say(made, { type: 'didit:completed', data: { sessionId: 's1', status: 'Approved' } })
      expect(await result).to.deep.equal({
        kind: 'complete',
        sessionId: 's1',
        status: null,
        outcome: 'unconfirmed',
        receipt: null,
      })
      await until(() => made.log().includes('didit-complete'))
      expect(events.find(({ type }) => type === 'didit-submit')).to.include({
        sessionId: 's1',
        hint: 'Approved',
      })
      expect(element.outcome).to.equal('unconfirmed')
      expect(find(element, '[part=body]').textContent).to.contain('Thank you. You can go on here.')
      expect(backend.asked).to.deep.equal([])
      await expect(element).to.be.accessible()
    })
  }

  it('does not look like an alarm at its end', async () => {
    const made = await open()
    const { element } = made
    say(made, { type: 'didit:completed' })
    await until(() => element.state === 'ended')
    expect(find(element, '.mark').textContent).to.equal('…')
  })

  it('keeps nothing of a frame, for nobody could ask about it later', async () => {
    await open()
    expect(kept()).to.deep.equal([])
  })

  it('takes the session from the hosted page, and hears of no other from then on', async () => {
    const made = await open()
    for (const sessionId of [7, null, ['x'], {}]) {
      say(made, { type: 'didit:completed', data: { sessionId } })
    }
    say(made, { type: 'didit:started', data: { sessionId: 's1' } })
    say(made, { type: 'didit:completed', data: { sessionId: 's2' } })
    say(made, { type: 'didit:media_started', data: {} })
    await until(() => made.log().filter((type) => type === 'didit-progress').length === 3)
    expect(made.element.state).to.equal('open')
    say(made, { type: 'didit:completed', data: { sessionId: 's1' } })
    expect(await made.element.start()).to.include({ sessionId: 's1', outcome: 'unconfirmed' })
  })

  it('wins over the endpoint', async () => {
    const { backend } = await open({ endpoint: '/elsewhere', workflow: 'age' })
    expect(backend.asked).to.deep.equal([])
  })

  it('is cancelled without asking the backend', async () => {
    const { element, backend } = await open({ withoutConfirm: true })
    const result = element.start()
    find(element, '[part=close]').click()
    expect(await result).to.deep.equal({ kind: 'cancel', sessionId: null, source: 'button' })
    expect(backend.asked).to.deep.equal([])
  })

  it('offers no phone, which nobody here could follow', async () => {
    const made = await open()
    say(made, { type: 'didit:error', data: { error: 'camera_not_found' } })
    await until(() => made.element.state === 'trouble')
    expect(made.element.trouble?.actions).to.deep.equal(['redirect', 'new-tab', 'retry'])
  })

  for (const url of [
    'javascript:alert(1)',
    'http://verify.example/',
    '/session',
    'https://a@b.c/',
  ]) {
    it(`is an error where it may not be opened: ${url}`, async () => {
      const { element, events } = await stage({ url, mode: 'modal' })
      expect(await element.start()).to.include({ kind: 'error', code: 'invalid-url' })
      expect(events.at(-1)).to.include({ code: 'invalid-url', sessionId: null })
      expect(element.error?.message).to.contain('https')
    })
  }
})

describe('url and redirect', () => {
  afterEach(clean)

  for (const mode of ['redirect', 'qr'] as const) {
    it(`leaves for it in mode ${mode}, and keeps no address`, async () => {
      const place = await page()
      const url = `${location.origin}/test/support/page.html?there`
      const { element, backend, events } = await stageOn(place, { url, mode })
      const gone = place.gone()
      void element.start()
      expect(await gone).to.equal(url)
      expect(events.find(({ type }) => type === 'didit-session')).to.include({ mode: 'redirect' })
      expect(backend.asked).to.deep.equal([])
      expect(kept()).to.have.length(1)
      expect(JSON.stringify(kept())).not.to.contain('there')
    })
  }

  async function back(address: string) {
    const place = await page()
    place.window.history.replaceState({ mine: 1 }, '', address)
    const made = await stageOn(place, { url: LINK })
    return { ...made, place }
  }

  it('claims the id that comes back, and ends unconfirmed', async () => {
    left()
    const { element, events, log, backend, place } = await back(
      '?a=1&verificationSessionId=s1&status=Approved&b=2#c',
    )
    await until(() => element.state === 'ended')
    expect(events.find(({ type }) => type === 'didit-submit')).to.include({ hint: 'Approved' })
    expect(events.find(({ type }) => type === 'didit-complete')).to.include({
      sessionId: 's1',
      status: null,
      outcome: 'unconfirmed',
    })
    expect(log().filter((type) => type === 'didit-complete')).to.have.length(1)
    expect(place.window.location.search + place.window.location.hash).to.equal('?a=1&b=2#c')
    expect(place.window.history.state).to.deep.equal({ mine: 1 })
    expect(find(element, '[part=message]').textContent).to.equal('Thank you. You can go on here.')
    expect(kept().map(({ phase }) => phase)).to.deep.equal(['ended'])
    expect(backend.asked).to.deep.equal([])
  })

  it('offers to go on where the visitor comes back without being done', async () => {
    left()
    const { element, log } = await back('?verificationSessionId=s1')
    await until(() => element.state === 'resumable')
    expect(trigger(element).textContent?.trim()).to.equal('Continue verification')
    expect(log()).to.deep.equal(['didit-state resumable'])
  })

  it('takes a callback that this tab has not asked for for that of somebody else', async () => {
    const address = '?verificationSessionId=s1&status=Approved'
    for (const prepare of [() => {}, () => left({ phase: 'ended' }), () => left({ owner: 'x' })]) {
      prepare()
      const { element, log, place } = await back(address)
      await import('../../widget/course.ts')
      await nextFrame()
      expect([element.state, log()]).to.deep.equal(['idle', []])
      expect(place.window.location.search).to.equal(address)
      clean()
    }
  })

  it('is not taken up by an element that asks the backend', async () => {
    left()
    const place = await page()
    const address = '?verificationSessionId=s1&status=Approved'
    place.window.history.replaceState(null, '', address)
    const backend = new Backend()
    const { element } = await stageOn(place, {}, backend)
    await import('../../widget/course.ts')
    await nextFrame()
    expect([element.state, backend.asked]).to.deep.equal(['idle', []])
    expect(place.window.location.search).to.equal(address)
    expect(shell(element)).to.equal(null)
  })
})
