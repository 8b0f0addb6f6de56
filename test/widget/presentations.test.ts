import { expect, fixture, html, nextFrame } from '@open-wc/testing'
import { sendMouse } from '@web/test-runner-commands'
import type { Mode } from '../../server/contract.ts'
import type { DiditVerify } from '../../widget/element.ts'
import { Backend } from '../support/backend.ts'
import {
  announcements,
  clean,
  dialog,
  find,
  focused,
  question,
  root,
  type Stage,
  say,
  shell,
  stage,
  trigger,
  until,
} from '../support/element.ts'

type Shown = Exclude<Mode, 'auto' | 'redirect'>

/** What is said between the beginning and the result. */
const IN_FRAME = [
  'The verification reports a problem.',
  'Thank you. The result is being confirmed…',
]
const BETWEEN: Record<Shown, string[]> = {
  modal: IN_FRAME,
  inline: IN_FRAME,
  popup: ['The verification is open in another window.'],
  qr: ['Scan this code with your phone.', 'Continue on your phone'],
}

/** What every presentation does, however it shows the hosted page. */
function presentationContract(mode: Shown): void {
  /** Pressed as a visitor does it: a script's click would open no window. */
  async function press(node: HTMLElement): Promise<void> {
    node.focus()
    const { x, y, width, height } = node.getBoundingClientRect()
    const position: [number, number] = [Math.round(x + width / 2), Math.round(y + height / 2)]
    await sendMouse({ type: 'click', position })
  }

  /** Started at the trigger, and open. */
  async function open(properties: Partial<DiditVerify> = {}, backend = new Backend()) {
    const made = await stage({ mode, ...properties }, backend)
    await press(trigger(made.element))
    await until(() => made.element.state === 'open' && backend.streams.size)
    await made.element.updateComplete
    return made
  }

  /** Started, and come so far; and how it goes on from there. */
  async function reach(step: 'creating' | 'open' | 'asking' | 'trouble' | 'submitted') {
    const backend = new Backend()
    let answer = () => {}
    const { fetch } = backend
    const gate = new Promise<void>((resolve) => {
      answer = resolve
    })
    const late: typeof fetch = async (...args) => {
      if (args[1]?.method === 'POST') await gate
      return fetch(...args)
    }
    if (step === 'creating') {
      const made = await stage({ mode, fetch: late }, backend)
      await press(trigger(made.element))
      await until(() => shell(made.element))
      return { made, goOn: async () => answer() }
    }
    if (step === 'trouble') {
      backend.answers.set('create', () => Response.error())
      const made = await stage({ mode }, backend)
      await press(trigger(made.element))
      await until(() => made.element.state === 'trouble')
      const goOn = async () => {
        backend.answers.clear()
        await press(find(made.element, '.actions > *'))
      }
      return { made, goOn }
    }
    const made = await open({}, backend)
    if (step === 'asking') {
      find(made.element, '[part=close]').click()
      await until(() => question(made.element))
    }
    if (step === 'submitted') {
      await until(() => made.log().includes('didit-progress'))
      say(made, { type: 'didit:completed' })
      await until(() => made.element.state === 'submitted')
    }
    return { made, goOn: async () => {} }
  }

  const framed = mode === 'modal' || mode === 'inline'

  const finals = ({ log }: Stage) =>
    log().filter((type) => /^didit-(complete|cancel|error)$/.test(type))

  const gone = ({ element }: Stage) =>
    root(element).querySelector('#stage')?.childElementCount === 0

  describe(mode, () => {
    afterEach(clean)

    it('tells how it is shown, and that to the backend too', async () => {
      const { backend, events } = await open()
      const session = events.find(({ type }) => type === 'didit-session')
      expect(session).to.include({ mode, reason: 'requested', resumed: false })
      expect(backend.asked[0]?.body.mode).to.equal(mode)
    })

    it('says that it loads, accessible, while the session is created', async () => {
      const backend = new Backend()
      backend.answers.set('create', () => undefined)
      const { element } = await stage({ mode }, backend)
      await press(trigger(element))
      await until(() => backend.count('create'))
      expect(focused(element)).to.equal(find(element, '#title'))
      expect(find(element, '.quiet').textContent).to.equal('Loading the verification…')
      await expect(element).to.be.accessible()
    })

    it('is accessible while it is open, with its heading focused', async () => {
      const { element } = await open()
      expect(focused(element)).to.equal(find(element, '#title'))
      await expect(element).to.be.accessible()
    })

    it('adds nothing to the history', async () => {
      const before = history.length
      const { element, backend } = await open()
      backend.tell('Approved')
      await until(() => element.state === 'ended')
      expect(history.length).to.equal(before)
    })

    it('ends by the word of the server, with one final event, its button focused', async () => {
      const made = await open()
      const { element, backend } = made
      const result = element.start()
      backend.tell('Approved')
      expect(await result).to.include({ kind: 'complete', outcome: 'approved' })
      await until(() => finals(made).length)
      expect(finals(made)).to.deep.equal(['didit-complete'])
      expect(root(element).querySelector('iframe')).to.equal(null)
      expect(focused(element)).to.equal(find(element, '.done'))
      await expect(element).to.be.accessible()
      find(element, '.done').click()
      await until(() => gone(made))
      expect(focused(element)).to.equal(trigger(element))
      expect(finals(made)).to.deep.equal(['didit-complete'])
      await until(() => backend.open === 0)
    })

    it('says each result once to who cannot see it', async () => {
      const { element, backend } = await open()
      const said = announcements(element)
      backend.tell('In Review')
      await until(() => element.state === 'ended')
      backend.tell('Approved')
      await until(() => said.length > 1)
      expect(said).to.deep.equal([
        'Thank you. The check takes longer. There is nothing more for you to do now.',
        'Your identity is verified.',
      ])
    })

    it('says every state once to who cannot see it, from the press to the result', async () => {
      const backend = new Backend()
      backend.answers.set('create', () => Response.error())
      const made = await stage({ mode }, backend)
      const { element } = made
      const said = announcements(element)
      await press(trigger(element))
      await until(() => element.state === 'trouble')
      backend.answers.clear()
      await press(find(element, '.actions > *'))
      await until(() => element.state === 'open' && backend.streams.size)
      if (framed) {
        await until(() => made.log().includes('didit-progress'))
        say(made, { type: 'didit:error', data: { error: 'broken' } })
        await until(() => element.state === 'trouble')
        say(made, { type: 'didit:step_started' })
        await until(() => element.state === 'open')
        say(made, { type: 'didit:completed' })
        await until(() => element.state === 'submitted')
      }
      await until(() => said.includes(BETWEEN[mode][0] ?? ''))
      backend.tell('In Progress')
      await until(() => element.session?.status === 'In Progress')
      backend.tell('Approved')
      await until(() => element.state === 'ended' && backend.open === 0)
      expect(said).to.deep.equal([
        'Loading the verification…',
        'The verification service cannot be reached.',
        'Loading the verification…',
        ...BETWEEN[mode],
        'Your identity is verified.',
      ])
    })

    it('asks before it stops, and stays where the visitor wants to', async () => {
      const made = await open()
      const { element } = made
      find(element, '[part=close]').click()
      await until(() => question(element))
      expect(focused(element)).to.equal(find(element, '#stay'))
      expect(find(element, '[part=body]').inert).to.equal(true)
      await expect(element).to.be.accessible()
      find(element, '#stay').click()
      expect(question(element)).to.equal(null)
      expect(focused(element)).to.equal(find(element, '#title'))
      expect(element.state).to.equal('open')
    })

    it('is cancelled by the visitor, and the focus is back at the trigger', async () => {
      const made = await open()
      const { element } = made
      const result = element.start()
      find(element, '[part=close]').click()
      await until(() => question(element))
      find(element, '[role=alertdialog] button:last-child').click()
      expect(await result).to.include({ kind: 'cancel', source: 'button' })
      await until(() => gone(made))
      expect(finals(made)).to.deep.equal(['didit-cancel'])
      expect(focused(element)).to.equal(trigger(element))
      await until(() => made.backend.open === 0)
    })

    for (const step of ['creating', 'open', 'asking', 'trouble', 'submitted'] as const) {
      // Nobody but the hosted page in a frame says that the visitor is done.
      if (step === 'submitted' && !framed) continue

      it(`leaves nothing behind when the element is removed: ${step}`, async () => {
        const { made } = await reach(step)
        const { element, backend } = made
        const result = element.start()
        element.remove()
        expect(await result).to.include({ kind: 'cancel', source: 'removed' })
        await until(() => element.state === 'idle' && gone(made))
        expect(finals(made)).to.deep.equal([])
        expect(backend.open).to.equal(0)
      })

      it(`goes on after a move in the document: ${step}`, async () => {
        const { made, goOn } = await reach(step)
        const { element, backend } = made
        const before = element.state
        const result = element.start()
        const place = await fixture<HTMLElement>(html`<section></section>`)
        place.append(element)
        await nextFrame()
        expect([element.state, element.start()]).to.deep.equal([before, result])
        expect(Boolean(question(element))).to.equal(step === 'asking')
        if (mode !== 'inline') expect(dialog(element)?.matches(':modal')).to.equal(true)
        await goOn()
        await until(() => backend.streams.size)
        backend.tell('Declined')
        expect(await result).to.include({ outcome: 'declined' })
        expect(finals(made)).to.deep.equal(['didit-complete'])
      })
    }

    it('shows an obstacle with its way on, and goes on from it', async () => {
      const backend = new Backend()
      backend.answers.set('create', () => Response.error())
      const made = await stage({ mode }, backend)
      const { element } = made
      await press(trigger(element))
      await until(() => element.state === 'trouble')
      await expect(element).to.be.accessible()
      backend.answers.clear()
      await press(find(element, '.actions > *'))
      await until(() => element.state === 'open' && backend.streams.size)
      backend.tell('Approved')
      await until(() => element.outcome === 'approved')
      expect(finals(made)).to.deep.equal(['didit-complete'])
    })

    it('ends at once where the visitor was approved before', async () => {
      const backend = new Backend()
      backend.move('Approved')
      const made = await stage({ mode }, backend)
      expect(await made.element.start()).to.include({ outcome: 'approved' })
      expect(made.log()).not.to.include('didit-session')
    })

    it('has words that are read from right to left', async () => {
      const { element } = await open({ language: 'ar' })
      const style = getComputedStyle(shell(element) as HTMLElement)
      expect([style.direction, style.textAlign]).to.deep.equal(['rtl', 'start'])
      await expect(element).to.be.accessible()
    })
  })
}

presentationContract('modal')
presentationContract('inline')
presentationContract('popup')
presentationContract('qr')
