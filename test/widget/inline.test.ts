import { expect, fixture, html, nextFrame } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import {
  clean,
  find,
  focused,
  frame,
  loaded,
  opened,
  question,
  type Stage,
  say,
  shell,
  trigger,
  until,
} from '../support/element.ts'
import { type Page, page, stageOn } from '../support/page.ts'

/** Open in a page that is so wide. */
async function openedAt(width: number): Promise<Stage & { place: Page }> {
  const place = await page()
  Object.assign(place.window.frameElement as HTMLIFrameElement, { width, height: 1000 })
  const made = await stageOn(place, { mode: 'inline' })
  void made.element.start()
  await loaded(made)
  return { ...made, place }
}

const box = (node: HTMLElement | null) => node?.getBoundingClientRect() ?? new DOMRect()

function layout(made: Stage, contentHeight: unknown): void {
  say(made, { type: 'didit:layout', data: { contentHeight, colorScheme: 'light', dir: 'ltr' } })
}

describe('inline', () => {
  afterEach(clean)

  it('stands in the flow of the page, in place of trigger and message', async () => {
    const made = await opened({ mode: 'inline' })
    const below = await fixture<HTMLElement>(html`<p>Below</p>`)
    made.element.after(below)
    expect(box(below).top).to.be.at.least(box(shell(made.element)).bottom)
    expect(box(trigger(made.element)).height).to.equal(0)
    expect(box(find(made.element, '[part=message]')).height).to.equal(0)
  })

  it('asks the hosted page to say how high it is', async () => {
    const { element } = await opened({ mode: 'inline' })
    expect(frame(element)?.src).to.contain('sdk_presentation=embedded')
  })

  it('is 500 px wide and at first 700 px high where there is room for it', async () => {
    const { element } = await openedAt(800)
    expect([box(shell(element)).width, box(frame(element)).height]).to.deep.equal([500, 700])
  })

  for (const [width, height, expected] of [
    [400, 600, 600],
    [800, 700, 630],
    [1100, 900, 700],
  ] as const) {
    it(`keeps its height from the first wait to the result, on ${width} × ${height} px`, async () => {
      const place = await page()
      Object.assign(place.window.frameElement as HTMLIFrameElement, { width, height })
      const made = await stageOn(place, { mode: 'inline' })
      const { element, backend } = made
      const heights: number[] = []
      const measure = () => heights.push(box(find(element, '[part=body]')).height)
      element.fetch = (...request) => {
        if (shell(element)) measure()
        return backend.fetch(...request)
      }
      void element.start()
      await loaded(made)
      measure()
      say(made, { type: 'didit:completed' })
      await until(() => element.state === 'submitted')
      measure()
      backend.tell('Approved')
      await until(() => shell(element)?.querySelector('.done'))
      measure()
      expect(heights.length).to.be.at.least(4)
      expect([...new Set(heights)]).to.deep.equal([expected])
    })
  }

  it('shows the ways on of an obstacle to who is at work in it, however low the screen', async () => {
    const made = await openedAt(800)
    const { element, place } = made
    Object.assign(place.window.frameElement as HTMLIFrameElement, { height: 500 })
    say(made, { type: 'didit:error', data: { error: 'camera' } })
    await until(() => element.state === 'trouble')
    expect(box(find(element, '.strip')).bottom).to.be.at.most(500)
  })

  it('leaves a page alone that is read elsewhere when an obstacle comes', async () => {
    const made = await openedAt(800)
    const { element, place } = made
    Object.assign(place.window.frameElement as HTMLIFrameElement, { height: 500 })
    const elsewhere = place.window.document.createElement('button')
    place.window.document.body.prepend(elsewhere)
    elsewhere.focus()
    place.window.scrollTo(0, 0)
    say(made, { type: 'didit:error', data: { error: 'camera' } })
    await until(() => element.state === 'trouble')
    expect(place.window.scrollY).to.equal(0)
    expect(place.window.document.activeElement).to.equal(elsewhere)
  })

  it('follows the height of the hosted page', async () => {
    const made = await openedAt(800)
    layout(made, 480)
    await until(() => box(frame(made.element)).height === 480)
    layout(made, 620.4)
    await until(() => box(frame(made.element)).height === 621)
  })

  it('never grows beyond nine tenths of the window, nor shrinks to nothing', async () => {
    const made = await openedAt(800)
    layout(made, 1e9)
    await until(() => box(frame(made.element)).height === 900)
    layout(made, 1)
    await until(() => box(frame(made.element)).height === 320)
  })

  for (const height of ['100vh', '1px; position: fixed', Number.NaN, -5, null, {}, undefined]) {
    it(`does not take ${String(height)} for a height`, async () => {
      const made = await openedAt(800)
      layout(made, height)
      layout(made, 500)
      await until(() => box(frame(made.element)).height === 500)
      expect(frame(made.element)?.getAttribute('style')).to.equal('height: 500px;')
    })
  }

  it('is as wide as its place on a phone', async () => {
    const made = await openedAt(400)
    const { body } = made.place.window.document
    expect(box(shell(made.element)).width).to.equal(body.clientWidth)
    layout(made, 950)
    await until(() => box(frame(made.element)).height === 950)
  })

  it('is a card that keeps its size on a wide page', async () => {
    const made = await openedAt(1100)
    layout(made, 480)
    await until(() => frame(made.element)?.style.height === '480px')
    const { width, height } = box(shell(made.element))
    layout(made, 900)
    await until(() => frame(made.element)?.style.height === '900px')
    expect([width, box(frame(made.element)).height]).to.deep.equal([500, 700])
    expect(box(shell(made.element)).height).to.equal(height)
  })

  it('is never wider than the place it has', async () => {
    const made = await opened({ mode: 'inline' })
    const place = await fixture<HTMLElement>(html`<div></div>`)
    place.style.width = '250px'
    place.append(made.element)
    await nextFrame()
    expect(box(shell(made.element)).width).to.be.at.most(250)
    expect(place.scrollWidth).to.equal(250)
  })

  it('has no business with an Escape elsewhere on the page', async () => {
    const { element, log } = await opened({ mode: 'inline' })
    const input = await fixture<HTMLInputElement>(html`<input aria-label="Elsewhere" />`)
    input.focus()
    await sendKeys({ press: 'Escape' })
    await nextFrame()
    expect(question(element)).to.equal(null)
    expect(log()).not.to.include('didit-close-request')
  })

  it('leaves the focus to a visitor who is elsewhere on the page when it ends', async () => {
    const { element, backend } = await opened({ mode: 'inline', closeOnComplete: true })
    const input = await fixture<HTMLInputElement>(html`<input aria-label="Elsewhere" />`)
    input.focus()
    backend.tell('Approved')
    expect(await element.start()).to.include({ outcome: 'approved' })
    await until(() => !shell(element))
    expect(document.activeElement).to.equal(input)
    expect(focused(element)).to.equal(null)
  })
})
