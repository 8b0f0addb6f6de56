import type { CreateRequest, Session } from './contract.ts'
import type { Didit } from './didit/client.ts'
import type { CreateSession } from './didit/types.ts'
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

/** How many sessions may be started, each counted in a fixed window. */
export interface Limits {
  /** Requests to start per client address and minute. Default 30. */
  address: number
  /** New sessions per subject and hour. Default 10. */
  subject: number
  /** New sessions of the whole app per hour: the ceiling of what can be billed. Default 1000. */
  app: number
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
  /** Keys of the tokens are derived from it. Default: made once and kept in the store. */
  secret?: string
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
  /** Adds to what Didit is told: contact, expected details, portrait, metadata. */
  buildSession?(
    body: CreateRequest,
    subject: string,
  ): Partial<CreateSession> | Promise<Partial<CreateSession>>
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
    allowedOrigins: options.allowedOrigins?.length ? options.allowedOrigins : [url.origin],
    allowAnonymous: options.allowAnonymous ?? !options.identify,
    limits: { address: 30, subject: 10, app: 1000, ...options.limits },
    trustedProxies: options.trustedProxies ?? 0,
    waitUntil: options.waitUntil ?? (() => {}),
    now: options.now ?? Date.now,
    timers: options.timers ?? (globalThis as unknown as Timers),
    log: options.log ?? (console as Log),
  }
}
