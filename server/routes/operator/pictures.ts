import { Hono } from 'hono'
import { DiditUnreachable } from '../../didit/client.ts'
import { mediaLinks } from '../../didit/media.ts'
import type { OperatorEnv } from '../../operator.ts'
import type { Settings } from '../../options.ts'
import { ProblemError } from '../../problems.ts'
import { noQuery } from './input.ts'

/** What a browser may show; anything else is downloaded. */
const SHOWN = /^(image\/(jpeg|png|webp)|video\/mp4)$/

/** Milliseconds until the first byte. */
const PATIENCE = 10_000

/**
 * The pictures of a session. Didit's links to them die after an hour, so each is asked for anew and
 * passed through.
 */
export function pictureRoutes({ didit, timers }: Settings, fetch: typeof globalThis.fetch) {
  return new Hono<OperatorEnv>()
    .get('/sessions/:id/pictures', async (c) => {
      noQuery(c)
      const pictures = await linksOf(c.req.param('id'))
      return c.json({ results: [...pictures.keys()] })
    })
    .get('/sessions/:id/pictures/:name', async (c) => {
      noQuery(c)
      const pictures = await linksOf(c.req.param('id'))
      const link = pictures.get(c.req.param('name'))
      if (!link) throw new ProblemError('not-found')
      const { body, type } = await download(link, c.req.raw.signal)
      const shown = SHOWN.test(type)
      return c.body(body, 200, {
        'content-type': shown ? type : 'application/octet-stream',
        'content-disposition': shown ? 'inline' : 'attachment',
        'content-security-policy': "default-src 'none'; sandbox",
      })
    })

  async function linksOf(session: string) {
    return mediaLinks(await didit.sessions.decision(session), didit.local)
  }

  /** Without a key, and never on to another place: the link is all that it takes. */
  async function download(link: string, signal: AbortSignal) {
    const slow = new AbortController()
    const timer = timers.setTimeout(() => slow.abort(), PATIENCE)
    try {
      const response = await fetch(link, {
        redirect: 'error',
        signal: AbortSignal.any([signal, slow.signal]),
      })
      const { ok, body, status, headers } = response
      if (!ok || !body) throw new Error(`Didit's storage answered ${status}`)
      return { body, type: headers.get('content-type')?.split(';')[0]?.trim() ?? '' }
    } catch (cause) {
      const reason = slow.signal.aborted ? new DOMException('', 'TimeoutError') : cause
      throw new DiditUnreachable('GET picture', reason)
    } finally {
      timers.clearTimeout(timer)
    }
  }
}
