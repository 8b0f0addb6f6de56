import { describe, expect } from 'vitest'
import { it as base } from '../support/e2e.ts'
import { freePorts } from '../support/process.ts'
import { startShop } from '../support/shop.ts'
import { createVisitor, end, type Visitor } from '../support/visitor.ts'

// The host is on another origin than the backend, which lists it.
const it = base
  .extend('shopPort', { scope: 'file' }, async () => (await freePorts(1))[0] ?? 0)
  .override('demoEnv', { scope: 'file' }, async ({ shopPort }) => ({
    ALLOWED_ORIGINS: `http://localhost:${shopPort}`,
  }))
  .extend('shop', { scope: 'file' }, async ({ demo, shopPort }, { onCleanup }) => {
    const shop = await startShop(shopPort, demo.url)
    onCleanup(shop.stop)
    return shop
  })
  .extend('guest', async ({ browser, shop }, { onCleanup }) => {
    const guest = await createVisitor(browser, shop.url)
    onCleanup(() => guest.leave())
    return guest
  })

const send = ({ page }: Visitor) => page.locator('#send').click()
const answer = ({ page }: Visitor) => page.locator('#answer').innerText()
const canSend = ({ page }: Visitor) =>
  page.locator('form').evaluate((form: HTMLFormElement) => form.checkValidity())

/** Presses the trigger, and lets the verification end. @returns the session's id. */
async function verify(guest: Visitor, scenario: 'approve' | 'review' | 'decline') {
  const sessionId = await guest.start()
  await end(guest.hosted, scenario)
  await guest.reaches('ended')
  return sessionId
}

describe('a form that needs a verified visitor', () => {
  it('is sent with a receipt that the host’s server believes, once', async ({ guest, shop }) => {
    await guest.open()
    await guest.page.getByLabel('Name').fill('Ada')
    await send(guest)
    expect(new URL(guest.page.url()).pathname).toBe('/')
    expect(await guest.trigger.evaluate((it) => it.matches(':focus'))).toBe(true)

    const sessionId = await verify(guest, 'approve')
    await send(guest)
    expect(await answer(guest)).toBe(`Ada: ${sessionId}`)
    expect(shop.accounts).toContain(sessionId)

    // Back in the history the form is as it was, with a fresh receipt of the same approval.
    guest.expectMishap(/403/)
    await guest.page.goBack()
    await guest.reaches('ended')
    expect(await guest.page.getByLabel('Name').inputValue()).toBe('Ada')
    expect(await canSend(guest)).toBe(true)
    await send(guest)
    expect(await answer(guest)).toBe('receipt-used')
    expect(await guest.finals()).toHaveLength(1)
  })

  it('can still be sent after a reload, without another verification', async ({ guest, shop }) => {
    await guest.open()
    const sessionId = await verify(guest, 'approve')
    await guest.page.reload()
    await guest.reaches('ended')
    expect(await guest.outcome()).toBe('approved')
    await send(guest)
    expect(await answer(guest)).toContain(sessionId)
    expect(shop.accounts).toContain(sessionId)
    expect(await guest.finals()).toHaveLength(1)
  })

  it('is not sent after a reload once the approval was revoked', async ({ guest, demo }) => {
    await guest.open()
    const sessionId = await verify(guest, 'approve')
    await demo.sandbox.move(sessionId, 'Declined')
    const { token } = await guest.kept(sessionId)
    const address = new URL(`/api/verify/sessions/${sessionId}`, demo.url)
    const read = () => fetch(address, { headers: { 'verify-token': token } })
    await expect.poll(async () => (await (await read()).json()).session.outcome).toBe('declined')

    const asked = guest.page.waitForResponse(address.href)
    await guest.page.reload()
    expect(await (await asked).json()).not.toHaveProperty('receipt')
    await guest.reaches('idle')
    expect(await canSend(guest)).toBe(false)
  })

  it('is not sent after a decline', async ({ guest }) => {
    await guest.open()
    await verify(guest, 'decline')
    await send(guest)
    expect(new URL(guest.page.url()).pathname).toBe('/')
    expect(await canSend(guest)).toBe(false)
  })

  it('is not sent after its reset', async ({ guest }) => {
    await guest.open()
    await verify(guest, 'approve')
    await guest.page.getByRole('button', { name: 'Start over' }).click()
    await guest.reaches('idle')
    expect(await canSend(guest)).toBe(false)
  })

  it('proves nothing while a review is awaited, though it may be sent', async ({ guest }) => {
    guest.expectMishap(/403/)
    await guest.open('/?attributes=required accept="approved pending"')
    await verify(guest, 'review')
    expect(await canSend(guest)).toBe(true)
    await send(guest)
    expect(await answer(guest)).toBe('receipt-missing')
  })

  it('sends nothing out of a disabled fieldset', async ({ guest }) => {
    guest.expectMishap(/403/)
    await guest.open()
    await verify(guest, 'approve')
    await guest.page.locator('fieldset').evaluate((it: HTMLFieldSetElement) => {
      it.disabled = true
    })
    await send(guest)
    expect(await answer(guest)).toBe('receipt-missing')
  })

  it('has an element that its label names, and starts', async ({ guest }) => {
    await guest.open()
    const devtools = await guest.context.newCDPSession(guest.page)
    const { nodes } = await devtools.send('Accessibility.getFullAXTree')
    const names = nodes.map(({ role, name }) => [role?.value, name?.value])
    expect(names).toContainEqual(['group', 'Identity'])
    expect(names).toContainEqual(['button', 'Verify your identity'])
    await guest.page.getByText('Identity', { exact: true }).click()
    await guest.hosted.locator('#begin').waitFor()
  })
})

describe('a host’s server', () => {
  const lies: [string, (sessionId: string) => string][] = [
    ['the id of an approved session', (sessionId) => sessionId],
    ['a status', () => 'Approved'],
    [
      'a receipt that nobody signed',
      (sessionId) => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
        const header = { alg: 'none', typ: 'didit-receipt+jwt' }
        return `${part(header)}.${part({ sid: sessionId, jti: 'x', wf: 'default' })}.`
      },
    ],
  ]
  for (const [name, forge] of lies) {
    it(`is not fooled by ${name}`, async ({ guest, shop }) => {
      guest.expectMishap(/403/)
      await guest.open()
      const sessionId = await verify(guest, 'approve')
      const forged = forge(sessionId)
      await guest.page.locator('form').evaluate((form: HTMLFormElement, value) => {
        form.querySelector('didit-verify')?.remove()
        const field = Object.assign(document.createElement('input'), { name: 'identity', value })
        form.append(field)
      }, forged)
      await send(guest)
      expect(await answer(guest)).toBe('receipt-invalid')
      expect(shop.accounts).not.toContain(sessionId)
    })
  }
})
