// The program of docs/flows that knows its people, with a visitor in a browser.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect } from 'vitest'
import { createDidit } from '../../server/didit/client.ts'
import { DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { it as base } from '../support/e2e.ts'
import { freePorts, root, run } from '../support/process.ts'
import { createVisitor, end } from '../support/visitor.ts'

const ACCOUNT = { first_name: 'Eva', last_name: 'Nowak', date_of_birth: '1990-05-15' }

const it = base.extend('eva', async ({ browser, demo }, { onCleanup }) => {
  const [port = 0] = await freePorts(1)
  const folder = mkdtempSync(path.join(tmpdir(), 'didit-verify-'))
  const { origin } = demo.sandbox
  const program = run('docs/flows/expected-person.ts', {
    cwd: path.join(root, 'docs'),
    env: {
      DIDIT_API_KEY: 'key',
      DIDIT_BASE_URL: origin,
      DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
      // The sandbox posts to the demo; here reconcile does the work.
      DIDIT_WEBHOOK_SECRET: 'a-secret-of-the-webhook-destination',
      DATABASE_URL: `file:${path.join(folder, 'verify.db')}`,
      PORT: String(port),
    },
  })
  const url = `http://localhost:${port}/`
  await expect.poll(() => fetch(url).then(Boolean, () => false)).toBe(true)
  const visitor = await createVisitor(browser, url)
  await visitor.context.addCookies([{ name: 'user', value: 'eva', url }])
  onCleanup(async () => {
    await visitor.leave()
    await program.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  })
  return visitor
})

describe('a page that says whom it expects', () => {
  it('has the decision show what its host trusts of it', async ({ eva, demo }) => {
    const didit = createDidit({ apiKey: 'key', baseUrl: demo.sandbox.origin })
    await eva.open()
    await eva.page.locator('select').selectOption('DEU')
    // Whatever else a page says, it is the host that decides.
    await eva.page.evaluate(() =>
      document.addEventListener('didit-start', ({ target }) => {
        const contact = { email: 'mallory@mail.example', phone: '+34600000009' }
        Object.assign(target as Element, { contact })
      }),
    )
    const sessionId = await eva.start()
    await end(eva.hosted, 'approve')
    await eva.hears('didit-complete', { sessionId, outcome: 'approved' })
    const decision = await didit.sessions.decision(sessionId)
    expect(decision.expected_details).toEqual({ ...ACCOUNT, id_country: 'DEU' })
    expect(decision.contact_details).toMatchObject({
      email: 'eva@mail.example',
      phone: '+34600000009',
    })
    expect(decision.id_verifications?.[0]).toMatchObject({
      first_name: 'Eva',
      issuing_state: 'DEU',
    })
    expect(JSON.stringify(await eva.kept(sessionId))).not.toMatch(/Eva|DEU|mail\.example|\+34/)
  })

  it('gets a fresh session for other words, as long as nobody has opened the first', async ({
    eva,
    demo,
  }) => {
    const didit = createDidit({ apiKey: 'key', baseUrl: demo.sandbox.origin })
    await eva.open()
    const { page, element } = eva
    // A code for the phone, which nobody scans.
    await element.evaluate((verify) => verify.setAttribute('mode', 'qr'))
    const code = eva.dialog.locator('svg')
    async function start(country: string): Promise<string> {
      await page.locator('select').selectOption(country)
      await eva.trigger.click()
      await code.waitFor()
      const id = await eva.session()
      await element.evaluate((verify) => Reflect.get(verify, 'close').call(verify))
      await eva.hears('didit-cancel', { sessionId: id })
      return id
    }
    const first = await start('ESP')
    expect(await start('ESP')).toBe(first)
    const second = await start('DEU')
    expect(second).not.toBe(first)
    await expect(didit.sessions.decision(first)).rejects.toMatchObject({ status: 404 })
    expect((await didit.sessions.decision(second)).expected_details).toMatchObject({
      id_country: 'DEU',
    })

    // Once it is open, it stays.
    await element.evaluate((verify) => verify.setAttribute('mode', 'modal'))
    await page.locator('select').selectOption('DEU')
    expect(await eva.start()).toBe(second)
    await eva.hears('didit-status', { status: 'In Progress' })
    await element.evaluate((verify) => Reflect.get(verify, 'reset').call(verify))
    await page.locator('select').selectOption('ESP')
    expect(await eva.start()).toBe(second)
  })
})
