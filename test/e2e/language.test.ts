import { describe, expect } from 'vitest'
import { it } from '../support/e2e.ts'
import { end, type Visitor } from '../support/visitor.ts'

describe('everything that the element says is German', () => {
  for (const { scenario, outcome, text } of [
    { scenario: 'approve', outcome: 'approved', text: 'Ihre Identität ist bestätigt.' },
    {
      scenario: 'decline',
      outcome: 'declined',
      text: 'Ihre Identität konnte nicht bestätigt werden.',
    },
    {
      scenario: 'review',
      outcome: 'pending',
      text: 'Danke. Die Prüfung dauert länger. Sie müssen jetzt nichts weiter tun.',
    },
  ] as const) {
    it(`when it ends ${outcome}`, async ({ visitor }) => {
      await speakGerman(visitor)
      await visitor.start()
      expect(await visitor.dialog.getAttribute('aria-labelledby')).toBe('title')
      expect(await visitor.dialog.locator('#title').innerText()).toBe('Identitätsprüfung')
      const frame = await visitor.dialog.locator('iframe').getAttribute('src')
      expect(new URL(frame ?? '').pathname).toMatch(/^\/de\/session\//)
      await end(visitor.hosted, scenario)
      await visitor.hears('didit-complete', { outcome })

      expect(await visitor.body.innerText()).toContain(text)
      await visitor.dialog.getByRole('button', { name: 'Fertig' }).click()
      expect(await visitor.message.textContent()).toBe(text)
    })
  }

  it('when it is stopped', async ({ visitor }) => {
    await speakGerman(visitor)
    await visitor.start()
    await visitor.dialog.getByRole('button', { name: 'Schließen' }).click()
    const question = visitor.dialog.getByRole('alertdialog', { name: 'Prüfung abbrechen?' })
    await question.getByRole('button', { name: 'Abbrechen' }).click()
    await visitor.hears('didit-cancel', { source: 'button' })
    expect(await visitor.trigger.innerText()).toBe('Identität bestätigen')
  })

  it('when a step has to be repeated', async ({ visitor, demo }) => {
    await speakGerman(visitor)
    const sessionId = await visitor.start()
    await end(visitor.hosted, 'review')
    await visitor.hears('didit-complete', { outcome: 'pending' })
    await demo.sandbox.move(sessionId, 'Resubmitted')
    await visitor.hears('didit-status', { outcome: 'resubmit' })

    await visitor.dialog.getByRole('button', { name: 'Fertig' }).click()
    expect(await visitor.message.textContent()).toBe(
      'Ein Schritt Ihrer Prüfung muss wiederholt werden.',
    )
    expect(await visitor.trigger.innerText()).toBe('Prüfung fortsetzen')
    await visitor.trigger.click()
    await end(visitor.hosted, 'approve')
    await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
  })

  it('when it expires while it is open', async ({ visitor, demo }) => {
    await speakGerman(visitor)
    const sessionId = await visitor.start()
    await visitor.hears('didit-status', { status: 'In Progress' })
    await demo.sandbox.move(sessionId, 'Abandoned')
    await visitor.hears('didit-trouble', { code: 'session-expired' })

    expect(await visitor.dialog.innerText()).toContain(
      'Diese Prüfung ist abgelaufen. Sie können eine neue beginnen.',
    )
    await visitor.dialog.getByRole('button', { name: 'Erneut versuchen' }).click()
    await visitor.hosted.locator('#begin').waitFor()
    expect(await visitor.session()).not.toBe(sessionId)
  })

  it('when Didit cannot be reached', async ({ visitor, demo }) => {
    visitor.expectMishap(/status of 502/)
    await speakGerman(visitor)
    await demo.sandbox.faults({ path: '/v3/session/', method: 'POST', status: 500 })
    await visitor.trigger.click()
    await visitor.hears('didit-trouble', { code: 'backend-unreachable' })
    expect(await visitor.body.innerText()).toContain('Der Prüfdienst ist nicht erreichbar.')
  })

  it('when a reload leaves it unfinished', async ({ visitor }) => {
    await speakGerman(visitor)
    await visitor.start()
    await visitor.page.reload()
    await visitor.reaches('resumable')
    expect(await visitor.message.textContent()).toBe('Ihre Prüfung ist noch nicht abgeschlossen.')
    expect(await visitor.trigger.innerText()).toBe('Prüfung fortsetzen')
  })
})

describe('a page in another language', () => {
  it('loads its own words in one file, and nothing else', async ({ visitor }) => {
    await visitor.open()
    expect(languageFiles(visitor)).toEqual([])
    await speakGerman(visitor)
    expect(languageFiles(visitor)).toEqual(['de.js'])
  })

  it('loads nothing for a language that we do not have', async ({ visitor }) => {
    await visitor.open()
    await visitor.element.evaluate((element) => element.setAttribute('language', 'tlh'))
    await visitor.start()
    expect(await visitor.dialog.locator('#title').innerText()).toBe('Identity verification')
    expect(languageFiles(visitor)).toEqual([])
  })

  it('speaks English where the words do not load', async ({ visitor }) => {
    visitor.expectMishap(/ERR_FAILED/)
    await visitor.context.route('**/locales/*.js', (route) => route.abort())
    await visitor.open()
    const asked = visitor.page.waitForEvent('requestfailed')
    await visitor.pick('language', 'he')
    await asked
    await visitor.start()
    expect(await visitor.dialog.locator('#title').innerText()).toBe('Identity verification')
    expect(await visitor.element.locator('[lang=en][dir=ltr]').count()).toBe(1)
    const frame = await visitor.dialog.locator('iframe').getAttribute('src')
    expect(new URL(frame ?? '').pathname).toMatch(/^\/he\/session\//)
  })

  it('speaks in a script that the hosted page has no choice of', async ({ visitor }) => {
    await visitor.open()
    await visitor.pick('language', 'sr-Latn')
    await visitor.element.getByRole('button', { name: 'Potvrdi identitet' }).waitFor()
    await visitor.start()
    const frame = await visitor.dialog.locator('iframe').getAttribute('src')
    expect(new URL(frame ?? '').pathname).toMatch(/^\/sr\/session\//)
  })
})

describe('a language from right to left', () => {
  it('turns our own words round and leaves the page alone', async ({ visitor }) => {
    await visitor.open()
    await visitor.pick('language', 'ar')
    await visitor.element.locator('[lang=ar][dir=rtl]').first().waitFor()
    await visitor.start()
    expect(await visitor.hosted.locator(':root').getAttribute('dir')).toBe('rtl')
    expect(await visitor.page.locator('html').getAttribute('dir')).toBe(null)
  })
})

/** The files that were asked for, each once, without the demo's reloads. */
function languageFiles({ requests }: Visitor): string[] {
  const names = requests.map((url) => /\/locales\/(.+)$/.exec(url)?.[1] ?? '')
  return [...new Set(names.filter(Boolean))]
}

async function speakGerman(visitor: Visitor): Promise<void> {
  await visitor.open()
  await visitor.pick('language', 'de')
  await visitor.element.getByRole('button', { name: 'Identität bestätigen' }).waitFor()
}
