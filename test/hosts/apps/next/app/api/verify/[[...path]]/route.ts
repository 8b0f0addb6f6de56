import { createDidit, createVerifyApp, openStore, startBackground } from 'didit-verify/server'
import { Hono } from 'hono'

async function createApp() {
  const env = process.env as Record<string, string>
  const options = {
    publicUrl: env.PUBLIC_URL,
    didit: createDidit({ apiKey: env.DIDIT_API_KEY, baseUrl: env.DIDIT_BASE_URL }),
    workflows: { default: env.DIDIT_WORKFLOW_ID },
    webhookSecrets: [env.DIDIT_WEBHOOK_SECRET],
    store: await openStore('file:./verify.db'),
  }
  startBackground(options)
  return new Hono().route('/api/verify', createVerifyApp(options))
}

// With the first request, once for each process: Next.js loads this file also to look at it, and
// anew after each change.
const host = globalThis as { verify?: ReturnType<typeof createApp> }

async function handle(request: Request): Promise<Response> {
  host.verify ??= createApp()
  return (await host.verify).fetch(request)
}

export { handle as GET, handle as OPTIONS, handle as POST }
