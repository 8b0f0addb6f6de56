import { expect, fixture, html, nextFrame } from '@open-wc/testing'
import { Backend } from '../support/backend.ts'
import {
  clean,
  dialog,
  find,
  frame,
  opened,
  root,
  type Stage,
  say,
  stage,
  trigger,
  until,
} from '../support/element.ts'

/** Every request has ended by itself or was aborted, and nothing is shown. */
async function leavesNothing({ element, backend, log }: Stage): Promise<void> {
  await until(() => element.state === 'idle')
  await nextFrame()
  expect(backend.open).to.equal(0)
  expect(dialog(element)).to.equal(null)
  expect(frame(element)).to.equal(null)
  const finals = ['didit-cancel', 'didit-complete', 'didit-error']
  expect(log().filter((type) => finals.includes(type))).to.deep.equal([])
  const asked = backend.asked.length
  const before = log().length
  dispatchEvent(new MessageEvent('message', { data: { type: 'didit:completed' } }))
  document.dispatchEvent(new Event('visibilitychange'))
  await nextFrame()
  expect(backend.asked.length).to.equal(asked)
  expect(log().length).to.equal(before)
}

const REMOVED = { kind: 'cancel', source: 'removed' }

describe('removal', () => {
  afterEach(clean)

  it('while the code loads ends it silently', async () => {
    const made = await stage()
    const result = made.element.start()
    made.element.remove()
    expect(await result).to.include(REMOVED)
    await leavesNothing(made)
    expect(made.backend.asked).to.deep.equal([])
  })

  it('while the session is created ends it silently, and the request', async () => {
    const backend = new Backend()
    backend.answers.set('create', () => undefined)
    const made = await stage({}, backend)
    const result = made.element.start()
    await until(() => backend.count('create'))
    made.element.remove()
    expect(await result).to.include(REMOVED)
    expect(backend.asked[0]?.signal.aborted).to.equal(true)
    await leavesNothing(made)
  })

  it('while it is open ends it silently', async () => {
    const made = await opened()
    const result = made.element.start()
    made.element.remove()
    expect(await result).to.include({ ...REMOVED, sessionId: made.backend.session.id })
    await leavesNothing(made)
  })

  it('while it asks whether to stop ends it silently', async () => {
    const made = await opened()
    find(made.element, '[part=close]').click()
    await until(() => made.log().includes('didit-close-request'))
    made.element.remove()
    expect(await made.element.start()).to.include(REMOVED)
    await leavesNothing(made)
  })

  it('while it asks the server before it cancels ends it silently', async () => {
    const made = await opened()
    const result = made.element.start()
    made.backend.answers.set('read', () => undefined)
    made.element.close()
    await until(() => made.backend.count('read'))
    made.element.remove()
    expect(await result).to.include(REMOVED)
    expect(made.backend.asked.at(-1)?.signal.aborted).to.equal(true)
    await leavesNothing(made)
  })

  it('in trouble ends it silently', async () => {
    const made = await opened()
    const result = made.element.start()
    say(made, { type: 'didit:error', data: { error: 'camera' } })
    await until(() => made.element.state === 'trouble')
    made.element.remove()
    expect(await result).to.include(REMOVED)
    await leavesNothing(made)
  })

  it('while the result is confirmed ends it silently', async () => {
    const made = await opened()
    const result = made.element.start()
    say(made, { type: 'didit:completed' })
    await until(() => made.element.state === 'submitted')
    made.element.remove()
    expect(await result).to.include(REMOVED)
    await leavesNothing(made)
  })

  it('after a pending end stops listening', async () => {
    const made = await opened()
    made.backend.tell('In Review')
    await until(() => made.element.state === 'ended')
    made.element.remove()
    await until(() => made.backend.open === 0)
    const before = made.log().length
    made.backend.tell('Approved')
    await nextFrame()
    expect(made.log().slice(before)).to.deep.equal([])
  })

  it('lets it start anew when it is back on the page', async () => {
    const made = await opened()
    const { element, backend } = made
    element.remove()
    await until(() => element.state === 'idle')
    await fixture(html`${element}`)
    sessionStorage.clear()
    const result = element.start()
    await until(() => element.state === 'open')
    await until(() => backend.streams.size)
    backend.tell('Approved')
    expect(await result).to.include({ outcome: 'approved' })
  })
})

