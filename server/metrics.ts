import type { Exchange } from './didit/transport.ts'

type Kind = 'counter' | 'gauge' | 'histogram'

/**
 * Every metric: its kind, what it tells, its labels. Values of labels come from closed lists and
 * from the configuration; none is an id, an address or a text that a visitor chose.
 */
export const METRICS = {
  http_requests_total: ['counter', 'Requests that were answered.', ['route', 'method', 'status']],
  http_request_seconds: ['histogram', 'Time until an answer began.', ['route', 'method']],
  sessions_started_total: [
    'counter',
    'Starts: a session was created, or an unfinished one handed back.',
    ['workflow', 'result'],
  ],
  session_outcomes_total: [
    'counter',
    'Changes of sessions, by the outcome that they have now; open is none yet.',
    ['outcome'],
  ],
  webhooks_total: ['counter', 'Webhooks, by what became of them.', ['verdict']],
  limited_total: ['counter', 'Requests that a limit refused.', ['limit']],
  didit_requests_total: [
    'counter',
    'Requests to Didit, by its answer: a status, timeout or unreachable.',
    ['endpoint', 'result'],
  ],
  didit_request_seconds: ['histogram', 'Time until Didit answered.', ['endpoint']],
  open_streams: ['gauge', 'Event streams that are open.', []],
  backlog_age_seconds: [
    'gauge',
    'Age of the oldest entry of a queue that is not worked off; 0 where there is none.',
    ['queue'],
  ],
} as const satisfies Record<string, readonly [Kind, string, readonly string[]]>

type Names<K extends Kind> = {
  [N in keyof typeof METRICS]: (typeof METRICS)[N][0] extends K ? N : never
}[keyof typeof METRICS]
type Labels<N extends keyof typeof METRICS> = Record<(typeof METRICS)[N][2][number], string>

/** What is counted, and where it can be read. */
export interface Metrics {
  /** One more. */
  count<N extends Names<'counter'>>(name: N, labels: Labels<N>): void
  /** How long something took. */
  time<N extends Names<'histogram'>>(name: N, seconds: number, labels: Labels<N>): void
  /** What it is now. */
  set<N extends Names<'gauge'>>(name: N, value: number, labels: Labels<N>): void
  /** Everything, as Prometheus reads it. Without it there is no `/metrics`. */
  read?(): Promise<{ text: string; type: string }>
}

export const NO_METRICS: Metrics = { count() {}, time() {}, set() {} }

/** Counts what a client asks of Didit: `createDidit({ observe: observeDidit(metrics) })`. */
export function observeDidit(metrics: Metrics) {
  return ({ endpoint, result, seconds }: Exchange): void => {
    metrics.count('didit_requests_total', { endpoint, result: String(result) })
    metrics.time('didit_request_seconds', seconds, { endpoint })
  }
}

/**
 * Metrics for Prometheus, each with `didit_verify_` before its name. Make one and give it to
 * everything that runs in this process.
 *
 * @param runtime whether to add those of the process itself: memory, event loop, garbage collection.
 */
export async function createMetrics({ runtime = false } = {}): Promise<Metrics> {
  // Node only, and loaded by who wants it.
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await import('prom-client')
  const registry = new Registry()
  const makers = { counter: Counter, gauge: Gauge, histogram: Histogram }
  const made = Object.entries(METRICS).map(([name, [kind, help, labelNames]]) => {
    const options = { name: `didit_verify_${name}`, help, labelNames: [...labelNames] }
    return [name, new makers[kind]({ ...options, registers: [registry] })] as const
  })
  const all = new Map<string, unknown>(made)
  if (runtime) collectDefaultMetrics({ register: registry })
  return {
    count: (name, labels) => (all.get(name) as InstanceType<typeof Counter>).inc(labels),
    time: (name, seconds, labels) =>
      (all.get(name) as InstanceType<typeof Histogram>).observe(labels, seconds),
    set: (name, value, labels) => (all.get(name) as InstanceType<typeof Gauge>).set(labels, value),
    read: async () => ({ text: await registry.metrics(), type: registry.contentType }),
  }
}
