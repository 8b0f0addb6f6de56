import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { VerificationEvent, VerificationResult } from '@didit-protocol/sdk-web'
import { describe, expect } from 'vitest'
import { DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { it } from '../support/e2e.ts'
import { root } from '../support/process.ts'
import { startSite } from '../support/site.ts'
import { end } from '../support/visitor.ts'

const SDK = 'node_modules/@didit-protocol/sdk-web/dist/didit-sdk.esm.js'

const PAGE = `<!doctype html><html lang="en"><title>A page with Didit's own SDK</title>
<link rel="icon" href="data:,">
<script type="module">
  import { DiditSdk } from '/sdk.js'
  window.events = []
  DiditSdk.shared.onEvent = (event) => window.events.push(event)
  DiditSdk.shared.onComplete = (result) => { window.result = result }
  const url = new URLSearchParams(location.search).get('url')
  DiditSdk.shared.startVerification({ url })
</script>`

describe("Didit's own browser SDK, as published", () => {
  for (const { scenario, status, told } of [
    { scenario: 'approve', status: 'Approved', told: 'Approved' },
    { scenario: 'decline', status: 'Declined', told: 'Declined' },
  ] as const) {
    it(`sees the hosted page to its end: ${status}`, async ({ demo, visitor, onTestFinished }) => {
      const { page } = visitor
      const body = readFileSync(path.join(root, SDK), 'utf8')
      // On the host of the hosted page, because the SDK compares host names.
      const site = await startSite({
        '/': { type: 'text/html', body: PAGE },
        '/sdk.js': { type: 'text/javascript', body },
      })
      onTestFinished(site.stop)
      const created = await fetch(`${demo.sandbox.origin}/v3/session/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': 'a key' },
        body: JSON.stringify({ workflow_id: DEFAULT_WORKFLOW, vendor_data: 'sdk-user' }),
      })
      const { session_id: sessionId, url } = await created.json()

      await page.goto(`${site.url}/?url=${encodeURIComponent(url)}`)
      await end(page.frameLocator('iframe'), scenario)
      await page.waitForFunction(() => Reflect.get(window, 'result') !== undefined)

      const result: VerificationResult = await page.evaluate(() => Reflect.get(window, 'result'))
      expect(result).toEqual({ type: 'completed', session: { sessionId, status: told } })
      expect((await demo.sandbox.session(sessionId)).status).toBe(status)
      const events: VerificationEvent[] = await page.evaluate(() => Reflect.get(window, 'events'))
      const types = events.map(({ type }) => type)
      expect(types).toEqual(
        expect.arrayContaining([
          'didit:ready',
          'didit:started',
          'didit:verification_submitted',
          'didit:status_updated',
          'didit:completed',
        ]),
      )
    })
  }

  it('learns that the visitor has left', async ({ demo, visitor, onTestFinished }) => {
    const { page } = visitor
    const body = readFileSync(path.join(root, SDK), 'utf8')
    const site = await startSite({
      '/': { type: 'text/html', body: PAGE },
      '/sdk.js': { type: 'text/javascript', body },
    })
    onTestFinished(site.stop)
    const created = await fetch(`${demo.sandbox.origin}/v3/session/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'a key' },
      body: JSON.stringify({ workflow_id: DEFAULT_WORKFLOW }),
    })
    const { url } = await created.json()
    await page.goto(`${site.url}/?url=${encodeURIComponent(url)}`)
    await end(page.frameLocator('iframe'), 'cancel')
    await page.waitForFunction(() => Reflect.get(window, 'result') !== undefined)
    const result: VerificationResult = await page.evaluate(() => Reflect.get(window, 'result'))
    expect(result.type).toBe('cancelled')
  })
})
