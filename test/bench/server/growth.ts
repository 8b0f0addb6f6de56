// What one visitor's way costs with a million sessions in the store, against a thousand.

import path from 'node:path'
import Database from 'libsql'
import { openStore } from '../../../server/index.ts'
import { alternate, type Measurement, median, ratios, summarize } from '../measure.ts'
import { type Process, start, startBackend } from '../processes.ts'
import { newSession, webhook } from './seed.ts'
import { createSession, move, readSession } from './visitor.ts'

const FEW = 1_000

export const growth: Measurement = async (bench) => {
  const many = bench.short ? 20_000 : 1_000_000
  const { url: didit } = await start(bench, 'sandbox', {})
  const filled = async (rows: number) => {
    const file = path.join(bench.folder, `growth-${rows}.db`)
    await fill(file, rows)
    return startBackend(bench, { databaseUrl: `file:${file}`, didit })
  }
  const subjects = {
    large: rounds(await filled(many)),
    small: rounds(await filled(FEW)),
  }
  await alternate(1, subjects)
  const { large, small } = await alternate(bench.short ? 1 : 11, subjects)
  return [
    {
      key: 'server.growth',
      what: `create + webhook + read with ${many} sessions stored / with ${FEW}`,
      aim: { most: 1.2 },
      digits: 2,
      summary: summarize(ratios(large, small)),
      beside: `${median(large).toFixed(2)} ms; ${median(small).toFixed(2)} ms`,
    },
  ]

  function rounds(server: Process) {
    return async () => {
      const times: number[] = []
      for (let i = 0; i < (bench.short ? 10 : 60); i++) times.push(await visit(server, didit))
      return median(times)
    }
  }
}

/** Milliseconds of a session's creation, a webhook about it, and a read that knows of it. */
async function visit(server: Process, didit: string): Promise<number> {
  const begin = performance.now()
  const grant = await createSession(server)
  const created = performance.now()
  const { id } = grant.session
  await move(didit, id, 'In Progress')
  // Didit tells of it a second later; here its clock is ahead instead.
  const { path: route, ...request } = await webhook(id, 'In Progress', { ago: -1 })
  const posted = performance.now()
  const answer = await fetch(server.url + route, request)
  if (answer.status !== 204) throw new Error(`The webhook was refused: ${await answer.text()}`)
  for (let tries = 0; tries < 100; tries++) {
    const { status } = await readSession(server, grant)
    if (status === 'In Progress') return created - begin + (performance.now() - posted)
  }
  throw new Error('The webhook was taken, but the session did not follow it.')
}

/** Makes a database with so many finished sessions, their ways back and their webhooks. */
async function fill(file: string, rows: number): Promise<void> {
  const store = await openStore(`file:${file}`)
  const now = Date.now()
  const { id, ret } = await store.saveSession({ ...newSession(now), status: 'Declined' })
  await store.saveReturn(ret, 'http://localhost:8787/', now)
  await store.receive(
    { id: 'event', sessionId: id, status: 'Declined', covered: true, eventAt: now, hash: 'hash' },
    now,
  )
  await store.finishEnvelope('event', now)
  await store.close()

  const db = new Database(file)
  db.exec('pragma synchronous = off; pragma journal_mode = off; pragma cache_size = -400000')
  // A year of sessions; nobody asks about any of them for the next month.
  const past = 'n.created_at'
  const month = now + 30 * 24 * 3_600_000
  db.exec(`begin;
    create temp table n (id text, subject text, ret text, created_at integer);
    insert into n
      with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${rows})
      select lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4000-8000-' || hex(randomblob(6))),
        'anon_' || hex(randomblob(11)), hex(randomblob(11)), ${now} - abs(random()) % 31536000000
      from numbers;`)
  copy('sessions', {
    id: 'n.id',
    subject: 'n.subject',
    ret: 'n.ret',
    created_at: past,
    changed_at: past,
    event_at: past,
    asked_at: past,
    settled_at: past,
    check_at: String(month),
  })
  copy('returns', { ret: 'n.ret', created_at: past, session_id: 'n.id', subject: 'n.subject' })
  copy('inbox', {
    id: 'hex(randomblob(16))',
    session_id: 'n.id',
    event_at: past,
    received_at: past,
    done_at: past,
    due_at: past,
    hash: 'hex(randomblob(32))',
  })
  db.exec('commit; drop table n; analyze')
  db.close()

  /** Multiplies the one row of a table; what is not named here stays as it is in that row. */
  function copy(table: string, changed: Record<string, string>): void {
    const names = (
      db.prepare(`select name from pragma_table_info('${table}')`).all() as { name: string }[]
    ).map(({ name }) => name)
    const values = names.map((name) => changed[name] ?? `t.${name}`)
    db.exec(`insert into ${table} (${names.join()})
      select ${values.join()} from ${table} t, n where t.rowid = 1`)
  }
}
