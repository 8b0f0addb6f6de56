import { expect, fixture, html, nextFrame } from '@open-wc/testing'
import type { DiditVerify } from '../../widget/element.ts'
import { type Kept, keep } from '../../widget/kept.ts'
import { Backend, HOSTED, problem } from '../support/backend.ts'
import {
  clean,
  find,
  hear,
  loaded,
  type Stage,
  say,
  stage,
  trigger,
  until,
  word,
} from '../support/element.ts'
import { hurry, restore } from '../support/haste.ts'
import { type Page, page, stageOn } from '../support/page.ts'

const HOUR = 60 * 60_000
const { now } = Date

interface Formed extends Stage {
  form: HTMLFormElement
  fieldset: HTMLFieldSetElement
  label: HTMLLabelElement
  send: HTMLButtonElement
  /** What the form would send. */
  data(): [string, FormDataEntryValue][]
}

/** An element in a form, with a label and a button that sends. */
async function formed(
  properties: Partial<DiditVerify> = {},
  backend = new Backend(),
): Promise<Formed> {
  const element = document.createElement('didit-verify')
  Object.assign(element, { id: 'identity', name: 'identity', required: true, mode: 'modal' })
  Object.assign(element, { fetch: backend.fetch, ...properties })
  const events = hear(element)
  const form =
    await fixture<HTMLFormElement>(html`<form @submit=${(event: Event) => event.preventDefault()}>
    <label for="identity">Identity</label>
    <fieldset>${element}</fieldset>
    <button name="send" value="now">Send</button>
  </form>`)
  return {
    element,
    backend,
    events,
    log: () => events.map(word),
    form,
    fieldset: form.querySelector('fieldset') as HTMLFieldSetElement,
    label: form.querySelector('label') as HTMLLabelElement,
    send: form.querySelector('button[name=send]') as HTMLButtonElement,
    data: () => [...new FormData(form)],
  }
}

/** The same, with a visitor who is through: the dialog is closed again. */
async function ended(
  status: string,
  properties: Partial<DiditVerify> = {},
  backend = new Backend(),
): Promise<Formed> {
  const made = await formed({ closeOnComplete: true, ...properties }, backend)
  void made.element.start()
  await loaded(made)
  made.backend.tell(status)
  await until(() => made.element.state === 'ended')
  return made
}

const isValid = ({ form }: Formed) => form.checkValidity()

