// Several `serve` processes over one Postgres, with a sandbox that posts to the first of them.

import type { SessionGrant } from '../../server/contract.ts'
import { close, listen } from '../../server/main.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { type Env, freePorts, type Program, run } from './process.ts'
import { controls } from './sandbox.ts'

const SECRET = 'hook-secret'
const quiet = { info() {}, warn() {}, error() {} }

export interface Instance {
  program: Program
  /** Its own address, past every proxy. */
  endpoint: string
  port: number
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>

export async function startFleet(databaseUrl: string, { env = {} }: { env?: Env } = {}) {
  const [sandboxPort = 0, ...ports] = await freePorts(4)
  const didit = `http://127.0.0.1:${sandboxPort}`
  // What all of them are called from outside; here it is the first one's own name.
  const origin = `http://localhost:${ports[0]}`
  let ahead = 0
  const sandbox = createSandbox({
    publicUrl: didit,
    log: quiet,
    limits: false,
    // Each event has a second of its own.
    now: () => Date.now() + ahead,
    webhook: { url: `${origin}/api/verify/webhooks`, secret: SECRET },
  })
  const servers: Parameters<typeof listen>[0] = []
  await listen(servers, sandbox.app, sandboxPort, '127.0.0.1')

  const start = (port: number): Instance => ({
    port,
    endpoint: `http://localhost:${port}/api/verify`,
    program: run('server/cli.ts', {
      args: ['serve'],
      env: {
        DIDIT_API_KEY: 'key',
        DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
        DIDIT_BASE_URL: didit,
        DIDIT_WEBHOOK_SECRET: SECRET,
        DATABASE_URL: databaseUrl,
        PUBLIC_URL: `${origin}/api/verify`,
        LOG_LEVEL: 'warn',
        ...env,
        PORT: String(port),
      },
    }),
  })
  const instances = ports.map(start)
  await Promise.all(instances.map(({ program }) => program.prints(/Ready: /)))
  const control = controls(didit)
  const [a, b, c] = instances as [Instance, Instance, Instance]

  return {
    a,
    b,
    c,
    origin,
    sandbox: {
      ...control,
      async move(...[id, status]: Parameters<typeof control.move>) {
        ahead += 2000
        await control.move(id, status)
      },
    },
    /** Starts another process in the place of one that has ended. */
    async restart(instance: Instance): Promise<void> {
      instance.program = start(instance.port).program
      await instance.program.prints(/Ready: /)
    },
    create({ endpoint }: Pick<Instance, 'endpoint'>): Promise<Response> {
      const headers = { origin, 'content-type': 'application/json' }
      return fetch(`${endpoint}/sessions`, { method: 'POST', headers, body: '{}' })
    },
    read({ endpoint }: Pick<Instance, 'endpoint'>, { session, token }: SessionGrant) {
      return fetch(`${endpoint}/sessions/${session.id}`, { headers: { 'verify-token': token } })
    },
    stream(
      { endpoint }: Pick<Instance, 'endpoint'>,
      { session, token }: SessionGrant,
      headers: Record<string, string> = {},
    ) {
      const init = { headers: { 'verify-token': token, ...headers } }
      return fetch(`${endpoint}/sessions/${session.id}/events`, init)
    },
    async stop() {
      await Promise.all(instances.map(({ program }) => program.kill('SIGKILL')))
      sandbox.close()
      await Promise.all(servers.map(close))
    },
  }
}
