import { expect, fixture, html } from '@open-wc/testing'
import { ERRORS } from '../../server/contract.ts'
import { DiditVerify } from '../../widget/element.ts'
import { type Mock, type MockOptions, mockVerification } from '../../widget/testing.ts'
import { clean, dialog, hear, root, trigger, until, word } from '../support/element.ts'

const ENDS = [
  { outcome: 'approved', final: 'didit-complete', status: 'Approved' },
  { outcome: 'pending', final: 'didit-complete', status: 'In Review' },
  { outcome: 'declined', final: 'didit-complete', status: 'Declined' },
  { outcome: 'resubmit', final: 'didit-complete', status: 'Resubmitted' },
  { outcome: 'expired', final: 'didit-complete', status: 'Expired' },
] as const

const FINALS = ['didit-complete', 'didit-cancel', 'didit-error']

describe('a mocked verification', () => {
  let mock: Mock
  const install = (options?: MockOptions) => {
    mock = mockVerification(options)
  }
  const make = async (properties: Partial<DiditVerify> = {}) => {
    const element = Object.assign(document.createElement('didit-verify'), properties)
    await fixture(html`${element}`)
    return { element, events: hear(element) }
  }
  afterEach(() => {
    mock.restore()
    clean()
  })

  for (const { outcome, final, status } of ENDS) {
    it(`ends ${outcome}`, async () => {
      install({ outcome })
      const { element, events } = await make()
      const result = await element.start()
      expect(result).to.include({ kind: 'complete', outcome, status })
      expect(element.outcome).to.equal(outcome)
      const finals = events.filter(({ type }) => FINALS.includes(type))
      expect(finals.map(({ type }) => type)).to.deep.equal([final])
      expect(finals[0]).to.include({ outcome, status })
    })
  }

  it('tells its events in the order of a real one', async () => {
    install({ outcome: 'approved' })
    const { element, events } = await make()
    await element.start()
    expect(events.map(word)).to.deep.equal([
      'didit-start',
      'didit-state creating',
      'didit-state open',
      'didit-session',
      'didit-progress',
      'didit-progress',
      'didit-progress',
      'didit-state submitted',
      'didit-submit',
      'didit-status',
      'didit-state ended',
      'didit-complete',
    ])
  })

  it('is cancelled by its visitor', async () => {
    install({ outcome: 'cancel' })
    const { element } = await make()
    expect(await element.start()).to.include({ kind: 'cancel', source: 'hosted' })
  })

  it('fails on the hosted page', async () => {
    install({ outcome: 'error' })
    const { element, events } = await make()
    expect(await element.start()).to.include({ kind: 'error', code: 'hosted-error' })
    expect(events.map(({ type }) => type)).to.include('didit-trouble')
  })

  const codes = ['backend-refused', 'misconfigured', 'rate-limited', 'backend-unreachable'] as const
  for (const code of codes) {
    it(`fails with ${code}`, async () => {
      install({ code })
      const { element, events } = await make()
      expect(await element.start()).to.include({ kind: 'error', code })
      const isTrouble = events.some(({ type }) => type === 'didit-trouble')
      expect(isTrouble).to.equal(ERRORS[code].length > 0)
    })
  }

  it('stays open until the test ends it', async () => {
    install()
    const { element } = await make()
    trigger(element).click()
    await until(() => element.state === 'open')
    expect(dialog(element)?.open).to.equal(true)
    await mock.end('declined')
    expect(element.outcome).to.equal('declined')
  })

  it('is ended while it still opens', async () => {
    install()
    const { element } = await make()
    void element.start()
    await mock.end('approved')
    expect(element.outcome).to.equal('approved')
  })

  it('tells the verdict that follows a review', async () => {
    install({ outcome: 'pending' })
    const { element, events } = await make()
    await element.start()
    await mock.end('approved')
    expect(element.outcome).to.equal('approved')
    expect(events.at(-1)).to.include({ type: 'didit-status', outcome: 'approved', settled: true })
  })

  it('refuses a second end, and one of nothing', async () => {
    install({ outcome: 'approved' })
    const failure = () => mock.end('declined').catch((error: Error) => error.message)
    expect(await failure()).to.contain('Call start() first')
    const { element } = await make()
    await element.start()
    expect(await failure()).to.contain('This verification has ended')
  })

  it('starts again', async () => {
    install({ outcome: 'declined' })
    const { element } = await make()
    const ids = [await element.start(), await element.start()].map(({ sessionId }) => sessionId)
    expect(new Set(ids).size).to.equal(2)
  })

  for (const mode of ['auto', 'redirect'] as const) {
    it(`stays on the page in ${mode} mode`, async () => {
      install({ outcome: 'approved' })
      const { element } = await make({ mode })
      expect(await element.start()).to.include({ outcome: 'approved' })
    })
  }

  it('stays on the page where nothing is rendered', async () => {
    install({ outcome: 'approved' })
    const { element } = await make({ hidden: true })
    expect(await element.start()).to.include({ outcome: 'approved' })
  })

  it('may be prevented, and leaves the element as it was', async () => {
    install({ outcome: 'declined' })
    const { element } = await make()
    await element.start()
    const prevent = (event: Event) => event.preventDefault()
    element.addEventListener('didit-start', prevent)
    expect(await element.start()).to.include({ kind: 'cancel', source: 'prevented' })
    expect(element.outcome).to.equal('declined')
  })

  it('starts before the element is drawn for the first time', async () => {
    install({ outcome: 'approved' })
    const element = document.createElement('didit-verify')
    const made = fixture(html`${element}`)
    expect(await element.start()).to.include({ outcome: 'approved' })
    await made
  })

  it('uses neither the fetch of the page nor that of the browser', async () => {
    install({ outcome: 'approved' })
    const forbidden = () => Promise.reject(new Error('The network was used.'))
    const { element } = await make({ fetch: forbidden })
    expect(await element.start()).to.include({ outcome: 'approved' })
  })

  it('gives back what it covered, with what the page has set meanwhile', async () => {
    install({ outcome: 'approved' })
    const own: typeof fetch = () => Promise.reject(new Error('unused'))
    const { element } = await make({ mode: 'redirect' })
    await element.start()
    expect(element.mode).to.equal('modal')
    element.fetch = own
    mock.restore()
    expect(element.mode).to.equal('redirect')
    expect(element.fetch).to.equal(own)
    expect(Object.getPrototypeOf(element)).to.equal(DiditVerify.prototype)
  })

  it('leaves nothing behind when it is taken away in the middle', async () => {
    install()
    const { element, events } = await make()
    const result = element.start()
    await until(() => element.state === 'open')
    mock.restore()
    expect((await result).kind).to.equal('cancel')
    expect(events.some(({ type }) => FINALS.includes(type))).to.equal(false)
    expect(root(element).querySelector('dialog, iframe')).to.equal(null)
    expect(sessionStorage.length).to.equal(0)
  })
})
