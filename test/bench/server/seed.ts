// Sessions that are stored before anything is measured, and Didit's webhooks about them.

import { openStore, type Status, type Store, sign } from '../../../server/index.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import type { Load } from '../processes/load.ts'
import { WEBHOOK_SECRET } from '../processes.ts'

/** Long enough ago that every webhook is newer, and recent enough that nobody asks yet. */
const AGE = 60_000
const HOUR = 3_600_000

export type NewSession = Parameters<Store['saveSession']>[0]

/** A session that Didit has handed out a minute ago. */
export function newSession(now: number): NewSession {
  const id = crypto.randomUUID()
  const at = now - AGE
  return {
    id,
    subject: `anon_${crypto.randomUUID()}`,
    workflow: 'default',
    status: 'Not Started',
    url: `http://127.0.0.1:4010/session/${id}`,
    ret: crypto.randomUUID(),
    reference: null,
    createdAt: at,
    changedAt: at,
    eventAt: Math.floor(at / 1000) * 1000,
    askedAt: now,
    checkAt: now + HOUR,
  }
}

/** Stores so many sessions. @returns their ids. */
export async function seed(databaseUrl: string, count: number): Promise<string[]> {
  const store = await openStore(databaseUrl)
  const now = Date.now()
  const rows = Array.from({ length: count }, () => newSession(now))
  for (const row of rows) await store.saveSession(row)
  await store.close()
  return rows.map(({ id }) => id)
}

/** A webhook as the sandbox posts it, about something that happened so many seconds ago. */
export async function webhook(
  session_id: string,
  status: Status,
  { ago = 0 } = {},
): Promise<Load['requests'][number]> {
  samples ??= sampleWebhooks()
  const sample = (await samples).get(status)
  if (!sample) throw new Error(`The sandbox posts no webhook for ${status}.`)
  const timestamp = Math.floor(Date.now() / 1000)
  const event_id = crypto.randomUUID()
  const created_at = timestamp - ago
  const body = JSON.stringify({ ...sample, event_id, session_id, created_at, timestamp })
  const headers = {
    'content-type': 'application/json',
    ...(await sign({ body, secret: WEBHOOK_SECRET, timestamp })),
  }
  return { method: 'POST', path: '/api/verify/webhooks', headers, body }
}

let samples: Promise<Map<string, object>> | undefined

/** What the sandbox posts while a session goes its way, by the status that it tells of. */
async function sampleWebhooks(): Promise<Map<string, object>> {
  const posted = new Map<string, object>()
  const publicUrl = 'http://127.0.0.1:4010'
  const sandbox = createSandbox({
    publicUrl,
    webhook: { url: publicUrl, secret: WEBHOOK_SECRET },
    log: { info() {}, warn() {}, error() {} },
    async fetch(_url, init) {
      const event = JSON.parse(String(init?.body))
      posted.set(event.status, event)
      return new Response()
    },
  })
  const post = (path: string, body: object) =>
    sandbox.app.request(publicUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'key' },
      body: JSON.stringify(body),
    })
  const vendor_data = `anon_${crypto.randomUUID()}`
  const created = await post('/v3/session/', { workflow_id: DEFAULT_WORKFLOW, vendor_data })
  const { session_id } = await created.json()
  for (const status of ['In Progress', 'Awaiting User', 'In Review', 'Approved']) {
    await post(`/_sandbox/sessions/${session_id}/status`, { status, force: true })
  }
  await sandbox.idle()
  sandbox.close()
  return posted
}
