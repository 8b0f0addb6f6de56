// What the element does to a page whose visitor does nothing: requests, and long tasks.

import type { Browser } from 'playwright'
import { launchBrowser } from '../../support/browser.ts'
import { alternate, type Measurement, median, summarize } from '../measure.ts'
import { DIDIT } from '../peers.ts'
import { startPages } from './host.ts'

export const idle: Measurement = async (bench) => {
  const { url } = await startPages(bench)
  const browser = await launchBrowser()
  bench.defer(() => browser.close())
  const wait = bench.short ? 500 : 3_000
  const { ours, theirs, blank } = await alternate(bench, 5, {
    ours: () => happened(browser, `${url}/ours`, wait),
    theirs: () => happened(browser, `${url}/peer/0`, wait),
    blank: () => happened(browser, `${url}/blank`, wait),
  })
  return [
    {
      key: 'widget.idle',
      what: 'requests besides the script, and long tasks, before the visitor acts',
      aim: { most: 0 },
      digits: 0,
      summary: summarize(ours),
      beside: `${DIDIT.name} ${median(theirs)}, a page without either ${median(blank)}`,
    },
  ]
}

/** Loads a page, leaves it alone, and counts. */
async function happened(browser: Browser, url: string, wait: number): Promise<number> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const requests: string[] = []
  page.on('request', (request) => requests.push(new URL(request.url()).pathname))
  await page.goto(url)
  const longTasks = await page.evaluate(async (ms) => {
    const tasks: PerformanceEntry[] = []
    const observer = new PerformanceObserver((list) => void tasks.push(...list.getEntries()))
    observer.observe({ type: 'longtask', buffered: true })
    await new Promise((resolve) => setTimeout(resolve, ms))
    return tasks.length
  }, wait)
  await context.close()
  // The page itself, and its one script where it has one.
  const wanted = [new URL(url).pathname, '/didit-verify.js', '/peer/0.js']
  return longTasks + requests.filter((path) => !wanted.includes(path)).length
}
