// The least that loses no webhook: a handler that verifies it, keeps it in one flushed statement before
// it answers and applies it in another after, over the drivers of ours, and logs and counts.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { openPostgres } from '../../../server/store/postgres.ts'
import { openSqlite } from '../../../server/store/sqlite.ts'
import { observed } from './observed.ts'
import { serve, task } from './process.ts'

export interface BareWebhookTask {
  port: number
  databaseUrl: string
  secret: string
}

const { port, databaseUrl, secret } = task<BareWebhookTask>()
const file = /^file:(.+)$/.exec(databaseUrl)?.[1]
const { query } = file ? openSqlite(file) : await openPostgres(databaseUrl)
await query('create table events (id text primary key, session text, status text)')
await query('create table states (session text primary key, status text)')

const app = new Hono().use(observed()).post('/api/verify/webhooks', async (c) => {
  const body = Buffer.from(await c.req.arrayBuffer())
  const signature = createHmac('sha256', secret).update(body).digest()
  const sent = Buffer.from(c.req.header('x-signature') ?? '', 'hex')
  if (sent.length !== signature.length || !timingSafeEqual(sent, signature)) {
    return c.body(null, 401)
  }
  const { event_id, session_id, status } = JSON.parse(body.toString())
  await query('insert into events values ($1, $2, $3) on conflict do nothing', [
    event_id,
    session_id,
    status,
  ])
  void query(
    'insert into states values ($1, $2) on conflict (session) do update set status = excluded.status',
    [session_id, status],
  )
  return c.body(null, 204)
})
await serve({ port, fetch: app.fetch })