/** The ways to move it; an engine without the second moves it as with the first. */
const MOVES = {
  'append()': (place: Element, element: Element) => place.append(element),
  'moveBefore()': (place: Element, element: Element) => {
    const { moveBefore } = place as Partial<Movable>
    if (moveBefore) moveBefore.call(place, element, null)
    else place.append(element)
  },
}

interface Movable {
  moveBefore(node: Node, before: Node | null): void
}

const elsewhere = () => fixture<HTMLElement>(html`<section></section>`)

/** Whether a move leaves the page in a frame as it is, where that stands in a shadow root. */
async function keepsFrames(move: (place: Element, element: Element) => void): Promise<boolean> {
  const host = await elsewhere()
  const inside = document.createElement('iframe')
  host.attachShadow({ mode: 'open' }).append(inside)
  const { contentWindow } = inside
  move(await elsewhere(), host)
  return inside.contentWindow === contentWindow
}

describe('a move in the document', () => {
  afterEach(clean)

  for (const [way, move] of Object.entries(MOVES)) {
    it(`by ${way} says nothing while it is idle, and it starts as before`, async () => {
      const { element, backend, log } = await stage()
      move(await elsewhere(), element)
      await nextFrame()
      expect(log()).to.deep.equal([])
      trigger(element).click()
      await until(() => backend.streams.size)
      expect([element.state, backend.count('create')]).to.deep.equal(['open', 1])
    })

    it(`by ${way} keeps the attempt, its modal and its frame`, async () => {
      const made = await opened()
      const { element, backend, log } = made
      const result = element.start()
      const before = frame(element)
      move(await elsewhere(), element)
      await nextFrame()
      expect(element.state).to.equal('open')
      expect(dialog(element)?.matches(':modal')).to.equal(true)
      expect(frame(element)).to.equal(before)
      expect(element.start()).to.equal(result)
      expect(log()).not.to.include('didit-cancel')
      backend.tell('Approved')
      expect(await result).to.include({ outcome: 'approved' })
    })

    it(`by ${way} keeps what the visitor has done in a frame wherever the engine does`, async () => {
      const stays = await keepsFrames(move)
      for (const mode of ['modal', 'inline'] as const) {
        const made = await opened({ mode })
        const { element, events } = made
        const progress = (message: string) =>
          events.filter((event) => Reflect.get(event, 'message') === message).length
        move(await elsewhere(), element)
        // A page that is loaded once more says again that it is there.
        await until(() => progress('ready') === (stays ? 1 : 2))
        say(made, { type: 'didit:step_started', data: { step: 'face' } })
        await until(() => progress('step_started'))
        expect([progress('ready'), element.state]).to.deep.equal([stays ? 1 : 2, 'open'])
        say(made, { type: 'didit:completed' })
        await until(() => element.state === 'submitted')
        element.remove()
      }
    })

    it(`by ${way} keeps the code for the phone`, async () => {
      const { element, backend } = await stage({ mode: 'qr' })
      const result = element.start()
      await until(() => root(element).querySelector('.code') && backend.streams.size)
      const before = find(element, '.code')
      move(await elsewhere(), element)
      await nextFrame()
      expect(find(element, '.code')).to.equal(before)
      expect(dialog(element)?.matches(':modal')).to.equal(true)
      backend.tell('Approved')
      expect(await result).to.include({ outcome: 'approved' })
      expect(backend.count('create')).to.equal(1)
    })
  }

  it('while the code loads keeps the attempt', async () => {
    const made = await stage()
    const result = made.element.start()
    ;(await elsewhere()).append(made.element)
    await until(() => made.backend.streams.size)
    made.backend.tell('Approved')
    expect(await result).to.include({ outcome: 'approved' })
    expect(made.backend.count('create')).to.equal(1)
  })

  it('after the end keeps the outcome', async () => {
    const { element, backend } = await opened()
    backend.tell('Approved')
    await until(() => element.state === 'ended')
    ;(await elsewhere()).append(element)
    await nextFrame()
    expect([element.state, element.outcome]).to.deep.equal(['ended', 'approved'])
  })
})
