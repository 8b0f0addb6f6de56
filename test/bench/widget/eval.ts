// What a page pays for having the script: the main thread's time in scripts until it can be used, on
// a processor that is slowed four times.

import path from 'node:path'
import type { Browser } from 'playwright'
import { build, type Rolldown } from 'vite'
import { launchBrowser } from '../../support/browser.ts'
import type { Files } from '../../support/site.ts'
import { alternate, type Measurement, median, ratios, summarize } from '../measure.ts'
import { DIDIT, OTHERS } from '../peers.ts'
import { html, startPages } from './host.ts'

const SLOWED = 4
/** What DevTools draws as script: compiling, evaluating, and what the browser calls. */
const SCRIPT = /^(EvaluateScript|FunctionCall|RunMicrotasks|v8\.(compile|evaluate)\w*)$/

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  ts: number
  dur: number
  /** Of `dur`, what the thread had a processor for; others on this machine do not count. */
  tdur: number
}

export const evaluation: Measurement = async (bench) => {
  const { url } = await startPages(bench, await litAlone())
  const browser = await launchBrowser()
  bench.defer(() => browser.close())
  const loads = bench.short ? 1 : 3
  const load = (path: string) => async () => {
    const times: number[] = []
    for (let i = 0; i < loads; i++) times.push(await scriptTime(browser, url + path))
    return median(times)
  }

  const { ours, theirs, floor } = await alternate(bench, 11, {
    ours: load('/ours'),
    theirs: load('/peer/0'),
    floor: load('/lit'),
  })
  const others: string[] = []
  for (const [i, { name }] of OTHERS.entries()) {
    others.push(`${name} ${ms(await load(`/peer/${i + 1}`)())}`)
  }
  return [
    {
      key: 'widget.eval.ratio',
      what: `script time until usable, CPU slowed ${SLOWED}x, ours / Didit SDK`,
      aim: { most: 1 },
      digits: 2,
      summary: summarize(ratios(ours, theirs)),
      beside: `${ms(median(ours))}; ${DIDIT.name} ${ms(median(theirs))}; Lit with a button alone ${ms(median(floor))} (${others.join(', ')})`,
    },
  ]
}

/** A page with the least that an element of Lit can be, as the floor: one button. */
async function litAlone(): Promise<Files> {
  const entry = path.join(import.meta.dirname, 'lit-alone.ts')
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: true, lib: { entry, formats: ['es'] } },
  })
  const [{ output }] = built as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput]
  const page = `
<script type="module" src="/lit-alone.js"></script>
<lit-alone></lit-alone>
<script type="module">
  await document.querySelector('lit-alone').updateComplete
  performance.mark('usable')
</script>`
  return {
    '/lit': html(page),
    '/lit-alone.js': { type: 'text/javascript', body: output[0].code },
  }
}

/** Loads a page as somebody who was never there, and adds up its scripts' milliseconds. */
async function scriptTime(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWED })
  await browser.startTracing(page, { categories: ['devtools.timeline', 'blink.user_timing'] })
  await page.goto(url)
  await page.waitForFunction(() => performance.getEntriesByName('usable').length > 0)
  const trace: { traceEvents: TraceEvent[] } = JSON.parse(String(await browser.stopTracing()))
  await context.close()
  return addUp(trace.traceEvents) / 1000
}

/** The scripts of a page up to its mark; one that runs inside another counts once. */
function addUp(events: readonly TraceEvent[]): number {
  const usable = events.find(({ name }) => name === 'usable')
  if (!usable) throw new Error('The trace has no mark. Look whether the page became usable at all.')
  const scripts = events
    .filter(({ pid, tid }) => pid === usable.pid && tid === usable.tid)
    .filter(({ name, ph, ts }) => ph === 'X' && SCRIPT.test(name) && ts <= usable.ts)
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur)
  let sum = 0
  let end = 0
  for (const { ts, dur, tdur } of scripts) {
    if (ts < end) continue
    end = ts + dur
    sum += tdur
  }
  return sum
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}
