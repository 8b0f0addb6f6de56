import { expect } from '@open-wc/testing'
import type { DiditVerify } from '../../widget/element.ts'
import { Backend } from '../support/backend.ts'
import {
  announcements,
  clean,
  find,
  focused,
  frame,
  opened,
  root,
  type Stage,
  say,
  stage,
  until,
} from '../support/element.ts'
import { page, stageOn } from '../support/page.ts'

async function open(properties: Partial<DiditVerify> = {}, backend = new Backend()) {
  const made = await stage({ mode: 'qr', ...properties }, backend)
  void made.element.start()
  await shown(made)
  return made
}

async function shown({ element, backend }: Stage): Promise<void> {
  await until(() => root(element).querySelector('.code') && backend.streams.size)
}

const status = (element: DiditVerify) => find(element, '.quiet').textContent

const copyButton = (element: DiditVerify) => find(element, '.code button')

function clipboard(writeText: (text: string) => Promise<void>): () => void {
  Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true })
  return () => Reflect.deleteProperty(navigator, 'clipboard')
}

describe('qr', () => {
  afterEach(clean)

  it('is a picture with words, and a link that says the same', async () => {
    const { element, backend } = await open()
    const picture = find(element, '.code svg')
    expect(picture.getAttribute('role')).to.equal('img')
    expect(picture.getAttribute('aria-label')).to.equal('Continue on your phone')
    expect(status(element)).to.equal('Scan this code with your phone.')
    const link = find<HTMLAnchorElement>(element, '.code a')
    expect([link.href, link.textContent]).to.deep.equal([backend.session.url, backend.session.url])
    expect([link.target, link.rel]).to.deep.equal(['_blank', 'noopener noreferrer'])
  })

  it('is dark on light with a margin of four cells, whatever the colours around', async () => {
    const { element } = await open()
    element.style.setProperty('--didit-background', '#000')
    const picture = find<SVGSVGElement & HTMLElement>(element, '.code svg')
    const { backgroundColor, fill } = getComputedStyle(picture)
    expect([backgroundColor, fill]).to.deep.equal(['rgb(255, 255, 255)', 'rgb(0, 0, 0)'])
    const [x, y, width, height] = picture.getAttribute('viewBox')?.split(' ').map(Number) ?? []
    expect([x, y]).to.deep.equal([-4, -4])
    expect(width).to.equal(height)
    const path = picture.querySelector('path') as SVGPathElement
    const { x: left, y: top, width: side } = path.getBBox()
    expect([left, top, side + 8]).to.deep.equal([0, 0, width])
  })

  it('loads no picture and nothing else from anywhere', async () => {
    const place = await page('strict.html')
    const made = await stageOn(place, { mode: 'qr' })
    const violations: string[] = []
    place.window.document.addEventListener('securitypolicyviolation', (event) =>
      violations.push(event.effectiveDirective),
    )
    void made.element.start()
    await shown(made)
    expect(violations).to.deep.equal([])
    const loads = place.window.performance.getEntriesByType('resource').map(({ name }) => name)
    expect(loads.filter((name) => !name.startsWith(location.origin))).to.deep.equal([])
  })

  it('copies the link, and says so once', async () => {
    const texts: string[] = []
    const restore = clipboard(async (text) => void texts.push(text))
    try {
      const { element, backend } = await open()
      const said = announcements(element)
      copyButton(element).click()
      await until(() => said.length)
      copyButton(element).click()
      await until(() => texts.length === 2)
      expect(said).to.deep.equal(['The link is copied.'])
      expect(texts[0]).to.equal(backend.session.url)
      expect(copyButton(element).textContent).to.equal('The link is copied.')
      await expect(element).to.be.accessible()
    } finally {
      restore()
    }
  })

  it('selects the link where it may not be copied', async () => {
    const restore = clipboard(() => Promise.reject(new DOMException('No', 'NotAllowedError')))
    try {
      const { element, backend } = await open()
      copyButton(element).click()
      await until(() => getSelection()?.toString() === backend.session.url)
      expect(status(element)).to.equal('Scan this code with your phone.')
    } finally {
      restore()
    }
  })

  it('follows the phone live', async () => {
    const made = await open()
    const { element, backend } = made
    const said = announcements(element)
    backend.tell('In Progress')
    await until(() => said.length)
    expect(said).to.deep.equal(['Continue on your phone'])
    expect(root(element).querySelector('.code svg')).not.to.equal(null)
    backend.tell('Approved')
    await until(() => element.outcome === 'approved')
    expect(root(element).querySelector('.code')).to.equal(null)
  })

  it('takes a code that has expired away, and one click makes a fresh one', async () => {
    const { element, backend } = await open()
    backend.tell('Expired')
    await until(() => element.state === 'trouble')
    expect(root(element).querySelector('.code')).to.equal(null)
    const fresh = new Backend().session
    backend.session = { ...fresh, version: 1 }
    find(element, '.actions > *').click()
    await until(() => root(element).querySelector('.code'))
    expect(element.session?.id).to.equal(fresh.id)
  })
})

