import { expect, fixture, html } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import type { DiditVerify } from '../../widget/element.ts'
import { HOSTED } from '../support/backend.ts'
import {
  announcements,
  clean,
  dialog,
  find,
  focused,
  frame,
  opened,
  question,
  say,
  stage,
  trigger,
  until,
} from '../support/element.ts'

const status = (element: DiditVerify) => find(element, '.quiet').textContent

describe('the modal', () => {
  afterEach(clean)

  it('is a modal dialog with its heading focused', async () => {
    const { element } = await opened()
    expect(dialog(element)?.matches(':modal')).to.equal(true)
    expect(focused(element)).to.equal(find(element, '#title'))
    await expect(element).to.be.accessible()
  })

  it('is there, and accessible, while the session is created', async () => {
    const { element, backend } = await stage()
    backend.answers.set('create', () => undefined)
    void element.start()
    await until(() => backend.count('create'))
    expect(dialog(element)?.matches(':modal')).to.equal(true)
    expect(status(element)).to.equal('Loading the verification…')
    await expect(element).to.be.accessible()
  })

  it('has Close first in the tab order', async () => {
    const { element } = await opened()
    await sendKeys({ press: 'Tab' })
    expect(focused(element)).to.equal(find(element, '[part=close]'))
  })

  it('shows the hosted page in a frame that may do what Didit asks for, and only there', async () => {
    const { element, backend } = await opened({ trustedOrigins: 'https://id.shop.example' })
    const { src, title, allow } = frame(element) as HTMLIFrameElement
    expect(src).to.equal(backend.session.url)
    expect(title).to.equal('Identity verification')
    const origins = `${HOSTED} https://id.shop.example`
    expect(allow.split(/(?<=;) /)).to.deep.equal(
      ['camera', 'microphone', 'fullscreen', 'autoplay', 'encrypted-media', 'geolocation'].map(
        (name) => `${name} ${origins};`,
      ),
    )
  })

  it('asks for a session that is known before it is laid out', async () => {
    const { showModal } = HTMLDialogElement.prototype
    const framed: boolean[] = []
    HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
      framed.push(this.querySelector('iframe') !== null)
      showModal.call(this)
    }
    try {
      const { element } = await stage({ url: `${HOSTED}/session/s1` })
      void element.start()
      await until(() => framed.length)
    } finally {
      HTMLDialogElement.prototype.showModal = showModal
    }
    expect(framed).to.deep.equal([true])
  })

  it('takes the permissions from the host', async () => {
    const { element } = await opened({ allow: 'camera' })
    expect(frame(element)?.allow).to.equal('camera')
  })

  it('hands the camera options to the hosted page', async () => {
    const { element } = await opened({ hostedOptions: { document_camera: 'front' } })
    expect(frame(element)?.src).to.contain('hosted.html?document_camera=front')
  })

  it('adds nothing to the history', async () => {
    const before = history.length
    const { element, backend } = await opened()
    expect(history.length).to.equal(before)
    backend.tell('Approved')
    await until(() => element.state === 'ended')
    expect(history.length).to.equal(before)
  })

  it('says each thing once to who cannot see it', async () => {
    const made = await opened()
    const { element, backend } = made
    expect(status(element)).to.equal('')
    const said = announcements(element)
    say(made, { type: 'didit:completed' })
    await until(() => element.state === 'submitted')
    backend.tell('Approved')
    await until(() => element.state === 'ended')
    await element.updateComplete
    expect(said).to.deep.equal([
      'Thank you. The result is being confirmed…',
      'Your identity is verified.',
    ])
  })

  it('takes the frame away and focuses its heading when the visitor is done', async () => {
    const made = await opened()
    const { element } = made
    frame(element)?.focus()
    say(made, { type: 'didit:completed' })
    await until(() => element.state === 'submitted')
    expect(frame(element)).to.equal(null)
    expect(focused(element)).to.equal(find(element, '#title'))
    await expect(element).to.be.accessible()
  })

  for (const [word, outcome] of [
    ['Approved', 'approved'],
    ['Declined', 'declined'],
    ['In Review', 'pending'],
    ['Abandoned', 'expired'],
  ] as const) {
    it(`shows ${outcome}, accessible, and its button focused`, async () => {
      const made = await opened()
      const { element, backend } = made
      say(made, { type: 'didit:completed' })
      await until(() => element.state === 'submitted')
      backend.tell(word)
      await until(() => element.state === 'ended')
      expect(focused(element)).to.equal(find(element, '.done'))
      expect(find(element, `slot[name=${outcome}]`).textContent).to.equal(status(element))
      await expect(element).to.be.accessible()
      find(element, '.done').click()
      await until(() => !dialog(element))
      expect(made.log()).not.to.include('didit-cancel')
      await expect(element).to.be.accessible()
    })
  }

  it('shows what the host puts in place of a result', async () => {
    const { element, backend } = await opened()
    element.innerHTML = '<p slot="approved">Welcome!</p>'
    backend.tell('Approved')
    await until(() => element.state === 'ended')
    const slot = find<HTMLSlotElement>(element, 'slot[name=approved]')
    expect(slot.assignedElements()[0]?.textContent).to.equal('Welcome!')
  })

  it('closes by itself at the end where the host wants it', async () => {
    const { element, backend } = await opened({ closeOnComplete: true })
    backend.tell('Approved')
    expect(await element.start()).to.include({ outcome: 'approved' })
    await until(() => !dialog(element))
  })

  it('shows the later verdict where it is still open', async () => {
    const { element, backend } = await opened()
    backend.tell('In Review')
    await until(() => element.state === 'ended')
    backend.tell('Approved')
    await until(() => status(element) === 'Your identity is verified.')
  })

  it('is German where the page is', async () => {
    const { element } = await opened({ language: 'de' })
    expect(find(element, '#title').textContent).to.equal('Identitätsprüfung')
  })

  it('is right to left, and accessible, in Arabic', async () => {
    const { element } = await opened({ language: 'ar' })
    expect(getComputedStyle(find(element, 'dialog')).direction).to.equal('rtl')
    find(element, '[part=close]').click()
    await until(() => question(element))
    await expect(element).to.be.accessible()
  })
})