describe('a form with an element that is required', () => {
  afterEach(clean)

  it('cannot be sent from the first moment', () => {
    const form = document.createElement('form')
    document.body.append(form)
    form.innerHTML = '<didit-verify name="identity" required></didit-verify>'
    expect(form.checkValidity()).to.equal(false)
    form.remove()
  })

  it('can be sent as soon as it is not required, and not when it is again', async () => {
    const made = await formed()
    made.element.required = false
    expect(isValid(made)).to.equal(true)
    made.element.required = true
    expect(isValid(made)).to.equal(false)
    made.element.removeAttribute('required')
    expect(isValid(made)).to.equal(true)
    made.element.setAttribute('required', '')
    expect(isValid(made)).to.equal(false)
  })

  it('can be sent once the server approves, with the receipt', async () => {
    const made = await ended('Approved')
    expect(isValid(made)).to.equal(true)
    expect(made.data()).to.deep.equal([['identity', 'receipt 1']])
    expect(made.element.matches(':valid')).to.equal(true)
  })

  for (const status of ['In Review', 'Declined', 'Expired', 'Resubmitted', 'Something New']) {
    it(`cannot be sent, and would send nothing, at ${status}`, async () => {
      const made = await formed()
      void made.element.start()
      await loaded(made)
      made.backend.tell(status)
      await until(() => made.element.session?.status === status)
      expect(isValid(made)).to.equal(false)
      expect(made.data()).to.deep.equal([])
      expect(made.element.matches(':invalid')).to.equal(true)
    })
  }

  it('believes nothing that the page around it says', async () => {
    const made = await formed()
    void made.element.start()
    await loaded(made)
    for (const type of ['didit:completed', 'didit:ready']) {
      const status = 'Approved'
      window.postMessage({ type, status, sessionId: made.backend.session.id, receipt: 'forged' })
    }
    await nextFrame()
    expect(isValid(made)).to.equal(false)
    expect(made.data()).to.deep.equal([])
  })

  it('lets a review through where that is accepted, with nothing to prove it', async () => {
    const made = await ended('In Review', { accept: ' approved\n  pending ' })
    expect(isValid(made)).to.equal(true)
    expect(made.data()).to.deep.equal([['identity', '']])
    made.backend.tell('Approved')
    await until(() => made.element.outcome === 'approved')
    expect(made.data()).to.deep.equal([['identity', 'receipt 1']])
  })

  it('lets nothing through for words that only look alike', async () => {
    const made = await ended('Approved', { accept: 'approvedly not-approved Approved' })
    expect(isValid(made)).to.equal(false)
    expect(made.data()).to.deep.equal([])
  })

  it('lets approvals through where accept was taken away', async () => {
    const made = await ended('Approved')
    made.element.setAttribute('accept', 'pending')
    expect(isValid(made)).to.equal(false)
    made.element.removeAttribute('accept')
    expect(isValid(made)).to.equal(true)
  })

  it('cannot be sent any more when the approval is taken back', async () => {
    const made = await ended('In Review', { accept: 'approved pending' })
    made.backend.tell('Declined')
    await until(() => made.element.outcome === 'declined')
    expect(isValid(made)).to.equal(false)
    expect(made.data()).to.deep.equal([])
  })

  it('cannot be sent while a further attempt runs', async () => {
    const made = await ended('Approved')
    void made.element.start()
    expect(isValid(made)).to.equal(false)
    expect(made.data()).to.deep.equal([])
  })

  it('needs nothing where the page has an address of its own', async () => {
    const made = await formed({ url: 'https://verify.didit.me/u/link' })
    expect(isValid(made)).to.equal(true)
  })

  it('sends nothing of what nobody has confirmed', async () => {
    const made = await formed({ url: `${HOSTED}/test/support/hosted.html`, accept: 'unconfirmed' })
    const result = made.element.start()
    await until(() => made.log().includes('didit-progress'))
    say(made, { type: 'didit:completed', data: { sessionId: 's1', status: 'Approved' } })
    expect(await result).to.include({ outcome: 'unconfirmed', receipt: null })
    expect(made.data()).to.deep.equal([])
  })

  it('sends nothing of an element without a name', async () => {
    const made = await ended('Approved', { name: null })
    expect(isValid(made)).to.equal(true)
    expect(made.data()).to.deep.equal([])
  })

  it('is not sent by a press of its button, which leads to the trigger', async () => {
    const made = await formed()
    let sent = 0
    let refused = 0
    made.form.addEventListener('submit', () => sent++)
    made.element.addEventListener('invalid', () => refused++)
    made.send.click()
    expect([sent, refused]).to.deep.equal([0, 1])
    expect(document.activeElement).to.equal(made.element)
    expect(made.element.shadowRoot?.activeElement).to.equal(trigger(made.element))
  })
})

