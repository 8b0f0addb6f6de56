import path from 'node:path'
import { describe, expect } from 'vitest'
import { it as base } from '../support/e2e.ts'
import { backendEnv, createGuest, startSandbox } from '../support/hosts.ts'
import { install } from '../support/installed.ts'
import { freePorts, run } from '../support/process.ts'
import { interrupt, verify } from './contract.ts'

/** `next dev`: the app of test/hosts/apps/next, whose backend is a route of its own. */
async function startNext() {
  const installed = await install()
  const { folder } = installed
  const [port = 0, sandboxPort = 0] = await freePorts(2)
  const url = `http://localhost:${port}/`
  const publicUrl = `${url}api/verify`
  const sandbox = await startSandbox(installed, sandboxPort, publicUrl)
  const next = run(path.join(folder, 'node_modules/next/dist/bin/next'), {
    args: ['dev', '--port', String(port)],
    cwd: path.join(folder, 'next'),
    env: {
      ...backendEnv(publicUrl, sandboxPort),
      NEXT_TELEMETRY_DISABLED: '1',
      NODE_ENV: 'development',
    },
    plain: true,
  })
  await next.prints(/Ready in/)
  // It compiles what is asked for; a visitor should not wait for that.
  for (const address of ['', 'tag', 'edge', 'api/verify/health']) await fetch(new URL(address, url))
  return {
    url,
    async stop() {
      await Promise.all([next.kill('SIGTERM'), sandbox.kill('SIGTERM')])
      installed.remove()
    },
  }
}

const it = base
  .extend('next', { scope: 'file' }, async ({ browser }, { onCleanup }) => {
    const next = await startNext()
    onCleanup(next.stop)
    return { ...next, browser }
  })
  .extend('guest', async ({ browser, next }, { onCleanup }) => {
    const guest = await createGuest(browser, next.url)
    onCleanup(guest.leave)
    return guest
  })

describe('a server-rendered page of Next.js, in StrictMode', () => {
  it('has the tag in its HTML', async ({ next }) => {
    const html = await (await fetch(next.url)).text()
    expect(html).toContain('<didit-verify mode="modal"></didit-verify>')
  })

  it('verifies a visitor, and tells the page by its own listener', ({ guest }) =>
    verify(guest, '/'))

  it('leaves nothing behind when the element is taken away in the middle', ({ guest }) =>
    interrupt(guest, '/'))

  it('may be rendered where there is no Node', ({ guest }) => verify(guest, '/edge'))

  it('may have the bare tag in a server component', async ({ guest, next }) => {
    const html = await (await fetch(new URL('/tag', next.url))).text()
    expect(html).toContain('<didit-verify mode="modal">Verify me</didit-verify>')
    await verify(guest, '/tag')
  })
})
