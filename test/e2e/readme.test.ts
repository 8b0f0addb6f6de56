import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect } from 'vitest'
import { it } from '../support/e2e.ts'
import { freePorts, root, run } from '../support/process.ts'
import { createVisitor } from '../support/visitor.ts'

/** The server of the README, with nothing changed but its ports. */
function readServer(port: number, sandboxPort: number): string {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8')
  const [, code = ''] = /```js\n(import \{ serve \}.*?)```/s.exec(readme) ?? []
  return code.replaceAll('3000', String(port)).replaceAll('4010', String(sandboxPort))
}

describe('the README', () => {
  it('has a server that verifies a visitor when pasted', async ({
    demo,
    browser,
    onTestFinished,
  }) => {
    const [port = 0] = await freePorts(1)
    // Inside the package, which can import itself by name as an app would; not in what is published.
    mkdirSync(path.join(root, 'data'), { recursive: true })
    const folder = mkdtempSync(path.join(root, 'data', 'readme-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = path.join(folder, 'server.mjs')
    writeFileSync(file, readServer(port, Number(new URL(demo.sandbox.origin).port)))
    const program = run(path.relative(root, file), { cwd: folder })
    onTestFinished(() => program.kill('SIGTERM'))
    const url = `http://localhost:${port}/`
    await expect
      .poll(
        () =>
          fetch(url).then(
            ({ ok }) => ok,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true)

    const visitor = await createVisitor(browser, url)
    onTestFinished(() => visitor.leave())
    const { page } = visitor
    await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
    await page.goto(url)
    await page.getByRole('button', { name: 'Verify your identity' }).click()
    await page.frameLocator('iframe').locator('[data-scenario=approve]').click()
    await page.getByRole('dialog').getByText('Your identity is verified.').first().waitFor()
  })
})