describe('an element in a form', () => {
  afterEach(clean)

  it('has what an input has', async () => {
    const { element, form, label } = await formed()
    expect([element.form, [...element.labels]]).to.deep.equal([form, [label]])
    expect(element.willValidate).to.equal(true)
    expect(element.validity?.valueMissing).to.equal(true)
    expect(element.validationMessage).to.equal('Please verify your identity.')
    expect([element.checkValidity(), element.reportValidity()]).to.deep.equal([false, false])
    element.required = false
    expect([element.validity?.valid, element.validationMessage]).to.deep.equal([true, ''])
    expect([element.checkValidity(), element.reportValidity()]).to.deep.equal([true, true])
    expect([...form.elements]).to.include(element)
  })

  it('reflects its name, for that is where browsers look', async () => {
    const { element } = await formed({ name: 'proof' })
    expect(element.getAttribute('name')).to.equal('proof')
  })

  it('says in the language of the visitor why the form cannot be sent', async () => {
    const { element } = await formed({ language: 'de' })
    await until(() => element.validationMessage === 'Bitte bestätigen Sie Ihre Identität.')
  })

  it('says it in that language also where the label is the host’s own', async () => {
    const { element } = await formed({ language: 'es', textContent: 'Mein Knopf' })
    await until(() => element.validationMessage === 'Verifique su identidad.')
  })

  it('says it in the words of the host first', async () => {
    const { element } = await formed({ messages: { required: 'Do it.' } })
    expect(element.validationMessage).to.equal('Do it.')
  })

  it('says how it stands where there is something to say', async () => {
    const { element } = await ended('Declined')
    expect(element.validationMessage).to.equal('Your identity could not be verified.')
    expect(find(element, '[part=message]').textContent).to.equal(element.validationMessage)
  })

  it('shows why at a trigger of the host’s own', async () => {
    const { element } = await formed()
    element.innerHTML = '<a href="#x" slot="trigger">Mine</a>'
    expect(element.reportValidity()).to.equal(false)
    expect(document.activeElement).to.equal(element.firstElementChild)
  })

  it('shows why at its message where it has no trigger', async () => {
    const { element } = await formed({ withoutTrigger: true })
    expect(element.reportValidity()).to.equal(false)
    expect(element.shadowRoot?.activeElement).to.equal(find(element, '[part=message]'))
  })

  it('shows why at the trigger that is there now', async () => {
    const { element } = await formed({ withoutTrigger: true })
    element.reportValidity()
    element.withoutTrigger = false
    await element.updateComplete
    element.reportValidity()
    expect(element.shadowRoot?.activeElement).to.equal(trigger(element))
  })

  it('takes the focus for its trigger', async () => {
    const { element } = await formed()
    element.focus()
    expect(element.shadowRoot?.activeElement).to.equal(trigger(element))
  })

  it('can be read and used by everybody', async () => {
    const { element, form } = await formed()
    await expect(form).to.be.accessible()
    element.reportValidity()
    await expect(form).to.be.accessible()
    element.disabled = true
    await element.updateComplete
    await expect(form).to.be.accessible()
  })

  it('is found by its label', async () => {
    const { element, label } = await formed()
    expect(label.control).to.equal(element)
  })
})

describe('a click on the label', () => {
  afterEach(clean)

  it('starts', async () => {
    const { element, label, events } = await formed()
    label.click()
    expect(events[0]?.type).to.equal('didit-start')
    await until(() => element.state === 'open')
  })

  it('presses a trigger of the host’s own', async () => {
    const { element, label, log } = await formed()
    element.innerHTML = '<button type="button" slot="trigger">Mine</button>'
    let pressed = 0
    element.firstElementChild?.addEventListener('click', () => pressed++)
    label.click()
    expect([pressed, log()[0]]).to.deep.equal([1, 'didit-start'])
  })

  it('does nothing where the element is disabled or has no trigger', async () => {
    const { element, label, fieldset, events } = await formed()
    fieldset.disabled = true
    label.click()
    fieldset.disabled = false
    element.withoutTrigger = true
    await element.updateComplete
    label.click()
    expect(events).to.deep.equal([])
  })

  it('is what click() is', async () => {
    const { element, events } = await formed()
    element.click()
    expect(events[0]?.type).to.equal('didit-start')
  })
})

describe('a disabled fieldset', () => {
  afterEach(clean)

  it('disables the element in it, and leaves it out of the form', async () => {
    const made = await ended('Approved')
    const { element, fieldset, data, log } = made
    fieldset.disabled = true
    await until(() => trigger(element).disabled)
    expect([element.willValidate, element.matches(':disabled')]).to.deep.equal([false, true])
    expect([isValid(made), data()]).to.deep.equal([true, []])
    const before = log().length
    trigger(element).click()
    element.click()
    element.innerHTML = '<button slot="trigger" type="button">Mine</button>'
    element.querySelector('button')?.click()
    expect(log()).to.have.length(before)
    expect(element.disabled).to.equal(false)
  })

  it('gives it back', async () => {
    const made = await formed()
    made.fieldset.disabled = true
    await until(() => trigger(made.element).disabled)
    expect(isValid(made)).to.equal(true)
    made.fieldset.disabled = false
    await until(() => !trigger(made.element).disabled)
    expect(isValid(made)).to.equal(false)
  })

  it('leaves the element alone in its legend', async () => {
    const made = await formed()
    const legend = document.createElement('legend')
    made.fieldset.prepend(legend)
    legend.append(made.element)
    made.fieldset.disabled = true
    await nextFrame()
    expect(trigger(made.element).disabled).to.equal(false)
  })

  it('is not needed: the attribute comes and goes as well', async () => {
    const made = await formed({ disabled: true })
    expect([trigger(made.element).disabled, isValid(made)]).to.deep.equal([true, true])
    made.element.disabled = false
    await until(() => !trigger(made.element).disabled)
    expect(isValid(made)).to.equal(false)
  })
})

