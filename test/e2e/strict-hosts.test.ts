import type { Browser, Page } from 'playwright'
import { describe, expect } from 'vitest'
import type { Demo } from '../support/demo.ts'
import { it as base } from '../support/e2e.ts'
import { type HostOptions, startHost } from '../support/hosting.ts'
import { freePorts } from '../support/process.ts'
import { createVisitor, end, type Visitor } from '../support/visitor.ts'

const [port = 0] = await freePorts(1)

// The page and its BFF are two origins, as a marketing site and its API are.
const it = base.override('demoEnv', { ALLOWED_ORIGINS: `http://localhost:${port}` })

/** A visitor on a host's page, which its headers make strict. */
async function visit(
  { demo, browser }: { demo: Demo; browser: Browser },
  options: Omit<HostOptions, 'port'>,
  work: (visitor: Visitor) => Promise<void>,
): Promise<void> {
  const host = await startHost(demo, { port, ...options })
  const visitor = await createVisitor(browser, `${host.url}/`)
  try {
    await visitor.open()
    await work(visitor)
    await visitor.leave()
  } finally {
    await visitor.context.close()
    await host.stop()
  }
}

const popupOf = (page: Page) => page.waitForEvent('popup')

describe('under the strictest policy that works', () => {
  const headers = ({ url, sandbox }: Demo) => ({
    'content-security-policy': [
      "default-src 'self'",
      "style-src 'self'",
      'img-src data:',
      `connect-src ${new URL(url).origin}`,
      `frame-src 'self' ${sandbox.origin} ${new URL(url).origin}`,
      "require-trusted-types-for 'script'",
      'trusted-types lit-html',
      "base-uri 'none'",
    ].join('; '),
  })

  for (const mode of ['modal', 'inline'] as const) {
    it(`mode ${mode} ends approved, without a violation`, async ({ demo, browser }) => {
      await visit(
        { demo, browser },
        { headers: headers(demo), attributes: `mode="${mode}"` },
        async (visitor) => {
          await visitor.start()
          await end(visitor.hosted, 'approve')
          await visitor.hears('didit-complete', { outcome: 'approved' })
          expect(await visitor.context.cookies()).toEqual([])
        },
      )
    })
  }

  it('mode popup ends approved, without a violation', async ({ demo, browser }) => {
    await visit(
      { demo, browser },
      { headers: headers(demo), attributes: 'mode="popup"' },
      async (visitor) => {
        const opened = popupOf(visitor.page)
        await visitor.trigger.click()
        await end(await opened, 'approve')
        await visitor.hears('didit-complete', { outcome: 'approved' })
      },
    )
  })

  it('mode qr ends approved, without a violation', async ({ demo, browser }) => {
    await visit(
      { demo, browser },
      { headers: headers(demo), attributes: 'mode="qr"' },
      async (visitor) => {
        await visitor.trigger.click()
        await visitor.dialog.locator('.code svg').waitFor()
        await demo.sandbox.move(await visitor.session(), 'In Progress')
        await demo.sandbox.move(await visitor.session(), 'Approved')
        await visitor.hears('didit-complete', { outcome: 'approved' })
      },
    )
  })

  it('mode redirect ends approved, without a violation', async ({ demo, browser }) => {
    await visit(
      { demo, browser },
      { headers: headers(demo), attributes: 'mode="redirect"' },
      async (visitor) => {
        await visitor.trigger.click()
        await end(visitor.page, 'approve')
        await visitor.page.waitForURL(`${visitor.home}**`)
        await visitor.hears('didit-complete', { outcome: 'approved' })
        expect(visitor.page.url()).toBe(visitor.home)
      },
    )
  })
})

describe('a page that is cut off from others', () => {
  const COOP = { 'cross-origin-opener-policy': 'same-origin' }
  const COEP = { 'cross-origin-embedder-policy': 'require-corp' }

  it('by COOP: the popup looks closed and ends approved all the same', async ({
    demo,
    browser,
  }) => {
    await visit(
      { demo, browser },
      { headers: COOP, attributes: 'mode="popup"' },
      async (visitor) => {
        const opened = popupOf(visitor.page)
        await visitor.trigger.click()
        const popup = await opened
        await popup.locator('#begin').waitFor()
        const question = visitor.dialog.getByRole('alertdialog')
        await question.getByRole('button', { name: 'Continue' }).click()
        await end(popup, 'approve')
        await visitor.hears('didit-complete', { outcome: 'approved' })
        expect(await visitor.finals()).toHaveLength(1)
      },
    )
  })

  it('by COOP and COEP: auto leaves for the hosted page', async ({ demo, browser }) => {
    await visit({ demo, browser }, { headers: { ...COOP, ...COEP } }, async (visitor) => {
      await visitor.trigger.click()
      await end(visitor.page, 'approve')
      await visitor.page.waitForURL(`${visitor.home}**`)
      await visitor.hears('didit-session', { mode: 'redirect', reason: 'cross-origin-isolated' })
      await visitor.hears('didit-complete', { outcome: 'approved' })
    })
  })

  it('by COOP and COEP: a modal all the same is a trouble that says why, with ways on', async ({
    demo,
    browser,
  }) => {
    const options = { headers: { ...COOP, ...COEP }, attributes: 'mode="modal"' }
    await visit({ demo, browser }, options, async (visitor) => {
      visitor.expectMishap(/ERR_BLOCKED_BY_RESPONSE|COEP|Cross-Origin/i)
      await visitor.trigger.click()
      await visitor.hears('didit-trouble', { code: 'frame-timeout' }, 25_000)
      const told = (await visitor.told()).find(({ type }) => type === 'didit-trouble')
      expect(told?.message).toContain('COEP')
      await visitor.dialog.getByRole('button', { name: 'Continue in this window' }).click()
      await end(visitor.page, 'approve')
      await visitor.page.waitForURL(`${visitor.home}**`)
      await visitor.hears('didit-complete', { outcome: 'approved' })
    })
  })
})

