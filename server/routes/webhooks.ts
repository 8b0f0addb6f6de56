import { Hono } from 'hono'
import { verify } from '../didit/webhook.ts'
import { maxBody } from '../max-body.ts'
import type { Settings } from '../options.ts'
import { ProblemError } from '../problems.ts'
import type { Envelope } from '../store/index.ts'
import type { Updates } from '../updates.ts'

// Decisions with many AML hits are large; 64 KiB would refuse real ones.
const MOST = 2 * 1024 * 1024
const MINUTE = 60_000

/** How long this process has for a webhook before others may work it off. */
const OURS = 10_000

export function webhookRoutes(settings: Settings, updates: Updates) {
  const { store, webhookSecrets, waitUntil, now, log, metrics } = settings
  const count = (verdict: string) => metrics.count('webhooks_total', { verdict })

  /** One line a minute and code: whoever sends a flood must not fill the disk. */
  const warned = new Map<string, { at: number; more: number }>()
  function warn(code: string): void {
    const last = warned.get(code)
    if (last && now() - last.at < MINUTE) {
      last.more++
      return
    }
    warned.set(code, { at: now(), more: 0 })
    log.warn({ code, unsaid: last?.more ?? 0 }, 'webhook refused')
  }

  return new Hono().post(
    '/webhooks',
    maxBody(MOST, () => count('body-too-large')),
    async (c) => {
      if (webhookSecrets.length === 0) {
        count('webhooks-off')
        throw new ProblemError('webhooks-off')
      }
      const body = new Uint8Array(await c.req.arrayBuffer())
      const verdict = await verify({
        body,
        headers: c.req.raw.headers,
        secrets: [...webhookSecrets],
        now: now(),
      })
      if (!verdict.ok) {
        count(verdict.code)
        warn(verdict.code)
        throw new ProblemError(verdict.code)
      }
      const { payload, covers } = verdict
      const { webhook_type: type, session_id: sessionId, status } = payload
      // Other events (edited data, entities) say nothing about a session's status.
      if (type !== 'status.updated' || !sessionId || !status) {
        count('other')
        return c.body(null, 204)
      }

      const hash = await sha256(body)
      const covered = covers === 'body'
      const envelope: Envelope = {
        // An id that nobody signed could keep out the event whose id it really is.
        id: (covered && payload.event_id) || hash,
        sessionId,
        status,
        covered,
        eventAt: payload.created_at * 1000,
        hash,
      }
      // On disk first, then 2xx; what follows from it comes after the answer.
      const fresh = await store.receive(envelope, now(), now() + OURS)
      count(fresh ? 'taken' : 'duplicate')
      if (fresh) {
        log.info({ session: sessionId, status, event: envelope.id }, 'webhook taken')
        waitUntil(updates.receive(envelope))
      }
      return c.body(null, 204)
    },
  )
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
