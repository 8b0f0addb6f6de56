import { AsyncLocalStorage } from 'node:async_hooks'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import pino from 'pino'
import { createVerifyApp } from './app.ts'
import type { Config } from './config.ts'
import { createDidit } from './didit/client.ts'
import { guarded } from './log.ts'
import { createMetrics, observeDidit } from './metrics.ts'
import { createOperatorApp } from './operator.ts'
import type { Log, VerifyOptions } from './options.ts'
import { ProblemError, renderProblem } from './problems.ts'
import { startBackground } from './reconcile.ts'
import { shareBudget } from './shared-budget.ts'
import { openStore } from './store/index.ts'
import { startTracing } from './tracing.ts'

/** How long requests may go on after the process was asked to stop: as long as Didit may take. */
const REQUESTS = 10_000
/** The same for what goes on after an answer. What is not done by then is done by whoever comes next. */
const WORK = 1_000

/** How long a client may take, in milliseconds. */
export interface Timeouts {
  /** To send its headers. */
  headers: number
  /** To send the whole request. An answer may last as long as it likes. */
  request: number
  /** In which nothing moves on its connection; streams say something every 15 seconds. */
  idle: number
  /** Between two looks for those who are too slow. */
  check: number
}

const TIMEOUTS: Timeouts = { headers: 10_000, request: 30_000, idle: 60_000, check: 5_000 }

/** What belongs to the request in whose course a line is written. */
const context = new AsyncLocalStorage<{ requestId: string; traceId?: string }>()

export interface ServerOptions
  // What no variable can say.
  extends Pick<VerifyOptions, 'identify' | 'allowAnonymous' | 'challenge' | 'buildSession'> {
  log?: Log
  /** Answers everything outside `/api/verify`; the demo's pages. */
  pages?: Hono
  timeouts?: Timeouts
}

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
 * @throws when the database or the port is in use.
 */
export async function startServer(
  config: Config,
  { log = createLog(config), pages, timeouts = TIMEOUTS, ...further }: ServerOptions = {},
): Promise<Running> {
  const metrics = await createMetrics({ runtime: true })
  const tracing = config.otlpEndpoint ? await startTracing(config.otlpEndpoint) : undefined
  const store = await openStore(config.databaseUrl)
  const working = new Set<Promise<unknown>>()
  const leaving = new AbortController()
  const { baseUrl, apiKey, maxSessionsPerHour } = config
  const budget = shareBudget(store, { log })
  const options: VerifyOptions = {
    ...config,
    // Somebody waits for each answer, and reconcile repeats what fails: neither repeats nor long
    // waits here.
    didit: createDidit({
      apiKey,
      baseUrl,
      authUrl: config.authUrl,
      fetch: tracing?.fetch,
      retries: 0,
      patience: 2_000,
      budget,
      log,
      observe: observeDidit(metrics),
    }),
    store,
    metrics,
    limits: maxSessionsPerHour === undefined ? {} : { app: maxSessionsPerHour },
    log,
    within: (request, work) => context.run({ ...request, traceId: tracing?.traceId() }, work),
    signal: leaving.signal,
    waitUntil(work) {
      working.add(work)
      void work.finally(() => working.delete(work))
    },
    ...further,
  }
  if (config.webhookSecrets.length === 0) {
    log.warn({}, 'DIDIT_WEBHOOK_SECRET is not set: webhooks are refused, Didit is asked instead')
  }

  const app = new Hono()
  if (tracing) app.use(tracing.trace)
  app.route('/api/verify', createVerifyApp(options))
  if (Object.keys(config.operators).length > 0) {
    app.route('/api/operator', createOperatorApp({ ...options, operators: config.operators }))
  }
  if (pages) app.route('/', pages)
  app.notFound(() => renderProblem(new ProblemError('not-found')))
  app.onError((error) => {
    guarded(log).error({ error }, 'request failed')
    return renderProblem(error)
  })
  const servers: Server[] = []
  try {
    const [v4, v6] = config.isPublic ? ['0.0.0.0', '::'] : ['127.0.0.1', '::1']
    const port = await listen(servers, app, config.port, v4, timeouts)
    // `localhost` may mean either family; where there is no IPv6 the first one serves.
    await listen(servers, app, port, v6, timeouts).catch(() => {})
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
        // A collector that hangs must not keep the process.
        await Promise.race([tracing?.stop().catch(() => {}), sleep(WORK)])
      },
    }
  } catch (error) {
    await Promise.all(servers.map(close))
    await store.close()
    throw error
  }
}

/** Lines of JSON on standard output, each with the id of the request in whose course it is written. */
export function createLog({ logLevel }: Pick<Config, 'logLevel'>): Log {
  return pino({
    level: logLevel,
    base: undefined,
    mixin: () => ({ ...context.getStore() }),
  })
}

/**
 * For a process of our own: what libraries write to the console, and what ends the process, goes
 * the way of all lines. As they are they could quote an answer of Didit.
 */
export function captureFailures(log: Log): void {
  const safe = guarded(log)
  const to = (level: keyof Log) => (said: unknown) =>
    safe[level](
      said instanceof Error ? { error: said } : {},
      typeof said === 'string' ? said : 'console',
    )
  Object.assign(console, { error: to('error'), warn: to('warn'), info: to('info') })
  process.once('uncaughtException', (error) => {
    safe.error({ error }, 'crashed')
    process.exit(1)
  })
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
  { headers, request, idle, check } = TIMEOUTS,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createAdaptorServer({
      fetch: app.fetch,
      serverOptions: {
        headersTimeout: headers,
        requestTimeout: request,
        connectionsCheckingInterval: check,
        // Whatever Node was started with: what two servers could read differently is refused.
        insecureHTTPParser: false,
      },
    }) as Server
    server.setTimeout(idle)
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
