// The routes of the hosted page: the page itself, and the two things it tells the sandbox.

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Status } from '../contract.ts'
import { LANGUAGES, RTL_LANGUAGES } from '../didit/types.ts'
import { COUNTRIES } from './countries.ts'
import type { Faults } from './faults.ts'
import { plainPage, renderPage } from './page.ts'
import { isScenario, scenario } from './scenarios.ts'
import type { SandboxSession } from './session.ts'
import type { Sessions } from './sessions.ts'

/** Statuses in which the visitor has something to do. */
const OPEN: readonly Status[] = ['Not Started', 'In Progress', 'Resubmitted']

const finish = z.object({
  scenario: z.string().refine(isScenario),
  document: z
    .object({ type: z.string().max(40), country: z.enum(Object.keys(COUNTRIES)) })
    .nullish(),
})

export interface HostedOptions {
  sessions: Sessions
  faults: Faults
}

export function hostedRoutes({ sessions, faults }: HostedOptions) {
  const app = new Hono()

  function show(c: Context, language: string) {
    const session = sessions.byToken(c.req.param('token') ?? '')
    const known = (LANGUAGES as readonly string[]).includes(language)
    const nonce = btoa(crypto.randomUUID())
    // Anyone may frame it, as anyone may frame Didit's; nothing may leave it or stay behind.
    c.header('Content-Security-Policy', policy(nonce))
    c.header('Referrer-Policy', 'no-referrer')
    c.header('Cache-Control', 'no-store')
    c.header('X-Content-Type-Options', 'nosniff')
    if (!session || !known) return c.html(plainPage(nonce), 404)
    return c.html(
      renderPage({
        nonce,
        dir: (RTL_LANGUAGES as readonly string[]).includes(language) ? 'rtl' : 'ltr',
        sessionId: session.id,
        status: session.status,
        open: OPEN.includes(session.status),
        scenario: session.scenario ?? 'approve',
        api: `/session/${session.token}`,
        leave: callbackUrl(session, faults, false),
        page: faults.page,
      }),
    )
  }

  app.get('/session/:token', (c) => show(c, session(c)?.language ?? 'en'))
  app.get('/:language/session/:token', (c) => show(c, c.req.param('language')))

  // The script of the page does this, so that a link preview does not start a session.
  app.post('/session/:token/start', (c) => {
    const opened = session(c)
    if (!opened) return c.json({ detail: 'Not found.' }, 404)
    if (!OPEN.includes(opened.status)) return over(c, opened)
    sessions.open(opened)
    return c.json({ status: opened.status, leave: callbackUrl(opened, faults, false) })
  })

  app.post('/session/:token/finish', async (c) => {
    const played = session(c)
    if (!played) return c.json({ detail: 'Not found.' }, 404)
    if (!OPEN.includes(played.status)) return over(c, played)
    const body = finish.safeParse(await c.req.json().catch(() => undefined))
    const status = body.success ? scenario(body.data.scenario).status : null
    if (!body.success || !status) return c.json({ detail: 'No such ending.' }, 400)
    sessions.open(played)
    played.document = body.data.document ?? played.document
    sessions.finish(played, body.data.scenario)
    // Not always what the scenario says: a blocklist has the last word.
    return c.json({ status: played.status, callback: callbackUrl(played, faults) })
  })

  function session(c: Context): SandboxSession | undefined {
    return sessions.byToken(c.req.param('token') ?? '')
  }

  return app
}

function over(c: Context, session: SandboxSession) {
  return c.json({ detail: 'This session is over.', status: session.status }, 409)
}

/**
 * The callback with Didit's two parameters behind its own, its hash kept at the end.
 *
 * @param done whether the visitor is; Didit documents a status for those only.
 */
function callbackUrl(session: SandboxSession, faults: Faults, done = true): string | null {
  if (!session.callback) return null
  const url = new URL(session.callback)
  url.searchParams.append('verificationSessionId', session.id)
  if (done) url.searchParams.append('status', session.status)
  // A space is written as a plus by URLSearchParams; a real plus is already `%2B` by then.
  if (faults.page.space !== '+') url.search = url.search.replaceAll('+', '%20')
  return url.href
}

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}
