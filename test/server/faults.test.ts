import { describe, expect, it } from 'vitest'
import type { StatusEvent } from '../../server/options.ts'
import type { SessionRow } from '../../server/store/index.ts'
import { runCampaign } from '../faults/campaign.ts'
import { createRandom } from '../faults/random.ts'
import { storyOf } from '../faults/stories.ts'
import { API, MACHINES, SAID, WEBHOOKS } from '../faults/storm.ts'
import { type Case, faultsOf, isPartOf } from '../faults/truth.ts'
import { NO_POSTGRES } from '../support/postgres.ts'

const TIME = 10 * 60_000
const SEED = 20_260_101

describe('a short campaign', () => {
  for (const store of ['sqlite', 'postgres'] as const) {
    const leftOut = store === 'postgres' ? NO_POSTGRES : ''
    it.concurrent(
      `loses nothing, and tells everything once and in order, on ${store}${leftOut}`,
      async () => {
        if (leftOut) return
        const report = await runCampaign({ store, sessions: 40, seed: SEED, rate: 16 })
        expect(report.faults).toEqual({
          lost: [],
          wrong: [],
          untold: [],
          'out of order': [],
          crashed: [],
        })
        expect(report.sessions).toBeGreaterThanOrEqual(40)
        expect(report.changes).toBeGreaterThan(40)
        // It was no fine weather.
        const { storms } = report
        for (const name of [...Object.keys(WEBHOOKS), ...Object.keys(API), ...SAID]) {
          expect(storms[name], name).toBeGreaterThan(0)
        }
        expect(MACHINES.filter((name) => storms[name])).not.toEqual([])
      },
      TIME,
    )
  }
})

/** A session with two changes, all of them told and seen as they should. */
function good() {
  const history = ['Not Started', 'In Progress', 'Approved']
  const told = history.map((status, i) => ({
    event: { version: i + 1, status, previous: history[i - 1] ?? null } as StatusEvent,
    accepted: true,
  }))
  const row = { status: 'Approved', version: 3, subject: 'u', missingAt: null } as SessionRow
  const seen = history.map((status, i) => ({ version: i + 1, status }))
  return { truth: { id: 's', subject: 'u', status: 'Approved', history }, row, told, seen }
}

describe('the comparison', () => {
  const names = (found: Case) => faultsOf(found).map(([fault]) => fault)

  it('finds nothing where all is well', () => {
    expect(faultsOf(good())).toEqual([])
  })

  it('takes repetitions, refusals and what was never noticed for what they are', () => {
    const { told, truth, ...rest } = good()
    const [first, second, third] = told as [(typeof told)[0], (typeof told)[0], (typeof told)[0]]
    const history = ['Not Started', 'In Progress', 'In Review', 'Approved']
    const refused = { ...second, accepted: false }
    const tries = [first, refused, second, first, third, third]
    expect(faultsOf({ ...rest, truth: { ...truth, history }, told: tries })).toEqual([])
  })

  type Row = [string, string[], (found: ReturnType<typeof good>) => Case]
  const swap = <T>(list: T[]) => [list[1], list[0], ...list.slice(2)] as T[]
  const rows: Row[] = [
    ['a session that is not there', ['lost'], (it) => ({ ...it, row: undefined })],
    [
      'a session that is otherwise at Didit',
      ['wrong'],
      (it) => ({ ...it, truth: { ...it.truth, status: 'Declined' } }),
    ],
    [
      'a session of somebody else',
      ['wrong'],
      (it) => ({ ...it, row: { ...it.row, subject: 'other' } }),
    ],
    [
      'a session that counts as missing',
      ['wrong'],
      (it) => ({ ...it, row: { ...it.row, missingAt: 1 } }),
    ],
    [
      'a change that nobody was told of',
      ['untold'],
      (it) => ({ ...it, told: it.told.slice(0, 2), seen: [] }),
    ],
    [
      'a change that was told and refused',
      ['untold'],
      ({ told: [a, b, c], ...it }) => ({
        ...it,
        seen: [],
        told: [a, b, { ...c, accepted: false }] as Case['told'],
      }),
    ],
    ['changes told in another order', ['out of order'], (it) => ({ ...it, told: swap(it.told) })],
    [
      'a change told before the one before was taken',
      ['out of order'],
      ({ told: [a, b, c], ...it }) => ({
        ...it,
        told: [a, { ...b, accepted: false }, c, b] as Case['told'],
      }),
    ],
    [
      'a change that never was',
      ['out of order'],
      (it) => ({ ...it, truth: { ...it.truth, history: ['Not Started', 'Approved'] } }),
    ],
    [
      'two changes with one version',
      ['out of order', 'wrong'],
      ({ told: [a, b, c], ...it }) => ({
        ...it,
        told: [a, b, { ...b, event: { ...b?.event, status: 'In Review' } }, c] as Case['told'],
      }),
    ],
    [
      'more versions than there are',
      ['wrong'],
      (it) => ({ ...it, row: { ...it.row, version: 2 } }),
    ],
    [
      'a browser that went back in time',
      ['out of order'],
      (it) => ({ ...it, seen: swap(it.seen) }),
    ],
    [
      'a browser that saw something else',
      ['wrong'],
      (it) => ({ ...it, seen: [{ version: 2, status: 'Approved' }] }),
    ],
  ]
  it.each(rows)('finds %s', (_, faults, break_) => {
    expect([...new Set(names(break_(good())))]).toEqual(expect.arrayContaining(faults))
  })

  it.each([
    [[], ['a'], true],
    [['a', 'c'], ['a', 'b', 'c'], true],
    [['c', 'a'], ['a', 'b', 'c'], false],
    [['a', 'a'], ['a'], false],
    [['a', 'a'], ['a', 'b', 'a'], true],
  ])('%j is part of %j: %s', (part, whole, is) => {
    expect(isPartOf(part, whole)).toBe(is)
  })
})

describe('a seed', () => {
  it('gives the same numbers each time, and others than another seed', () => {
    const numbers = (seed: number) => {
      const { next, fork } = createRandom(seed)
      return [next(), next(), fork().next(), next()]
    }
    expect(numbers(7)).toEqual(numbers(7))
    expect(numbers(7)).not.toEqual(numbers(8))
    expect(numbers(7).every((each) => each >= 0 && each < 1)).toBe(true)
  })

  it('gives the same stories each time, of documented steps only', () => {
    const stories = (seed: number) => {
      const random = createRandom(seed)
      return Array.from({ length: 50 }, () => storyOf(random))
    }
    expect(stories(7)).toEqual(stories(7))
    expect(new Set(stories(7).map((story) => story.join())).size).toBeGreaterThan(10)
    expect(stories(7).every(([first]) => first === 'In Progress' || first === 'Expired')).toBe(true)
  })
})
