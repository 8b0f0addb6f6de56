// The programs of docs/flows, run as their users run them, beside a sandbox on a port of its own.

import type { Server } from 'node:http'
import path from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { createDidit } from '../../server/didit/client.ts'
import { createSandbox } from '../../server/sandbox/app.ts'
import { type Env, freePorts, type Program, root, run } from './process.ts'

const SECRET = 'a-secret-of-the-webhook-destination'
const quiet = { info() {}, warn() {}, error() {} }

export type Scene = Awaited<ReturnType<typeof setUp>>

/** @param atOnce the `vendor_data` of a visitor who is done as soon as there is a session */
export async function setUp({ atOnce }: { atOnce: string }) {
  const [port = 0, hookPort = 0] = await freePorts(2)
  const origin = `http://127.0.0.1:${port}`
  const clock = { ahead: 0 }
  const sandbox = createSandbox({
    publicUrl: origin,
    webhook: { url: `http://127.0.0.1:${hookPort}/webhooks`, secret: SECRET },
    now: () => Date.now() + clock.ahead,
    log: quiet,
  })
  const server = createAdaptorServer({
    async fetch(request) {
      const response = await sandbox.app.fetch(request)
      if (!request.url.endsWith('/v3/session/')) return response
      const { session_token, vendor_data } = await response.clone().json()
      const address = `${origin}/session/${session_token}/finish`
      if (vendor_data === atOnce) await sandbox.app.request(address, ending('approve'))
      return response
    },
  }) as Server
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const programs: Program[] = []

  /** Runs a file of docs/flows as it stands; what it needs to know is in the environment. */
  function start(name: string, env: Env = {}): Program {
    const known = { DIDIT_API_KEY: 'key', DIDIT_BASE_URL: origin, DIDIT_WEBHOOK_SECRET: SECRET }
    const program = run(`docs/flows/${name}.ts`, {
      cwd: path.join(root, 'docs'),
      env: { ...known, ...env },
    })
    programs.push(program)
    return program
  }

  return {
    origin,
    clock,
    sandbox,
    start,
    didit: createDidit({ apiKey: 'key', baseUrl: origin, log: quiet }),

    /** The same for a program that listens; the receiver of webhooks does on the port for them. */
    async serve(name: string, env: Env = {}, port = hookPort): Promise<string> {
      const program = start(name, { PORT: String(port), ...env })
      const url = `http://127.0.0.1:${port}`
      for (;;) {
        // It has nothing to say at its root, but that it is there.
        if (await fetch(url).catch(() => undefined)) return url
        const gone = await Promise.race([program.ended(), pause()])
        if (gone !== undefined) throw new Error(`${name} has ended:\n${program.output()}`)
      }
    },

    /** What the hosted page tells Didit when its visitor is done. */
    async finish(url: string, scenario: string): Promise<void> {
      const response = await fetch(`${url}/finish`, ending(scenario))
      if (!response.ok) throw new Error(await response.text())
      // Webhooks are answered, and what they led to has happened.
      await sandbox.idle()
    },

    /** Tells the sandbox's own controls. */
    async control(path: string, body: object): Promise<void> {
      const headers = { 'content-type': 'application/json' }
      const init = { method: 'PUT', headers, body: JSON.stringify(body) }
      const response = await fetch(`${origin}/_sandbox${path}`, init)
      if (!response.ok) throw new Error(await response.text())
    },

    async stop(): Promise<void> {
      await Promise.all(programs.map((program) => program.kill('SIGKILL')))
      sandbox.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function ending(scenario: string): RequestInit {
  const headers = { 'content-type': 'application/json' }
  return { method: 'POST', headers, body: JSON.stringify({ scenario }) }
}

function pause(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, 50))
}
