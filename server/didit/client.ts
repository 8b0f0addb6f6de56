import { guarded } from '../log.ts'
import type { Log, Timers } from '../options.ts'
import type { Budget, Scope } from './budget.ts'
import * as checks from './checks.ts'
import { check, idOf } from './checks.ts'
import { isLocal } from './media.ts'
import { path } from './path.ts'
import { createSessions } from './sessions.ts'
import { type Call, createTransport, type Exchange } from './transport.ts'
import type * as didit from './types.ts'
import { createVerbs } from './verbs.ts'

export type { Budget, Scope } from './budget.ts'
export type { Download } from './download.ts'
export type { InputProblem, RateLimit } from './errors.ts'
export { DecisionPending, DiditError, DiditInputError, DiditUnreachable } from './errors.ts'
export type { Call, Exchange } from './transport.ts'
export type { WaitOptions } from './wait.ts'

export interface DiditOptions {
  /** The key of the application. Only `account` does without. */
  apiKey?: string
  /** Bearer token from `account.login()`, for `account.organizations()` and what is below it. */
  accessToken?: string
  /** Origin of the API, without `/v3`. Default `https://verification.didit.me`. */
  baseUrl?: string
  /**
   * Registration, with its path. Default `https://apx.didit.me/auth/v2`; with a `baseUrl` that is not
   * Didit's, such as a sandbox, `/auth/v2` there: a password is for nobody else.
   */
  authUrl?: string
  /** Default `globalThis.fetch`. */
  fetch?: typeof globalThis.fetch
  /** Milliseconds to wait for each answer. Default 10000. */
  timeout?: number
  /**
   * How often to repeat what is safe to repeat: reading, creating a session with `vendor_data`,
   * deleting after a 503. Default 2: with pauses of 5 and 10 seconds that outlasts a restart at
   * Didit and still ends while somebody is looking. 0 where answers must be quick.
   */
  retries?: number
  /**
   * Milliseconds that a call may spend on waiting, between repeats and for the budget, all in all.
   * Default 120000: two windows of Didit's rate limits. Longer waits are not begun; the error says
   * how long to stay away.
   */
  patience?: number
  /**
   * Requests per minute and scope that this client keeps below. Default: Didit's limits. `false`
   * leaves counting to Didit; `shareBudget(store)` counts for all processes together.
   */
  budget?: false | Budget | Partial<Record<Scope, number>>
  /** Milliseconds since 1970. Default `Date.now`. */
  now?(): number
  timers?: Timers
  /** Default `console`. Never told keys, tokens, addresses of sessions or persons' data. */
  log?: Log
  /** Told of every request that went out: for metrics. */
  observe?(exchange: Exchange): void
}

export type Didit = ReturnType<typeof createDidit>

/**
 * The client of Didit's API, one line per endpoint, names as on Didit's wire. Input that Didit is
 * certain to refuse, or to ignore silently, is not sent.
 *
 * @throws in a browser: the key would be everybody's.
 * @throws {DiditInputError} from every method, for input that cannot be right.
 * @throws {DiditError} from every method, when Didit refuses.
 * @throws {DiditUnreachable} from every method, when no answer came.
 */
