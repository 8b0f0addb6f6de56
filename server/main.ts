import type { Server, ServerResponse } from 'node:http'
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
import { shareBudget } from './shared-budget.ts'
import { openStore } from './store/index.ts'

/** How long requests may go on after the process was asked to stop: as long as Didit may take. */
const REQUESTS = 10_000
/** The same for what goes on after an answer. What is not done by then is done by whoever comes next. */
const WORK = 1_000

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
  const leaving = new AbortController()
  const { baseUrl, apiKey, maxSessionsPerHour } = config
  const budget = shareBudget(store, { log })
  const options: VerifyOptions = {
    ...config,
    // Somebody waits for each answer, and reconcile repeats what fails: neither repeats nor long
    // waits here.
    didit: createDidit({ apiKey, baseUrl, retries: 0, patience: 2_000, budget, log }),
    store,
    limits: maxSessionsPerHour === undefined ? {} : { app: maxSessionsPerHour },
    log,
    signal: leaving.signal,
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
        // Streams end, so that their browsers go elsewhere; requests under way are answered.
        leaving.abort()
        const closed = Promise.all(servers.map(close))
        await Promise.all([closed, Promise.race([stopBackground(), sleep(WORK)])])
        await Promise.race([Promise.allSettled(working), sleep(WORK)])
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
    underWay(server)
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

/** Takes no more connections, and ends those that are there as soon as no request is under way. */
export function close(server: Server): Promise<void> {
  const open = underWay(server)
  const last = (response: ServerResponse) => {
    response.shouldKeepAlive = false
  }
  for (const response of open) last(response)
  server.prependListener('request', (_, response: ServerResponse) => last(response))
  return new Promise((resolve) => {
    const end = Date.now() + REQUESTS
    const check = setInterval(() => {
      // A connection that a browser opened in advance would never count as idle.
      if (open.size === 0 || Date.now() >= end) server.closeAllConnections()
    }, 20)
    server.close(() => {
      clearInterval(check)
      resolve()
    })
  })
}

const requests = new WeakMap<Server, Set<ServerResponse>>()

/** The answers that a server has not finished. */
function underWay(server: Server): Set<ServerResponse> {
  const known = requests.get(server)
  if (known) return known
  const open = new Set<ServerResponse>()
  requests.set(server, open)
  server.on('request', (_, response: ServerResponse) => {
    open.add(response)
    response.once('close', () => open.delete(response))
  })
  return open
}
