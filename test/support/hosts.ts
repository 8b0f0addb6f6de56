// The apps of test/hosts, served with a backend and a sandbox of the installed package.

import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { ConsoleMessage, Request } from 'playwright'
import { expect } from 'vitest'
import { DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { APPS, buildApp, layScript } from './apps.ts'
import { it as base, type launchBrowser } from './e2e.ts'
import { type Installed, install } from './installed.ts'
import { freePorts, type Program, root, run } from './process.ts'
import { createVisitor } from './visitor.ts'

export const SECRET = 'hosts'

/** Didit, as the bin of the installed package plays it. */
export async function startSandbox({ folder }: Installed, port: number, publicUrl: string) {
  const cli = path.join(folder, 'node_modules/didit-verify/dist/server/cli.js')
  const webhook = ['--webhook-url', `${publicUrl}/webhooks`, '--webhook-secret', SECRET]
  const sandbox = run(cli, { args: ['sandbox', '--port', String(port), ...webhook], plain: true })
  await sandbox.prints(/Sandbox ready/)
  return sandbox
}

/** What a backend of a host needs to know to run on the sandbox. */
export const backendEnv = (publicUrl: string, sandboxPort: number) => ({
  PUBLIC_URL: publicUrl,
  DIDIT_API_KEY: 'sandbox',
  DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
  DIDIT_WEBHOOK_SECRET: SECRET,
  DIDIT_BASE_URL: `http://127.0.0.1:${sandboxPort}`,
})

async function startHosts() {
  const react18 = path.join(root, 'test/hosts/react-18/node_modules')
  const [installed, older] = await Promise.all([install(), install(react18)])
  const site = path.join(installed.folder, 'site')
  mkdirSync(site)
  layScript(installed, site)
  await Promise.all([
    ...Object.values(APPS).map((app) => buildApp(installed, app, site)),
    buildApp(older, APPS.react, site, 'react-18'),
  ])
  const [port = 0, sandboxPort = 0] = await freePorts(2)
  const publicUrl = `http://localhost:${port}/api/verify`
  const env = { ...backendEnv(publicUrl, sandboxPort), PORT: String(port) }
  const sandbox = await startSandbox(installed, sandboxPort, publicUrl)
  const server = run(path.join(installed.folder, 'serve.mjs'), {
    cwd: installed.folder,
    env,
    plain: true,
  })
  await server.prints(/Hosts ready/)
  return {
    url: `http://localhost:${port}/`,
    async stop() {
      await Promise.all([server, sandbox].map((program: Program) => program.kill('SIGTERM')))
      installed.remove()
      older.remove()
    },
  }
}

/** The file has the hosts, each test a visitor; whatever a page logs fails the test. */
export const it = base
  .extend('hosts', { scope: 'file' }, async ({ browser }, { onCleanup }) => {
    const hosts = await startHosts()
    onCleanup(hosts.stop)
    return { ...hosts, browser }
  })
  .extend('guest', async ({ browser, hosts }, { onCleanup }) => {
    const guest = await createGuest(browser, hosts.url)
    onCleanup(guest.leave)
    return guest
  })

type Browser = Awaited<ReturnType<typeof launchBrowser>>

/** A visitor who also takes warnings for mishaps: frameworks tell a broken hydration by them. */
export async function createGuest(browser: Browser, url: string) {
  const visitor = await createVisitor(browser, url)
  const warnings: string[] = []
  visitor.page.on('console', (message: ConsoleMessage) => {
    const text = message.text()
    if (message.type() === 'warning' && !text.startsWith('Lit is in dev mode')) warnings.push(text)
  })
  const asked = new Set<Request>()
  visitor.page.on('request', (request) => request.url().includes('/api/') && asked.add(request))
  for (const end of ['requestfinished', 'requestfailed'] as const) {
    visitor.page.on(end as 'requestfailed', (request) => asked.delete(request))
  }
  return {
    ...visitor,
    /** Waits until no answer of the backend is under way, an event stream least of all. */
    quiet: () => expect.poll(() => asked.size, { timeout: 15_000 }).toBe(0),
    output: visitor.page.locator('output'),
    /** Takes the element out of the page, or puts it there again, by the host's own code. */
    toggle: () => visitor.page.locator('#toggle').evaluate((node: HTMLElement) => node.click()),
    starts: () =>
      visitor.requests.filter((address) => address.endsWith('/api/verify/sessions')).length,
    async leave() {
      await visitor.leave()
      expect(warnings).toEqual([])
    },
  }
}

export type Guest = Awaited<ReturnType<typeof createGuest>>
