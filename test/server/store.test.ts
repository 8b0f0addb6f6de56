import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'libsql'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Driver } from '../../server/store/driver.ts'
import { openStore } from '../../server/store/index.ts'
import { MIGRATIONS } from '../../server/store/schema.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { root, run } from '../support/process.ts'
import { change, intent, NOW, save, storeContract } from '../support/store-contract.ts'

const folders: string[] = []
const opened: Driver[] = []

async function newFile(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'didit-verify-'))
  folders.push(folder)
  return path.join(folder, 'deep', 'er', 'test.db')
}

afterEach(() => Promise.all(opened.splice(0).map((driver) => driver.close())))
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

const envelope = { id: 'e1', sessionId: 's1', status: 'Approved', hash: 'h', eventAt: NOW }

describe('the store on libsql', () =>
  storeContract(async () => {
    const driver = openSqlite(':memory:')
    opened.push(driver)
    return driver
  }))

describe('a file', () => {
  it('keeps everything when it is opened again', async () => {
    const file = await newFile()
    const before = await openStore(`file:${file}`)
    const row = await save(before)
    await before.changeStatus('s1', 1, change)
    await before.beginSession({ ...intent, ret: 'r1', mode: 'popup' }, NOW)
    await before.receive({ ...envelope, covered: true }, NOW)
    await before.count('app', NOW + 1000)
    const secret = await before.settingOr('secret', 'first')
    await before.close()

    const after = await openStore(`file:${file}`)
    expect(await after.session('s1')).toEqual({ ...row, status: 'Approved', version: 2 })
    expect(await after.openEnvelopes('s1', 10)).toEqual([{ ...envelope, covered: true }])
    expect(await after.wayBack('r1')).toMatchObject({ url: 'https://shop.example/', mode: 'popup' })
    expect(await after.count('app', NOW + 1000)).toBe(2)
    expect(await after.settingOr('secret', 'second')).toBe(secret)
    await after.close()
  })

  it('has no leases of the process that had it before', async () => {
    const file = await newFile()
    const before = await openStore(`file:${file}`)
    const entry = { id: 's1.1', sessionId: 's1', version: 1, event: '{}' }
    await save(before, 's1', {}, entry)
    await before.receive({ ...envelope, covered: true }, NOW)
    const until = NOW + 60_000
    expect(await before.leaseDue(NOW, until, 10)).toHaveLength(1)
    expect(await before.leaseEnvelopes(NOW, until, 10)).toHaveLength(1)
    expect(await before.leaseEvents(NOW, until, 10)).toHaveLength(1)
    await before.close()

    const after = await openStore(`file:${file}`)
    expect(await after.leaseDue(NOW, until, 10)).toHaveLength(1)
    expect(await after.leaseEnvelopes(NOW, until, 10)).toHaveLength(1)
    expect(await after.leaseEvents(NOW, until, 10)).toHaveLength(1)
    await after.close()
  })

  it('is flushed at every commit, with a log of its own', async () => {
    const driver = openSqlite(await newFile())
    expect(await driver.query('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }])
    expect(await driver.query('pragma synchronous')).toEqual([{ synchronous: 2 }])
    await driver.close()
  })

  it('of a newer version is refused with what to do, and let go', async () => {
    const file = await newFile()
    await (await openStore(`file:${file}`)).close()
    const db = new Database(file)
    db.exec('update schema_version set version = 99')
    db.close()
    const refusal = /schema 99.*knows \d+\. Run the newer version/
    await expect(openStore(`file:${file}`)).rejects.toThrow(refusal)
    // A lock that stayed behind would be reported instead.
    await expect(openStore(`file:${file}`)).rejects.toThrow(refusal)
  })

  it('is migrated from nothing once, and not again', async () => {
    const file = await newFile()
    await (await openStore(`file:${file}`)).close()
    const store = await openStore(`file:${file}`)
    await save(store)
    await store.close()
    const db = new Database(file)
    expect(db.prepare('select version from schema_version').all()).toMatchObject([
      { version: MIGRATIONS.length },
    ])
    db.close()
  })

  it('of the first versions keeps its sessions, their ways back and their open webhooks', async () => {
    const file = await newFile()
    const driver = openSqlite(file)
    await driver.query('create table schema_version (version integer not null)')
    await driver.query('insert into schema_version values (2)')
    for (const statement of MIGRATIONS.slice(0, 2).flat()) await driver.query(statement)
    for (const [id, status] of [
      ['s1', 'Approved'],
      ['s2', 'In Review'],
    ] as const) {
      await driver.query(
        `insert into sessions values ($1, 'u', 'default', $2, '', $3, null, 1, 1, 1, 1, 1, 1, 0, null)`,
        [id, status, `r-${id}`],
      )
    }
    for (const ret of ['r-s1', 'r-s2', 'r-s3']) {
      await driver.query(`insert into returns values ($1, 'https://shop.example/', 1)`, [ret])
    }
    await driver.query(`insert into inbox values ('e1', 's2', 'Approved', 1, 1, 'h', 1, null)`)
    await driver.close()

    const store = await openStore(`file:${file}`)
    expect(await store.wayBack('r-s2')).toEqual({ url: 'https://shop.example/', mode: null })
    // Nobody would ever come back by the third.
    expect(await store.wayBack('r-s3')).toBeUndefined()
    expect(await store.openIntents(NOW, 10)).toEqual([])
    expect(await store.leaseEnvelopes(NOW, NOW, 10)).toHaveLength(1)
    expect(await store.forgetSessions(2, 10)).toBe(1)
    expect(await store.session('s2')).toBeDefined()
    await store.close()
  })

  it('that another process has open is refused with what to do', async () => {
    const file = await newFile()
    const store = await openStore(`file:${file}`)
    const second = run('server/cli.ts', {
      args: ['serve'],
      cwd: path.dirname(file),
      env: {
        DIDIT_API_KEY: 'key',
        DIDIT_WORKFLOW_ID: '11111111-2222-4333-8444-555555555555',
        DATABASE_URL: `file:${file}`,
        PORT: '0',
      },
    })
    expect(await second.ended()).toBe(1)
    expect(second.output()).toContain('If another didit-verify process has it open, stop that one')
    expect(second.output()).not.toContain('at async')
    await save(store)
    await store.close()
  })

  it.each(['mysql://localhost/db', 'data.db', 'file:', ''])('named %j is refused', async (url) => {
    await expect(openStore(url)).rejects.toThrow(/DATABASE_URL/)
  })

  it('with a path that cannot be made is refused with its name', async () => {
    const url = `file:${path.join(root, 'package.json')}/x.db`
    await expect(openStore(url)).rejects.toThrow('package.json')
  })
})

describe('a transaction in a file', () => {
  it('is not interleaved with anything', async () => {
    const driver = openSqlite(':memory:')
    await driver.query('create table t (n integer)')
    let inside = false
    const seen: boolean[] = []
    const work = driver.transaction(async (query) => {
      inside = true
      await query('insert into t values (1)')
      await new Promise((resolve) => setImmediate(resolve))
      await query('insert into t values (2)')
      inside = false
    })
    const others = Array.from({ length: 5 }, async () => {
      const rows = await driver.query('select n from t')
      seen.push(inside)
      return rows.length
    })
    expect(await Promise.all(others)).toEqual([2, 2, 2, 2, 2])
    expect(seen).not.toContain(true)
    await work
    await driver.close()
  })

  it('that fails is undone alone, of all that share a commit', async () => {
    const driver = openSqlite(':memory:')
    await driver.query('create table t (n integer primary key)')
    const insert = (n: number) => driver.query('insert into t values ($1)', [n])
    const both = (n: number, more: () => Promise<unknown>) =>
      driver.transaction(async (query) => {
        await query('insert into t values ($1)', [n])
        await more()
      })
    const refuse = async () => {
      throw new Error('no')
    }
    const ends = await Promise.allSettled([
      insert(1),
      both(2, refuse),
      insert(1),
      both(3, async () => {}),
      insert(4),
    ])
    expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      false,
      false,
      true,
      true,
    ])
    expect(await driver.query('select n from t order by n')).toEqual([{ n: 1 }, { n: 3 }, { n: 4 }])
    await driver.close()
  })

  it('is not told as done when the commit that it shares fails, and what comes next goes on', async () => {
    const driver = openSqlite(':memory:')
    await driver.query('pragma foreign_keys = on')
    await driver.query('create table t (n integer primary key)')
    // Looked at in the commit only.
    await driver.query('create table u (n integer references t deferrable initially deferred)')
    const ends = await Promise.allSettled([
      driver.query('insert into t values (1)'),
      driver.query('insert into u values (2)'),
    ])
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await driver.query('insert into t values (3)')
    expect(await driver.query('select n from t')).toEqual([{ n: 3 }])
    await driver.close()
  })
})

describe('a setting', () => {
  it('changes once for all who have read the same', async () => {
    const store = await openStore('file::memory:')
    await store.settingOr('keys', 'old')
    const changes = ['one', 'two', 'three'].map((to) => store.changeSetting('keys', 'old', to))
    expect(await Promise.all(changes)).toEqual([true, false, false])
    expect(await store.settingOr('keys', 'fresh')).toBe('one')
  })

  it('that is not there does not change', async () => {
    const store = await openStore('file::memory:')
    expect(await store.changeSetting('keys', 'old', 'new')).toBe(false)
    expect(await store.settingOr('keys', 'fresh')).toBe('fresh')
  })
})
