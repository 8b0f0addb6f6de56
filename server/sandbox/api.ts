// Didit's API, as much of it as creates a session and reads its decision.

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { CALLBACK_METHODS, type CreatedSession, DOCUMENT_CODES, LANGUAGES } from '../didit/types.ts'
import { buildDecision, sessionUrl } from './decision.ts'
import type { createLimiter, Scope } from './limits.ts'
import { isScenario } from './scenarios.ts'
import type { NewSession, SandboxSession, Sessions } from './sessions.ts'

/** The workflow that is there from the start. */
export const DEFAULT_WORKFLOW = '11111111-2222-4333-8444-555555555555'

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
const MAX_PORTRAIT = 2 * 1024 * 1024

const forbidden = 'You do not have permission to perform this action.'
const noCredits =
  "You don't have enough credits to perform this request. Please top up at https://business.didit.me"

/** Keys that do not just work, by how they begin. `broke` is the sandbox's own. */
const KEYS = [
  ['invalid', 401, 'Authentication credentials were not provided or are invalid.'],
  ['expired', 401, 'This API key has expired.'],
  ['scoped', 403, forbidden],
] as const

export interface ApiOptions {
  publicUrl: string
  now(): number
  sessions: Sessions
  /** Absent: nothing is limited. */
  limiter: ReturnType<typeof createLimiter> | null
}

export function apiRoutes({ publicUrl, now, sessions, limiter }: ApiOptions) {
  const app = new Hono()

  function limited(c: Context, scope: Scope): Response | undefined {
    const forwarded = c.req.header('x-forwarded-for')?.split(',')[0]?.trim()
    const refusal = limiter?.refusal(scope, c.req.header('x-api-key') ?? forwarded ?? 'local')
    return refusal && c.json(refusal.body, 429, refusal.headers)
  }

  app.post('/v3/session/', async (c) => {
    const refused = limited(c, 'create') ?? unauthorised(c)
    if (refused) return refused
    const type = c.req.header('content-type') ?? ''
    if (!/^application\/json\s*(;|$)/i.test(type)) {
      return c.json({ detail: `Unsupported media type "${type}" in request.` }, 415)
    }
    const json = await c.req.json<unknown>().catch(() => undefined)
    if (json === undefined) return c.json({ detail: 'JSON parse error' }, 400)
    const parsed = createBody.safeParse(json)
    if (!parsed.success) return c.json(fieldErrors(parsed.error), 400)
    const body = parsed.data
    if (body.workflow_id.toLowerCase() !== DEFAULT_WORKFLOW) {
      return c.json({ workflow_id: 'Invalid workflow_id.' }, 400)
    }
    if (c.req.header('x-api-key')?.startsWith('broke')) return c.json({ detail: noCredits }, 400)
    return c.json(created(sessions.create(wanted(body)), publicUrl), 201)
  })

  app.get('/v3/session/:id/decision/', (c) => {
    const id = c.req.param('id')
    if (!UUID.test(id)) return notFoundPage(c)
    const limit = limited(c, 'read')
    if (limit) return limit
    const session = sessions.byId(id.toLowerCase())
    if (!session) return c.json({ detail: 'Not found.' }, 404)
    return unauthorised(c) ?? c.json(buildDecision(session, publicUrl, now()))
  })

  app.get('/v3/session', withSlash).get('/v3/session/:id/decision', withSlash)
  app.all('/v3/session/', wrongMethod).all('/v3/session/:id/decision/', wrongMethod)
  return app.all('/v3/*', notFoundPage)
}

/** What an unknown path or a malformed id gets: a page, although this is an API. */
export function notFoundPage(c: Context) {
  const html = '<!doctype html><title>Not Found</title><h1>Not Found</h1><p>No such resource.</p>'
  return c.html(html, 404)
}

function withSlash(c: Context) {
  const { pathname, search } = new URL(c.req.url)
  return c.redirect(`${pathname}/${search}`, 301)
}

function wrongMethod(c: Context) {
  return c.json({ detail: `Method "${c.req.method}" not allowed.` }, 405)
}

function unauthorised(c: Context): Response | undefined {
  const key = c.req.header('x-api-key')
  if (!key) return c.json({ detail: forbidden }, 403)
  const [, status, detail] = KEYS.find(([prefix]) => key.startsWith(prefix)) ?? []
  return status && c.json({ detail }, status)
}

