// One call of the API: who asks, and for what. And the way to refuse it.

import type { Context } from 'hono'
import type { z } from 'zod'
import type { Application } from './accounts.ts'
import { fieldErrors } from './fields.ts'
import { knows, type Scope, sees } from './scopes.ts'
import type { SandboxSession } from './session.ts'
import type { State } from './state.ts'
import type { Workflow } from './workflows.ts'

export const FORBIDDEN = 'You do not have permission to perform this action.'
export const NO_CREDENTIALS = 'Authentication credentials were not provided or are invalid.'

/** Thrown anywhere, rendered once: the answer is its body, as it stands. */
export class Refusal extends Error {
  override readonly name = 'Refusal' as const
  readonly status: number
  readonly body: unknown
  readonly headers: Record<string, string>

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(`Refused with ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** What an operation is given. */
export interface Call {
  c: Context
  state: State
  /** Who asks; of a route that needs no key, the application that any key belongs to. */
  application: Application
  key: string
  /** What the key may do. */
  scope: Scope
}

export function notFound(detail = 'Not found.'): Refusal {
  return new Refusal(404, { detail })
}

/** Waiting helps. */
export function throttled(seconds: number, detail?: string): Refusal {
  const wait = Math.max(1, Math.ceil(seconds))
  return new Refusal(
    429,
    { detail: detail ?? `Request was throttled. Expected available in ${wait} seconds.` },
    { 'Retry-After': String(wait) },
  )
}

/** An id of the path; the table of routes has made sure that it looks like one. */
export function idOf({ c }: Call, name: string): string {
  return (c.req.param(name) ?? '').toLowerCase()
}

/** The session of the path, if the caller owns it. */
export function sessionOf(call: Call, detail?: string): SandboxSession {
  const session = call.state.sessions.byId(idOf(call, 'session'))
  if (!session || !owns(call, session)) throw notFound(detail)
  return session
}

/** Whether a session is the caller's, and one that the key may see. */
export function owns({ application, scope }: Call, session: SandboxSession): boolean {
  return session.application === application.id && sees(scope, session)
}

/** A workflow that new sessions can be made of, if the key may see its sessions. */
export function workflowFor({ state, application, scope }: Call, id: string): Workflow | undefined {
  const found = state.workflows.published(application.id, id)
  return found && knows(scope, found) ? found : undefined
}

/** The JSON of a call, or Didit's refusal of what is none. */
export async function jsonOf({ c }: Pick<Call, 'c'>): Promise<unknown> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(415, { detail: `Unsupported media type "${type}" in request.` })
  }
  const json = await c.req.json<unknown>().catch(() => undefined)
  if (json === undefined) throw new Refusal(400, { detail: 'JSON parse error' })
  return json
}

/** The fields of a call, checked. */
export async function fieldsOf<T extends z.ZodType>(
  call: Pick<Call, 'c'>,
  schema: T,
): Promise<z.infer<T>> {
  return checked(schema, await jsonOf(call))
}

export function checked<T extends z.ZodType>(schema: T, json: unknown): z.infer<T> {
  const parsed = schema.safeParse(json)
  if (!parsed.success) throw new Refusal(400, fieldErrors(parsed.error))
  return parsed.data
}

export function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** The usual envelope: a page of rows, with the addresses of its neighbours. */
export function pageOf<T>(call: Call, rows: readonly T[], usual = 50) {
  const { c, state } = call
  const url = new URL(c.req.url)
  // The older form counts pages; today's wins where both are there.
  const size = whole(c.req.query('page_size'))
  const page = whole(c.req.query('page'))
  const older = !state.strict && !url.searchParams.has('limit') && !url.searchParams.has('offset')
  const paged = older && (size !== undefined || page !== undefined)
  const limit = (paged ? size : whole(c.req.query('limit'))) || usual
  const offset = paged ? ((page || 1) - 1) * limit : (whole(c.req.query('offset')) ?? 0)

  const at = (from: number) => {
    const next = new URL(url.pathname + url.search, state.publicUrl)
    if (paged) {
      next.searchParams.set('page', String(from / limit + 1))
    } else {
      next.searchParams.set('limit', String(limit))
      next.searchParams.set('offset', String(from))
    }
    return next.href
  }
  return {
    count: rows.length,
    next: offset + limit < rows.length ? at(offset + limit) : null,
    previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
    results: rows.slice(offset, offset + limit),
  }
}

function whole(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined
}
