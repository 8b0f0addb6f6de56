import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Tests print nothing; Lit greets whoever runs its development build.
    onConsoleLog: (text) => !text.startsWith('Lit is in dev mode'),
    // By default one core is left free, which of two is half.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'server',
          environment: 'node',
          include: ['test/server/**/*.test.ts', 'test/*.test.ts'],
          allowOnly: false,
          // Generous, since a busy machine is slow and not wrong, and programs start slowly there.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/states.test.ts'],
          allowOnly: false,
          // Each file starts a demo and a browser of its own, on ports of its own choice. With what
          // `npm test` runs beside them two cores are busy: two at a time would only make both slow.
          fileParallelism: false,
          // Generous as above: what takes as long has failed.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
          // A browser, a camera and two servers at once: where nobody can look, one more try tells a
          // hiccup from a fault. The summary names each test that needed it; none is expected to.
          retry: process.env.CI ? 1 : 0,
        },
      },
      {
        test: {
          // Each state of each mode in each view: needs nothing of what the other end-to-end tests
          // start.
          name: 'looks',
          environment: 'node',
          include: ['test/e2e/states.test.ts'],
          allowOnly: false,
          // Those of a mode run at once, so that each waits for all.
          testTimeout: 300_000,
          hookTimeout: 120_000,
          retry: process.env.CI ? 1 : 0,
        },
      },
      {
        test: {
          name: 'hosts',
          environment: 'node',
          include: ['test/hosts/**/*.test.ts'],
          allowOnly: false,
          // Compilers and bundlers, one at a time; a busy machine takes many times longer.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
