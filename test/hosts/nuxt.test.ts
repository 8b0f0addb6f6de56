import path from 'node:path'
import { describe, expect } from 'vitest'
import { DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { it as base } from '../support/e2e.ts'
import { createGuest, SECRET, startSandbox } from '../support/hosts.ts'
import { install } from '../support/installed.ts'
import { freePorts, run } from '../support/process.ts'
import { interrupt, verify } from './contract.ts'

/** The app of test/hosts/apps/nuxt as it would be deployed; its backend is a route of its own. */
async function startNuxt() {
  const installed = await install()
  const cwd = path.join(installed.folder, 'nuxt')
  const [port = 0, sandboxPort = 0] = await freePorts(2)
  const url = `http://localhost:${port}/`
  const publicUrl = `${url}api/verify`
  const build = run(path.join(installed.folder, 'node_modules/nuxt/bin/nuxt.mjs'), {
    args: ['build'],
    cwd,
    env: { NUXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    plain: true,
  })
  expect(await build.ended(), build.output()).toBe(0)
  const sandbox = await startSandbox(installed, sandboxPort, publicUrl)
  const nuxt = run(path.join(cwd, '.output/server/index.mjs'), {
    cwd,
    env: {
      PORT: String(port),
      NUXT_VERIFY_PUBLIC_URL: publicUrl,
      NUXT_VERIFY_API_KEY: 'sandbox',
      NUXT_VERIFY_WORKFLOW: DEFAULT_WORKFLOW,
      NUXT_VERIFY_WEBHOOK_SECRET: SECRET,
      NUXT_VERIFY_BASE_URL: `http://127.0.0.1:${sandboxPort}`,
    },
    plain: true,
  })
  await nuxt.prints(/Listening on/)
  return {
    url,
    nuxt,
    async stop() {
      await Promise.all([nuxt.kill('SIGTERM'), sandbox.kill('SIGTERM')])
      installed.remove()
    },
  }
}

const it = base
  .extend('host', { scope: 'file' }, async ({ browser }, { onCleanup }) => {
    const host = await startNuxt()
    onCleanup(host.stop)
    return { ...host, browser }
  })
  .extend('guest', async ({ browser, host }, { onCleanup }) => {
    const guest = await createGuest(browser, host.url)
    onCleanup(guest.leave)
    return guest
  })

describe('a server-rendered page of Nuxt', () => {
  it('has the tag in its HTML', async ({ host }) => {
    const html = await (await fetch(host.url)).text()
    expect(html).toContain('<didit-verify mode="modal"></didit-verify>')
  })

  it('verifies a visitor, and tells the page by its own listener', ({ guest }) =>
    verify(guest, '/'))

  it('leaves nothing behind when the element is taken away in the middle', ({ guest }) =>
    interrupt(guest, '/'))

  it('shows what is inside the tag before any script has run', async ({ browser, host }) => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(new URL('/more', host.url).href)
    expect(await page.locator('didit-verify').innerText()).toBe('Verify me')
    await context.close()
  })

  it('has in its HTML what an attribute can carry, and nothing about the person', async ({
    host,
  }) => {
    const html = await (await fetch(new URL('/more', host.url))).text()
    const [tag = ''] = /<didit-verify[^>]*>/.exec(html) ?? []
    expect(tag).toContain(' id="verify" class="own" name="verified" mode="modal" return-url="/"')
    expect(tag).toContain(' confirm-timeout="5000"')
    expect(html).not.toMatch(/Ada|ada@mail/)
  })

  it('wakes up with its properties set', async ({ guest }) => {
    await guest.open('/more')
    const read = (node: Element) => {
      const { withoutConfirm, closeOnComplete, confirmTimeout, returnUrl, messages } = node as never
      const { contact, expected, fetch } = node as never
      const own = fetch !== undefined
      return {
        withoutConfirm,
        closeOnComplete,
        confirmTimeout,
        returnUrl,
        messages,
        contact,
        expected,
        own,
      }
    }
    expect(await guest.element.evaluate(read)).toEqual({
      withoutConfirm: true,
      closeOnComplete: false,
      confirmTimeout: 5_000,
      returnUrl: '/',
      messages: { done: 'Ready' },
      contact: { email: 'ada@mail.example' },
      expected: { first_name: 'Ada' },
      own: true,
    })
  })

  it('complains of nothing on the server', async ({ host }) => {
    for (const page of ['', 'more']) await fetch(new URL(page, host.url))
    expect(host.nuxt.stderr()).toBe('')
  })
})

describe('a backend in a route of Nitro', () => {
  it('frees the place of a stream when its reader leaves', async ({ host }) => {
    const { session, token } = await create(host.url)
    const statuses = async () => {
      const { response, leave } = await listen(host.url, session.id, token)
      leave()
      return response.status
    }
    // One more than one visitor may have open.
    for (let opened = 0; opened < 21; opened++) await expect.poll(statuses).toBe(200)
  })

  it('ends its streams when the process is asked to end', async ({ host }) => {
    const { session, token } = await create(host.url)
    const { response } = await listen(host.url, session.id, token)
    const read = response.text()
    const start = performance.now()
    await host.nuxt.kill('SIGTERM')
    expect(await read).toMatch(/^event: session/)
    // Nitro itself waits for half a minute before it cuts what is open.
    expect(performance.now() - start).toBeLessThan(20_000)
  })
})

interface Created {
  session: { id: string }
  token: string
}

/** A session of a visitor on a page of `home`. */
async function create(home: string): Promise<Created> {
  const response = await fetch(new URL('/api/verify/sessions', home), {
    method: 'POST',
    headers: { origin: new URL(home).origin, 'content-type': 'application/json' },
    body: '{}',
  })
  return (await response.json()) as Created
}

/** Opens the event stream of a session, until its reader leaves. */
async function listen(home: string, id: string, token: string) {
  const reader = new AbortController()
  const response = await fetch(new URL(`/api/verify/sessions/${id}/events`, home), {
    headers: { origin: new URL(home).origin, 'verify-token': token },
    signal: reader.signal,
  })
  return { response, leave: () => reader.abort() }
}
