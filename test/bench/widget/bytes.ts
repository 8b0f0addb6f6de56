// What a page downloads, as a browser asks for it: on every page view, and until the modal is open.

import path from 'node:path'
import type { Page } from 'playwright'
import { brotli } from '../../../scripts/sizes.ts'
import { launchBrowser } from '../../support/browser.ts'
import { DIST } from '../bundle.ts'
import type { Figure, Measurement } from '../measure.ts'
import { exactly } from '../measure.ts'
import { DIDIT, OTHERS } from '../peers.ts'
import { startPages } from './host.ts'

export const bytes: Measurement = async ({ defer }) => {
  const pages = await startPages({ defer })
  const browser = await launchBrowser()
  defer(() => browser.close())
  const page = await browser.newPage()

  await page.goto(`${pages.url}/ours`, { waitUntil: 'networkidle' })
  const eager = total(await scripts(page))
  await page.evaluate(() =>
    addEventListener('didit-session', () => performance.mark('open'), { once: true }),
  )
  await page.locator('didit-verify').getByRole('button').click()
  // By then all that was asked for before has come.
  await page.frameLocator('iframe').getByText('Hosted page').waitFor()
  const open = total(await scripts(page, 'open'))

  const theirs = brotli(DIDIT.file)
  const others = OTHERS.map((peer) => `${peer.name} ${brotli(peer.file)}`)
  const beside = (size: number) =>
    `${size} B; ${DIDIT.name} ${theirs} B (${others.join(', ')} on every page view)`
  return [
    figure('widget.bytes.eagerRatio', 'brotli on every page view, ours / Didit SDK', 0.63, eager),
    figure('widget.bytes.openRatio', 'the same until the modal is open', 0.88, open),
  ]

  function figure(key: string, what: string, most: number, size: number): Figure {
    const summary = exactly(size / theirs)
    return { key, what, aim: { most }, digits: 3, summary, beside: beside(size) }
  }
}

/** The paths of what a page has begun to load of its site, all of it or what came before a mark. */
function scripts(page: Page, mark = ''): Promise<string[]> {
  return page.evaluate((name) => {
    const until = performance.getEntriesByName(name)[0]?.startTime ?? Number.POSITIVE_INFINITY
    return performance
      .getEntriesByType('resource')
      .filter((entry) => entry.name.startsWith(location.origin) && entry.startTime <= until)
      .map((entry) => new URL(entry.name).pathname)
  }, mark)
}

function total(paths: readonly string[]): number {
  return paths.reduce((sum, file) => sum + brotli(path.join(DIST, file)), 0)
}
