import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createDidit, createVerifyApp, openStore, startBackground } from 'didit-verify/server'
import { Hono } from 'hono'

async function createListener() {
  const { publicUrl, apiKey, baseUrl, workflow, webhookSecret } = useRuntimeConfig().verify
  const leaving = new AbortController()
  process.once('SIGTERM', () => leaving.abort())
  const options = {
    publicUrl,
    didit: createDidit({ apiKey, baseUrl: baseUrl || undefined }),
    workflows: { default: workflow },
    webhookSecrets: [webhookSecret],
    store: await openStore('file:./verify.db'),
    signal: leaving.signal,
  }
  startBackground(options)
  const app = new Hono().route('/api/verify', createVerifyApp(options))
  return getRequestListener(app.fetch, { overrideGlobalObjects: false })
}

// With the first request, once for each process.
const listener = createListener()

export default fromNodeMiddleware(async (request: IncomingMessage, response: ServerResponse) =>
  (await listener)(request, response),
)
