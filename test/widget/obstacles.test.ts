import { expect } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import type { ErrorCode } from '../../server/contract.ts'
import { Backend, problem } from '../support/backend.ts'
import {
  clean,
  dialog,
  find,
  focused,
  frame,
  opened,
  root,
  say,
  stage,
  trigger,
  until,
} from '../support/element.ts'
import { allow, hurry, restore } from '../support/haste.ts'
import { page, stageOn } from '../support/page.ts'

const SILENT = '/test/support/hosted.html?silent'

function backendThat(answer: () => Response | undefined): Backend {
  const backend = new Backend()
  backend.answers.set('create', answer)
  return backend
}

function silent(): Backend {
  const backend = new Backend()
  const { url } = backend.session
  backend.session = { ...backend.session, url: new URL(SILENT, url).href }
  return backend
}

describe('an obstacle with a way on', () => {
  afterEach(() => {
    restore()
    clean()
  })

  const rows: [ErrorCode, () => Response | undefined][] = [
    ['backend-unreachable', () => Response.error()],
    ['backend-unreachable', () => new Response('Bad Gateway', { status: 502 })],
    ['backend-unreachable', () => new Response('', { status: 408 })],
    ['backend-unreachable', () => problem(503, 'didit-timeout')],
    ['backend-unreachable', () => undefined],
    ['rate-limited', () => problem(429, 'too-many-requests')],
    ['rate-limited', () => new Response('', { status: 429 })],
  ]
  for (const [code, answer] of rows) {
    it(`${code} is shown, and "Try again" goes on`, async () => {
      allow(1_000)
      const backend = backendThat(answer)
      const made = await stage({}, backend)
      const { element, events } = made
      const result = element.start()
      await until(() => element.state === 'trouble')
      expect(events.at(-1)).to.include({ type: 'didit-trouble', code, sessionId: null })
      expect(element.trouble?.code).to.equal(code)
      expect(element.trouble?.message).to.match(new RegExp(`/docs/trouble\\.md#${code}$`))
      expect(find(element, 'slot[name=trouble]').textContent).to.equal(
        find(element, '.quiet').textContent,
      )
      await expect(element).to.be.accessible()
      backend.answers.clear()
      find(element, '.actions > *').click()
      expect(focused(element)).to.equal(find(element, '#title'))
      await until(() => element.state === 'open')
      expect(element.trouble).to.equal(null)
      await until(() => backend.streams.size)
      backend.tell('Approved')
      expect(await result).to.include({ outcome: 'approved' })
    })
  }

  it('becomes an error when the visitor declines it', async () => {
    const { element, events } = await stage(
      {},
      backendThat(() => Response.error()),
    )
    const result = element.start()
    await until(() => element.state === 'trouble')
    await sendKeys({ press: 'Escape' })
    expect(await result).to.include({ kind: 'error', code: 'backend-unreachable', sessionId: null })
    expect(events.at(-1)).to.include({ type: 'didit-error', code: 'backend-unreachable' })
    expect(dialog(element)).to.equal(null)
    expect(find(element, '[part=message]').textContent).to.equal(
      'The verification service cannot be reached.',
    )
    await expect(element).to.be.accessible()
  })

  it('is "offline" while the browser is', async () => {
    Object.defineProperty(navigator, 'onLine', { value: false, configurable: true })
    try {
      const { element } = await stage(
        {},
        backendThat(() => Response.error()),
      )
      void element.start()
      await until(() => element.state === 'trouble')
      expect(element.trouble?.code).to.equal('offline')
    } finally {
      Reflect.deleteProperty(navigator, 'onLine')
    }
  })

  it('goes away by itself when the browser is back online', async () => {
    Object.defineProperty(navigator, 'onLine', { value: false, configurable: true })
    const backend = backendThat(() => Response.error())
    const { element } = await stage({}, backend)
    try {
      void element.start()
      await until(() => element.state === 'trouble')
    } finally {
      Reflect.deleteProperty(navigator, 'onLine')
    }
    backend.answers.clear()
    dispatchEvent(new Event('online'))
    await until(() => element.state === 'open')
    dispatchEvent(new Event('online'))
    expect([element.state, backend.count('create')]).to.deep.equal(['open', 2])
  })

  it('of the hosted page is shown below it, and what it says next withdraws it', async () => {
    const made = await opened()
    const { element, events } = made
    say(made, { type: 'didit:error', data: { error: 'network lost' } })
    await until(() => element.state === 'trouble')
    expect(events.at(-1)).to.include({ code: 'hosted-error' })
    expect(element.trouble?.message).to.contain('network lost')
    expect(frame(element)).not.to.equal(null)
    expect(find<HTMLAnchorElement>(element, '.strip a').rel).to.equal('noopener noreferrer')
    await expect(element).to.be.accessible()
    say(made, { type: 'didit:step_started', data: { step: 'face' } })
    await until(() => element.state === 'open')
    expect(root(element).querySelector('.strip')).to.equal(null)
  })

  it('of the hosted page lets the visitor load it again', async () => {
    const made = await opened()
    const { element, backend } = made
    say(made, { type: 'didit:error' })
    await until(() => element.state === 'trouble')
    const before = frame(element)
    find(element, '.actions > *').click()
    expect(element.state).to.equal('open')
    expect(frame(element)).not.to.equal(before)
    expect(root(element).querySelector('.strip')).to.equal(null)
    expect(focused(element)).to.equal(find(element, '#title'))
    expect(backend.count('create')).to.equal(1)
  })

  it('is a session that has expired: nothing that the hosted page says helps, so it goes', async () => {
    const { element, backend } = await opened()
    backend.tell('Expired')
    await until(() => element.state === 'trouble')
    expect(element.trouble?.code).to.equal('session-expired')
    expect(frame(element)).to.equal(null)
    expect(focused(element)).to.equal(find(element, '#title'))
    await expect(element).to.be.accessible()
  })

  it('is a frame that says nothing, told once, withdrawn by a late message', async () => {
    hurry()
    const made = await stage({}, silent())
    const { element, log, events } = made
    void element.start()
    await until(() => element.state === 'trouble')
    expect(events.at(-1)).to.include({ code: 'frame-timeout' })
    expect(frame(element)).not.to.equal(null)
    await expect(element).to.be.accessible()
    // Past the second limit, that of the insertion.
    await new Promise((resolve) => setTimeout(resolve, 16_000))
    expect(log().filter((type) => type === 'didit-trouble')).to.have.length(1)
    say(made, { type: 'didit:ready' })
    await until(() => element.state === 'open')
  })

  it('is at once a frame that a policy of the page blocks', async () => {
    const made = await stageOn(await page('strict.html'), { mode: 'modal' })
    void made.element.start()
    await until(() => made.element.state === 'trouble')
    expect(made.element.trouble?.code).to.equal('frame-timeout')
    expect(made.element.trouble?.message).to.contain('frame-src')
  })

  it('is shown on the page where there is no dialog', async () => {
    const made = await stage(
      { mode: 'redirect' },
      backendThat(() => Response.error()),
    )
    const { element } = made
    const result = element.start()
    await until(() => element.state === 'trouble')
    expect(dialog(element)).to.equal(null)
    expect(find(element, '[part=panel]').getAttribute('role')).to.equal('alert')
    await expect(element).to.be.accessible()
    find(element, '[part=panel] .close').click()
    expect(await result).to.include({ kind: 'error', code: 'backend-unreachable' })
    expect(root(element).querySelector('[part=panel]')).to.equal(null)
  })
})

