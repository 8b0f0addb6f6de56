import { test } from 'vitest'
import { launchBrowser } from './browser.ts'
import { startDemo } from './demo.ts'
import type { Env } from './process.ts'
import { createVisitor } from './visitor.ts'

export { launchBrowser }

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
