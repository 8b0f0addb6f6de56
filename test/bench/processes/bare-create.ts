// The least that creates a session: a handler that makes the same call to Didit and keeps nothing.
// Or one that loses none: it counts and notes the request before it asks Didit, and keeps the session
// after, each in one flushed transaction, over the driver of ours that shares commits.

import { Hono } from 'hono'
import { EncryptJWT } from 'jose'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { openSqlite } from '../../../server/store/sqlite.ts'
import { observed } from './observed.ts'
import { serve, task } from './process.ts'
import { tokenKey } from './token-key.ts'

export interface BareCreateTask {
  port: number
  didit: string
  /** The file of a database, where it loses nothing. */
  keeps?: string
  secret?: string
}

const { port, didit, keeps, secret = '' } = task<BareCreateTask>()

const app = new Hono()
if (keeps) await addKeeping(keeps)
else addBare()
await serve({ port, fetch: app.fetch })

function addBare(): void {
  app.post('/api/verify/sessions', async (c) => {
    const { language } = await c.req.json()
    return c.json(
      { session: await create(language, crypto.randomUUID(), crypto.randomUUID()) },
      201,
    )
  })
}

async function addKeeping(file: string): Promise<void> {
  const { transaction } = openSqlite(file)
  const key = await tokenKey(secret)
  await transaction(async (query) => {
    await query('create table counters (name text primary key, amount integer not null)')
    await query('create table returns (ret text primary key, subject text not null, id text)')
    await query(
      'create table sessions (id text primary key, subject text not null, status text not null)',
    )
  })
  app.use(observed()).post('/api/verify/sessions', async (c) => {
    const { language } = await c.req.json()
    const [name, ret] = [crypto.randomUUID(), crypto.randomUUID()]
    const subject = `anon_${name}`
    await transaction(async (query) => {
      for (const counter of ['address', `subject ${subject}`, 'app']) {
        await query(
          `insert into counters values ($1, 1)
           on conflict (name) do update set amount = counters.amount + 1 returning amount`,
          [counter],
        )
      }
      await query('insert into returns (ret, subject) values ($1, $2)', [ret, subject])
    })
    const session = await create(language, name, ret)
    const { session_id: id, status } = session
    await transaction(async (query) => {
      await query('insert into sessions values ($1, $2, $3)', [id, subject, status])
      await query('update returns set id = $2 where ret = $1', [ret, id])
    })
    const token = await new EncryptJWT({ sub: subject })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime('30d')
      .encrypt(key)
    return c.json({ session, token }, 201)
  })
}

async function create(language: string, name: string, ret: string) {
  const answer = await fetch(`${didit}/v3/session/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'key' },
    body: JSON.stringify({
      workflow_id: DEFAULT_WORKFLOW,
      vendor_data: `anon_${name}`,
      callback: `http://localhost:${port}/api/verify/return/${ret}`,
      language,
    }),
  })
  return (await answer.json()) as { session_id: string; status: string }
}
