import { expect } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import type { DiditVerify } from '../../widget/element.ts'
import { Backend } from '../support/backend.ts'
import {
  clean,
  find,
  question,
  root,
  type Stage,
  stage,
  trigger,
  until,
} from '../support/element.ts'

/** Every window that is opened from now on, and how it stood when it was led away. */
function windows() {
  const { open } = window
  const opened: Window[] = []
  window.open = (...args) => {
    const made = open.apply(window, args)
    if (made) opened.push(made)
    return made
  }
  return { opened, restore: () => Object.assign(window, { open }) }
}

describe('popup', () => {
  let spy: ReturnType<typeof windows>
  beforeEach(() => {
    spy = windows()
  })
  afterEach(() => {
    spy.restore()
    clean()
    for (const each of spy.opened) {
      each.close()
      each.postMessage({ close: true }, '*')
    }
  })

  async function press(node: HTMLElement): Promise<void> {
    node.focus()
    // The focus that comes back from a window just closed, amid the key, would cost the click.
    await until(() => document.hasFocus(), 'the focus to come back')
    await sendKeys({ press: 'Enter' })
  }

  async function open(properties: Partial<DiditVerify> = {}, backend = new Backend()) {
    const made = await stage({ mode: 'popup', ...properties }, backend)
    await press(trigger(made.element))
    await until(() => made.element.state === 'open' && backend.streams.size)
    return made
  }

  /** The visitor closes the window of the hosted page. Nobody else can: its opener is cut. */
  async function close(popup = spy.opened.at(-1)): Promise<void> {
    await until(() => {
      popup?.postMessage({ close: true }, '*')
      return popup?.closed
    }, 'the window to be closed')
  }

  async function leave(made: Stage): Promise<void> {
    await close()
    await until(() => question(made.element), 'the question')
  }

  const text = ({ element }: Stage) => find(element, '[part=body]').textContent?.trim()

  it('opens empty inside the click, after didit-start, and says that it loads', async () => {
    const backend = new Backend()
    backend.answers.set('create', () => undefined)
    const { element, log } = await stage({ mode: 'popup' }, backend)
    let before = -1
    element.addEventListener('didit-start', () => {
      before = spy.opened.length
    })
    await press(trigger(element))
    await until(() => backend.count('create'))
    expect([before, spy.opened.length]).to.deep.equal([0, 1])
    expect(spy.opened[0]?.location.href).to.equal('about:blank')
    expect(spy.opened[0]?.document.title).to.equal('Identity verification')
    expect(log()[0]).to.equal('didit-start')
  })

  it('is not opened where a listener prevents the start', async () => {
    const { element, events } = await stage({ mode: 'popup' })
    element.addEventListener('didit-start', (event) => event.preventDefault())
    await press(trigger(element))
    await until(() => events.length)
    expect(spy.opened).to.deep.equal([])
  })

  it('cuts its opener before it leads to the hosted page', async () => {
    const backend = new Backend()
    // The same origin, so that the test can look into the window.
    backend.session = { ...backend.session, url: `${location.origin}/test/support/hosted.html` }
    await open({}, backend)
    const [popup] = spy.opened
    await until(() => popup?.location.pathname === '/test/support/hosted.html')
    expect(popup?.opener).to.equal(null)
  })

  for (const [what, end] of [
    ['the element is removed', (element: DiditVerify) => element.remove()],
    ['the element is reset', (element: DiditVerify) => element.reset()],
    ['the page closes it', (element: DiditVerify) => element.close()],
  ] as const) {
    it(`is closed while it is empty when ${what}`, async () => {
      const backend = new Backend()
      backend.answers.set('create', () => undefined)
      const { element } = await stage({ mode: 'popup' }, backend)
      await press(trigger(element))
      await until(() => spy.opened.length)
      end(element)
      await until(() => spy.opened[0]?.closed)
    })
  }

  it('is closed while it is empty when no session comes', async () => {
    const backend = new Backend()
    backend.answers.set('create', () => Response.error())
    const { element } = await stage({ mode: 'popup' }, backend)
    await press(trigger(element))
    await until(() => element.state === 'trouble')
    await until(() => spy.opened[0]?.closed)
  })

  it('that looks closed leads to asking the server, then the visitor', async () => {
    const made = await open()
    await leave(made)
    expect(made.backend.count('read')).to.equal(1)
    expect(made.events.at(-1)).to.include({ type: 'didit-close-request', source: 'hosted' })
    const buttons = [...(question(made.element)?.querySelectorAll('button') ?? [])]
    expect(buttons.map(({ textContent }) => textContent)).to.deep.equal([
      'Continue',
      'Open again',
      'Stop',
    ])
    await expect(made.element).to.be.accessible()
  })

  it('that looks closed asks nobody where the server says that it is over', async () => {
    const made = await open()
    made.backend.move('Approved')
    await close()
    await until(() => made.element.outcome === 'approved')
    expect(made.log()).not.to.include('didit-close-request')
  })

  it('asks nobody where a listener prevents it', async () => {
    const made = await open()
    made.element.addEventListener('didit-close-request', (event) => event.preventDefault())
    await close()
    await until(() => made.log().includes('didit-close-request'))
    expect(question(made.element)).to.equal(null)
  })

  it('goes on to wait where the visitor continues: a closed window may be a lie', async () => {
    const made = await open()
    await leave(made)
    find(made.element, '#stay').click()
    expect(question(made.element)).to.equal(null)
    expect(text(made)).to.contain('The verification is open in another window.')
    made.backend.tell('Approved')
    await until(() => made.element.outcome === 'approved')
  })

  it('opens again where the visitor wants it', async () => {
    const made = await open()
    await leave(made)
    await press(find(made.element, '[role=alertdialog] button:nth-child(2)'))
    await until(() => spy.opened.length === 2)
    expect(question(made.element)).to.equal(null)
    expect(made.element.state).to.equal('open')
    expect(made.backend.count('create')).to.equal(1)
    await leave(made)
  })

  it('is cancelled where the visitor stops', async () => {
    const made = await open()
    const result = made.element.start()
    await leave(made)
    find(made.element, '[role=alertdialog] button:last-child').click()
    expect(await result).to.include({ kind: 'cancel', source: 'hosted' })
  })

  /** The page's own address in a window; without a backend nobody tells how it ends. */
  async function openUrl(): Promise<Stage> {
    const made = await stage({ mode: 'popup', url: new Backend().session.url })
    await press(trigger(made.element))
    await until(() => made.element.state === 'open')
    return made
  }

  it('with a url of the page ends unconfirmed when the visitor has closed it', async () => {
    const made = await openUrl()
    const since = performance.now()
    await until(() => performance.now() - since > 2_500)
    await close()
    expect(await made.element.start()).to.include({ kind: 'complete', outcome: 'unconfirmed' })
    expect(made.backend.asked).to.deep.equal([])
  })

  it('with a url of the page ends nothing when it looks closed at once', async () => {
    const made = await openUrl()
    await close()
    const since = performance.now()
    await until(() => performance.now() - since > 1_000)
    expect(made.element.state).to.equal('open')
    expect(text(made)).to.contain('The verification is open in another window.')
  })
})

