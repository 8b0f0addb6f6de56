// The pages of all hosts and the backend they share, from the installed package alone.

import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { createDidit, createVerifyApp, openStore, startBackground } from 'didit-verify/server'
import { Hono } from 'hono'

const { PORT, PUBLIC_URL, DIDIT_BASE_URL, DIDIT_WEBHOOK_SECRET, DIDIT_WORKFLOW_ID } = process.env
const options = {
  publicUrl: PUBLIC_URL,
  didit: createDidit({ apiKey: 'sandbox', baseUrl: DIDIT_BASE_URL }),
  workflows: { default: DIDIT_WORKFLOW_ID },
  store: await openStore('file::memory:'),
  webhookSecrets: [DIDIT_WEBHOOK_SECRET],
  limits: { address: 10_000 },
  log: { info() {}, warn() {}, error: console.error },
}
const app = new Hono()
  .route('/api/verify', createVerifyApp(options))
  .get('*', serveStatic({ root: './site' }))
serve({ fetch: app.fetch, port: Number(PORT) }, () => console.log('Hosts ready'))
startBackground(options)
