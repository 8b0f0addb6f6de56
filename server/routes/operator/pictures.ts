import { Hono } from 'hono'
import { mediaUrl } from '../../didit/media.ts'
import type { OperatorEnv } from '../../operator.ts'
import type { Settings } from '../../options.ts'
import { ProblemError } from '../../problems.ts'

/** What a browser may show; anything else is downloaded. */
const SHOWN = /^(image\/(jpeg|png|webp)|video\/mp4)$/

/** Milliseconds for a whole picture. */
const PATIENCE = 30_000

/**
 * The pictures of a session. Didit's links to them die after an hour, so each is asked for anew and
 * passed through; no link leaves the server.
 */
export function pictureRoutes({ didit }: Settings, fetch: typeof globalThis.fetch) {
  return new Hono<OperatorEnv>()
    .get('/sessions/:id/pictures', async (c) => {
      const pictures = findPictures(await didit.sessions.decision(c.req.param('id')))
      const shown = [...pictures].filter(([, link]) => mediaUrl(link, didit.local))
      return c.json({ results: shown.map(([name]) => name) })
    })
    .get('/sessions/:id/pictures/:name', async (c) => {
      const pictures = findPictures(await didit.sessions.decision(c.req.param('id')))
      const link = mediaUrl(pictures.get(c.req.param('name')), didit.local)
      if (!link) throw new ProblemError('not-found')
      // A redirect could lead to where the link itself may not.
      const init: RequestInit = { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) }
      const { ok, body, headers } = await fetch(link, init).catch(() => {
        throw new ProblemError('didit-unreachable')
      })
      if (!ok || !body) throw new ProblemError('didit-unreachable')
      const type = headers.get('content-type')?.split(';')[0] ?? ''
      const shown = SHOWN.test(type)
      return c.body(body, 200, {
        'content-type': shown ? type : 'application/octet-stream',
        'content-disposition': shown ? 'inline' : 'attachment',
        'content-security-policy': "default-src 'none'; sandbox",
      })
    })
}

/** Every link of a decision by where it stands: `id_verifications.0.front_image`. */
export function findPictures(decision: object): Map<string, string> {
  const found = new Map<string, string>()
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'string' && /image|video|_file|files\./.test(path)) {
      if (/^https?:\/\//.test(value)) found.set(path, value)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value))
        visit(member, path ? `${path}.${key}` : key)
    }
  }
  visit(decision, '')
  return found
}
