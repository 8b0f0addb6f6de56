import { expect, fixture, html, nextFrame } from '@open-wc/testing'
import { sendKeys } from '@web/test-runner-commands'
import type { DiditVerify } from '../../widget/element.ts'
import { Backend } from '../support/backend.ts'
import { clean, dialog, find, opened, root, stage, trigger, until } from '../support/element.ts'
import { page, stageOn } from '../support/page.ts'

describe('the element at rest', () => {
  afterEach(clean)

  it('shows a trigger that says what it does', async () => {
    const { element } = await stage()
    expect(trigger(element).textContent?.trim()).to.equal('Verify your identity')
    await expect(element).to.be.accessible()
  })

  it('takes the label from its content', async () => {
    const element = await fixture<DiditVerify>(html`<didit-verify>Prove it</didit-verify>`)
    const [slot] = trigger(element).getElementsByTagName('slot')
    expect(slot?.assignedNodes().map(({ textContent }) => textContent)).to.deep.equal(['Prove it'])
  })

  it('starts from a trigger of the host', async () => {
    const { element, events } = await stage()
    element.innerHTML = '<button slot="trigger">Mine</button>'
    element.querySelector('button')?.click()
    expect(events[0]?.type).to.equal('didit-start')
  })

  it('shows no trigger where the host wants none', async () => {
    const { element } = await stage({ withoutTrigger: true })
    expect(root(element).querySelector('button')).to.equal(null)
  })

  it('reads its attributes', async () => {
    const element = await fixture<DiditVerify>(html`<didit-verify
      endpoint="/bff" mode="redirect" workflow="age" language="de" reference="r" return-url="/done"
      disabled without-confirm close-on-complete trusted-origins="https://id.shop.example"
      allow="camera" hosted-options='{"document_camera":"front"}' confirm-timeout="5"
    ></didit-verify>`)
    const { endpoint, mode, workflow, language, reference, returnUrl, disabled } = element
    expect([endpoint, mode, workflow, language, reference, returnUrl, disabled]).to.deep.equal([
      '/bff',
      'redirect',
      'age',
      'de',
      'r',
      '/done',
      true,
    ])
    const { withoutConfirm, closeOnComplete, trustedOrigins, allow, hostedOptions } = element
    expect([withoutConfirm, closeOnComplete, trustedOrigins, allow]).to.deep.equal([
      true,
      true,
      'https://id.shop.example',
      'camera',
    ])
    expect(hostedOptions).to.deep.equal({ document_camera: 'front' })
    expect(element.confirmTimeout).to.equal(5)
  })

  it('takes broken hosted-options for none', async () => {
    const element = await fixture<DiditVerify>(
      html`<didit-verify hosted-options="{front"></didit-verify>`,
    )
    expect(element.hostedOptions).to.equal(null)
  })

  it('does not start while it is disabled', async () => {
    const { element, events } = await stage({ disabled: true })
    trigger(element).click()
    element.innerHTML = '<button slot="trigger">Mine</button>'
    element.querySelector('button')?.click()
    expect(events).to.deep.equal([])
    expect(trigger(element).disabled).to.equal(true)
  })

  it('looks different while it cannot be pressed', async () => {
    const { element } = await stage()
    const looks = () => {
      const { opacity, cursor } = getComputedStyle(trigger(element))
      return [opacity, cursor]
    }
    expect(looks()).to.deep.equal(['1', 'pointer'])
    element.disabled = true
    await element.updateComplete
    expect(looks()).to.deep.equal(['0.75', 'default'])
  })

  it('shows its state in an attribute and to :state()', async () => {
    const { element } = await stage()
    expect(element.dataset.state).to.equal('idle')
    expect(element.matches(':state(idle)')).to.equal(true)
    void element.start()
    expect(element.dataset.state).to.equal('creating')
    expect(element.matches(':state(creating)')).to.equal(true)
    expect(element.matches(':state(idle)')).to.equal(false)
  })

  it('keeps properties that were set before it was defined', async () => {
    const tag = 'didit-verify-late'
    const { fetch } = new Backend()
    const early = Object.assign(document.createElement(tag), {
      endpoint: '/bff',
      fetch,
      messages: { start: 'Go' },
    })
    await fixture(html`${early}`)
    const { DiditVerify } = await import('../../widget/element.ts')
    customElements.define(tag, class extends DiditVerify {})
    const element = early as unknown as DiditVerify
    await element.updateComplete
    expect(element.fetch).to.equal(fetch)
    expect(element.endpoint).to.equal('/bff')
    expect(trigger(element).textContent?.trim()).to.equal('Go')
  })

  it('asks the backend nothing before somebody acts', async () => {
    const { element, backend } = await stage()
    await element.updateComplete
    await nextFrame()
    expect(backend.asked).to.deep.equal([])
  })

  it('asks the backend nothing for being pointed at or focused', async () => {
    const { element, backend } = await stage()
    trigger(element).dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
    trigger(element).focus()
    await import('../../widget/attempt.ts')
    await nextFrame()
    expect(backend.asked).to.deep.equal([])
  })

  it('loads the attempt at the first sign of intent, and not before', async () => {
    const place = await page()
    const { element, backend } = await stageOn(place)
    const { performance } = place.window
    const loads = () =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
    expect(loads()).to.include('/widget/element.ts').and.not.to.include('/widget/attempt.ts')
    trigger(element).dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
    await until(() => loads().includes('/widget/attempt.ts'))
    expect(backend.asked).to.deep.equal([])
  })

  it('starts by Enter and by Space', async () => {
    for (const key of ['Enter', ' ']) {
      const { element, events } = await stage()
      trigger(element).focus()
      await sendKeys({ press: key })
      await until(() => events.some(({ type }) => type === 'didit-start'))
      element.reset()
    }
  })
})

