import { AsyncLocalStorage } from 'node:async_hooks'
import type { Server } from 'node:http'
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
import { openStore } from './store/index.ts'
import { startTracing } from './tracing.ts'

/** How long requests may go on after the process was asked to stop. */
const GRACE = 1_000

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
  const { baseUrl, apiKey, maxSessionsPerHour } = config
  const options: VerifyOptions = {
    ...config,
    // Somebody waits for each answer, and reconcile repeats what fails: neither repeats nor long
    // waits here.
    didit: createDidit({
      apiKey,
      baseUrl,
      fetch: tracing?.fetch,
      retries: 0,
      patience: 2_000,
      log,
      observe: observeDidit(metrics),
    }),
    store,
    metrics,
    limits: maxSessionsPerHour === undefined ? {} : { app: maxSessionsPerHour },
    log,
    within: (request, work) => context.run({ ...request, traceId: tracing?.traceId() }, work),
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
        const closed = Promise.all(servers.map(close))
        // Work that waits for Didit longer than this is in the store, and is done after the next start.
        await Promise.race([Promise.allSettled([stopBackground(), ...working]), sleep(GRACE)])
        await closed
        await store.close()
        // A collector that hangs must not keep the process.
        await Promise.race([tracing?.stop().catch(() => {}), sleep(GRACE)])
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
