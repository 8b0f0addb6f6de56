// The least that loses no webhook: a handler that verifies it, keeps it in one flushed statement before
// it answers and applies it in another after, over the drivers of ours, and logs and counts. What it has
// applied it tells the streams of the session.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { openPostgres } from '../../../server/store/postgres.ts'
import { openSqlite } from '../../../server/store/sqlite.ts'
import { observed } from './observed.ts'
import { serve, task } from './process.ts'

type Stream = ReadableStreamDefaultController<Uint8Array>

export interface BareWebhookTask {
  port: number
  databaseUrl: string
  secret: string
}

const { port, databaseUrl, secret } = task<BareWebhookTask>()
const file = /^file:(.+)$/.exec(databaseUrl)?.[1]
const { query } = file ? openSqlite(file) : await openPostgres(databaseUrl)
const streams = new Map<string, Set<Stream>>()
const encoder = new TextEncoder()
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
  void apply(session_id, status)
  return c.body(null, 204)
})

app.get('/api/verify/sessions/:id/events', (c) => {
  const own = streamsOf(c.req.param('id'))
  let stream: Stream
  const body = new ReadableStream<Uint8Array>({
    start(out) {
      stream = out
      own.add(stream)
      stream.enqueue(event('Not Started'))
    },
    cancel: () => void own.delete(stream),
  })
  return c.body(body, 200, { 'content-type': 'text/event-stream' })
})

await serve({ port, fetch: app.fetch })

async function apply(session: string, status: string): Promise<void> {
  await query(
    'insert into states values ($1, $2) on conflict (session) do update set status = excluded.status',
    [session, status],
  )
  const news = event(status)
  for (const stream of streamsOf(session)) stream.enqueue(news)
}

function streamsOf(session: string): Set<Stream> {
  const own = streams.get(session) ?? new Set()
  streams.set(session, own)
  return own
}

function event(status: string): Uint8Array {
  return encoder.encode(`event: session\ndata: ${JSON.stringify({ session: { status } })}\n\n`)
}
