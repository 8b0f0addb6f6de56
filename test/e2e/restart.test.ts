import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildBundle } from '../../scripts/bundle.ts'
import { DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { launchBrowser } from '../support/e2e.ts'
import { freePorts, run } from '../support/process.ts'
import { controls } from '../support/sandbox.ts'
import { startLine, startSite } from '../support/site.ts'
import { createVisitor, end } from '../support/visitor.ts'

const SECRET = 'the secret of the destination'

/** Sandbox and BFF as two processes, a site on a third origin, and a browser on a line to the BFF. */
const it = test.extend('house', async ({ task: _ }, { onCleanup }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'didit-verify-restart-'))
  const [bffPort = 0, sandboxPort = 0] = await freePorts(2)
  const line = await startLine(bffPort)
  const endpoint = `http://localhost:${line.port}/api/verify`
  const bundle = await buildBundle()
  const scripts = bundle.map(({ fileName, code }) => {
    return [`/${fileName}`, { type: 'text/javascript', body: code }] as const
  })
  const page = `<!doctype html><html lang="en"><title>A host</title><link rel="icon" href="data:,">
    <script type="module" src="/didit-verify.js"></script>
    <didit-verify endpoint="${endpoint}"></didit-verify>`
  const files = { ...Object.fromEntries(scripts), '/': { type: 'text/html', body: page } }
  const site = await startSite(files, 'localhost')

  const webhookUrl = `http://127.0.0.1:${bffPort}/api/verify/webhooks`
  const sandboxArgs = ['sandbox', '--port', String(sandboxPort)]
  const sandbox = run('server/cli.ts', {
    args: [...sandboxArgs, '--webhook-url', webhookUrl, '--webhook-secret', SECRET],
    cwd: folder,
  })
  await sandbox.prints(/Sandbox ready/)
  const serve = async () => {
    const bff = run('server/cli.ts', {
      args: ['serve'],
      cwd: folder,
      env: {
        DIDIT_API_KEY: 'a-key',
        DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
        DIDIT_BASE_URL: `http://127.0.0.1:${sandboxPort}`,
        DIDIT_WEBHOOK_SECRET: SECRET,
        DATABASE_URL: `file:${path.join(folder, 'verify.db')}`,
        PUBLIC_URL: endpoint,
        ALLOWED_ORIGINS: site.url,
        PORT: String(bffPort),
      },
    })
    await bff.prints(/Ready: /)
    return bff
  }
  const bff = await serve()
  const browser = await launchBrowser()
  const programs = [sandbox, bff]
  onCleanup(async () => {
    await browser.close()
    await Promise.all(programs.map((program) => program.kill('SIGKILL')))
    await Promise.all([line.stop(), site.stop()])
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    bff,
    line,
    visitor: await createVisitor(browser, `${site.url}/`),
    sandbox: { ...controls(`http://127.0.0.1:${sandboxPort}`), program: sandbox },
    async restart() {
      programs.push(await serve())
    },
  }
})

describe('a BFF that is killed between the webhook and the next question', () => {
  it('has lost nothing after the restart: the open page gets the outcome', async ({ house }) => {
    const { bff, line, sandbox, visitor } = house
    visitor.expectMishap(/net::ERR_/)
    await visitor.open()
    const sessionId = await visitor.start()
    await visitor.hears('didit-status', { status: 'In Progress' })
    await nextSecond()

    line.cut()
    await end(visitor.hosted, 'approve')
    await visitor.reaches('submitted')
    await expect.poll(() => answers(house, sessionId)).toEqual([204, 204])
    await bff.kill('SIGKILL')
    // Nobody can ask Didit again: what the page gets is what was stored.
    await sandbox.faults({ status: 500 })
    expect(await visitor.finals()).toEqual([])

    await house.restart()
    line.mend()
    const fields = { sessionId, status: 'Approved', outcome: 'approved' } as const
    await visitor.hears('didit-complete', fields, 30_000)
    expect(await visitor.finals()).toHaveLength(1)
    await visitor.leave()
  })

  it('has lost nothing for a page that comes back later', async ({ house }) => {
    const { bff, line, sandbox, visitor } = house
    visitor.expectMishap(/net::ERR_/)
    await visitor.open()
    const sessionId = await visitor.start()
    await visitor.hears('didit-status', { status: 'In Progress' })
    await nextSecond()

    line.cut()
    await end(visitor.hosted, 'review')
    await visitor.reaches('submitted')
    await expect.poll(() => answers(house, sessionId)).toEqual([204, 204])
    await bff.kill('SIGKILL')
    await sandbox.faults({ status: 500 })
    await house.restart()
    line.mend()
    await visitor.page.reload()

    await visitor.hears('didit-complete', { sessionId, status: 'In Review', outcome: 'pending' })
    await visitor.leave()
  })
})

/** Didit's events have whole seconds: of two in the same one nobody but Didit knows the order. */
async function nextSecond(): Promise<void> {
  const second = () => Math.floor(Date.now() / 1000)
  const now = second()
  await expect.poll(second).toBeGreaterThan(now)
}

async function answers(
  { sandbox }: { sandbox: ReturnType<typeof controls> },
  id: string,
): Promise<(number | undefined)[]> {
  return (await sandbox.deliveries(id)).map(({ answer }) => answer?.status)
}
