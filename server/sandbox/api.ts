// Serves the table of routes: limits, keys and refusals are the same for all of them.

import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type Call, FORBIDDEN, idOf, NO_CREDENTIALS, notFound, Refusal } from './call.ts'
import { UUID } from './fields.ts'
import { ROUTES, type Route, TEXTS } from './routes.ts'
import { allows, EVERYTHING, isFrom, readKey, sees } from './scopes.ts'
import type { State } from './state.ts'

const EXPIRED = 'This API key has expired.'

/** Keys that do not just work, by how they begin. */
const KEYS = [
  ['invalid', 401, NO_CREDENTIALS],
  ['expired', 401, EXPIRED],
  ['scoped', 403, FORBIDDEN],
] as const

export function apiRoutes(state: State) {
  const app = new Hono()
  const routes = ROUTES.filter(({ older }) => !older || !state.strict)
  for (const route of routes) {
    app.on(route.method, route.path, (c) => answer(state, route, c))
  }
  for (const path of new Set(routes.map((each) => each.path))) {
    const bare = path.replace(/\/$/, '')
    const methods = routes.filter((each) => each.path === path).map(({ method }) => method)
    if (bare !== path && methods.includes('GET')) app.get(bare, withSlash)
    if (path.startsWith('/v3/') || path.startsWith('/auth/')) app.all(path, wrongMethod)
  }
  return app
    .all('/v3/*', notFoundPage)
    .all('/auth/*', notFoundPage)
    .onError((error, c) => {
      if (error instanceof Refusal) return refused(c, error)
      state.log.error({ error }, 'the sandbox broke')
      return refused(c, new Refusal(500, undefined))
    })
}

async function answer(state: State, route: Route, c: Context): Promise<Response> {
  const names = route.path.match(/(?<=:)\w+/g) ?? []
  const ids = names.filter((name) => !TEXTS.includes(name))
  if (ids.some((name) => !UUID.test(c.req.param(name) ?? ''))) return notFoundPage(c)
  limit(state, route, c)
  return route.run(admit(state, route, c))
}

/** Who asks, or a refusal. */
function admit(state: State, { caller, needs }: Route, c: Context): Call {
  const { key, scope, problem } = readKey(c.req.header('x-api-key') ?? '')
  const call = (application: Call['application']): Call => ({ c, state, application, key, scope })
  const nobody = call(state.accounts.ofKey(''))
  if (caller === 'anyone') return nobody
  const session = caller === 'key-late' ? state.sessions.byId(idOf(nobody, 'session')) : undefined
  if (caller === 'key-late' && !session) throw notFound()
  if (!key && caller === 'key-401') throw new Refusal(401, { detail: NO_CREDENTIALS })
  if (!key) throw new Refusal(403, { detail: FORBIDDEN })
  const named = scope !== EVERYTHING
  const [, status, detail] = KEYS.find(([prefix]) => key.startsWith(prefix)) ?? []
  // A key that begins with `scoped` may do nothing, until it names something.
  if (status && !(named && status === 403)) throw new Refusal(status, { detail })
  if (problem) throw new Refusal(401, { detail: problem })
  if (state.now() >= scope.until) throw new Refusal(401, { detail: EXPIRED })
  const allowed = needs.every((need) => allows(scope, need)) && isFrom(scope, c)
  if (!allowed) throw new Refusal(403, { detail: FORBIDDEN })
  const own = call(state.accounts.ofKey(key))
  // The session is there, but somebody else's.
  if (session && session.application !== own.application.id) {
    throw new Refusal(403, { detail: FORBIDDEN })
  }
  if (session && !sees(scope, session)) throw notFound()
  return own
}

function limit({ limits, limiter }: State, { counts, path }: Route, c: Context) {
  if (!limits) return
  const forwarded = c.req.header('x-forwarded-for')?.split(',')[0]?.trim()
  const caller = c.req.header('x-api-key') ?? forwarded ?? 'local'
  for (const scope of counts) {
    const refusal = limiter.refusal(scope, caller)
    if (!refusal) continue
    const wait = refusal.headers['Retry-After']
    const other = { detail: `Request was throttled. Expected available in ${wait} seconds.` }
    const told = /^\/v3\/(billing|webhook)\/|\/update-(poa-)?data\//.test(path)
      ? other
      : refusal.body
    throw new Refusal(429, told, refusal.headers)
  }
}

/** What an unknown path or a malformed id gets: a page, although this is an API. */
export function notFoundPage(c: Context) {
  const html = '<!doctype html><title>Not Found</title><h1>Not Found</h1><p>No such resource.</p>'
  return c.html(html, 404)
}

function refused(c: Context, { status, body, headers }: Refusal) {
  // Servers that break do not answer in JSON.
  if (body === undefined) return c.html('<h1>Server Error</h1>', status as ContentfulStatusCode)
  return c.json(body, status as ContentfulStatusCode, headers)
}

function withSlash(c: Context) {
  const { pathname, search } = new URL(c.req.url)
  return c.redirect(`${pathname}/${search}`, 301)
}

function wrongMethod(c: Context) {
  return c.json({ detail: `Method "${c.req.method}" not allowed.` }, 405)
}