describe('a page that keeps the camera from others', () => {
  const forbidden = (list: string) => ({ 'permissions-policy': `camera=(${list})` })

  it('altogether: auto leaves for the hosted page', async ({ demo, browser }) => {
    await visit({ demo, browser }, { headers: forbidden('') }, async (visitor) => {
      await visitor.trigger.click()
      await end(visitor.page, 'approve')
      await visitor.page.waitForURL(`${visitor.home}**`)
      await visitor.hears('didit-session', { mode: 'redirect', reason: 'camera-denied' })
      await visitor.hears('didit-complete', { outcome: 'approved' })
    })
  })

  for (const { list, attributes } of [
    { list: '', attributes: 'mode="modal"' },
    { list: 'self', attributes: 'mode="auto"' },
    { list: 'self', attributes: 'mode="inline"' },
  ]) {
    it(`with camera=(${list}) and ${attributes}: the trouble names the policy, before the camera is tried`, async ({
      demo,
      browser,
    }) => {
      await visit({ demo, browser }, { headers: forbidden(list), attributes }, async (visitor) => {
        await visitor.trigger.click()
        await visitor.hears('didit-trouble', {
          code: 'camera-blocked',
          actions: ['phone', 'redirect', 'new-tab', 'retry'],
        })
        const told = (await visitor.told()).find(({ type }) => type === 'didit-trouble')
        expect(told?.message).toContain('Permissions-Policy')
        expect(told?.message).toContain(demo.sandbox.origin)
        await visitor.hosted.locator('#begin').waitFor()
        await visitor.element.getByRole('button', { name: 'Continue on your phone' }).click()
        await visitor.element.locator('.code svg').waitFor()
        const sessionId = await visitor.session()
        await demo.sandbox.move(sessionId, 'Approved')
        await visitor.hears('didit-complete', { sessionId, outcome: 'approved' })
      })
    })
  }
})

describe('a host that is set up wrongly', () => {
  it('may not frame the hosted page: the trouble names frame-ancestors and this host', async ({
    demo,
    browser,
  }) => {
    await visit({ demo, browser }, { attributes: 'mode="modal"' }, async (visitor) => {
      visitor.expectMishap(/frame-ancestors|ERR_BLOCKED_BY_RESPONSE/)
      await visitor.page.route(`${demo.sandbox.origin}/**/session/**`, async (route) => {
        const response = await route.fetch()
        const headers = {
          ...response.headers(),
          'content-security-policy': "frame-ancestors 'none'",
        }
        await route.fulfill({ response, headers })
      })
      await visitor.trigger.click()
      await visitor.hears('didit-trouble', { code: 'frame-timeout' }, 25_000)
      const told = (await visitor.told()).find(({ type }) => type === 'didit-trouble')
      expect(told?.message).toContain('frame-ancestors')
      expect(told?.message).toContain(`http://localhost:${port}`)
      expect(told?.actions).toEqual(['retry', 'new-tab', 'phone', 'redirect'])
      await visitor.page.unrouteAll()
      await visitor.dialog.getByRole('button', { name: 'Try again' }).click()
      await end(visitor.hosted, 'approve')
      await visitor.hears('didit-complete', { outcome: 'approved' })
    })
  })

  it('has the wrong endpoint: the error names the attribute', async ({ demo, browser }) => {
    const body = '<didit-verify endpoint="/nowhere"></didit-verify>'
    await visit({ demo, browser }, { body }, async (visitor) => {
      visitor.expectMishap(/status of 404/)
      await visitor.trigger.click()
      await visitor.hears('didit-error', { code: 'misconfigured' })
      const [final] = await visitor.finals()
      expect(final?.message).toContain(`http://localhost:${port}/nowhere/sessions`)
      expect(final?.message).toContain('endpoint attribute')
    })
  })

  it('is not among the allowed origins: the trouble names them', async ({ demo, browser }) => {
    const [other = 0] = await freePorts(1)
    const host = await startHost(demo, { port: other })
    const visitor = await createVisitor(browser, `${host.url}/`)
    visitor.expectMishap(/CORS policy|ERR_FAILED/)
    await visitor.open()
    await visitor.trigger.click()
    await visitor.hears('didit-trouble', { code: 'backend-unreachable', actions: ['retry'] })
    const told = (await visitor.told()).find(({ type }) => type === 'didit-trouble')
    expect(told?.message).toContain(`allowed origins list http://localhost:${other}`)
    await visitor.leave()
    await host.stop()
  })

  it('has a blocker that lets no part of the script through: the trouble says so', async ({
    demo,
    browser,
  }) => {
    await visit({ demo, browser }, {}, async (visitor) => {
      visitor.expectMishap(/ERR_BLOCKED_BY_CLIENT/)
      await visitor.page.route('**/attempt.js', (route) => route.abort('blockedbyclient'))
      await visitor.trigger.click()
      await visitor.hears('didit-trouble', { code: 'unsupported', actions: ['retry'] })
      const told = (await visitor.told()).find(({ type }) => type === 'didit-trouble')
      expect(told?.message).toContain('block')
      await visitor.page.unrouteAll()
      await visitor.trigger.click()
      await visitor.hosted.locator('#begin').waitFor()
    })
  })
})

