// How long a visitor who has pressed the button waits until the hosted page is asked for.

import type { Browser } from 'playwright'
import { launchBrowser } from '../../support/browser.ts'
import { alternate, type Measurement, median, summarize } from '../measure.ts'
import { DIDIT } from '../peers.ts'
import { type Pages, startPages } from './host.ts'

/** How long a person holds a button down, in milliseconds; whoever loads then has an advantage. */
const PRESS = 80

export const open: Measurement = async (bench) => {
  const pages = await startPages(bench)
  const browser = await launchBrowser()
  bench.defer(() => browser.close())
  const visits = bench.short ? 1 : 5
  const visit = (path: string, button: string) => async () => {
    const waits: number[] = []
    for (let i = 0; i < visits; i++) waits.push(await clickToRequest(browser, pages, path, button))
    return median(waits)
  }
  const { ours, theirs, least } = await alternate(bench, 9, {
    ours: visit('/ours', 'didit-verify [part=trigger]'),
    theirs: visit('/peer/0', '#start'),
    least: visit('/dialog', '#start'),
  })
  const deltas = ours.map((wait, i) => wait - (theirs[i] ?? Number.NaN))
  return [
    {
      key: 'widget.open.deltaMs',
      what: `click (a press of ${PRESS} ms) to the hosted page's first request, ours - Didit SDK, ms`,
      aim: { most: 4 },
      digits: 1,
      summary: summarize(deltas),
      beside: `${ms(ours)}; ${DIDIT.name} ${ms(theirs)}; a dialog with a frame alone ${ms(least)}`,
    },
  ]
}

function ms(waits: readonly number[]): string {
  return `${median(waits).toFixed(1)} ms`
}

/** Opens a page as somebody who was never there, presses its button, and waits for the request. */
async function clickToRequest(
  browser: Browser,
  { url, asked }: Pages,
  path: string,
  button: string,
): Promise<number> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const query = `?${crypto.randomUUID()}`
  await page.goto(url + path + query)
  await page.waitForFunction(() => performance.getEntriesByName('usable').length > 0)
  await page.evaluate(() => {
    addEventListener(
      'click',
      ({ timeStamp }) => performance.mark('click', { startTime: timeStamp }),
      true,
    )
  })
  await page.locator(button).click({ delay: PRESS })
  await page.frameLocator('iframe').getByText('Hosted page').waitFor()
  const clicked = await page.evaluate(
    () =>
      performance.timeOrigin + (performance.getEntriesByName('click')[0]?.startTime ?? Number.NaN),
  )
  await context.close()
  return (asked.get(query) ?? Number.NaN) - clicked
}
