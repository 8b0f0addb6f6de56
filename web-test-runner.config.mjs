// Element tests in real browsers: Chromium, Firefox, and WebKitGTK where it is found.
// The runner loads no TypeScript as its config; what has types is in test/support and scripts.

import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { esbuildPlugin } from '@web/dev-server-esbuild'
import { chromeLauncher, defaultReporter } from '@web/test-runner'
import { tsImport } from 'tsx/esm/api'

const { chromiumFlags, findBrowsers } = await tsImport('./scripts/browsers.ts', import.meta.url)
const { WebKitLauncher } = await tsImport('./test/support/webkit.ts', import.meta.url)

const found = findBrowsers()

const chromium = () => launcher('Chromium', found.chromium, { args: chromiumFlags() })

const firefox = () =>
  launcher('Firefox', found.firefox, {
    browser: 'firefox',
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    },
  })

/** Puppeteer drives both; the runner would call both Chrome. */
function launcher(name, browser, launchOptions) {
  const made = chromeLauncher({ launchOptions: { executablePath: browser.path, ...launchOptions } })
  return Object.assign(made, { name, version: browser.version })
}

/** Writes `{ [browser]: { version, passed, failed, skipped, names } }` for scripts/test.ts. */
function countReporter(file) {
  return {
    onTestRunFinished({ sessions }) {
      const counts = {}
      for (const session of sessions) {
        const { name, version } = session.browser
        const file = path.relative(import.meta.dirname, session.testFile)
        counts[name] ??= { version, passed: 0, failed: 0, skipped: 0, names: [] }
        const tests = testsOf(session.testResults)
        for (const test of tests) {
          counts[name][test.skipped ? 'skipped' : test.passed ? 'passed' : 'failed']++
          if (!test.skipped && !test.passed) {
            counts[name].names.push(`${file} > ${test.name}: ${test.error?.message}`)
          }
        }
        // A file that does not load, or that throws between its tests, has failed as a whole.
        if (!session.passed && !tests.some((test) => !test.passed && !test.skipped)) {
          counts[name].failed++
          counts[name].names.push(`${file}: ${session.errors[0]?.message}`)
        }
      }
      writeFileSync(file, JSON.stringify(counts))
    },
  }
}

function testsOf(suite) {
  return suite ? [...suite.tests, ...suite.suites.flatMap(testsOf)] : []
}

/** Tells a test where it runs: `await executeServerCommand('engine')`, the name of the browser. */
const engineCommand = {
  name: 'engine-command',
  executeCommand: ({ command, session }) =>
    command === 'engine' ? session.browser.name : undefined,
}

export default {
  // All that imports need lies below the root: widget/, server/contract.ts, node_modules/.
  rootDir: import.meta.dirname,
  files: 'test/widget/**/*.test.ts',
  hostname: '127.0.0.1',
  browsers: [
    ...(found.chromium ? [chromium()] : []),
    ...(found.firefox ? [firefox()] : []),
    ...(found.webkit ? [new WebKitLauncher(found.webkit)] : []),
  ].filter(({ name }) => !process.env.ENGINE || name === process.env.ENGINE),
  // One page at a time: a page in the background gets no focus and slow timers.
  concurrency: 1,
  concurrentBrowsers: 1,
  // Firefox needs long for its first start on a busy machine.
  browserStartTimeout: 60_000,
  testsStartTimeout: 30_000,
  testsFinishTimeout: 180_000,
  testFramework: { config: { ui: 'bdd', timeout: 10_000, forbidOnly: true } },
  nodeResolve: true,
  // A backend for tests that need a real one goes here, as Koa middleware.
  middleware: [],
  plugins: [
    engineCommand,
    esbuildPlugin({ ts: true, target: 'es2022', tsconfig: './tsconfig.json' }),
  ],
  // Tests print nothing: not Lit's greeting, and not the errors that a test's own listeners throw.
  filterBrowserLogs: ({ args }) => !/^Lit is in dev mode|The host is broken/.test(String(args[0])),
  reporters: [
    // `npm test` has lines of others in between, and the bars are drawn over what is above them.
    defaultReporter({ reportTestProgress: !process.env.WTR_COUNTS }),
    ...(process.env.WTR_COUNTS ? [countReporter(process.env.WTR_COUNTS)] : []),
  ],
}
