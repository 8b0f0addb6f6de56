// A Didit on this machine: its API, its hosted page, its webhooks, and controls for all of them.

import { Hono, type MiddlewareHandler } from 'hono'
import { type ApiOptions, apiRoutes, DEFAULT_WORKFLOW, notFoundPage } from './api.ts'
import { controlRoutes } from './control.ts'
import { buildDecision } from './decision.ts'
import { apiFault, type Faults, noFaults } from './faults.ts'
import { hostedRoutes } from './hosted.ts'
import { createLimiter } from './limits.ts'
import { createSessions, type SandboxSession } from './sessions.ts'
import { createWebhooks, type Destination, type Log, type Timers } from './webhooks.ts'

export { DEFAULT_WORKFLOW }

const APPLICATION = '22222222-3333-4444-8555-666666666666'
const WITH_DECISION = ['Approved', 'Declined', 'In Review', 'Abandoned']

export interface SandboxOptions {
  /** The sandbox's own origin, for example `http://127.0.0.1:4010`. Session URLs begin with it. */
  publicUrl: string
  /** Where webhooks go. Default: nowhere, until `PUT /_sandbox/webhook`. */
  webhook?: Destination
  /** Whether Didit's rate limits hold. Default true. */
  limits?: boolean
  /** Refuse what Didit refuses although it is handy here, such as loopback webhooks. Default false. */
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
  const faults = noFaults()
  const limiter = createLimiter(now)
  const webhooks = createWebhooks({
    // Looked up late, so that a test may replace the global.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    now,
    timers,
    log: options.log ?? (console as Log),
    faults,
    destination: options.webhook ?? null,
  })
  const sessions = createSessions({ now, onChange: (session) => webhooks.send(event(session)) })

  /** What Didit posts about a session, at the moment it happens. */
  function event(session: SandboxSession) {
    const { status } = session
    return {
      event_id: crypto.randomUUID(),
      webhook_type: 'status.updated',
      created_at: Math.floor(now() / 1000),
      application_id: APPLICATION,
      environment: 'sandbox',
      sandbox_scenario: session.scenario,
      session_id: session.id,
      status,
      workflow_id: session.workflowId,
      workflow_version: 1,
      vendor_data: session.vendorData,
      metadata: session.metadata,
      ...(WITH_DECISION.includes(status) && { decision: buildDecision(session, publicUrl, now()) }),
      ...(status === 'Resubmitted' && { resubmit_info: resubmitInfo(session) }),
    }
  }

  /** Forgets sessions, deliveries, faults and counts; webhooks go where they went at the start. */
  function reset() {
    sessions.clear()
    webhooks.clear()
    webhooks.setDestination(options.webhook ?? null)
    limiter.clear()
    Object.assign(faults, noFaults())
  }

  const api: ApiOptions = { publicUrl, now, sessions, limiter: limits ? limiter : null }
  const app = new Hono()
    .use('*', misbehave(faults, timers, random))
    .route('/', apiRoutes(api))
    .route('/', controlRoutes({ publicUrl, strict, sessions, webhooks, faults, reset }))
    .route('/', hostedRoutes({ sessions, faults }))
    .notFound(notFoundPage)

  return {
    app,
    reset,
    /** Resolves when no webhook is being sent; does not wait for retries and delays. */
    idle: webhooks.idle,
    /** Stops all timers; nothing is sent after it. */
    close() {
      webhooks.clear()
      webhooks.setDestination(null)
    },
  }
}

/** Plays the API's faults; the controls always work. */
function misbehave(faults: Faults, timers: Timers, random: () => number): MiddlewareHandler {
  return async (c, next) => {
    const control = c.req.path.startsWith('/_sandbox/')
    const fault = control ? undefined : apiFault(faults, c.req.method, c.req.path, random)
    const { status, delayMs = 0 } = fault ?? {}
    if (delayMs > 0) await new Promise<void>((resolve) => timers.setTimeout(resolve, delayMs))
    if (!status) return next()
    if (status === 429) {
      const detail = 'Request was throttled. Expected available in 30 seconds.'
      return c.json({ detail }, 429, { 'Retry-After': '30' })
    }
    // Servers that break do not answer in JSON.
    if (status >= 500) return c.newResponse('<h1>Server Error</h1>', status as 500, html)
    return c.newResponse('{"detail":"A fault of the sandbox."}', status as 400, json)
  }
}

const html = { 'Content-Type': 'text/html; charset=utf-8' }
const json = { 'Content-Type': 'application/json' }

function resubmitInfo(session: SandboxSession) {
  const reasons = session.resubmit.map(({ node_id }) => [node_id, 'Please take the selfie again.'])
  return { nodes_to_resubmit: session.resubmit, reasons: Object.fromEntries(reasons) }
}