function created(session: SandboxSession, publicUrl: string): CreatedSession {
  return {
    session_id: session.id,
    session_number: session.number,
    session_token: session.token,
    url: sessionUrl(session, publicUrl),
    vendor_data: session.vendorData,
    metadata: session.metadata,
    status: session.status,
    callback: session.callback,
    workflow_id: session.workflowId,
    workflow_version: 1,
  }
}

function wanted(body: z.infer<typeof createBody>): NewSession {
  return {
    workflowId: DEFAULT_WORKFLOW,
    vendorData: body.vendor_data || null,
    callback: body.callback || null,
    callbackMethod: body.callback_method ?? 'initiator',
    metadata: body.metadata ?? null,
    language: body.language ?? null,
    contact: body.contact_details ?? null,
    expected: body.expected_details ?? null,
    scenario: isScenario(body.sandbox_scenario) ? body.sandbox_scenario : null,
  }
}

const text = z.string({
  error: ({ input }) => {
    if (input === undefined) return 'This field is required.'
    return input === null ? 'This field may not be null.' : 'Not a valid string.'
  },
})
const optional = text.nullish().transform((value) => value ?? undefined)

function choice<const T extends readonly string[]>(options: T, message?: string) {
  return z.enum(options, {
    error: ({ input }) => message ?? `${JSON.stringify(input)} is not a valid choice.`,
  })
}

const language = choice(
  LANGUAGES,
  `Invalid language. Supported languages are: ${LANGUAGES.join(', ')}`,
)

/** Custom schemes are fine; those that run code in the page that follows them are not. */
function isCallback(url: string): boolean {
  return URL.canParse(url) && !/^\s*(javascript|data|vbscript|blob|file):/i.test(url)
}

/** The first problem of a field is the one that is told. */
const createBody = z.object(
  {
    workflow_id: text.regex(UUID, 'Must be a valid UUID.'),
    vendor_data: optional,
    callback: optional.refine((url) => !url || isCallback(url), 'Enter a valid URL.'),
    callback_method: choice(CALLBACK_METHODS).optional(),
    metadata: z.unknown().optional(),
    language: language.nullish(),
    contact_details: z
      .object({
        email: z.email('Enter a valid email address.').optional(),
        send_notification_emails: z.boolean('Must be a valid boolean.').optional(),
        email_lang: language.optional(),
        phone: text.optional(),
      })
      .nullish(),
    expected_details: z
      .object({
        first_name: text.optional(),
        last_name: text.optional(),
        date_of_birth: z.iso.date('Date has wrong format. Use YYYY-MM-DD.').optional(),
        gender: choice(['M', 'F']).nullish(),
        nationality: text.optional(),
        country: text.optional(),
        id_country: text.optional(),
        poa_country: text.optional(),
        address: text.optional(),
        identification_number: text.optional(),
        ip_address: text.optional(),
        expected_document_types: z
          .array(text.toUpperCase().pipe(choice(DOCUMENT_CODES)))
          .transform((codes) => [...new Set(codes)])
          .optional(),
        company_name: text.max(255).optional(),
        registry_country: text.max(10).optional(),
        registration_number: text.max(100).optional(),
      })
      .refine(({ address, country, poa_country }) => !address || country || poa_country, {
        error: 'An address needs `country` or `poa_country`.',
        path: ['address'],
      })
      .nullish(),
    portrait_image: optional.refine(
      (image) => !image || (image.length * 3) / 4 <= MAX_PORTRAIT,
      'Image size exceeds 2MB.',
    ),
    sandbox_scenario: optional.refine((name) => !name || isScenario(name), {
      error: ({ input }) => `Unknown sandbox scenario: '${input}'.`,
    }),
  },
  'Invalid data. Expected a dictionary.',
)

/** Didit's shape: the field's name, nested where it is nested, with a list of sentences. */
function fieldErrors(error: z.ZodError): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const { path, message } of error.issues) {
    const names = path.length > 0 ? path.map(String) : ['non_field_errors']
    let at = body
    for (const name of names.slice(0, -1)) {
      const next = at[name] ?? {}
      at[name] = next
      at = next as Record<string, unknown>
    }
    at[names.at(-1) ?? ''] ??= [message]
  }
  return body
}
