// What one visitor's way costs with a million sessions in the store, against a thousand.

import path from 'node:path'
import { openStore } from '../../../server/index.ts'
import { openSqlite } from '../../../server/store/sqlite.ts'
import { fill } from '../../support/fill.ts'
import { alternate, type Measurement, median, ratios, summarize } from '../measure.ts'
import { type Process, start, startBackend } from '../processes.ts'
import { webhook } from './seed.ts'
import { createSession, move, readSession } from './visitor.ts'

const FEW = 1_000
const DAY = 24 * 60 * 60 * 1000

export const growth: Measurement = async (bench) => {
  const many = bench.short ? 20_000 : 1_000_000
  const { url: didit } = await start(bench, 'sandbox', {})
  const filled = async (rows: number) => {
    const file = path.join(bench.folder, `growth-${rows}.db`)
    await make(file, rows)
    return startBackend(bench, { databaseUrl: `file:${file}`, didit })
  }
  const { large, small } = await alternate(bench, 11, {
    large: rounds(await filled(many)),
    small: rounds(await filled(FEW)),
  })
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

/** Makes a database with so many sessions, with all that is kept of them. */
async function make(file: string, sessions: number): Promise<void> {
  await (await openStore(`file:${file}`)).close()
  const driver = openSqlite(file)
  // It may be lost; only how it lies on the disk in the end matters.
  await driver.query('pragma synchronous = off')
  await driver.query('pragma cache_size = -400000')
  await fill(driver, sessions, Date.now())
  // The sandbox does not know them: nobody asks about them meanwhile.
  await driver.query('update sessions set check_at = check_at + $1', [30 * DAY])
  await driver.query('update inbox set done_at = due_at where done_at is null')
  await driver.close()
}
