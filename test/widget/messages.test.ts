import { expect } from '@open-wc/testing'
import { executeServerCommand } from '@web/test-runner-commands'
import { HOSTED } from '../support/backend.ts'
import { clean, frame, opened, type Stage, say, until } from '../support/element.ts'

/** Another window of an origin, which is not the frame of the element. */
async function bystander(address: string): Promise<Window> {
  const node = document.createElement('iframe')
  node.src = address
  node.dataset.bystander = ''
  document.body.append(node)
  await new Promise((resolve) => node.addEventListener('load', resolve, { once: true }))
  return node.contentWindow as Window
}

/** Leads the frame of an element to another origin. */
async function lead(made: Stage, origin: string): Promise<void> {
  const target = frame(made.element)?.contentWindow
  const origins: string[] = []
  const hear = (event: MessageEvent) => void origins.push(event.origin)
  addEventListener('message', hear)
  target?.location.replace(`${origin}/test/support/hosted.html?silent`)
  await until(() => {
    say(made, 'here')
    return origins.includes(origin)
  })
  removeEventListener('message', hear)
}

/** Lets the frame of an element say something out of our own origin. */
async function sayFromHere(made: Stage, data: unknown): Promise<void> {
  if ((await executeServerCommand('engine')) !== 'WebKitGTK') {
    await lead(made, location.origin)
    return say(made, data)
  }
  // There a frame that comes to our origin posts as another window than the frame's: nobody can
  // tell that it is the frame, so the element rightly hears nothing. Seen in WebKitGTK only.
  const source = frame(made.element)?.contentWindow ?? null
  dispatchEvent(new MessageEvent('message', { source, origin: location.origin, data }))
}

/** What is posted here arrives in order: once the harmless message is there, so is the other. */
async function settled(made: Stage): Promise<void> {
  say(made, { type: 'didit:media_started' })
  const heard = () =>
    made.events.some((event) => 'message' in event && event.message === 'media_started')
  await until(heard, 'harmless message')
}

describe('a forged message', () => {
  afterEach(() => {
    document.querySelector('[data-bystander]')?.remove()
    clean()
  })

  const COMPLETED = { type: 'didit:completed' }

  const nothing = (made: Stage) => {
    expect(made.element.state).to.equal('open')
    expect(made.log()).not.to.include('didit-submit')
    expect(made.backend.count('read')).to.equal(0)
  }

  it('of the page itself does nothing', async () => {
    const made = await opened()
    window.postMessage(COMPLETED, '*')
    window.postMessage({ type: 'didit-verify:return' }, '*')
    await settled(made)
    nothing(made)
  })

  it('of another window of the right origin does nothing', async () => {
    const made = await opened()
    const window = await bystander(`${HOSTED}/test/support/hosted.html`)
    window.postMessage({ say: COMPLETED }, '*')
    await new Promise((resolve) => addEventListener('message', resolve, { once: true }))
    await settled(made)
    nothing(made)
  })

  it('of the right window with another origin does nothing', async () => {
    const made = await opened()
    await lead(made, location.origin)
    const heard = new Promise((resolve) => addEventListener('message', resolve, { once: true }))
    say(made, COMPLETED)
    await heard
    nothing(made)
  })

  it('of the right window and origin in a wrong shape does nothing', async () => {
    const made = await opened()
    const forged = ['didit:completed', [COMPLETED], { type: 'completed' }, { didit: 'completed' }]
    for (const message of [null, ...forged, { type: 'didit-verify:return' }]) say(made, message)
    await settled(made)
    nothing(made)
  })

  it('about another session does nothing', async () => {
    const made = await opened()
    for (const sessionId of ['other', 7, null, ['x'], {}]) {
      say(made, { type: 'didit:completed', data: { sessionId, status: 'Approved' } })
    }
    await settled(made)
    nothing(made)
  })

  it('that was posted before the frame was there does nothing', async () => {
    window.postMessage(COMPLETED, '*')
    const made = await opened()
    await settled(made)
    nothing(made)
  })
})

describe('a message of the hosted page', () => {
  afterEach(clean)

  it('is told with its step and its data', async () => {
    const made = await opened()
    say(made, JSON.stringify({ type: 'didit:step_started', data: { step: 'face', x: 1 } }))
    const found = () => made.events.at(-1)?.type === 'didit-progress' && made.log().length > 5
    await until(found)
    const { message, step, data } = made.events.at(-1) as unknown as Record<string, unknown>
    expect({ message, step, data }).to.deep.equal({
      message: 'step_started',
      step: 'face',
      data: { step: 'face', x: 1 },
    })
  })

  it('is heard where a white-label origin is trusted', async () => {
    const made = await opened({
      trustedOrigins: `https://id.shop.example ${location.origin}`,
      allow: '',
    })
    await sayFromHere(made, { type: 'didit:completed' })
    await until(() => made.element.state === 'submitted')
  })

  it('of the return page of the backend says that the visitor is done', async () => {
    const made = await opened()
    const sessionId = made.backend.session.id
    await sayFromHere(made, { type: 'didit-verify:return', sessionId, status: 'Declined' })
    await until(() => made.element.state === 'submitted')
    const submit = made.events.find(({ type }) => type === 'didit-submit')
    expect(submit).to.include({ sessionId, hint: 'Declined' })
  })

  it('that says twice that the visitor is done is told once', async () => {
    const made = await opened()
    const target = frame(made.element)?.contentWindow
    for (const _ of [1, 2]) target?.postMessage({ say: { type: 'didit:completed' } }, '*')
    await until(() => made.element.state === 'submitted')
    made.backend.tell('Approved')
    await until(() => made.element.state === 'ended')
    expect(made.log().filter((type) => type === 'didit-submit')).to.have.length(1)
    expect(made.log().filter((type) => type === 'didit-complete')).to.have.length(1)
  })
})