describe('where the element stands', () => {
  const element = ({ url }: Demo, mode: string) =>
    `<didit-verify endpoint="${url}api/verify" mode="${mode}"></didit-verify>`

  for (const mode of ['modal', 'inline'] as const) {
    it(`in a dialog of the host, mode ${mode} ends in it, and Escape is told apart`, async ({
      demo,
      browser,
    }) => {
      const body = `<dialog id="own"><p>Own dialog</p>${element(demo, mode)}</dialog>
        <script>own.showModal()</script>`
      await visit({ demo, browser }, { body }, async (visitor) => {
        const own = visitor.page.locator('#own')
        await visitor.start()
        await visitor.element.locator('[part=close]').click()
        await visitor.element.getByRole('button', { name: 'Continue' }).click()
        await end(visitor.hosted, 'approve')
        await visitor.hears('didit-complete', { outcome: 'approved' })
        expect(await own.evaluate((dialog: HTMLDialogElement) => dialog.open)).toBe(true)
        await visitor.element.getByRole('button', { name: 'Done' }).click()
        expect(await own.evaluate((dialog: HTMLDialogElement) => dialog.open)).toBe(true)
        await visitor.page.keyboard.press('Escape')
        await expect
          .poll(() => own.evaluate((dialog: HTMLDialogElement) => dialog.open))
          .toBe(false)
      })
    })

    it(`under a body without pointer events, mode ${mode} can be used all the same`, async ({
      demo,
      browser,
    }) => {
      const body = `<body style="pointer-events: none"><button id="menu" style="pointer-events: auto">
        Verify</button>${element(demo, mode)}<script>
        menu.onclick = () => document.querySelector('didit-verify').start()</script>`
      await visit({ demo, browser }, { body }, async (visitor) => {
        await visitor.page.locator('#menu').click()
        await visitor.hosted.locator('#begin').click()
        await visitor.element.locator('[part=close]').click()
        await visitor.element.getByRole('button', { name: 'Continue' }).click()
        await end(visitor.hosted, 'approve')
        await visitor.hears('didit-complete', { outcome: 'approved' })
        await visitor.element.getByRole('button', { name: 'Done' }).click()
      })
    })

    it(`in two shadow roots of others, mode ${mode} looks and works as it does elsewhere`, async ({
      demo,
      browser,
    }) => {
      const body = `<div id="outer"></div><script>
        const inner = document.createElement('div')
        outer.attachShadow({ mode: 'open' }).append(inner)
        inner.attachShadow({ mode: 'open' }).innerHTML = '${element(demo, mode)}'</script>`
      await visit({ demo, browser }, { body }, async (visitor) => {
        await visitor.start()
        const shell = visitor.element.locator('.shell')
        expect(await shell.evaluate((node) => getComputedStyle(node).borderRadius)).toBe('16px')
        await end(visitor.hosted, 'approve')
        await visitor.hears('didit-complete', { outcome: 'approved' })
        await visitor.element.getByRole('button', { name: 'Done' }).click()
        const label = () => visitor.trigger.evaluate((node) => node.matches(':focus'))
        expect(await label()).toBe(true)
      })
    })
  }

  it('in a menu that closes on the click, it leaves for the hosted page', async ({
    demo,
    browser,
  }) => {
    const body = `<details id="menu" open><summary>Menu</summary>${element(demo, 'modal')}</details>
      <script>menu.addEventListener('click', () => { menu.open = false })</script>`
    await visit({ demo, browser }, { body }, async (visitor) => {
      await visitor.trigger.click()
      await end(visitor.page, 'approve')
      await visitor.hears('didit-session', { mode: 'redirect', reason: 'not-rendered' })
    })
  })

  it('in a menu that goes once the modal is open, it leaves for the hosted page', async ({
    demo,
    browser,
  }) => {
    const body = `<div id="menu">${element(demo, 'modal')}</div>
      <script>menu.addEventListener('didit-progress', () => { menu.hidden = true })</script>`
    await visit({ demo, browser }, { body }, async (visitor) => {
      await visitor.trigger.click()
      await end(visitor.page, 'approve')
      await visitor.hears('didit-session', { mode: 'redirect', reason: 'not-rendered' })
    })
  })
})