describe('the reset of a form', () => {
  afterEach(clean)

  it('forgets the verification', async () => {
    const made = await ended('Approved')
    made.form.reset()
    expect([made.element.state, made.element.outcome]).to.deep.equal(['idle', null])
    expect([isValid(made), made.data()]).to.deep.equal([false, []])
  })

  it('ends one that runs without a final event', async () => {
    const made = await formed()
    const result = made.element.start()
    await loaded(made)
    made.form.reset()
    expect(await result).to.include({ kind: 'cancel', source: 'removed' })
    expect(made.log()).not.to.include('didit-cancel')
    expect(made.backend.open).to.equal(0)
  })
})

describe('a receipt', () => {
  afterEach(() => {
    clean()
    restore()
    Date.now = now
  })

  /** The visitor's clock goes on. */
  function pass(ms: number) {
    const ahead = Date.now() - now() + ms
    Date.now = () => now() + ahead
  }

  /** Every value that the form has sent, one listener of the host as witness. */
  function witness({ form }: Formed) {
    const sent: (FormDataEntryValue | string | null)[][] = []
    form.addEventListener('submit', ({ submitter }) => {
      sent.push([new FormData(form).get('identity'), submitter && Reflect.get(submitter, 'name')])
    })
    return sent
  }

  it('is in the final event, the result and the later change of a status', async () => {
    const made = await formed()
    const result = made.element.start()
    await loaded(made)
    made.backend.tell('In Review')
    expect(await result).to.include({ outcome: 'pending', receipt: null })
    made.backend.tell('Approved')
    await until(() => made.element.outcome === 'approved')
    const receipts = made.events
      .filter(({ type }) => type === 'didit-complete' || type === 'didit-status')
      .map((event) => [event.type, Reflect.get(event, 'receipt')])
    expect(receipts).to.deep.equal([
      ['didit-status', null],
      ['didit-complete', null],
      ['didit-status', 'receipt 1'],
    ])
  })

  it('is in the final event of an approval', async () => {
    const made = await formed()
    const result = made.element.start()
    await loaded(made)
    made.backend.tell('Approved')
    expect(await result).to.include({ outcome: 'approved', receipt: 'receipt 1' })
    expect(made.events.at(-1)).to.include({ type: 'didit-complete', receipt: 'receipt 1' })
  })

  /** A visitor who was approved, on a page whose minutes are short from now on. */
  async function approved(properties: Partial<DiditVerify> = {}): Promise<Formed> {
    const made = await formed({ closeOnComplete: true, ...properties })
    void made.element.start()
    await loaded(made)
    hurry(2_000)
    made.backend.tell('Approved')
    await until(() => made.element.state === 'ended')
    return made
  }

  /** Waits until the page has looked at its clock. */
  const minutes = (count: number) => new Promise((done) => setTimeout(done, count * 60_000))

  it('is renewed in the background when half of its life is over', async () => {
    const made = await approved()
    const before = made.log()
    pass(11.9 * HOUR)
    await minutes(3)
    expect(made.data()).to.deep.equal([['identity', 'receipt 1']])
    pass(0.1 * HOUR)
    await until(() => made.data()[0]?.[1] === 'receipt 2')
    pass(11.9 * HOUR)
    await minutes(3)
    expect(made.backend.count('read')).to.equal(1)
    pass(0.1 * HOUR)
    await until(() => made.data()[0]?.[1] === 'receipt 3')
    expect(made.log()).to.deep.equal(before)
  })

  it('is renewed again later where the server did not answer', async () => {
    const made = await approved()
    made.backend.answers.set('read', () => Response.error())
    pass(13 * HOUR)
    await until(() => made.backend.count('read') === 2)
    expect(made.data()).to.deep.equal([['identity', 'receipt 1']])
    made.backend.answers.clear()
    await until(() => made.data()[0]?.[1] === 'receipt 2')
  })

  it('is renewed also where the approval came after the end', async () => {
    const made = await formed({ closeOnComplete: true })
    void made.element.start()
    await loaded(made)
    made.backend.tell('In Review')
    await until(() => made.element.state === 'ended')
    hurry(2_000)
    made.backend.tell('Approved')
    await until(() => made.data()[0]?.[1] === 'receipt 1')
    pass(13 * HOUR)
    await until(() => made.data()[0]?.[1] === 'receipt 2')
  })

  it('is not renewed for a page that nobody sees', async () => {
    const made = await approved()
    const property = { configurable: true, value: 'hidden' }
    Object.defineProperty(document, 'visibilityState', property)
    pass(13 * HOUR)
    await minutes(3)
    Reflect.deleteProperty(document, 'visibilityState')
    expect(made.backend.count('read')).to.equal(0)
    await until(() => made.backend.count('read') === 1)
  })

  it('is not renewed where there is no form', async () => {
    const made = await approved()
    document.body.append(made.element)
    pass(30 * HOUR)
    await minutes(3)
    expect(made.backend.count('read')).to.equal(0)
    made.element.remove()
  })

  for (const [end, how] of [
    ['removed', (made: Formed) => made.element.remove()],
    ['reset', (made: Formed) => made.element.reset()],
  ] as const) {
    it(`is not renewed for an element that was ${end}`, async () => {
      const made = await approved({ required: false })
      how(made)
      await nextFrame()
      pass(30 * HOUR)
      await minutes(3)
      made.form.requestSubmit()
      expect(made.backend.count('read')).to.equal(0)
    })
  }

  it('is taken away when a renewal finds the approval revoked', async () => {
    const made = await approved()
    made.backend.move('Declined')
    pass(13 * HOUR)
    await until(() => made.element.outcome === 'declined')
    expect([isValid(made), made.data()]).to.deep.equal([false, []])
    expect(made.log().at(-1)).to.equal('didit-status')
  })

  it('is sent as it is while it is good', async () => {
    const made = await approved()
    const sent = witness(made)
    made.send.click()
    expect(sent).to.deep.equal([['receipt 1', 'send']])
    expect(made.backend.count('read')).to.equal(0)
  })

  /** A visitor who comes back to a laptop that slept for so many hours, and sends at once. */
  async function slept(hours: number): Promise<[Formed, ReturnType<typeof witness>]> {
    // Without haste: no minute of the page passes before the press.
    const made = await ended('Approved')
    pass(hours * HOUR)
    return [made, witness(made)]
  }

  it('is sent fresh where it would expire on its way: the form waits, once', async () => {
    const [made, sent] = await slept(23)
    made.send.click()
    made.send.click()
    expect(sent).to.deep.equal([])
    await until(() => sent.length)
    expect(sent).to.deep.equal([['receipt 2', 'send']])
    made.send.click()
    expect(sent).to.have.length(2)
    expect(made.backend.count('read')).to.equal(1)
  })

  it('is sent fresh by a form that nothing was pressed in', async () => {
    const [made, sent] = await slept(48)
    made.form.requestSubmit()
    await until(() => sent.length)
    expect(sent).to.deep.equal([['receipt 2', null]])
  })

  it('is sent fresh by a button that is gone meanwhile', async () => {
    const [made, sent] = await slept(48)
    made.send.click()
    made.send.remove()
    await until(() => sent.length)
    expect(sent).to.deep.equal([['receipt 2', null]])
  })

  it('is sent as it is where the server does not answer', async () => {
    const [made, sent] = await slept(48)
    made.backend.answers.set('read', () => Response.error())
    made.send.click()
    await until(() => sent.length)
    expect(sent).to.deep.equal([['receipt 1', 'send']])
  })

  it('is sent as it is where the server lets it wait', async () => {
    const [made, sent] = await slept(48)
    made.backend.answers.set('read', () => undefined)
    hurry(2_000)
    made.send.click()
    await until(() => sent.length)
    expect(sent).to.deep.equal([['receipt 1', 'send']])
  })

  it('is not sent where the approval was revoked meanwhile: the form says so', async () => {
    const [made, sent] = await slept(48)
    made.backend.move('Declined')
    let refused = 0
    made.element.addEventListener('invalid', () => refused++)
    made.send.click()
    await until(() => refused)
    expect(sent).to.deep.equal([])
    expect(made.element.validationMessage).to.equal('Your identity could not be verified.')
  })

  it('holds no other form back', async () => {
    const [made, sent] = await slept(48)
    const other = await fixture<HTMLFormElement>(html`<form></form>`)
    let submitted = 0
    other.addEventListener('submit', (event) => {
      event.preventDefault()
      submitted++
    })
    other.requestSubmit()
    expect([submitted, sent.length, made.backend.count('read')]).to.deep.equal([1, 0, 0])
  })

  it('is held back inside a shadow root as well', async () => {
    const host = await fixture(html`<div></div>`)
    const inside = host.attachShadow({ mode: 'open' })
    const made = await formed({ closeOnComplete: true })
    inside.append(made.form)
    void made.element.start()
    await loaded(made)
    made.backend.tell('Approved')
    await until(() => made.element.state === 'ended')
    const sent = witness(made)
    pass(48 * HOUR)
    made.send.click()
    await until(() => sent.length)
    expect(sent).to.deep.equal([['receipt 2', 'send']])
  })
})

