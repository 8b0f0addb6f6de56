import { expect, fixture, html } from '@open-wc/testing'
import { DiditVerify } from '../../widget/element.ts'
import { Backend, HOSTED, problem } from '../support/backend.ts'
import { clean, find, opened, root, stage, until } from '../support/element.ts'
import { page, stageOn } from '../support/page.ts'

const CONTACT = { email: 'canary@mail.example', phone: '+34600111222' }
const EXPECTED = { first_name: 'Canaryfirst', last_name: 'Canarylast', date_of_birth: '1961-02-03' }
const WORDS = [...Object.values(CONTACT), ...Object.values(EXPECTED)]

/** What the backend was asked for sessions with. */
const bodies = ({ asked }: Backend) =>
  asked.filter(({ route }) => route === 'create').map(({ body }) => body)

describe('contact and expected', () => {
  afterEach(clean)

  it('are no attributes', async () => {
    const element = await fixture<DiditVerify>(
      html`<didit-verify contact='{"email":"a@b.co"}' expected='{"first_name":"Eva"}'></didit-verify>`,
    )
    expect([element.contact, element.expected]).to.deep.equal([null, null])
    element.contact = CONTACT
    element.expected = EXPECTED
    await element.updateComplete
    for (const word of WORDS) {
      expect(element.outerHTML + root(element).innerHTML).not.to.contain(word)
    }
  })

  it('are not sent where they are not set', async () => {
    const { element, backend } = await opened()
    expect(Object.keys(bodies(backend)[0] ?? {})).not.to.include.members(['contact', 'expected'])
    expect([element.contact, element.expected]).to.deep.equal([null, null])
  })

  it('are not sent where they were taken back', async () => {
    const { element, backend } = await stage({ contact: CONTACT, expected: EXPECTED })
    element.contact = element.expected = null
    void element.start()
    await until(() => backend.count('create'))
    expect(bodies(backend)[0]).not.to.have.any.keys('contact', 'expected')
  })

  it('go to the backend as they are, each by itself', async () => {
    const both = await opened({ contact: CONTACT, expected: EXPECTED })
    expect(bodies(both.backend)[0]).to.deep.include({ contact: CONTACT, expected: EXPECTED })
    clean()
    const { backend } = await opened({ expected: EXPECTED })
    expect(bodies(backend)[0]).to.deep.include({ expected: EXPECTED })
    expect(bodies(backend)[0]).not.to.have.any.keys('contact')
  })

  it('are read at the start, after its listeners', async () => {
    const { element, backend } = await stage({ expected: { first_name: 'Eva' } })
    element.addEventListener('didit-start', () => {
      element.expected = EXPECTED
    })
    void element.start()
    await until(() => backend.count('create'))
    expect(bodies(backend)[0]).to.deep.include({ expected: EXPECTED })
  })

  it('change nothing of what runs, and are read anew by the next try', async () => {
    const backend = new Backend()
    backend.answers.set('create', () => problem(503, 'didit-unreachable'))
    const { element } = await stage({ expected: { first_name: 'Eva' } }, backend)
    void element.start()
    await until(() => element.state === 'trouble')
    element.expected = EXPECTED
    await element.updateComplete
    expect(backend.count('create')).to.equal(1)
    backend.answers.clear()
    find(element, '.actions > *').click()
    await until(() => element.state === 'open')
    expect(bodies(backend).map(({ expected }) => expected)).to.deep.equal([
      { first_name: 'Eva' },
      EXPECTED,
    ])
  })

  it('are taken over where they were set before the element was defined', async () => {
    const element = document.createElement('late-verify') as DiditVerify
    const backend = new Backend()
    Object.assign(element, { mode: 'modal', fetch: backend.fetch, expected: EXPECTED })
    customElements.define('late-verify', class extends DiditVerify {})
    await fixture(html`${element}`)
    void element.start()
    await until(() => backend.count('create'))
    expect(bodies(backend)[0]).to.deep.include({ expected: EXPECTED })
  })

  it('have no effect with a url', async () => {
    const url = `${HOSTED}/test/support/hosted.html?u=link`
    const { element, backend } = await stage({ url, contact: CONTACT, expected: EXPECTED })
    void element.start()
    await until(() => element.state === 'open')
    expect(backend.asked).to.deep.equal([])
    const { src = '' } = root(element).querySelector('iframe') ?? {}
    for (const word of WORDS) expect(decodeURIComponent(src)).not.to.contain(word)
  })

  it('are kept nowhere and told to nobody else', async () => {
    const told: unknown[] = []
    const { log, info, warn, error, debug } = console
    const hear = (...words: unknown[]) => void told.push(words)
    Object.assign(console, { log: hear, info: hear, warn: hear, error: hear, debug: hear })
    try {
      const { element, backend, events } = await opened({ contact: CONTACT, expected: EXPECTED })
      const seen = [
        Object.entries(sessionStorage),
        Object.entries(localStorage),
        history.state,
        location.href,
        document.cookie,
        backend.asked.filter(({ route }) => route !== 'create').map(({ url }) => url.href),
        events.map((event) => ({ ...event, detail: Reflect.get(event, 'detail') })),
        root(element).innerHTML,
        told,
      ]
      expect(Object.keys(sessionStorage)).to.have.length.above(0)
      for (const word of WORDS) expect(JSON.stringify(seen)).not.to.contain(word)
    } finally {
      Object.assign(console, { log, info, warn, error, debug })
    }
  })

  it('are sent in mode redirect, and are not in the address that it goes to', async () => {
    const backend = new Backend()
    backend.session = { ...backend.session, url: `${location.origin}/test/support/page.html?there` }
    const place = await page()
    const { element } = await stageOn(place, { contact: CONTACT, expected: EXPECTED }, backend)
    const gone = place.gone()
    void element.start()
    const address = decodeURIComponent(await gone)
    expect(address).to.contain('there')
    expect(bodies(backend)[0]).to.deep.include({ contact: CONTACT, expected: EXPECTED })
    for (const word of WORDS) expect(address).not.to.contain(word)
  })
})