describe('an obstacle without a way on', () => {
  afterEach(clean)

  const json = (body: unknown, status = 200) => Response.json(body, { status })
  const rows: [ErrorCode, string, () => Response | undefined][] = [
    ['misconfigured', 'a 404 page', () => new Response('<h1>404</h1>', { status: 404 })],
    ['misconfigured', 'a page in place of JSON', () => new Response('<h1>App</h1>')],
    ['misconfigured', 'JSON of somebody else', () => json({ ok: true })],
    ['misconfigured', 'null', () => json(null)],
    ['misconfigured', 'a refused origin', () => problem(403, 'origin-not-allowed')],
    ['misconfigured', 'a missing key', () => problem(502, 'didit-credentials')],
    ['backend-refused', 'a visitor who is not signed in', () => problem(401, 'sign-in-required')],
    ['backend-refused', 'a blocked visitor', () => problem(403, 'subject-blocked')],
    [
      'invalid-url',
      'a session URL that is a script',
      () => json({ session: { ...new Backend().session, url: 'javascript:alert(1)' }, token: 't' }),
    ],
    [
      'invalid-url',
      'a session URL without encryption',
      () => json({ session: { ...new Backend().session, url: 'http://x.example/' }, token: 't' }),
    ],
  ]
  for (const [code, why, answer] of rows) {
    it(`${code} ends it, its words stay until they are read: ${why}`, async () => {
      const { element, events } = await stage({}, backendThat(answer))
      expect(await element.start()).to.include({ kind: 'error', code })
      await until(() => events.at(-1)?.type === 'didit-error')
      expect(events.at(-1)).to.include({ code })
      expect(element.error?.code).to.equal(code)
      await expect(element).to.be.accessible()
      find(element, '.done').click()
      await until(() => !dialog(element))
    })
  }

  it('lets the visitor start anew', async () => {
    const backend = backendThat(() => problem(401, 'sign-in-required'))
    const { element } = await stage({}, backend)
    await element.start()
    backend.answers.clear()
    trigger(element).click()
    await until(() => element.state === 'open')
    expect(element.error).to.equal(null)
  })
})

