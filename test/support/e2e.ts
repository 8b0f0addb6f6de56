import { chromium } from 'playwright'
import { test } from 'vitest'
import { chromiumFlags, findBrowsers } from '../../scripts/browsers.ts'
import { startDemo } from './demo.ts'
import type { Env } from './process.ts'
import { createVisitor } from './visitor.ts'

/** Starts Chromium with a camera that plays a test picture. */
export function launchBrowser(without: string[] = []) {
  return chromium.launch({
    executablePath: findBrowsers().chromium?.path,
    args: chromiumFlags(),
    ignoreDefaultArgs: without,
  })
}

/** Each file has a demo and a browser, each test a visitor that nobody knows. */
export const it = test
  .extend('demoEnv', { scope: 'file' }, {} as Env)
  .extend('demo', { scope: 'file' }, async ({ demoEnv }, { onCleanup }) => {
    const demo = await startDemo(demoEnv)
    onCleanup(demo.stop)
    return demo
  })
  .extend('browserWithout', { scope: 'file' }, [] as string[])
  .extend('browser', { scope: 'file' }, async ({ browserWithout }, { onCleanup }) => {
    const browser = await launchBrowser(browserWithout)
    onCleanup(() => browser.close())
    return browser
  })
  .extend('visitor', async ({ browser, demo }, { onCleanup }) => {
    const visitor = await createVisitor(browser, demo.url)
    onCleanup(async () => {
      await demo.sandbox.faults({})
      await visitor.leave()
    })
    return visitor
  })