describe('the words of the element', () => {
  afterEach(clean)

  const label = (element: DiditVerify) => trigger(element).textContent?.trim()
  const wrapper = (element: DiditVerify) => find(element, 'div')

  it('are in the language of the nearest lang, loaded for it', async () => {
    const parent = await fixture(html`<div lang="de-AT"><didit-verify></didit-verify></div>`)
    const element = parent.querySelector('didit-verify') as DiditVerify
    await until(() => wrapper(element).lang === 'de')
    expect(label(element)).to.equal('Identität bestätigen')
  })

  it('find the nearest lang across shadow roots', async () => {
    const parent = await fixture(html`<div lang="es"><span></span></div>`)
    const shadow = parent.querySelector('span')?.attachShadow({ mode: 'open' })
    const element = document.createElement('didit-verify')
    shadow?.append(element)
    await element.updateComplete
    await until(() => wrapper(element).lang === 'es')
  })

  it('are right to left in Arabic, round our own words only', async () => {
    const { element } = await stage({ language: 'ar' })
    await until(() => wrapper(element).dir === 'rtl')
    expect(element.dir).to.equal('')
    await expect(element).to.be.accessible()
  })

  it('are in the script of the page where a language has two', async () => {
    const { element } = await stage({ language: 'zh-HK' })
    await until(() => wrapper(element).lang === 'zh-TW')
    expect(label(element)).to.equal('驗證您的身分')
  })

  it('leave the direction to the page while the label is the host’s own', async () => {
    const parent = await fixture(
      html`<div lang="he" dir="rtl"><didit-verify>אימות!</didit-verify></div>`,
    )
    const element = parent.querySelector('didit-verify') as DiditVerify
    await element.updateComplete
    expect(wrapper(element).hasAttribute('dir')).to.equal(false)
    expect(getComputedStyle(wrapper(element)).direction).to.equal('rtl')
  })

  it('are English where the language is not known', async () => {
    const { element } = await stage({ language: 'tlh' })
    await element.updateComplete
    expect([wrapper(element).lang, label(element)]).to.deep.equal(['en', 'Verify your identity'])
  })

  it('are the own words of the host first', async () => {
    const { element } = await stage({ language: 'de', messages: { start: 'Los' } })
    await until(() => wrapper(element).lang === 'de')
    expect(label(element)).to.equal('Los')
  })

  it('follow the language that is set when it starts', async () => {
    const { element, backend } = await opened({ language: 'de' })
    const heading = () => find(element, '#title').textContent
    expect(heading()).to.equal('Identitätsprüfung')
    element.reset()
    element.language = 'en'
    void element.start()
    await until(() => backend.count('create') === 2)
    expect(heading()).to.equal('Identity verification')
    expect(wrapper(element).lang).to.equal('en')
    expect(
      backend.asked.filter(({ route }) => route === 'create').map(({ body }) => body.language),
    ).to.deep.equal(['de', 'en'])
  })

  it('are those of the last language asked for, whichever loads first', async () => {
    const { element } = await stage({ language: 'de' })
    element.language = 'en'
    void element.start()
    await until(() => dialog(element)?.open)
    expect(wrapper(element).lang).to.equal('en')
    expect(label(element)).to.equal('Verify your identity')
  })
})