describe('popup without an act of the visitor', () => {
  afterEach(clean)

  /** No browser opens a window for this one. */
  async function blocked(): Promise<Stage> {
    const made = await stage({ mode: 'popup' })
    const { open } = window
    window.open = () => null
    try {
      void made.element.start()
      await until(() => made.element.state === 'trouble')
    } finally {
      window.open = open
    }
    return made
  }

  it('is a trouble with a link that needs no permission', async () => {
    const made = await blocked()
    const { element, events, backend } = made
    expect(events.at(-1)).to.include({ type: 'didit-trouble', code: 'popup-blocked' })
    expect(element.trouble?.actions).to.include.members(['new-tab', 'redirect'])
    const link = find<HTMLAnchorElement>(element, '.actions a')
    expect(link.href).to.equal(backend.session.url)
    expect([link.target, link.rel]).to.deep.equal(['_blank', 'noopener noreferrer'])
    await expect(element).to.be.accessible()
  })

  it('goes on by the link, and ends by the word of the server', async () => {
    const { element, backend } = await blocked()
    const link = find<HTMLAnchorElement>(element, '.actions a')
    // The tab itself would come in front of this page, and the test would stand still.
    link.addEventListener('click', (event) => event.preventDefault())
    link.click()
    await until(() => element.state === 'open')
    expect(find(element, '[part=body]').textContent).to.contain('open in another window')
    expect(root(element).querySelector('.actions a')).to.equal(null)
    await until(() => backend.streams.size)
    backend.tell('Approved')
    await until(() => element.outcome === 'approved')
  })

  it('ends by the word of the server also while the trouble stands', async () => {
    const { element, backend } = await blocked()
    await until(() => backend.streams.size)
    backend.tell('Approved')
    await until(() => element.outcome === 'approved')
  })
})
