// The least that reads a session: a handler that verifies the same token and reads the same row.

import { Hono } from 'hono'
import { jwtDecrypt } from 'jose'
import Database from 'libsql'
import { serve, task } from './process.ts'

export interface BareReadTask {
  port: number
  /** A copy of the backend's database. */
  file: string
  /** The backend's; its tokens' key comes from it. */
  secret: string
}

const { port, file, secret } = task<BareReadTask>()
const key = await deriveKey()
const db = new Database(file)
const row = db.prepare('select * from sessions where id = ?')

const app = new Hono().get('/api/verify/sessions/:id', async (c) => {
  const { payload } = await jwtDecrypt(c.req.header('verify-token') ?? '', key)
  const session = row.get(c.req.param('id')) as Record<string, unknown>
  if (session.subject !== payload.sub) return c.notFound()
  const { id, workflow, status, url, created_at, changed_at, version } = session
  const createdAt = new Date(Number(created_at)).toISOString()
  const updatedAt = new Date(Number(changed_at)).toISOString()
  return c.json({ session: { id, workflow, status, url, createdAt, updatedAt, version } })
})

await serve({ port, fetch: app.fetch })

async function deriveKey(): Promise<CryptoKey> {
  const encode = (text: string) => new TextEncoder().encode(text)
  const base = await crypto.subtle.importKey('raw', encode(secret), 'HKDF', false, ['deriveBits'])
  const info = encode('session token')
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  const bits = await crypto.subtle.deriveBits(algorithm, base, 256)
  return crypto.subtle.importKey('raw', bits, 'AES-GCM', false, ['decrypt'])
}
