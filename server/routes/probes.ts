import { Hono } from 'hono'
import { createGate } from '../gate.ts'
import { describeApi } from '../openapi.ts'
import type { Settings } from '../options.ts'
import { ProblemError } from '../problems.ts'
import type { Readiness } from '../schemas.ts'

/** How long an answer of Didit, or its silence, stands for others. */
const FRESH = 15_000
/** Longer than this nobody who asks for readiness waits. */
const PATIENCE = 3_000

type Part = Readiness['store']

/** What machines ask: whether it lives, whether it can work, how it does, and what it is. */
export function probeRoutes(settings: Settings) {
  const { store, didit, metrics, now, timers, log } = settings
  const operatorOf = createGate(settings.operators)
  const hasOperators = Object.keys(settings.operators).length > 0
  const description = JSON.stringify(describeApi(settings.publicUrl))
  let asked = { at: Number.NEGATIVE_INFINITY, upstream: Promise.resolve<Part>('ok') }

  /** How a part is: it says so itself, or does not answer in time. */
  async function stateOf(part: string, ask: (signal: AbortSignal) => Promise<unknown>) {
    const patience = new AbortController()
    const over = new Promise<never>((_, reject) => {
      patience.signal.addEventListener('abort', () => reject(patience.signal.reason))
    })
    const timer = timers.setTimeout(() => patience.abort(new Error('no answer')), PATIENCE)
    try {
      await Promise.race([ask(patience.signal), over])
      return 'ok'
    } catch (error) {
      log.warn({ part, error }, 'not ready')
      return 'down'
    } finally {
      timers.clearTimeout(timer)
    }
  }

  /** Of all who ask within 15 seconds one asks Didit. */
  function upstreamState(): Promise<Part> {
    if (now() - asked.at >= FRESH) {
      const upstream = stateOf('Didit', (signal) => didit.health({ signal, retries: 0 }))
      asked = { at: now(), upstream }
    }
    return asked.upstream
  }

  return (
    new Hono()
      .get('/health', (c) => c.json({ status: 'ok' }))
      .get('/openapi.json', (c) => {
        c.header('cache-control', 'public, max-age=300')
        return c.body(description, 200, { 'content-type': 'application/json' })
      })
      .on('GET', ['/ready', '/metrics'], async (c, next) => {
        if (!hasOperators) throw new ProblemError('not-found')
        await operatorOf(c)
        await next()
      })
      // Without Didit what is stored can still be read, and webhooks be taken: no reason to take an
      // instance out of service. Without its store it can do neither.
      .get('/ready', async (c) => {
        const asking = [stateOf('store', () => store.ping()), upstreamState()] as const
        const [stored, upstream] = await Promise.all(asking)
        const ready = stored === 'ok'
        const status = ready ? (upstream === 'ok' ? 'ready' : 'degraded') : 'unready'
        const readiness: Readiness = { status, store: stored, upstream }
        return c.json(readiness, ready ? 200 : 503)
      })
      .get('/metrics', async (c) => {
        if (!metrics.read) throw new ProblemError('not-found')
        await readBacklog()
        const { text, type } = await metrics.read()
        return c.body(text, 200, { 'content-type': type })
      })
  )

  /** The other figures are worth reading while the store is down. */
  async function readBacklog(): Promise<void> {
    try {
      for (const [queue, since] of Object.entries(await store.backlog())) {
        const age = since === null ? 0 : Math.max(0, now() - since) / 1000
        metrics.set('backlog_age_seconds', age, { queue })
      }
    } catch (error) {
      log.error({ error }, 'the backlog cannot be read')
    }
  }
}
