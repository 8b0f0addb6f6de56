import { Hono } from 'hono'
import { etag } from 'hono/etag'
import type { Access, Starter } from '../access.ts'
import type { CreateRequest, SessionGrant } from '../contract.ts'
import { createDetails } from '../details.ts'
import { diditLanguage } from '../didit/language.ts'
import type { CreateSession } from '../didit/types.ts'
import { maxBody } from '../max-body.ts'
import type { Settings } from '../options.ts'
import { fromDidit, isRefusal, ProblemError } from '../problems.ts'
import type { Receipts } from '../receipts.ts'
import { createRequest } from '../schemas.ts'
import { viewSession } from '../session.ts'
import type { SessionRow } from '../store/index.ts'
import { randomName } from '../tokens.ts'
import type { Updates } from '../updates.ts'
import { createWithdraw } from '../withdraw.ts'

/** Bytes of a request that starts a session. */
const MOST = 64 * 1024

export function sessionRoutes(
  settings: Settings,
  access: Access,
  updates: Updates,
  receipts: Receipts,
) {
  const { store, didit, workflows, publicUrl, allowedOrigins, now, log, metrics } = settings
  const details = createDetails(settings)
  const withdraw = createWithdraw(settings, updates)
  let warned = false

  async function start(body: CreateRequest, { subject, fresh }: Starter) {
    const workflow = body.workflow ?? 'default'
    const workflowId = Object.hasOwn(workflows, workflow) ? workflows[workflow] : undefined
    if (!workflowId) throw new ProblemError('unknown-workflow')
    const returnUrl = checkReturnUrl(body.returnUrl)
    const mode = body.mode ?? null
    warnOfDropped(body)

    async function handBack(row: SessionRow) {
      if (body.returnUrl) await store.saveReturn(row.ret, returnUrl, mode)
      log.info({ session: row.id, workflow, mode: body.mode }, 'session handed back')
      metrics.count('sessions_started_total', { workflow, result: 'handed back' })
      return { row, created: false }
    }

    const earlier = fresh ? undefined : await findEarlier(subject, workflow)
    let built: Partial<CreateSession> | undefined
    if (earlier) {
      // Whoever has begun goes on with what Didit was told, and the host is not asked.
      if (earlier.status !== 'Not Started' || !settings.buildSession) return handBack(earlier)
      built = await build(body, subject)
      if (!(await details.differ(earlier, built))) return handBack(earlier)
    }
    await access.admitNew(subject)
    if (earlier) {
      // First of all, for Didit hands the same unfinished session back, with what it was told before.
      await withdraw(earlier.id)
      const still = await findEarlier(subject, workflow)
      if (still) return handBack(still)
    }

    built ??= await build(body, subject)
    const ret = randomName()
    const reference = body.reference ?? null
    const intent = {
      ret,
      subject,
      workflow,
      reference,
      details: await details.digest(subject, built),
    }
    await store.beginSession({ ...intent, url: returnUrl, mode }, now())
    const askedAt = now()
    const session = await didit.sessions
      .create({
        language: diditLanguage(body.language),
        ...built,
        workflow_id: workflowId,
        vendor_data: subject,
        callback: `${publicUrl}/return/${ret}`,
      })
      .catch(async (error) => {
        // Without a clear no there may be a session; a later round looks for it.
        if (isRefusal(error)) await store.dropIntent(ret)
        throw fromDidit(error)
      })
    const { session_id: id, status, url } = session
    const row = await updates.adopt({ ...intent, id, status, url }, askedAt)
    log.info({ session: id, workflow, mode: body.mode }, 'session created')
    metrics.count('sessions_started_total', { workflow, result: 'created' })
    return { row, created: true }
  }

  /** What the host adds to what Didit is told. */
  async function build(body: CreateRequest, subject: string): Promise<Partial<CreateSession>> {
    return (await settings.buildSession?.(body, subject)) ?? {}
  }

  /** Says, once, that nobody takes over what a page has said of the person; never what it was. */
  function warnOfDropped({ contact, expected }: CreateRequest): void {
    if (settings.buildSession || warned || (!contact && !expected)) return
    warned = true
    log.warn({}, 'contact and expected of the page are dropped: there is no buildSession')
  }

  /**
   * The session a new start goes on with: one that is open or waits for a verdict, or that was
   * approved, unless the host wants it again. One approved while its visitor was under way is theirs.
   */
  async function findEarlier(subject: string, workflow: string) {
    const newest = await store.newestSession(subject, workflow)
    if (!newest) return undefined
    const before = viewSession(newest)
    if (before.settled) {
      if (before.outcome !== 'approved' || (await settings.again?.(before))) return undefined
      return newest
    }
    const row = await updates.refresh(newest)
    const { settled, outcome } = viewSession(row)
    return settled && outcome !== 'approved' ? undefined : row
  }

  function checkReturnUrl(returnUrl = allowedOrigins[0] ?? publicUrl): string {
    if (URL.canParse(returnUrl)) {
      const { href, protocol, origin, username, password } = new URL(returnUrl)
      // The origin alone would not do: that of a `blob:` URL is the page's own.
      const plain = /^https?:$/.test(protocol) && !username && !password
      if (plain && allowedOrigins.includes(origin)) return href
    }
    throw new ProblemError('return-url-not-allowed')
  }

  return new Hono()
    .post('/sessions', maxBody(MOST), async (c) => {
      const body = await readBody(c.req.raw)
      await access.admit(c)
      const visitor = await access.visitor(c)
      const { row, created } = await start(body, access.starter(visitor))
      const token = await access.token(visitor, row)
      const answer = await receipts.answer(row, c.req.header('origin'))
      return c.json({ ...answer, token } satisfies SessionGrant, created ? 201 : 200)
    })
    .get('/sessions/current', async (c) => {
      const visitor = await access.visitor(c)
      const subject = access.subjectOf(visitor)
      const newest = subject && (await store.newestSession(subject, c.req.query('workflow')))
      const row = await updates.refresh(access.readable(newest || undefined, visitor))
      return c.json(await receipts.answer(row, c.req.header('origin')))
    })
    .get('/sessions/:id', etag(), async (c) => {
      const known = access.readable(await store.session(c.req.param('id')), await access.visitor(c))
      // What a browser adds to `fetch` with cache `reload`: the visitor has just finished.
      const eager = /\bno-cache\b/i.test(c.req.header('cache-control') ?? '')
      const row = await updates.refresh(known, eager)
      const answer = await receipts.answer(row, c.req.header('origin'))
      // Without one of ours the tag is that of the bytes: a receipt is fresh in each answer.
      if (!answer.receipt) c.header('etag', tagOf(row))
      return c.json(answer)
    })
}

/** Names what an answer says: the version grows with each change, the address with the way back. */
function tagOf({ version, ret }: SessionRow): string {
  return `"${version}-${ret.slice(0, 6)}"`
}

async function readBody(request: Request): Promise<CreateRequest> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    throw new ProblemError('unsupported-media-type')
  }
  let json: unknown
  try {
    json = await request.json()
  } catch (error) {
    throw error instanceof SyntaxError ? new ProblemError('invalid-body', {}, error) : error
  }
  const { data, error } = createRequest.safeParse(json)
  if (!data) throw new ProblemError('invalid-body', {}, error)
  return data
}
