import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import pino from 'pino'
import { createVerifyApp } from './app.ts'
import type { Config } from './config.ts'
import { createDidit } from './didit/client.ts'
import { createOperatorApp } from './operator.ts'
import type { Log, VerifyOptions } from './options.ts'
import { ProblemError, renderProblem } from './problems.ts'
import { startBackground } from './reconcile.ts'
import { openStore } from './store/index.ts'

/** How long requests may go on after the process was asked to stop. */
const GRACE = 1_000

export interface Running {
  port: number
  /** Ends streams, lets requests and background work finish, closes the store. */
  stop(): Promise<void>
}

/**
 * Runs the BFF as a process: `/api/verify`, and `/api/operator` where there are operators, on
 * `config.port`. With a public URL it listens on every
 * interface, else on both loopback families.
 *
 * @param pages answers everything outside `/api/verify`; the demo's pages.
 * @throws when the database or the port is in use.
 */
export async function startServer(
  config: Config,
  { log = createLog(config), pages }: { log?: Log; pages?: Hono } = {},
): Promise<Running> {
  const store = await openStore(config.databaseUrl)
  const working = new Set<Promise<unknown>>()
  const { baseUrl, apiKey, maxSessionsPerHour } = config
  const options: VerifyOptions = {
    ...config,
    // Somebody waits for each answer, and reconcile repeats what fails: neither repeats nor long
    // waits here.
    didit: createDidit({ apiKey, baseUrl, retries: 0, patience: 2_000, log }),
    store,
    limits: maxSessionsPerHour === undefined ? {} : { app: maxSessionsPerHour },
    log,
    waitUntil(work) {
      working.add(work)
      void work.finally(() => working.delete(work))
    },
  }
  if (config.webhookSecrets.length === 0) {
    log.warn({}, 'DIDIT_WEBHOOK_SECRET is not set: webhooks are refused, Didit is asked instead')
  }

  const app = new Hono().route('/api/verify', createVerifyApp(options))
  if (Object.keys(config.operators).length > 0) {
    app.route('/api/operator', createOperatorApp({ ...options, operators: config.operators }))
  }
  if (pages) app.route('/', pages)
  app.notFound(() => renderProblem(new ProblemError('not-found')))
  const servers: Server[] = []
  try {
    const port = await listen(servers, app, config.port, config.isPublic ? '0.0.0.0' : '127.0.0.1')
    // `localhost` may mean either family; where there is no IPv6 the first one serves.
    await listen(servers, app, port, config.isPublic ? '::' : '::1').catch(() => {})
    const stopBackground = startBackground(options)
    return {
      port,
      async stop() {
        const closed = Promise.all(servers.map(close))
        // Work that waits for Didit longer than this is in the store, and is done after the next start.
        await Promise.race([Promise.allSettled([stopBackground(), ...working]), sleep(GRACE)])
        await closed
        await store.close()
      },
    }
  } catch (error) {
    await Promise.all(servers.map(close))
    await store.close()
    throw error
  }
}

/** Lines of JSON on standard output. */
export function createLog({ logLevel }: Pick<Config, 'logLevel'>): Log {
  return pino({ level: logLevel, base: undefined })
}

/** Stops once when the process is asked to. A second signal ends it at once. */
export function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().then(() => process.exit(0)))
  }
}

/** Listens on one address. @returns the port, which the system chooses when given 0. */
export function listen(
  servers: Server[],
  app: { fetch: Hono['fetch'] },
  port: number,
  hostname: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createAdaptorServer({ fetch: app.fetch }) as Server
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      const message = `Port ${port} is in use. Stop what uses it, or choose another port.`
      reject(taken ? new Error(message, { cause: error }) : error)
    })
    server.listen({ port, host: hostname, ipv6Only: true }, () => {
      servers.push(server)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // Event streams would keep it open; their browsers come back with the next one.
    setTimeout(() => server.closeAllConnections(), GRACE).unref()
  })
}