describe('a modal that is handed to the phone', () => {
  afterEach(clean)

  async function troubled(): Promise<Stage> {
    const made = await opened()
    say(made, { type: 'didit:error', data: { error: 'camera_permission_denied', step: 'face' } })
    await until(() => made.element.state === 'trouble')
    return made
  }

  const phone = ({ element }: Stage) =>
    [...root(element).querySelectorAll<HTMLElement>('.actions > *')].find(
      ({ textContent }) => textContent === 'Continue on your phone',
    ) as HTMLElement

  it('is offered when the camera fails', async () => {
    const made = await troubled()
    expect(made.events.at(-1)).to.include({ type: 'didit-trouble', code: 'camera-blocked' })
    expect(made.element.trouble?.actions[0]).to.equal('phone')
    expect(frame(made.element)).not.to.equal(null)
    await expect(made.element).to.be.accessible()
  })

  it('shows the same session as a code in the same dialog, and ends by the phone', async () => {
    const made = await troubled()
    const { element, backend, events } = made
    phone(made).focus()
    phone(made).click()
    await shown(made)
    expect(frame(element)).to.equal(null)
    expect(element.state).to.equal('open')
    expect(find<HTMLAnchorElement>(element, '.code a').href).to.equal(backend.session.url)
    expect(backend.count('create')).to.equal(1)
    expect(focused(element)).to.equal(find(element, '#title'))
    expect(events.filter(({ type }) => type === 'didit-session').at(-1)).to.include({
      sessionId: backend.session.id,
      mode: 'qr',
      reason: 'camera-blocked',
      resumed: true,
    })
    backend.tell('Approved')
    expect(await element.start()).to.include({ kind: 'complete', outcome: 'approved' })
    expect(made.log().filter((type) => type === 'didit-complete')).to.have.length(1)
  })

  it('keeps the offer while the hosted page goes on without a camera', async () => {
    const made = await troubled()
    say(made, { type: 'didit:step_changed', data: { step: 'face' } })
    const heard = () => made.log().filter((type) => type === 'didit-progress').length === 3
    await until(heard)
    expect(made.element.state).to.equal('trouble')
    say(made, { type: 'didit:media_started', data: { step: 'face', mediaType: 'video' } })
    await until(() => made.element.state === 'open')
    expect(root(made.element).querySelector('.strip')).to.equal(null)
  })

  it('is not offered on a phone', async () => {
    const { matchMedia } = window
    window.matchMedia = (query) =>
      query === '(pointer: coarse)'
        ? ({ matches: true } as MediaQueryList)
        : matchMedia.call(window, query)
    try {
      const made = await troubled()
      expect(made.element.trouble?.actions).not.to.include('phone')
    } finally {
      window.matchMedia = matchMedia
    }
  })
})
