// The sandbox's own controls, for tests and people. Never on a path of Didit's.

import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { STATUSES, type Status, statusRow } from '../contract.ts'
import { APPLICATION } from './accounts.ts'
import { sessionUrl } from './decision.ts'
import { setFaults } from './faults.ts'
import type { SandboxSession } from './session.ts'
import { setSettings } from './settings.ts'
import type { State } from './state.ts'
import { isPublic } from './webhooks-api.ts'

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

const move = z.strictObject({
  status: z.enum(Object.keys(STATUSES) as [Status, ...Status[]]),
  force: z.boolean().optional(),
})
const destination = z.strictObject({
  url: z.httpUrl().or(z.url({ protocol: /^https?$/ })),
  secret: z.string().min(1),
})

/** @param reset puts everything back to how it was at the start */
export function controlRoutes(state: State, reset: () => void) {
  const { publicUrl, strict, sessions, webhooks, faults } = state
  const app = new Hono().basePath('/_sandbox')
  app.use(ownPagesOnly(publicUrl))

  app.post('/reset', (c) => {
    reset()
    return c.body(null, 204)
  })

  app.get('/sessions', (c) => c.json(sessions.list().map((session) => row(session, state))))

  app.post('/sessions/:id/status', async (c) => {
    const session = sessions.byId(c.req.param('id'))
    if (!session) return c.json({ detail: 'There is no session of this id.' }, 404)
    const wanted = move.safeParse(await readJson(c))
    if (!wanted.success) return invalid(c, wanted.error)
    const { status, force = false } = wanted.data
    const from = session.status
    if (sessions.move(session, status, force)) return c.json(row(session, state))
    const person = session.workflow.kind === 'user'
    const next = statusRow(from).next.filter((each) => !person || each !== 'Awaiting User')
    const legal = next.length > 0 ? next.join(', ') : 'nothing'
    const detail = `Didit never moves a session from ${from} to ${status}; after ${from} comes ${legal}. Send {"force": true} to do it all the same.`
    return c.json({ detail, status: from, next }, 409)
  })

  /** Where the webhooks of the main application go, in the words of the older API. */
  const configuration = () => state.destinations.configuration(APPLICATION)

  app.get('/webhook', (c) => {
    const { url, secret } = configuration()
    return c.json(url === null ? { url, secret: null } : { url, secret })
  })

  app.put('/webhook', async (c) => {
    const json = await readJson(c)
    if (isObject(json) && Object.values(json).every((value) => value === null)) {
      configuration().url = null
      return c.json({ url: null, secret: null })
    }
    const wanted = destination.safeParse(json)
    if (!wanted.success) return invalid(c, wanted.error)
    if (strict && !isPublic(wanted.data.url)) {
      return c.json({ detail: 'Didit takes https destinations on public hosts only.' }, 400)
    }
    Object.assign(configuration(), wanted.data)
    return c.json(wanted.data)
  })

  // What would have been sent by e-mail: the codes of registrations, news of decisions.
  app.get('/mails', (c) => c.json(state.mails))

  app.get('/settings', (c) => c.json(state.settings))

  app.put('/settings', async (c) => {
    const found = setSettings(state.settings, await readJson(c))
    if ('problem' in found) return c.json({ detail: found.problem }, 400)
    const { organization } = state.accounts.ofKey(c.req.header('x-api-key') ?? 'key')
    if (found.balance !== undefined) organization.balance = Math.round(found.balance * 10_000)
    return c.json({ ...state.settings, balance: organization.balance / 10_000 })
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

function row(session: SandboxSession, { publicUrl, sessions }: State) {
  const { maxRetries } = session.workflow
  const spent = maxRetries === null ? 0 : sessions.declines(session)
  const retriesLeft = maxRetries === null ? null : Math.max(0, maxRetries + 1 - spent)
  return {
    session_id: session.id,
    session_number: session.number,
    status: session.status,
    vendor_data: session.vendorData,
    url: sessionUrl(session, publicUrl),
    created_at: new Date(session.createdAt).toISOString(),
    expires_at: new Date(session.expiresAt).toISOString(),
    retries_left: retriesLeft,
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
