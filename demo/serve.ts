// `npm run demo`: sandbox, BFF and a marketing page. With a key and a workflow it talks to Didit.

import { existsSync } from 'node:fs'
import type { Server } from 'node:http'
import path from 'node:path'
import { loadEnvFile } from 'node:process'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { buildBundle } from '../scripts/bundle.ts'
import { readConfig } from '../server/config.ts'
import { close, createLog, listen, startServer, stopOnSignal } from '../server/main.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../server/sandbox/app.ts'
import { randomName } from '../server/tokens.ts'

const root = path.dirname(import.meta.dirname)

async function main(): Promise<void> {
  const dotenv = path.join(root, '.env')
  if (existsSync(dotenv)) loadEnvFile(dotenv)
  const { env } = process
  const live = Boolean(env.DIDIT_API_KEY || env.DIDIT_WORKFLOW_ID)
  const sandboxUrl = `http://127.0.0.1:${env.SANDBOX_PORT || 4010}`
  const config = readConfig(
    live
      ? env
      : {
          LOG_LEVEL: 'warn',
          DATABASE_URL: 'file:./data/demo.db',
          DIDIT_WEBHOOK_SECRET: randomName(),
          ...env,
          DIDIT_API_KEY: 'sandbox',
          DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
          DIDIT_BASE_URL: sandboxUrl,
        },
  )
  const bundle = new Map((await buildBundle()).map(({ fileName, code }) => [`/${fileName}`, code]))

  const servers: Server[] = []
  const sandbox = live
    ? undefined
    : createSandbox({
        publicUrl: sandboxUrl,
        webhook: { url: `${config.publicUrl}/webhooks`, secret: config.webhookSecrets[0] ?? '' },
        log: createLog(config),
      })
  if (sandbox) {
    await listen(servers, sandbox.app, config.sandboxPort, '127.0.0.1').catch((cause) => {
      const problem = `The sandbox cannot listen on port ${config.sandboxPort}.`
      throw new Error(`${problem} Stop what uses it, or set another SANDBOX_PORT.`, { cause })
    })
  }

  const home = new URL('/', config.publicUrl)
  const hosted = sandbox ? sandboxUrl : 'https://*.didit.me'
  const server = await startServer(config, { pages: pages(home, hosted, bundle) }).catch(
    async (error) => {
      await Promise.all(servers.map(close))
      throw error
    },
  )
  stopOnSignal(async () => {
    sandbox?.close()
    await Promise.all([server.stop(), ...servers.map(close)])
  })
  console.log(
    sandbox
      ? `The sandbox plays Didit at ${sandboxUrl}`
      : 'This demo talks to Didit: real sessions are created, and may be billed.',
  )
  console.log(`Demo ready: ${home.href}`)
}

/** The marketing page and the script, under the policy that a strict host would set. */
function pages(home: URL, hosted: string, bundle: ReadonlyMap<string, string>): Hono {
  const policy = [
    "default-src 'self'",
    "style-src 'self'",
    `frame-src 'self' ${hosted}`,
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

  return (
    new Hono()
      .use(async (c, next) => {
        // The page belongs to one origin; the other names of this machine lead to it.
        const { host, pathname, search } = new URL(c.req.url)
        if (host !== home.host) return c.redirect(new URL(pathname + search, home).href)
        await next()
        c.header('content-security-policy', policy)
        c.header('cache-control', 'no-cache')
      })
      // From memory: a build or test run beside the demo takes the files of dist/ away for a moment.
      .get('/didit-verify*', (c) => {
        const code = bundle.get(c.req.path)
        if (code === undefined) return c.notFound()
        return c.body(code, 200, { 'content-type': 'text/javascript; charset=utf-8' })
      })
      .get('*', serveStatic({ root: path.join(root, 'demo/public') }))
  )
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