describe('a part of ourselves that does not load', () => {
  afterEach(clean)

  async function broken() {
    const made = await stageOn(await page('broken.html'))
    const result = made.element.start()
    await until(() => made.element.state === 'trouble')
    return { ...made, result }
  }

  const troubles = (log: string[]) => log.filter((type) => type === 'didit-trouble').length

  it('is a trouble that is shown beside the trigger, and tried again at the next press', async () => {
    const { element, events, log, result } = await broken()
    expect(events.at(-1)).to.include({
      type: 'didit-trouble',
      code: 'unsupported',
      sessionId: null,
    })
    expect(element.trouble?.message).to.contain('Lost.')
    expect(element.trouble?.actions).to.deep.equal(['retry'])
    expect(find(element, '[part=message]').textContent).to.contain('Check your connection')
    trigger(element).click()
    await until(() => troubles(log()) === 2)
    expect(element.start()).to.equal(result)
    expect(log().filter((type) => type === 'didit-start')).to.have.length(1)
  })

  it('is tried again by itself when the browser is back online', async () => {
    const { element, log } = await broken()
    element.ownerDocument.defaultView?.dispatchEvent(new Event('online'))
    await until(() => troubles(log()) === 2)
  })

  it('is the error that it ends with when the page gives it up', async () => {
    const { element, events, result } = await broken()
    element.close()
    expect(await result).to.include({ kind: 'error', code: 'unsupported', sessionId: null })
    await until(() => events.at(-1)?.type === 'didit-error')
    expect(events.at(-1)).to.include({ code: 'unsupported' })
    expect([element.state, element.trouble]).to.deep.equal(['ended', null])
  })

  for (const [what, end] of [
    ['reset', (element: HTMLElement) => Reflect.get(element, 'reset').call(element)],
    ['removed', (element: HTMLElement) => element.remove()],
  ] as const) {
    it(`is over without a word when the element is ${what}`, async () => {
      const { element, log, result } = await broken()
      end(element)
      expect(await result).to.include({ kind: 'cancel', source: 'removed' })
      await until(() => element.state === 'idle')
      element.ownerDocument.defaultView?.dispatchEvent(new Event('online'))
      expect(log()).not.to.include('didit-error')
    })
  }
})
