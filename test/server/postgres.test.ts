import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Driver } from '../../server/store/driver.ts'
import { createStore, migrate, openStore } from '../../server/store/index.ts'
import { openPostgres } from '../../server/store/postgres.ts'
import { until } from '../support/gate.ts'
import { openPglite } from '../support/pglite.ts'
import { type Cluster, NO_POSTGRES, openCluster } from '../support/postgres.ts'
import { change, NOW, save, storeContract } from '../support/store-contract.ts'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

function keep<T extends { close(): Promise<void> }>(each: T): T {
  opened.push(each)
  return each
}

if (NO_POSTGRES) {
  // One for all: it takes seconds to start.
  describe(`the store on PGlite${NO_POSTGRES}`, () => {
    let driver: Driver
    beforeAll(async () => {
      driver = await openPglite()
    }, 60_000)
    afterAll(() => driver.close())
    storeContract(async () => {
      await empty(driver)
      return driver
    })
  })
} else {
  withPostgres()
}

/** Much sooner done than another database. */
async function empty(driver: Driver): Promise<void> {
  await driver.query('drop schema public cascade')
  await driver.query('create schema public')
}

function withPostgres() {
  let cluster: Cluster
  let emptied: string
  beforeAll(async () => {
    cluster = await openCluster()
    emptied = await cluster.createDatabase()
  }, 60_000)
  afterAll(() => cluster.stop(), 60_000)

  describe('the store on Postgres', () =>
    storeContract(async () => {
      const driver = keep(await openPostgres(emptied))
      await empty(driver)
      return driver
    }))

  /** Two instances over one database. */
  async function openTwo() {
    const url = await cluster.createDatabase()
    const [a, b] = [keep(await openStore(url)), keep(await openStore(url))]
    await save(a)
    /** Breaks the connections of this kind to this database. */
    const breakConnections = (name: string) =>
      cluster.ask(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = $1 and datname = $2`,
        [name, new URL(url).pathname.slice(1)],
      )
    return { a, b, url, breakConnections }
  }

  describe('two instances', () => {
    it('hear of each other’s changes', async () => {
      const { a, b } = await openTwo()
      let heard = 0
      b.listen('s1', () => heard++)
      await a.changeStatus('s1', 1, change)
      await until(() => heard === 1)
    })

    it('hear of their own changes once, and at once', async () => {
      const { a, b } = await openTwo()
      let own = 0
      let other = 0
      a.listen('s1', () => own++)
      b.listen('s1', () => other++)
      await a.changeStatus('s1', 1, change)
      expect(own).toBe(1)
      await until(() => other === 1)
      await b.changeStatus('s1', 2, change)
      await until(() => own === 2)
      expect(other).toBe(2)
    })

    it('hear of thousands of changes that come at once', async () => {
      const { a, b } = await openTwo()
      const ids = Array.from({ length: 3000 }, () => crypto.randomUUID())
      const heard = new Set<string>()
      for (const id of ids) b.listen(id, () => heard.add(id))
      for (const id of ids.slice(0, 20)) await save(a, id)
      await Promise.all(ids.slice(0, 20).map((id) => a.changeStatus(id, 1, change)))
      await until(() => heard.size === 20)
    })

    it('look again after the listening connection broke: something may have been missed', async () => {
      const { a, b, breakConnections } = await openTwo()
      let heard = 0
      b.listen('s1', () => heard++)
      await breakConnections('didit-verify listen')
      await until(() => heard === 1)
      await a.changeStatus('s1', 1, change)
      await until(() => heard === 2)
    })

    it('go on when all their connections break in the middle of their work', async () => {
      const { a, b, breakConnections } = await openTwo()
      for (let i = 0; i < 20; i++) await save(a, `x${i}`)
      let working = true
      const work = Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const store = i % 2 ? a : b
          for (let version = 1; version <= 60; version++) {
            const row = await store.session(`x${i}`)
            const entry = { id: `x${i}.${row?.version}`, sessionId: `x${i}`, version, event: '{}' }
            await store.changeStatus(`x${i}`, row?.version ?? 0, { ...change, entry })
          }
        }),
      ).finally(() => {
        working = false
      })
      while (working) {
        await breakConnections('didit-verify')
        await new Promise((resolve) => setTimeout(resolve, 300))
      }
      await work
      const rows = await Promise.all(Array.from({ length: 20 }, (_, i) => a.session(`x${i}`)))
      const events = await a.events({ state: 'waiting', limit: 10_000, offset: 0 })
      // Every change that is stored is announced, whatever became of its answer.
      for (const row of rows) {
        const own = events.filter(({ sessionId }) => sessionId === row?.id)
        expect(own).toHaveLength((row?.version ?? 0) - 1)
        expect(row?.version).toBeGreaterThanOrEqual(60)
      }
    }, 60_000)

    it('start at the same moment on an empty database', async () => {
      const url = await cluster.createDatabase()
      const stores = await Promise.all(Array.from({ length: 5 }, () => openStore(url)))
      for (const store of stores) keep(store)
      const secrets = await Promise.all(
        stores.map((store, i) => store.settingOr('secret', String(i))),
      )
      expect(new Set(secrets).size).toBe(1)
    })

    it('leave leases of each other alone when they start', async () => {
      const { a, url } = await openTwo()
      expect(await a.leaseDue(NOW, NOW + 60_000, 10)).toHaveLength(1)
      const c = keep(await openStore(url))
      expect(await c.leaseDue(NOW, NOW + 60_000, 10)).toEqual([])
    })
  })

  describe('a notification', () => {
    it('of others on the same channel does no harm', async () => {
      const url = await cluster.createDatabase()
      const driver = keep(await openPostgres(url))
      await migrate(driver)
      const store = createStore(driver)
      let heard = 0
      store.listen('s1', () => heard++)
      for (const payload of ['', 'x', '{}', 'null', '{"ids":7}', '{"ids":[7,null]}', '[]']) {
        await driver.query(`select pg_notify('didit_verify', $1)`, [payload])
      }
      await driver.query(`select pg_notify('didit_verify', '{"ids":["s1"]}')`)
      await until(() => heard === 1)
    })

    it('with an id that is too long for it is left out, and holds up no other', async () => {
      const url = await cluster.createDatabase()
      const [a, b] = [keep(await openPostgres(url)), keep(await openPostgres(url))]
      const heard: (string | undefined)[] = []
      b.listen((id) => heard.push(id))
      a.notify('x'.repeat(9000))
      a.notify('🙂'.repeat(2000))
      a.notify('s1')
      await until(() => heard.length === 1)
      expect(heard).toEqual(['s1'])
    })
  })

  describe('a database', () => {
    it('that cannot be reached is refused with its name and without its password', async () => {
      const failed = openStore('postgres://anna:hunter2@127.0.0.1:1/verify')
      await expect(failed).rejects.toThrow(/The database 127\.0\.0\.1:1\/verify cannot be used/)
      await expect(failed).rejects.not.toThrow(/hunter2/)
    })

    it('that does not exist is refused with its name', async () => {
      const url = new URL(await cluster.createDatabase())
      url.pathname = 'nowhere'
      await expect(openStore(url.href)).rejects.toThrow(/nowhere.*does not exist/)
    })

    it('of a newer version is refused with what to do', async () => {
      const url = await cluster.createDatabase()
      const driver = keep(await openPostgres(url))
      await migrate(driver)
      await driver.query('update schema_version set version = 99')
      await expect(openStore(url)).rejects.toThrow(/schema 99.*Run the newer version/)
    })

    it('lets go of every connection when it is closed', async () => {
      const url = await cluster.createDatabase()
      const store = await openStore(url)
      await save(store)
      await store.changeStatus('s1', 1, change)
      await store.close()
      const text = 'select pid from pg_stat_activity where datname = $1'
      const connected = () => cluster.ask(text, [new URL(url).pathname.slice(1)])
      // The server notices a moment later.
      await until(async () => (await connected()).length === 0)
    })
  })
}
