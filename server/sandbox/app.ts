// A Didit on this machine: its API, its hosted page, its webhooks, and controls for all of them.

import { Hono, type MiddlewareHandler } from 'hono'
import { apiRoutes, notFoundPage } from './api.ts'
import { controlRoutes } from './control.ts'
import { buildDecision } from './decision.ts'
import { apiFault, type Faults } from './faults.ts'
import { hostedRoutes } from './hosted.ts'
import { named } from './review.ts'
import type { SandboxSession } from './session.ts'
import { around } from './sessions-api.ts'
import { createState } from './state.ts'
import type { Log, Timers } from './webhooks.ts'

export { APPLICATION, OTP, PARTNER } from './accounts.ts'
export { BIOMETRIC_WORKFLOW, DEFAULT_WORKFLOW, GUIDE_WORKFLOW } from './workflows.ts'

const WITH_DECISION = ['Approved', 'Declined', 'In Review', 'Abandoned']

export interface SandboxOptions {
  /** The sandbox's own origin, for example `http://127.0.0.1:4010`. Session URLs begin with it. */
  publicUrl: string
  /** Where webhooks go. Default: nowhere, until `PUT /_sandbox/webhook`. */
  webhook?: { url: string; secret: string }
  /** Whether Didit's rate limits, cooldowns and quotas hold. Default true. */
  limits?: boolean
  /**
   * Refuse what Didit refuses although it is handy here: the older forms of requests, webhooks to
   * this machine, accounts at example.com. Default false.
   */
  strict?: boolean
  /** Sends the webhooks. Default `globalThis.fetch`. */
  fetch?: typeof globalThis.fetch
  /** Milliseconds since 1970. Default `Date.now`. */
  now?(): number
  timers?: Timers
  /** From 0 to 1, for faults that happen at a rate. Default `Math.random`. */
  random?(): number
  log?: Log
}

export type Sandbox = ReturnType<typeof createSandbox>

/** Makes a sandbox with no sessions; several in one process know nothing of each other. */
export function createSandbox(options: SandboxOptions) {
  const publicUrl = new URL(options.publicUrl).origin
  const { strict = false, limits = true, random = Math.random, now = Date.now } = options
  const timers = options.timers ?? (globalThis as unknown as Timers)
  const state = createState({
    publicUrl,
    strict,
    limits,
    now,
    timers,
    // Looked up late, so that a test may replace the global.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    log: options.log ?? (console as Log),
    webhook: options.webhook ?? null,
    onChange: (session) => tell(session, 'status.updated'),
    onEdit(session, changes) {
      tell(session, 'data.updated', { changed_fields: Object.keys(changes), changes })
    },
  })
  const { sessions, webhooks, faults, reset } = state

  function tell(session: SandboxSession, type: 'status.updated' | 'data.updated', more = {}) {
    const targets = state.destinations.targets(session.application, type)
    if (targets.length > 0) state.webhooks.send({ ...event(session, type), ...more }, targets)
  }

  /** What Didit posts about a session, at the moment it happens. */
  function event(session: SandboxSession, webhook_type: 'status.updated' | 'data.updated') {
    const { status } = session
    return {
      event_id: crypto.randomUUID(),
      webhook_type,
      created_at: Math.floor(now() / 1000),
      application_id: session.application,
      environment: 'sandbox',
      sandbox_scenario: session.scenario,
      session_id: session.id,
      status,
      workflow_id: session.workflow.workflowId,
      workflow_version: session.workflow.version,
      vendor_data: session.vendorData,
      metadata: session.metadata,
      ...(session.workflow.kind === 'business' && {
        business_session_id: session.id,
        session_kind: 'business',
        vendor_business_id: session.vendorData,
      }),
      ...(WITH_DECISION.includes(status) && { decision: buildDecision(session, around(state)) }),
      ...(status === 'Resubmitted' && { resubmit_info: resubmitInfo(session) }),
    }
  }

  const app = new Hono()
    .use('*', misbehave(faults, timers, random))
    .route('/', apiRoutes(state))
    .route('/', controlRoutes(state, reset))
    .route('/', hostedRoutes({ sessions, faults }))
    .notFound(notFoundPage)

  return {
    app,
    /** Puts everything back to how it was at the start. */
    reset,
    /** Resolves when no webhook is being sent; does not wait for retries and delays. */
    idle: webhooks.idle,
    /** Stops all timers; nothing is sent after it. */
    close() {
      webhooks.clear()
      webhooks.stop()
    },
  }
}

/** Plays the API's faults; the controls always work. */
function misbehave(faults: Faults, timers: Timers, random: () => number): MiddlewareHandler {
  return async (c, next) => {
    const control = c.req.path.startsWith('/_sandbox/')
    const fault = control ? undefined : apiFault(faults, c.req.method, c.req.path, random)
    const { status, delayMs = 0, retryAfter = 30 } = fault ?? {}
    if (delayMs > 0) await new Promise<void>((resolve) => timers.setTimeout(resolve, delayMs))
    if (!status) return next()
    if (status === 429) {
      const detail = `Request was throttled. Expected available in ${retryAfter} seconds.`
      return c.json({ detail }, 429, { 'Retry-After': String(retryAfter) })
    }
    // Servers that break do not answer in JSON.
    if (status >= 500) return c.newResponse('<h1>Server Error</h1>', status as 500, html)
    return c.newResponse('{"detail":"A fault of the sandbox."}', status as 400, json)
  }
}

const html = { 'Content-Type': 'text/html; charset=utf-8' }
const json = { 'Content-Type': 'application/json' }

function resubmitInfo(session: SandboxSession) {
  return { nodes_to_resubmit: session.resubmit.map(named), reasons: session.reasons }
}
