// That no statement gets slower as the store grows: what each database plans to do for it.
// PLAN_ROWS=1000000 fills in as many sessions.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Driver, Value } from '../../server/store/driver.ts'
import { migrate } from '../../server/store/index.ts'
import { openPostgres } from '../../server/store/postgres.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { fill } from '../support/fill.ts'
import { type Cluster, NO_POSTGRES, openCluster } from '../support/postgres.ts'
import { type Statement, tour } from '../support/tour.ts'

const ROWS = Number(process.env.PLAN_ROWS ?? 20_000)
const NOW = Date.UTC(2026, 0, 1)
const TIME = 20 * 60_000

/** Tables that grow with every session. */
const LARGE = ['sessions', 'returns', 'inbox', 'outbox', 'audit', 'counters']

/**
 * Indexes that may be walked along: those that hold only what is open, and the one that gives acts
 * in their order.
 */
const WALKED = /^(\w+_(due|open|leased)|audit_by_time)$/

/** Done once at a start, or by an operator after an act on all sessions: they visit what is open. */
const OVER_MANY = ['checkAllBy', 'endLeases', 'leaseGroup', 'replayEvents']

/** Asked for by an operator, while no session waits: as much work as there is to count. */
const COUNTS = ['countActs']

/** The statements that read or change something that is there. */
function looking(asked: Map<string, Statement[]>) {
  return [...asked].flatMap(([method, statements]) =>
    statements
      .filter(({ text }) => /^\s*(select|update|delete|with)/i.test(text))
      .map((statement) => ({ method, ...statement })),
  )
}

describe(`at ${ROWS} sessions`, () => {
  describe('libsql', () => {
    it(
      'visits no table from end to end',
      async () => {
        const driver = openSqlite(':memory:')
        await migrate(driver)
        await fill(driver, ROWS, NOW)
        const faults: string[] = []
        for (const { method, text, params } of looking(await tour(driver, NOW))) {
          const steps = await driver.query<{ detail: string }>(`explain query plan ${text}`, params)
          for (const { detail } of steps) if (isScan(detail)) faults.push(`${method}: ${detail}`)
        }
        expect(faults).toEqual([])
        await driver.close()
      },
      TIME,
    )

    function isScan(detail: string): boolean {
      const [, table = '', index = ''] = /^SCAN (\w+)(?: USING .*INDEX (\w+))?/.exec(detail) ?? []
      const name = { entry: 'outbox', earlier: 'outbox' }[table] ?? table
      return LARGE.includes(name) && !WALKED.test(index)
    }
  })

  describe(`Postgres${NO_POSTGRES}`, () => {
    if (NO_POSTGRES) {
      it('is not asked', () => expect(NO_POSTGRES).toContain('LEFT OUT'))
      return
    }

    let cluster: Cluster
    let driver: Driver
    beforeAll(async () => {
      cluster = await openCluster()
      driver = await openPostgres(await cluster.createDatabase())
      await migrate(driver)
      await fill(driver, ROWS, NOW)
    }, TIME)
    afterAll(async () => {
      await driver.close()
      await cluster.stop()
    }, TIME)

    it(
      'visits no table from end to end, and expects little work',
      async () => {
        const faults: string[] = []
        for (const { method, text, params } of looking(await tour(driver, NOW))) {
          const plan = await planOf(text, params)
          for (const { type, table, index, condition } of nodesOf(plan)) {
            const walk = /^Index/.test(type) && !condition && !WALKED.test(index)
            const scan = type === 'Seq Scan' || walk
            // Of a count without a condition every row is a part.
            if (COUNTS.includes(method) && !/ where /.test(text)) continue
            if (scan && LARGE.includes(table))
              faults.push(`${method}: ${type} on ${table}\n${text}`)
          }
          const most = OVER_MANY.includes(method) ? 5_000 : 1_500
          const cost = plan['Total Cost']
          if (cost > most && !COUNTS.includes(method))
            faults.push(`${method}: costs ${cost}\n${text}`)
        }
        expect(faults).toEqual([])
      },
      TIME,
    )

    interface Plan {
      'Node Type': string
      'Relation Name'?: string
      'Index Name'?: string
      'Index Cond'?: string
      'Total Cost': number
      Plans?: Plan[]
    }

    async function planOf(text: string, params: Value[]): Promise<Plan> {
      const rows = await driver.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
        `explain (format json) ${text}`,
        params,
      )
      const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
      if (!plan) throw new Error(`no plan for ${text}`)
      return plan
    }

    interface Step {
      type: string
      table: string
      index: string
      condition: boolean
    }

    function nodesOf(plan: Plan): Step[] {
      const own = {
        type: plan['Node Type'],
        table: plan['Relation Name'] ?? '',
        index: plan['Index Name'] ?? '',
        condition: plan['Index Cond'] !== undefined,
      }
      return [own, ...(plan.Plans ?? []).flatMap(nodesOf)]
    }
  })
})
