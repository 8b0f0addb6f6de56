// Whether the page moves when the modal opens and closes, in a browser that shows its scrollbars.

import type { Browser } from 'playwright'
import { launchBrowser } from '../../support/browser.ts'
import { alternate, type Measurement, median, summarize } from '../measure.ts'
import { DIDIT } from '../peers.ts'
import { startPages } from './host.ts'

export const shift: Measurement = async (bench) => {
  const { url } = await startPages(bench)
  const browser = await launchBrowser(['--hide-scrollbars'])
  bench.defer(() => browser.close())
  const { ours, theirs } = await alternate(bench, 5, {
    ours: () =>
      shifted(browser, `${url}/ours`, 'didit-verify [part=trigger]', [
        'didit-verify [part=close]',
        'didit-verify [role=alertdialog] button:last-of-type',
      ]),
    theirs: () => shifted(browser, `${url}/peer/0`, '#start', []),
  })
  return [
    {
      key: 'widget.shift',
      what: 'layout shift of opening and closing, scrollbars shown',
      aim: { most: 0 },
      digits: 4,
      summary: summarize(ours),
      beside: `${DIDIT.name} ${median(theirs).toFixed(4)} for opening alone`,
    },
  ]
}

/** Opens and closes by these buttons, and adds up by how much the page has moved. */
async function shifted(
  browser: Browser,
  url: string,
  opens: string,
  closes: readonly string[],
): Promise<number> {
  const page = await browser.newPage()
  await page.goto(url)
  const bar = await page.evaluate(() => innerWidth - document.documentElement.clientWidth)
  if (bar <= 0) throw new Error('This browser shows no scrollbar. Look at its flags.')
  await page.evaluate(() => {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        performance.mark('shift', { detail: Reflect.get(entry, 'value') })
      }
    })
    observer.observe({ type: 'layout-shift' })
  })
  await page.locator(opens).click()
  await page.frameLocator('iframe').getByText('Hosted page').waitFor()
  for (const button of closes) await page.locator(button).click()
  if (closes.length > 0) await page.locator('iframe').waitFor({ state: 'detached' })
  // Shifts are told with the frame after the one in which they happen.
  await page.evaluate(async () => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
  })
  const sum = await page.evaluate(() =>
    performance
      .getEntriesByName('shift')
      .reduce((total, entry) => total + (entry as PerformanceMark).detail, 0),
  )
  await page.close()
  return sum
}
