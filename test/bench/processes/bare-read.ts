// The least that reads a session: a handler that verifies the same token and reads the same row.

import { Hono } from 'hono'
import { jwtDecrypt } from 'jose'
import Database from 'libsql'
import { observed } from './observed.ts'
import { serve, task } from './process.ts'
import { tokenKey } from './token-key.ts'

export interface BareReadTask {
  port: number
  /** A copy of the backend's database. */
  file: string
  /** The backend's; its tokens' key comes from it. */
  secret: string
  /** Whether it also logs, counts and sets headers. */
  observed: boolean
}

const { port, file, secret, ...and } = task<BareReadTask>()
const key = await tokenKey(secret)
const db = new Database(file)
const row = db.prepare('select * from sessions where id = ?')

const app = new Hono()
if (and.observed) app.use(observed())
app.get('/api/verify/sessions/:id', async (c) => {
  const { payload } = await jwtDecrypt(c.req.header('verify-token') ?? '', key)
  const session = row.get(c.req.param('id')) as Record<string, unknown>
  if (session.subject !== payload.sub) return c.notFound()
  const { id, workflow, status, url, created_at, changed_at, version } = session
  const createdAt = new Date(Number(created_at)).toISOString()
  const updatedAt = new Date(Number(changed_at)).toISOString()
  return c.json({ session: { id, workflow, status, url, createdAt, updatedAt, version } })
})

await serve({ port, fetch: app.fetch })