describe('a form that the browser restores', () => {
  afterEach(clean)

  const OWNER = `${location.origin}/api/verify  identity`

  /** What an earlier page of this tab has kept. */
  function kept({ session, token }: Backend, phase: Kept['phase'], patch: Partial<Kept> = {}) {
    const sessionId = session.id
    keep({ sessionId, token, owner: OWNER, mode: 'modal', phase, at: 1, ...patch })
    return sessionId
  }

  it('is told by the browser, which has nothing but the name of a session', async () => {
    const place = await page('form.html')
    const parts = () => {
      const { document } = place.window
      const element = document.querySelector('didit-verify') as DiditVerify
      return { element, form: document.querySelector('form') as HTMLFormElement }
    }
    const backend = new Backend()
    const { element, form } = parts()
    element.fetch = backend.fetch
    void element.start()
    await until(() => backend.streams.size)
    backend.tell('Approved')
    await until(() => element.state === 'ended')
    expect(new FormData(form).get('identity')).to.equal('receipt 1')

    const left = place.gone()
    place.window.location.href = '/test/support/page.html'
    await left
    const back = place.gone()
    history.back()
    await back
    expect([...new FormData(parts().form)]).to.deep.equal([])
    const asked = (): string[] => Reflect.get(place.window, 'asked')
    await until(() => asked().length)
    expect(asked()).to.deep.equal([`/api/verify/sessions/${backend.session.id}`])
    expect(parts().form.checkValidity()).to.equal(false)
  })

  /** A page that was reloaded. */
  async function reloaded(): Promise<Page> {
    const place = await page()
    const gone = place.gone()
    place.window.location.reload()
    await gone
    return place
  }

  async function restored(backend: Backend, id: string): Promise<Formed> {
    const made = await formed({}, backend)
    made.element.formStateRestoreCallback(id)
    return made
  }

  it('has the approval again, with a fresh receipt, once the server has said so', async () => {
    const backend = new Backend()
    backend.move('Approved')
    const made = await restored(backend, kept(backend, 'ended'))
    expect([isValid(made), made.data()]).to.deep.equal([false, []])
    await until(() => made.element.state === 'ended')
    expect([isValid(made), made.data()]).to.deep.equal([true, [['identity', 'receipt 1']]])
    expect(backend.asked.map(({ route }) => route)).to.deep.equal(['read'])
    expect(made.log()).to.deep.equal(['didit-state ended'])
  })

  it('begins anew where the approval was revoked', async () => {
    const backend = new Backend()
    backend.move('Declined')
    const made = await restored(backend, kept(backend, 'ended'))
    await until(() => backend.count('read'))
    await nextFrame()
    expect([made.element.state, isValid(made), made.data()]).to.deep.equal(['idle', false, []])
    expect(made.log()).to.deep.equal([])
  })

  it('has it again after a reload, whether or not the browser restores forms', async () => {
    const backend = new Backend()
    backend.move('Approved')
    kept(backend, 'ended', { owner: `${location.origin}/api/verify  ` })
    const { document } = (await reloaded()).window
    const form = document.createElement('form')
    const inside = document.createElement('didit-verify')
    form.append(Object.assign(inside, { name: 'identity', fetch: backend.fetch }))
    document.body.append(form)
    await until(() => inside.state === 'ended')
    expect(new FormData(form).get('identity')).to.equal('receipt 1')
  })

  it('is what brings it back after a reload: elsewhere nothing is asked', async () => {
    const backend = new Backend()
    backend.move('Approved')
    kept(backend, 'ended', { owner: `${location.origin}/api/verify  ` })
    kept(new Backend(), 'open', { owner: `${location.origin}/other  ` })
    const { element } = await stageOn(await reloaded(), {}, backend)
    await import('../../widget/course.ts')
    await nextFrame()
    expect([element.state, backend.asked]).to.deep.equal(['idle', []])
  })

  it('is not one that the visitor came to by a link: then nothing is asked', async () => {
    const backend = new Backend()
    backend.move('Approved')
    kept(backend, 'ended')
    const made = await formed({}, backend)
    await import('../../widget/course.ts')
    await nextFrame()
    expect([made.element.state, backend.asked]).to.deep.equal(['idle', []])
  })

  it('asks nothing about a session that this tab has not kept', async () => {
    const backend = new Backend()
    backend.move('Approved')
    kept(backend, 'ended')
    const made = await restored(backend, 'forged')
    await import('../../widget/course.ts')
    await nextFrame()
    expect([isValid(made), backend.asked]).to.deep.equal([false, []])
  })

  it('asks nothing for an element that is in no form', async () => {
    const backend = new Backend()
    backend.move('Approved')
    const id = kept(backend, 'ended')
    const { element } = await stage({ id: 'identity' }, backend)
    element.formStateRestoreCallback(id)
    await import('../../widget/course.ts')
    await nextFrame()
    expect([element.state, backend.asked]).to.deep.equal(['idle', []])
  })

  for (const [name, answer] of [
    ['does not know it', () => problem(404, 'not-found')],
    ['does not answer', () => Response.error()],
  ] as const) {
    it(`begins anew where the server ${name}`, async () => {
      const backend = new Backend()
      backend.move('Approved')
      backend.answers.set('read', answer)
      const made = await restored(backend, kept(backend, 'ended'))
      await until(() => backend.count('read'))
      await nextFrame()
      expect([made.element.state, isValid(made), made.data()]).to.deep.equal(['idle', false, []])
    })
  }

  it('goes on with what is not finished first', async () => {
    const [before, backend] = [new Backend(), new Backend()]
    const id = kept(before, 'ended')
    kept(backend, 'open', { at: 2 })
    const made = await restored(backend, id)
    await until(() => made.element.state === 'resumable')
    expect(backend.asked[0]?.url.pathname).to.contain(backend.session.id)
  })

  it('leaves an attempt alone that has started', async () => {
    const backend = new Backend()
    const id = kept(backend, 'ended')
    const made = await formed({}, backend)
    void made.element.start()
    made.element.formStateRestoreCallback(id)
    await loaded(made)
    expect([made.element.state, backend.count('read')]).to.deep.equal(['open', 0])
    made.element.close()
    await until(() => made.element.state === 'ended')
  })

  it('keeps the receipt fresh from then on', async () => {
    const backend = new Backend()
    backend.move('Approved')
    hurry(2_000)
    const made = await restored(backend, kept(backend, 'ended'))
    await until(() => made.element.state === 'ended')
    const ahead = 13 * HOUR
    Date.now = () => now() + ahead
    await until(() => made.data()[0]?.[1] === 'receipt 2')
    restore()
    Date.now = now
  })
})

describe('without what browsers offer to controls in forms', () => {
  const { attachInternals } = HTMLElement.prototype
  afterEach(() => {
    clean()
    HTMLElement.prototype.attachInternals = attachInternals
  })

  for (const [name, stub] of [
    ['no internals', undefined],
    ['internals that know nothing of forms', () => ({})],
  ] as const) {
    it(`there is an element all the same, with ${name}`, async () => {
      HTMLElement.prototype.attachInternals = stub as typeof attachInternals
      const { element, backend } = await formed()
      const { form, labels, validationMessage, willValidate } = element
      expect([form, [...labels], validationMessage, willValidate]).to.deep.equal([
        null,
        [],
        '',
        false,
      ])
      expect([element.checkValidity(), element.reportValidity()]).to.deep.equal([true, true])
      void element.start()
      await until(() => backend.streams.size)
      backend.tell('Approved')
      await until(() => element.outcome === 'approved')
    })
  }
})
