import { expect, nextFrame, oneEvent } from '@open-wc/testing'
import { sendKeys, sendMouse } from '@web/test-runner-commands'
import type { DiditVerify } from '../../widget/element.ts'
import {
  clean,
  dialog,
  find,
  focused,
  loaded,
  opened,
  question,
  say,
  stage,
  trigger,
  until,
} from '../support/element.ts'

const status = (element: DiditVerify) => find(element, '.quiet').textContent

/** A click of the visitor, not of a script. */
async function click(node: HTMLElement): Promise<void> {
  const { x, y, width, height } = node.getBoundingClientRect()
  const position: [number, number] = [Math.round(x + width / 2), Math.round(y + height / 2)]
  await sendMouse({ type: 'click', position })
}

describe('closing', () => {
  afterEach(clean)

  it('asks back in an alertdialog, the rest inert, "Continue" focused', async () => {
    const made = await opened()
    const { element } = made
    find(element, '[part=close]').click()
    await until(() => question(element))
    expect(focused(element)).to.equal(find(element, '#stay'))
    for (const rest of ['.bar', '[part=body]']) {
      expect(find(element, rest).inert, rest).to.equal(true)
    }
    expect(made.events.at(-1)).to.include({ type: 'didit-close-request', source: 'button' })
    await expect(element).to.be.accessible()
  })

  it('stays when the visitor wants to', async () => {
    const { element } = await opened()
    find(element, '[part=close]').click()
    await until(() => question(element))
    find(element, '#stay').click()
    expect(question(element)).to.equal(null)
    expect(find(element, '[part=body]').inert).to.equal(false)
    expect(focused(element)).to.equal(find(element, '#title'))
    expect(status(element)).to.equal('')
    expect(element.state).to.equal('open')
  })

  it('asks on Escape, and stays on Escape in the question', async () => {
    const made = await stage()
    const { element, log } = made
    // Each Escape that is ours has to be earned by a key or a click; others are the browser's.
    trigger(element).focus()
    await sendKeys({ press: 'Enter' })
    await loaded(made)
    await sendKeys({ press: 'Tab' })
    await sendKeys({ press: 'Escape' })
    await until(() => question(element))
    await click(find(element, '#later'))
    await sendKeys({ press: 'Escape' })
    await until(() => !question(element))
    expect(log()).not.to.include('didit-cancel')
  })

  it('takes a close that is not ours for a decision', async () => {
    const { element } = await opened()
    const result = element.start()
    dialog(element)?.close()
    expect(await result).to.include({ kind: 'cancel', source: 'escape' })
  })

  it('cancels when the visitor leaves', async () => {
    const made = await opened()
    const { element, backend, events } = made
    const result = element.start()
    find(element, '[part=close]').click()
    await until(() => question(element))
    find(element, '[role=alertdialog] button:not(#stay)').click()
    const expected = { sessionId: backend.session.id, source: 'button' }
    expect(await result).to.deep.equal({ kind: 'cancel', ...expected })
    await until(() => events.at(-1)?.type === 'didit-cancel')
    expect(events.at(-1)).to.include(expected)
    expect(dialog(element)).to.equal(null)
    await until(() => backend.open === 0)
  })

  it('does not ask where the host does not want it', async () => {
    const { element } = await opened({ withoutConfirm: true })
    const result = element.start()
    find(element, '[part=close]').click()
    expect(await result).to.include({ kind: 'cancel', source: 'button' })
  })

  it('does not happen when a listener prevents it', async () => {
    const { element, log } = await opened({ withoutConfirm: true })
    element.addEventListener('didit-close-request', (event) => event.preventDefault())
    const asked = oneEvent(element, 'didit-close-request')
    find(element, '[part=close]').click()
    await asked
    expect(element.state).to.equal('open')
    expect(question(element)).to.equal(null)
    expect(log()).not.to.include('didit-cancel')
  })

  it('asks the server once before it cancels', async () => {
    const { element, backend } = await opened()
    const result = element.start()
    element.close()
    element.close()
    expect(await result).to.include({ kind: 'cancel', source: 'page' })
    expect(backend.count('read')).to.equal(1)
  })

  it('completes instead when the phone has finished', async () => {
    const { element, backend, log } = await opened()
    const result = element.start()
    backend.move('Approved')
    element.close()
    expect(await result).to.include({ kind: 'complete', outcome: 'approved' })
    expect(log()).not.to.include('didit-cancel')
  })

  it('waits for the server two seconds at most', async () => {
    const { element, backend } = await opened()
    backend.answers.set('read', () => undefined)
    const result = element.start()
    element.close()
    const before = performance.now()
    expect(await result).to.include({ kind: 'cancel', source: 'page' })
    expect(performance.now() - before).to.be.within(1_500, 4_000)
    expect(backend.asked.at(-1)?.signal.aborted).to.equal(true)
  })

  it('does not cancel when the visitor is done while the server is asked', async () => {
    const made = await opened()
    const { element, backend, log } = made
    const result = element.start()
    backend.answers.set('read', () => undefined)
    element.close()
    await until(() => backend.count('read'))
    say(made, { type: 'didit:completed' })
    await until(() => backend.asked.find(({ route }) => route === 'read')?.signal.aborted)
    await nextFrame()
    expect(element.state).to.equal('submitted')
    backend.tell('Approved')
    expect(await result).to.include({ kind: 'complete', outcome: 'approved' })
    expect(log()).not.to.include('didit-cancel')
  })

  it('works while the code still loads', async () => {
    const { element } = await stage()
    const result = element.start()
    element.close()
    expect(await result).to.include({ kind: 'cancel', source: 'page' })
  })

  it('keeps the question when the session comes meanwhile', async () => {
    const made = await stage()
    const { element, backend } = made
    let answer: (() => void) | undefined
    const fetch = element.fetch as typeof globalThis.fetch
    const gate = new Promise<void>((resolve) => {
      answer = resolve
    })
    element.fetch = async (...args) => {
      const response = await fetch(...args)
      if (args[1]?.method === 'POST') await gate
      return response
    }
    void element.start()
    await until(() => backend.count('create'))
    find(element, '[part=close]').click()
    await until(() => question(element))
    answer?.()
    await loaded(made)
    expect(focused(element)).to.equal(find(element, '#stay'))
    expect(find(element, '[part=body]').inert).to.equal(true)
  })

  it('after "thank you" ends as pending', async () => {
    const made = await opened()
    const { element } = made
    const result = element.start()
    say(made, { type: 'didit:completed' })
    await until(() => element.state === 'submitted')
    find(element, '[part=close]').click()
    expect(await result).to.include({ kind: 'complete', outcome: 'pending' })
    expect(dialog(element)).to.equal(null)
  })

  it('is asked for by the hosted page too', async () => {
    const made = await opened()
    say(made, { type: 'didit:close_request' })
    await until(() => question(made.element))
    expect(made.events.at(-1)).to.include({ source: 'hosted' })
  })

  it('happens at once when the visitor has left the hosted page', async () => {
    const made = await opened()
    const result = made.element.start()
    say(made, { type: 'didit:cancelled' })
    expect(await result).to.include({ kind: 'cancel', source: 'hosted' })
  })

  it('on a keyboard alone works from the trigger to the trigger', async () => {
    const { element, backend } = await stage()
    trigger(element).focus()
    await sendKeys({ press: 'Enter' })
    await until(() => backend.streams.size)
    await sendKeys({ press: 'Tab' })
    await sendKeys({ press: 'Enter' })
    await until(() => question(element))
    await sendKeys({ press: 'Tab' })
    await sendKeys({ press: 'Enter' })
    await until(() => element.state === 'ended')
    expect(focused(element)).to.equal(trigger(element))
  })
})
