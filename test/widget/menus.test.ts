import { expect } from '@open-wc/testing'
import type { DiditVerify } from '../../widget/element.ts'
import { Backend } from '../support/backend.ts'
import {
  clean,
  dialog,
  find,
  frame,
  loaded,
  root,
  type Stage,
  say,
  trigger,
  until,
} from '../support/element.ts'
import { page, stageOn } from '../support/page.ts'

/** An element in a menu, whose session leads to a page that may stand in this window. */
async function inMenu(properties: Partial<DiditVerify>) {
  const backend = new Backend()
  const place = await page()
  const made = await stageOn(place, properties, backend)
  const { element } = made
  const menu = place.window.document.createElement('div')
  element.before(menu)
  menu.append(element)
  const sessions = () => made.events.filter(({ type }) => type === 'didit-session')
  return { ...made, place, menu, sessions }
}

const code = ({ element }: Stage) => root(element).querySelector('.code')

async function shown(made: Stage): Promise<void> {
  void made.element.start()
  await until(() => code(made) && made.backend.streams.size)
}

/** Leads to a page of the test's own, which can be seen to come. */
function leadHere({ backend }: Stage): void {
  const url = `${location.origin}/test/support/page.html?there`
  backend.session = { ...backend.session, url }
}

describe('a menu that goes', () => {
  afterEach(clean)

  for (const status of ['Not Started', 'In Progress']) {
    it(`leaves the session to the phone that has its code: ${status}`, async () => {
      const made = await inMenu({ mode: 'qr' })
      await shown(made)
      const { element, backend, menu } = made
      backend.tell(status)
      await until(() => element.session?.version === backend.session.version)
      menu.hidden = true
      await until(() => !dialog(element))
      backend.tell('Approved')
      expect(await element.start()).to.include({ kind: 'complete', outcome: 'approved' })
      expect([made.sessions().length, backend.count('create')]).to.deep.equal([1, 1])
    })
  }

  it('leaves the session to the tab that has it', async () => {
    const made = await inMenu({ mode: 'modal' })
    const { element, backend, menu, place } = made
    place.window.document.addEventListener('click', (event) => event.preventDefault())
    void element.start()
    await loaded(made)
    say(made, { type: 'didit:error' })
    await until(() => element.state === 'trouble')
    find(element, '.strip a').click()
    await until(() => !frame(element) && element.state === 'open')
    menu.hidden = true
    await until(() => !dialog(element))
    backend.tell('Declined')
    expect(await element.start()).to.include({ outcome: 'declined' })
    expect([made.sessions().length, backend.count('create')]).to.deep.equal([1, 1])
  })

  for (const act of [
    ['the trigger is pressed', (element: DiditVerify) => trigger(element).click()],
    ['the page starts it again', (element: DiditVerify) => void element.start()],
  ] as const) {
    const [when, again] = act
    it(`gives the code back when it is there again and ${when}`, async () => {
      const made = await inMenu({ mode: 'qr' })
      await shown(made)
      const { element, backend, menu } = made
      const result = element.start()
      menu.hidden = true
      await until(() => !dialog(element))
      menu.hidden = false
      again(element)
      await until(() => code(made))
      expect(dialog(element)?.matches(':modal')).to.equal(true)
      expect(element.start()).to.equal(result)
      expect(backend.count('create')).to.equal(1)
      backend.tell('Approved')
      expect(await result).to.include({ outcome: 'approved' })
      find(element, '.done').click()
      await until(() => !dialog(element))
      expect(root(element).activeElement).to.equal(trigger(element))
    })
  }

  for (const mode of ['modal', 'qr'] as const) {
    it(`while the session is created lets mode ${mode} go on in this window`, async () => {
      // With this the course is there, and looks, before there is a session.
      sessionStorage.setItem('didit-verify:earlier', '{"phase":"ended"}')
      const made = await inMenu({ mode })
      const { element, backend, menu, place } = made
      leadHere(made)
      element.fetch = async (...request) => {
        await until(() => dialog(element)?.open)
        menu.hidden = true
        await until(() => !dialog(element))
        element.fetch = backend.fetch
        return backend.fetch(...request)
      }
      const gone = place.gone()
      void element.start()
      expect(await gone).to.contain('?there')
      expect(made.sessions().at(-1)).to.include({ mode: 'redirect', reason: 'not-rendered' })
    })
  }
})