describe('the focus', () => {
  afterEach(clean)

  it('returns to the trigger', async () => {
    const { element, backend } = await stage()
    trigger(element).focus()
    await sendKeys({ press: 'Enter' })
    await until(() => backend.streams.size)
    backend.tell('Approved')
    await until(() => element.state === 'ended')
    await sendKeys({ press: 'Enter' })
    await until(() => !dialog(element))
    expect(focused(element)).to.equal(trigger(element))
  })

  it('returns to the trigger where a click does not focus it', async () => {
    const { element } = await stage({ withoutConfirm: true })
    trigger(element).click()
    await until(() => element.state === 'open')
    element.close()
    await until(() => element.state === 'ended')
    expect(focused(element)).to.equal(trigger(element))
  })

  it('goes to the trigger where a menu that closed on the click has taken it along', async () => {
    const { element } = await stage({ withoutConfirm: true })
    const menu = await fixture<HTMLElement>(html`<div><button>Verify me</button></div>`)
    menu.querySelector('button')?.addEventListener('click', () => {
      void element.start()
      menu.hidden = true
    })
    menu.querySelector('button')?.focus()
    menu.querySelector('button')?.click()
    await until(() => element.state === 'open')
    element.close()
    await until(() => element.state === 'ended')
    expect(focused(element)).to.equal(trigger(element))
  })

  it('gives the page back where a menu goes before there is a session', async () => {
    const { element, backend } = await stage()
    let wasOpen = false
    backend.answers.set('create', () => {
      wasOpen ||= dialog(element)?.open === true
      ;(element.parentElement as HTMLElement).hidden = true
      return new Response('{}', { status: 500 })
    })
    void element.start()
    await until(() => element.state === 'trouble' && !dialog(element))
    expect(wasOpen).to.equal(true)
  })

  it('gives the page back where a menu takes the result along', async () => {
    const { element, backend } = await opened()
    const menu = element.parentElement as HTMLElement
    backend.tell('Approved')
    await until(() => element.state === 'ended')
    menu.hidden = true
    await until(() => !dialog(element))
    expect(element.state).to.equal('ended')
  })

  it('returns to the button of the host, clicked or focused', async () => {
    const { element } = await stage({ withoutConfirm: true })
    const button = await fixture<HTMLButtonElement>(html`<button><b>Go</b></button>`)
    button.addEventListener('click', () => void element.start())
    for (const act of [() => button.querySelector('b')?.click(), () => button.click()]) {
      act()
      await until(() => element.state === 'open')
      element.close()
      await until(() => element.state === 'ended')
      expect(document.activeElement).to.equal(button)
    }
  })
})
