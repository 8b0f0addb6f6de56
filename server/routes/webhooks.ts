import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { verify } from '../didit/webhook.ts'
import type { Settings } from '../options.ts'
import { ProblemError } from '../problems.ts'
import type { Envelope } from '../store/index.ts'
import type { Updates } from '../updates.ts'

// Decisions with many AML hits are large; 64 KiB would refuse real ones.
const maxBody = bodyLimit({
  maxSize: 2 * 1024 * 1024,
  onError: () => {
    throw new ProblemError('body-too-large')
  },
})

/** How long this process has for a webhook before others may work it off. */
const OURS = 10_000

export function webhookRoutes(settings: Settings, updates: Updates) {
  const { store, webhookSecrets, waitUntil, now, log } = settings

  return new Hono().post('/webhooks', maxBody, async (c) => {
    if (webhookSecrets.length === 0) throw new ProblemError('webhooks-off')
    const body = new Uint8Array(await c.req.arrayBuffer())
    const verdict = await verify({
      body,
      headers: c.req.raw.headers,
      secrets: [...webhookSecrets],
      now: now(),
    })
    if (!verdict.ok) {
      log.warn({ code: verdict.code }, 'webhook refused')
      throw new ProblemError(verdict.code)
    }
    const { payload, covers } = verdict
    const { webhook_type: type, session_id: sessionId, status } = payload
    // Other events (edited data, entities) say nothing about a session's status.
    if (type !== 'status.updated' || !sessionId || !status) return c.body(null, 204)

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
    if (await store.receive(envelope, now(), now() + OURS)) {
      waitUntil(updates.receive(envelope))
    }
    return c.body(null, 204)
  })
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
