import type { CreateRequest, Outcome, Session } from './contract.ts'
import type { Didit } from './didit/client.ts'
import type { CreateSession } from './didit/types.ts'
import type { Operators } from './gate.ts'
import { guarded } from './log.ts'
import { type Metrics, NO_METRICS } from './metrics.ts'
import { KEPT_SECRET } from './secret.ts'
import type { Store } from './store/index.ts'

export interface Log {
  info(data: object, message: string): void
  warn(data: object, message: string): void
  error(data: object, message: string): void
}

export interface Timers {
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}

/**
 * How many sessions may be started, each counted in a fixed window in the store, for all processes
 * together; and how many event streams one process keeps open.
 */
export interface Limits {
  /** Requests to start per client address and minute. Default 30. */
  address: number
  /** New sessions per subject and hour. Default 10. */
  subject: number
  /** New sessions of the whole app per hour: the ceiling of what can be billed. Default 1000. */
  app: number
  /** Open streams of one subject. Default 20. Beyond each of these three a browser asks instead. */
  subjectStreams: number
  /** Open streams of one client address. Default 200. */
  addressStreams: number
  /** Open streams of the process. Default 10000. */
  streams: number
}

const LIMITS: Limits = {
  address: 30,
  subject: 10,
  app: 1000,
  subjectStreams: 20,
  addressStreams: 200,
  streams: 10_000,
}

/** A change of a session, as `onStatus` is told of it. */
export interface StatusEvent {
  /** The same whenever this event is delivered; what to recognise a repetition by. */
  id: string
  sessionId: string
  subject: string
  /** The name of the workflow as configured. */
  workflow: string
  status: string
  /** The status before; null where the session has just become known. */
  previous: string | null
  outcome: Outcome | null
  settled: boolean
  /** 1 for a new session, one more for every change: no number is left out. */
  version: number
  /** What the page said when it started; a visitor may have written it. */
  untrustedReference: string | null
  /** When it was learnt, ISO 8601. */
  at: string
}

export interface VerifyOptions {
  /** External URL of the mounted app, path included. Never taken from a Host header. */
  publicUrl: string
  didit: Didit
  /** Name -> Didit's workflow id. `default` is the one used when the browser names none. */
  workflows: Readonly<Record<string, string>> & { default: string }
  store: Store
  /** Secrets of the webhook destination, several while rotating. None: `/webhooks` answers 503. */
  webhookSecrets?: readonly string[]
  /**
   * Keys of the tokens are derived from it; several while rotating: the first makes tokens, all of
   * them read them. `kept` stands for the default: one that is made once and kept in the store.
   */
  secret?: string | readonly string[]
  /** Days after which another key signs receipts; `Infinity` for never. Default 90. */
  receiptKeyDays?: number
  /** Exact origins of pages that may use this endpoint. Default: that of `publicUrl`. */
  allowedOrigins?: readonly string[]
  /**
   * Who is asking: a stable internal id (never an e-mail address), or `null` for nobody. It becomes
   * Didit's `vendor_data`.
   */
  identify?(request: Request): string | null | Promise<string | null>
  /** Whether somebody unknown may verify. Default: only where no `identify` is given. */
  allowAnonymous?: boolean
  /**
   * Whether somebody whose newest session of a workflow is approved verifies once more, as before a
   * sensitive act. Default: never; they are given that session, and are done at once.
   */
  again?(approved: Session): boolean | Promise<boolean>
  /** A captcha or invitation check before a session is started; `false` refuses. */
  challenge?(request: Request): boolean | Promise<boolean>
  limits?: Partial<Limits>
  /** How many proxies in front add to `X-Forwarded-For`. Default 0: the header is not believed. */
  trustedProxies?: number
  /**
   * Adds to what Didit is told: contact, expected details, portrait, metadata. `contact` and
   * `expected` of the page come here and reach Didit by nothing else; a visitor may have written
   * them, so take over what you trust, member by member. It is asked for every new session, and once
   * more where a visitor comes back to one that they have not opened: other contact or expected
   * details than before make a fresh one, so the same person must give the same.
   */
  buildSession?(
    body: CreateRequest,
    subject: string,
  ): Partial<CreateSession> | Promise<Partial<CreateSession>>
  /** Who may read `/ready` and `/metrics`, by bearer token. Nobody: they are not there. */
  operators?: Operators
  /** Where to count. Make one with `createMetrics()`. Without it there is no `/metrics`. */
  metrics?: Metrics
  /**
   * Runs the work of one request, for hosts that keep a context (`AsyncLocalStorage`) from which
   * their log takes the id.
   */
  within?<T>(context: { requestId: string }, work: () => Promise<T>): Promise<T>
  /**
   * Is told of every change of every session: at least once, those of one session in order, each
   * again with growing pauses for three days while it throws or takes longer than 30 seconds. What
   * is given up after that waits in the operator API to be replayed. Give it to every part that has
   * these options: a change is written down only where somebody wants to be told.
   */
  onStatus?(event: StatusEvent): unknown
  /**
   * Days after which settled sessions are deleted, with all that is kept of them, and the acts of
   * operators. Default: they are kept. Sessions that may still move are never deleted.
   */
  retentionDays?: number
  /** Aborted when the process is about to end: event streams end, and browsers come back elsewhere. */
  signal?: AbortSignal
  /** Is given what goes on after an answer, for runtimes that would stop it. */
  waitUntil?(work: Promise<unknown>): void
  /** Milliseconds since 1970. */
  now?(): number
  timers?: Timers
  log?: Log
}

export type Settings = ReturnType<typeof settle>

/** The options with every default in place. */
export function settle(options: VerifyOptions) {
  const url = new URL(options.publicUrl)
  return {
    ...options,
    publicUrl: url.href.replace(/\/$/, ''),
    webhookSecrets: options.webhookSecrets ?? [],
    secrets: secretsOf(options),
    receiptKeyDays: options.receiptKeyDays ?? 90,
    allowedOrigins: options.allowedOrigins?.length ? options.allowedOrigins : [url.origin],
    allowAnonymous: options.allowAnonymous ?? !options.identify,
    limits: { ...LIMITS, ...options.limits },
    trustedProxies: options.trustedProxies ?? 0,
    operators: options.operators ?? {},
    metrics: options.metrics ?? NO_METRICS,
    within: options.within ?? ((_context, work) => work()),
    waitUntil: options.waitUntil ?? (() => {}),
    now: options.now ?? Date.now,
    timers: options.timers ?? (globalThis as unknown as Timers),
    // Whoever has a log of their own can choose among its lines; a console would be flooded.
    logsRequests: options.log !== undefined,
    log: guarded(options.log ?? (console as Log)),
  }
}

function secretsOf({ secret = [] }: Pick<VerifyOptions, 'secret'>): readonly string[] {
  const given = [secret].flat().filter(Boolean)
  // Whoever guesses a short one makes tokens for everybody.
  if (given.some((text) => text.length < 32 && text !== KEPT_SECRET)) {
    throw new Error('A secret has fewer than 32 characters; use a longer random text.')
  }
  return given.length > 0 ? given : [KEPT_SECRET]
}
