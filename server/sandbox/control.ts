// The sandbox's own controls, for tests and people. Never on a path of Didit's.

import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { STATUSES, type Status, statusRow } from '../contract.ts'
import { sessionUrl } from './decision.ts'
import { type Faults, setFaults } from './faults.ts'
import type { SandboxSession, Sessions } from './sessions.ts'
import type { Webhooks } from './webhooks.ts'

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

const move = z.strictObject({
  status: z.enum(Object.keys(STATUSES) as [Status, ...Status[]]),
  force: z.boolean().optional(),
})
const destination = z.strictObject({
  url: z.httpUrl().or(z.url({ protocol: /^https?$/ })),
  secret: z.string().min(1),
})

export interface ControlOptions {
  publicUrl: string
  /** Refuse webhook destinations that Didit would refuse: not https, or on loopback. */
  strict: boolean
  sessions: Sessions
  webhooks: Webhooks
  faults: Faults
  reset(): void
}

export function controlRoutes(options: ControlOptions) {
  const { publicUrl, strict, sessions, webhooks, faults, reset } = options
  const app = new Hono().basePath('/_sandbox')
  app.use(ownPagesOnly(publicUrl))

  app.post('/reset', (c) => {
    reset()
    return c.body(null, 204)
  })

  app.get('/sessions', (c) => c.json(sessions.list().map((session) => row(session, publicUrl))))

  app.post('/sessions/:id/status', async (c) => {
    const session = sessions.byId(c.req.param('id'))
    if (!session) return c.json({ detail: 'There is no session of this id.' }, 404)
    const wanted = move.safeParse(await readJson(c))
    if (!wanted.success) return invalid(c, wanted.error)
    const { status, force = false } = wanted.data
    const from = session.status
    if (sessions.move(session, status, force)) return c.json(row(session, publicUrl))
    const { next } = statusRow(from)
    const legal = next.length > 0 ? next.join(', ') : 'nothing'
    const detail = `Didit never moves a session from ${from} to ${status}; after ${from} comes ${legal}. Send {"force": true} to do it all the same.`
    return c.json({ detail, status: from, next }, 409)
  })

  app.get('/webhook', (c) => c.json(webhooks.destination() ?? { url: null, secret: null }))

  app.put('/webhook', async (c) => {
    const json = await readJson(c)
    if (isObject(json) && Object.values(json).every((value) => value === null)) {
      webhooks.setDestination(null)
      return c.json({ url: null, secret: null })
    }
    const wanted = destination.safeParse(json)
    if (!wanted.success) return invalid(c, wanted.error)
    const { protocol, hostname } = new URL(wanted.data.url)
    if (strict && (protocol !== 'https:' || LOOPBACK.includes(hostname))) {
      return c.json({ detail: 'Didit takes https destinations on public hosts only.' }, 400)
    }
    webhooks.setDestination(wanted.data)
    return c.json(wanted.data)
  })

  app.get('/deliveries', (c) => c.json(webhooks.deliveries()))

  app.put('/faults', async (c) => {
    const json = await readJson(c)
    const problem = isObject(json) ? setFaults(faults, json) : 'Send a JSON object.'
    return problem ? c.json({ detail: problem }, 400) : c.json(faults)
  })

  return app.all('/*', (c) => c.json({ detail: 'There is no such control.' }, 404))
}

/**
 * Keeps other sites' pages away: the name in the address must be ours (a foreign name that resolves
 * to this machine is DNS rebinding), and so must the page that asks; what is sent must be JSON.
 */
function ownPagesOnly(publicUrl: string): MiddlewareHandler {
  const { host, port, protocol } = new URL(publicUrl)
  const hosts = [host, ...LOOPBACK.map((name) => (port ? `${name}:${port}` : name))]
  const origins = hosts.map((name) => `${protocol}//${name}`)

  return async (c, next) => {
    const site = c.req.header('sec-fetch-site') ?? 'none'
    const origin = c.req.header('origin')
    const name = c.req.header('host') ?? new URL(c.req.url).host
    if (!hosts.includes(name.toLowerCase())) {
      return c.json({ detail: `This host is not the sandbox's; ask ${host}.` }, 403)
    }
    if (!['none', 'same-origin'].includes(site) || (origin && !origins.includes(origin))) {
      return c.json({ detail: 'Pages of other sites cannot use the controls.' }, 403)
    }
    const type = c.req.header('content-type')
    // `POST /reset` may come without a body, and then without a type.
    if (
      type ? !/^application\/json\s*(;|$)/i.test(type) : (await c.req.raw.clone().text()) !== ''
    ) {
      return c.json({ detail: 'Send JSON, with Content-Type: application/json.' }, 415)
    }
    await next()
  }
}

function row(session: SandboxSession, publicUrl: string) {
  return {
    session_id: session.id,
    session_number: session.number,
    status: session.status,
    vendor_data: session.vendorData,
    url: sessionUrl(session, publicUrl),
    created_at: new Date(session.createdAt).toISOString(),
    expires_at: new Date(session.expiresAt).toISOString(),
  }
}

function readJson(c: Context): Promise<unknown> {
  return c.req.json().catch(() => undefined)
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function invalid(c: Context, error: z.ZodError) {
  const problems = error.issues.map(({ path, message }) => [...path, message].join(': '))
  return c.json({ detail: problems.join('; ') }, 400)
}