export function createDidit(options: DiditOptions) {
  refuseBrowsers()
  const { apiKey, accessToken, retries = 2, patience = 120_000, budget = {} } = options
  const { fetch = globalThis.fetch, timeout = 10_000, now = Date.now } = options
  const timers = options.timers ?? (globalThis as unknown as Timers)
  const log = guarded(options.log ?? (console as Log))
  const base = withoutSlash(options.baseUrl ?? 'https://verification.didit.me')
  const auth = withoutSlash(options.authUrl ?? authOf(base))
  const addresses = { v3: `${base}/v3`, auth, system: base }
  const tools = { now, timers, log }
  const verbs = createVerbs(
    createTransport({
      apiKey,
      accessToken,
      addresses,
      fetch,
      timeout,
      retries,
      patience,
      budget,
      observe: options.observe ?? (() => {}),
      ...tools,
    }),
  )
  const { get, post, patch, remove } = verbs
  const onAuth = (call?: Call) => ({ ...call, api: 'auth' as const })
  const workflow = (id: string) => path`/workflows/${idOf('settings_uuid', id)}/`
  const destination = (id: string) => path`/webhook/destinations/${idOf('destination_uuid', id)}/`
  const delivery = (id: string, attempt: string) =>
    destination(id) + path`deliveries/${idOf('delivery_uuid', attempt)}/`
  const entries = (id: string) => path`/lists/${idOf('list_uuid', id)}/entries/`
  const organization = (id: string) =>
    path`/organizations/me/${idOf('organization_uuid', id)}/applications/`

  return {
    /** Whether Didit is this machine, as the sandbox is: only then may its pictures lie there. */
    local: isLocal(base),

    /** Getting an account and its keys. Needs no key; the last three need a Bearer token. */
    account: {
      /** Sends a code by e-mail. Five registrations per address and hour. */
      register: async (body: didit.Register, call?: Call) =>
        post<didit.Registered>(
          '/programmatic/register/',
          check(checks.REGISTER, body),
          onAuth(call),
        ),
      /** The key is `application.api_key` of the answer. */
      verifyEmail: async (body: didit.VerifyEmail, call?: Call) =>
        post<didit.VerifiedEmail>(
          '/programmatic/verify-email/',
          check(checks.VERIFY_EMAIL, body),
          onAuth(call),
        ),
      /** A new code; once a minute. */
      resendOtp: async (body: didit.ResendOtp, call?: Call) =>
        post<object>('/programmatic/resend-otp/', check(checks.RESEND_OTP, body), onAuth(call)),
      /** Locked for 15 minutes after five wrong passwords. */
      login: async (body: didit.Login, call?: Call) =>
        post<didit.Tokens>('/programmatic/login/', check(checks.LOGIN, body), onAuth(call)),
      organizations: async (call?: Call) =>
        get<didit.Organization[]>('/organizations/me/', undefined, onAuth(call)),
      applications: async (org: string, call?: Call) =>
        get<didit.Application[]>(organization(org), undefined, onAuth(call)),
      application: async (org: string, app: string, call?: Call) =>
        get<didit.Application>(
          organization(org) + path`${idOf('application_uuid', app)}/`,
          undefined,
          onAuth(call),
        ),
    },

    billing: {
      balance: async (call?: Call) => get<didit.Balance>('/billing/balance/', undefined, call),
      /** Where to pay; nothing is charged by the call. */
      topUp: async (body: didit.TopUp, call?: Call) =>
        post<didit.Checkout>('/billing/top-up/', check(checks.TOP_UP, body), call),
    },

    workflows: {
      /** One page of versions, newest first. */
      list: async (query: didit.Paging = {}, call?: Call) =>
        asPage(
          await get<didit.Page<didit.WorkflowRow> | didit.WorkflowRow[]>(
            '/workflows/',
            { limit: 50, ...check(checks.PAGING, query) },
            call,
          ),
        ),
      /** By the `uuid` of a version, as the next two. */
      get: async (id: string, call?: Call) => get<didit.Workflow>(workflow(id), undefined, call),
      /** Every call makes another one; 50 at most. Sessions want `workflow_id` of the answer. */
      create: async (body: didit.CreateWorkflow, call?: Call) =>
        post<didit.Workflow>('/workflows/', check(checks.CREATE_WORKFLOW, body), call),
      /** Without `status` in place; `status: 'published'` makes a version with a new `uuid`. */
      update: async (id: string, body: didit.UpdateWorkflow, call?: Call) =>
        patch<didit.Workflow>(workflow(id), check(checks.UPDATE_WORKFLOW, body), call),
      delete: async (id: string, call?: Call) => remove<null>(workflow(id), call),
    },

    sessions: createSessions(verbs, tools),

    /** The blocklist of the guides. A match declines the next session. */
    blocklist: {
      add: async (body: didit.BlocklistAdd, call?: Call) =>
        post<{ message: string }>('/blocklist/add/', check(checks.BLOCKLIST_CHANGE, body), call),
      remove: async (body: didit.BlocklistRemove, call?: Call) =>
        post<{ message: string }>('/blocklist/remove/', check(checks.BLOCKLIST_CHANGE, body), call),
      list: async (query: didit.ListBlocklist = {}, call?: Call) =>
        get<didit.Page<didit.BlocklistEntry>>(
          '/blocklist/',
          check(checks.LIST_BLOCKLIST, query),
          call,
        ),
    },

    /** What replaces the blocklist. Bodies go through as they are. */
    lists: {
      list: async (query: didit.ListBody = {}, call?: Call) =>
        get<didit.ListBody>('/lists/', query, call),
      create: async (body: didit.ListBody, call?: Call) =>
        post<didit.ListBody>('/lists/', body, call),
      entries: async (list: string, query: didit.ListBody = {}, call?: Call) =>
        get<didit.ListBody>(entries(list), query, call),
      /** `value`, or `reference_session_id`. */
      addEntry: async (list: string, body: didit.ListBody, call?: Call) =>
        post<didit.ListBody>(entries(list), body, call),
      /** `image` in base64, and `comment`. */
      uploadFace: async (list: string, body: didit.ListBody, call?: Call) =>
        post<didit.ListBody>(`${entries(list)}face-upload/`, body, call),
    },

    webhooks: {
      /** The old single configuration, as `update`. */
      get: async (call?: Call) => get<didit.WebhookSettings>('/webhook/', undefined, call),
      update: async (body: didit.UpdateWebhook, call?: Call) =>
        patch<didit.WebhookSettings>('/webhook/', check(checks.UPDATE_WEBHOOK, body), call),
      destinations: async (call?: Call) =>
        get<didit.DestinationRow[]>('/webhook/destinations/', undefined, call),
      /** With its secret. */
      destination: async (id: string, call?: Call) =>
        get<didit.Destination>(destination(id), undefined, call),
      /** Name `subscribed_events`: without them nothing is delivered. */
      createDestination: async (body: didit.CreateDestination, call?: Call) =>
        post<didit.Destination>(
          '/webhook/destinations/',
          check(checks.CREATE_DESTINATION, body),
          call,
        ),
      updateDestination: async (id: string, body: didit.UpdateDestination, call?: Call) =>
        patch<didit.Destination>(destination(id), check(checks.UPDATE_DESTINATION, body), call),
      deleteDestination: async (id: string, call?: Call) => remove<null>(destination(id), call),
      /** Each attempt is a row. */
      deliveries: async (id: string, query: didit.ListDeliveries = {}, call?: Call) =>
        get<didit.Page<didit.DeliveryRow>>(
          `${destination(id)}deliveries/`,
          check(checks.LIST_DELIVERIES, query),
          call,
        ),
      delivery: async (id: string, attempt: string, call?: Call) =>
        get<didit.Delivery>(delivery(id, attempt), undefined, call),
      /** Sends the stored payload once more, signed anew, to the address of that time. */
      resend: async (id: string, attempt: string, call?: Call) =>
        post<didit.DeliveryRow>(`${delivery(id, attempt)}resend/`, undefined, call),
    },

    /** Whether Didit is up. Needs no key and counts against no limit. */
    health: async (call?: Call) =>
      get<didit.Health>('/system/healthcheck', undefined, { ...call, api: 'system' }),
  }
}

/** Older Didits answer the list of workflows without an envelope. */
function asPage<Row>(answer: didit.Page<Row> | Row[]): didit.Page<Row> {
  if (!Array.isArray(answer)) return answer
  return { count: answer.length, next: null, previous: null, results: answer }
}

function authOf(base: string): string {
  const own = URL.canParse(base) && /(^|\.)didit\.me$/.test(new URL(base).hostname)
  return own ? 'https://apx.didit.me/auth/v2' : `${base}/auth/v2`
}

function refuseBrowsers(): void {
  if ('window' in globalThis && 'document' in globalThis) {
    throw new Error(
      'createDidit() holds your API key and refuses to run in a browser. Call it on the server.',
    )
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
