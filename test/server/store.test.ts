import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'libsql'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../server/store/index.ts'
import { MIGRATIONS } from '../../server/store/schema.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { root, run } from '../support/process.ts'

const NOW = Date.UTC(2026, 0, 1)
const folders: string[] = []

async function newFile(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'didit-verify-'))
  folders.push(folder)
  return path.join(folder, 'deep', 'er', 'test.db')
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

function save(store: Store, id = 's1', part: object = {}) {
  const times = { createdAt: NOW, changedAt: NOW, eventAt: NOW, askedAt: NOW, checkAt: NOW }
  const text = { id, subject: 'u1', workflow: 'default', status: 'In Progress', url: 'https://u/1' }
  return store.saveSession({ ...text, ret: 'r1', reference: 'Jürgen 🙂', ...times, ...part })
}

const envelope = { id: 'e1', sessionId: 's1', status: 'Approved', hash: 'h', eventAt: NOW }
const change = { status: 'Approved', eventAt: NOW, checkAt: NOW, now: NOW }

describe('a file', () => {
  it('keeps everything when it is opened again', async () => {
    const file = await newFile()
    const before = await openStore(`file:${file}`)
    const row = await save(before)
    await before.changeStatus('s1', 1, change)
    await before.saveReturn('r1', 'https://shop.example/', NOW)
    await before.receive({ ...envelope, covered: true }, NOW)
    await before.count('app', NOW + 1000)
    const secret = await before.settingOr('secret', 'first')
    await before.close()

    const after = await openStore(`file:${file}`)
    expect(await after.session('s1')).toEqual({ ...row, status: 'Approved', version: 2 })
    expect(await after.returnUrl('r1')).toBe('https://shop.example/')
    expect(await after.openEnvelopes(null, 10)).toEqual([{ ...envelope, covered: true }])
    expect(await after.count('app', NOW + 1000)).toBe(2)
    expect(await after.settingOr('secret', 'second')).toBe(secret)
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

  it.each(['postgres://localhost/db', 'data.db', 'file:', ''])(
    'named %j is refused',
    async (url) => {
      await expect(openStore(url)).rejects.toThrow(/DATABASE_URL/)
    },
  )

  it('with a path that cannot be made is refused with its name', async () => {
    const url = `file:${path.join(root, 'package.json')}/x.db`
    await expect(openStore(url)).rejects.toThrow('package.json')
  })
})

describe('a transaction', () => {
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

  it('is undone by a throw, and what waits goes on', async () => {
    const driver = openSqlite(':memory:')
    await driver.query('create table t (n integer)')
    const failed = driver.transaction(async (query) => {
      await query('insert into t values (1)')
      throw new Error('no')
    })
    const after = driver.query('insert into t values (2)')
    await expect(failed).rejects.toThrow('no')
    await after
    expect(await driver.query('select n from t')).toEqual([{ n: 2 }])
    await driver.close()
  })
})

describe('a session', () => {
  it('changes only at the version that was read', async () => {
    const store = await openStore('file::memory:')
    await save(store)
    const results = await Promise.all(
      ['Approved', 'Declined', 'In Review'].map((status) =>
        store.changeStatus('s1', 1, { ...change, status }),
      ),
    )
    expect(results.map((row) => row?.version)).toEqual([2, undefined, undefined])
    expect(await store.session('s1')).toMatchObject({ status: 'Approved', version: 2 })
  })

  it('is told to who listens, after the change and until they stop', async () => {
    const store = await openStore('file::memory:')
    await save(store)
    await save(store, 's2')
    let heard = 0
    const stop = store.listen('s1', () => heard++)
    await store.changeStatus('s1', 7, change)
    await store.changeStatus('s2', 1, change)
    expect(heard).toBe(0)
    await store.changeStatus('s1', 1, change)
    expect(heard).toBe(1)
    await store.markMissing('s1', 2, NOW, NOW)
    expect(heard).toBe(2)
    stop()
    await store.changeStatus('s1', 3, change)
    expect(heard).toBe(2)
  })

  it('that is saved again keeps status, version, subject and reference of its own', async () => {
    const store = await openStore('file::memory:')
    await save(store)
    await store.changeStatus('s1', 1, change)
    const again = await save(store, 's1', { subject: 'u2', status: 'Not Started', ret: 'r2' })
    expect(again).toMatchObject({ subject: 'u1', status: 'Approved', version: 2, ret: 'r2' })
  })

  it('never forgets newer news for older', async () => {
    const store = await openStore('file::memory:')
    await save(store)
    await store.keepStatus('s1', 1, { eventAt: NOW - 1, checkAt: NOW })
    expect(await store.session('s1')).toMatchObject({ eventAt: NOW, version: 1 })
    await store.keepStatus('s1', 1, { eventAt: NOW + 1, checkAt: NOW })
    expect(await store.session('s1')).toMatchObject({ eventAt: NOW + 1, version: 1 })
  })

  it('may be asked about by one of those who try at once', async () => {
    const store = await openStore('file::memory:')
    await save(store)
    const claims = Array.from({ length: 5 }, () => store.claimQuestion('s1', NOW, NOW + 1))
    expect(await Promise.all(claims)).toEqual([true, false, false, false, false])
  })

  it('is leased once, the longest overdue first', async () => {
    const store = await openStore('file::memory:')
    await save(store, 's1', { checkAt: NOW - 1 })
    await save(store, 's2', { checkAt: NOW - 2 })
    await save(store, 's3', { checkAt: NOW + 1 })
    const ids = async (limit: number) =>
      (await store.leaseDue(NOW, NOW + 60_000, limit)).map(({ id }) => id)
    expect(await ids(1)).toEqual(['s2'])
    expect(await ids(10)).toEqual(['s1'])
    expect(await ids(10)).toEqual([])
    await store.checkLater('s1', NOW)
    expect(await ids(10)).toEqual(['s1'])
  })

  it('with hostile text is text', async () => {
    const store = await openStore('file::memory:')
    const id = `'; drop table sessions; -- $1 ?1 🙂`
    await save(store, id)
    expect((await store.session(id))?.id).toBe(id)
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
