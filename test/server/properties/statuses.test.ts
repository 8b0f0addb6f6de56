import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { follows, STATUSES, statusRow } from '../../../server/contract.ts'
import { isStale, nextCheck } from '../../../server/due.ts'
import { runDue } from '../../../server/reconcile.ts'
import type { Envelope, SessionRow } from '../../../server/store/index.ts'
import { weigh } from '../../../server/updates.ts'
import { createMoved } from '../../support/moved.ts'
import { sessionRow } from '../../support/row.ts'

const DAY = 24 * 60 * 60_000
const known = fc.constantFrom(...Object.keys(STATUSES))
const status = fc.oneof(
  { arbitrary: known, weight: 5 },
  fc.string(),
  fc.constantFrom('constructor', '__proto__', 'toString', 'approved', 'Approved ', ''),
)
const time = fc.integer({ min: 0, max: 4_000_000_000_000 })
const past = fc.integer({ min: 0, max: 400 * DAY })

const row = (part: Partial<SessionRow>) => sessionRow(part, 0)

describe('what a status means', () => {
  it('is never approved for a text that is not exactly Approved', () => {
    fc.assert(
      fc.property(status, (text) => {
        const { outcome, settled } = statusRow(text)
        expect(outcome === 'approved').toBe(text === 'Approved')
        if (!Object.hasOwn(STATUSES, text)) expect([outcome, settled]).toEqual(['pending', false])
      }),
    )
  })

  it('follows from nothing unknown and leads to nothing unknown', () => {
    fc.assert(
      fc.property(status, status, (from, to) => {
        if (follows(from, to)) {
          expect(Object.hasOwn(STATUSES, from) && Object.hasOwn(STATUSES, to)).toBe(true)
          expect(from).not.toBe(to)
        }
      }),
    )
  })

  it('can still become approved, as long as it is not settled', () => {
    // Of a status that is not settled, nobody may have to give up.
    for (const [name, { settled }] of Object.entries(STATUSES)) {
      const reached = new Set([name])
      for (const each of reached) for (const next of statusRow(each).next) reached.add(next)
      if (!settled) expect([name, reached.has('Approved')]).toEqual([name, true])
    }
  })
})

describe('weigh', () => {
  const webhook = fc.record({
    status,
    covered: fc.boolean(),
    eventAt: time,
  })
  const stored = fc.record({ status, eventAt: time, missingAt: fc.option(time) })

  it('applies only what is signed whole, newer, documented, and leaves nothing settled', () => {
    fc.assert(
      fc.property(stored, webhook, (session, event) => {
        const news: Envelope = { id: 'e', sessionId: 's', hash: 'h', ...event }
        const verdict = weigh(row(session), news)
        const { settled, outcome } = statusRow(session.status)
        const may =
          event.covered &&
          event.eventAt > session.eventAt &&
          follows(session.status, event.status) &&
          !settled &&
          outcome !== 'resubmit'
        const same = event.status === session.status && session.missingAt === null
        expect(verdict).toBe(same ? 'keep' : may ? 'apply' : 'ask')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('the schedule', () => {
  it('lies ahead, in whole milliseconds, and never further than its status allows', () => {
    fc.assert(
      fc.property(status, past, time, (name, age, now) => {
        const at = nextCheck({ status: name, changedAt: now - age, createdAt: now - age }, now)
        expect(Number.isSafeInteger(at)).toBe(true)
        expect(at).toBeGreaterThan(now)
        const { settled, outcome } = statusRow(name)
        if (!settled) expect(at - now).toBeLessThanOrEqual(DAY / 4)
        if (outcome === 'approved') expect(at - now).toBeLessThanOrEqual(DAY)
      }),
    )
  })

  it('asks the more rarely the longer nothing moved', () => {
    fc.assert(
      fc.property(known, past, past, time, (name, one, two, now) => {
        const [less, more] = one < two ? [one, two] : [two, one]
        const wait = (age: number) =>
          nextCheck({ status: name, changedAt: now - age, createdAt: 0 }, now) - now
        expect(wait(less)).toBeLessThanOrEqual(wait(more))
      }),
    )
  })

  it('holds an answer for stale no sooner for a patient reader than for an eager one', () => {
    fc.assert(
      fc.property(known, past, past, time, (name, asked, changed, now) => {
        const session = row({ status: name, askedAt: now - asked, changedAt: now - changed })
        if (isStale(session, now)) expect(isStale(session, now, true)).toBe(true)
        if (statusRow(name).settled || asked < 2_000) {
          expect(isStale(session, now, true)).toBe(false)
        }
      }),
    )
  })
})

/** A life at Didit by documented steps, and how its webhooks come: some lost, doubled, late, unsigned. */
const life = fc
  .tuple(fc.infiniteStream(fc.nat(9)), fc.integer({ min: 1, max: 6 }))
  .map(([choices, length]) => {
    const statuses: string[] = []
    let at = 'Not Started'
    for (const choice of choices) {
      const { next } = statusRow(at)
      if (next.length === 0 || statuses.length === length) break
      at = next[choice % next.length] ?? at
      statuses.push(at)
    }
    return statuses
  })
const deliveries = fc.array(
  fc.record({ which: fc.nat(5), covered: fc.boolean(), atOnce: fc.boolean(), read: fc.boolean() }),
  { maxLength: 10 },
)

describe('a session', () => {
  it('ends as Didit says, its version only grows, and no status is told twice in a row', async () => {
    const property = fc.asyncProperty(life, deliveries, async (statuses, sent) => {
      const { hook, idle, stored, id, token, seen, told, clock, options } = await createMoved(
        ...statuses,
      )
      let version = 1
      const grows = async () => {
        const { version: now } = await stored()
        expect(now).toBeGreaterThanOrEqual(version)
        version = now
      }
      for (const { which, covered, atOnce, read } of sent) {
        const headers = covered ? ['X-Signature'] : ['X-Signature-Simple']
        const status = statuses[which % statuses.length] ?? ''
        const posted = hook(status, {}, { headers })
        if (!atOnce) await posted
        if (read) await seen(id, token)
        await posted
        if (!atOnce) await idle()
        await grows()
      }
      await idle()
      // The rounds of two days: they confirm what was approved, and ask about what is open.
      for (const pause of [2 * 60_000, DAY, DAY]) {
        clock.pass(pause)
        await runDue(options)
        await grows()
      }
      const truth = statuses.at(-1)
      const { status: ended } = await stored()
      const { settled, outcome } = statusRow(ended)
      const heard = sent.some(({ which }) => statuses[which % statuses.length] === truth)
      // What was declined or has expired is not asked about again, so its successor has to be heard.
      if (heard || !settled || outcome === 'approved') expect(ended).toBe(truth)
      expect((await seen(id, token)).status).toBe(ended)
      for (const [i, status] of told.entries()) if (i > 0) expect(status).not.toBe(told[i - 1])
    })
    await fc.assert(property, { numRuns: 100 })
  })
})
