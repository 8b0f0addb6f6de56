import { describe, expect, it } from 'vitest'
import { createBff } from '../support/bff.ts'
import { createGate, until } from '../support/gate.ts'
import { createMoved } from '../support/moved.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

describe('a webhook', () => {
  it('is believed without a question when it is newer and documented', async () => {
    const { hook, idle, stored, didit } = await createMoved('In Progress', 'Approved')
    await hook('In Progress')
    await idle()
    await hook('Approved')
    await idle()
    expect(await stored()).toMatchObject({ status: 'Approved', version: 3 })
    expect(didit.calls).toEqual([])
  })

  it('leads to a question when the first one was lost', async () => {
    const { hook, idle, stored, didit } = await createMoved('In Progress', 'Approved')
    await hook('Approved')
    await idle()
    expect(await stored()).toMatchObject({ status: 'Approved', version: 2 })
    expect(didit.calls).toHaveLength(1)
  })

  it('that comes late never brings an overruled approval back', async () => {
    const { hook, idle, stored, told } = await createMoved('In Progress', 'Approved', 'Declined')
    await hook('Declined')
    await idle()
    await hook('Approved')
    await hook('In Progress')
    await idle()
    expect(await stored()).toMatchObject({ status: 'Declined', version: 2 })
    expect(told).toEqual(['Declined'])
  })

  const orders = [
    ['In Progress', 'In Review', 'Approved', 'Declined'],
    ['Declined', 'Approved', 'In Review', 'In Progress'],
    ['In Review', 'Declined', 'In Progress', 'Approved'],
    ['Approved', 'Approved', 'Declined', 'Declined', 'In Progress'],
  ]
  it.each(orders)('ends as Didit says now in the order %s, %s, %s, %s', async (...order) => {
    const { hook, idle, stored } = await createMoved(
      'In Progress',
      'In Review',
      'Approved',
      'Declined',
    )
    let version = 1
    for (const status of order) {
      await hook(status)
      await idle()
      const row = await stored()
      expect(row.version).toBeGreaterThanOrEqual(version)
      version = row.version
    }
    expect((await stored()).status).toBe('Declined')
  })

  it.each(orders)('ends as Didit says now when %s, %s, %s, %s come at once', async (...order) => {
    const { hook, idle, stored } = await createMoved(
      'In Progress',
      'In Review',
      'Approved',
      'Declined',
    )
    await Promise.all(order.map((status) => hook(status)))
    await idle()
    expect((await stored()).status).toBe('Declined')
  })

  it('of a second time round is not mistaken for news', async () => {
    const { hook, idle, stored, told } = await createMoved(
      'In Progress',
      'Resubmitted',
      'In Review',
    )
    await hook('In Review')
    await idle()
    await hook('Resubmitted')
    await idle()
    expect((await stored()).status).toBe('In Review')
    expect(told).not.toContain('Resubmitted')
  })

  it('asks anew when a question is under way whose answer may be older', async () => {
    const { id, didit, question, hook, idle, move, stored } = await withQuestion()
    await question.reached
    await move(id, 'In Review', 'Declined')
    await hook('Declined')
    question.release()
    await idle()
    expect((await stored()).status).toBe('Declined')
    expect(didit.calls).toHaveLength(2)
  })

  it('that says what is stored already changes nothing and tells nobody', async () => {
    const { hook, idle, stored, told, didit } = await createMoved('In Progress')
    await hook('In Progress')
    await idle()
    const { version } = await stored()
    await hook('In Progress')
    await idle()
    expect((await stored()).version).toBe(version)
    expect(told).toEqual(['In Progress'])
    expect(didit.calls).toEqual([])
  })

  it('with a status nobody knows is confirmed by Didit and reads as pending', async () => {
    const { hook, idle, seen, id, token, didit } = await createMoved('In Progress')
    didit.answer = () => Response.json({ status: 'Something New' })
    await hook('Something New', { created_at: Math.floor(Date.UTC(2026, 0, 2) / SECOND) })
    await idle()
    expect(await seen(id, token)).toMatchObject({
      status: 'Something New',
      outcome: 'pending',
      settled: false,
    })
  })
})

/** A reader's question that Didit has answered, while the answer is still on its way. */
async function withQuestion() {
  const bff = await createMoved('In Progress')
  const reached = createGate()
  const released = createGate()
  bff.didit.answer = async (_request, pass) => {
    const answer = await pass()
    if (bff.didit.calls.length === 1) {
      reached.open()
      await released.opened
    }
    return answer
  }
  const reading = bff.seen(bff.id, bff.token)
  return { ...bff, reading, question: { reached: reached.opened, release: released.open } }
}

describe('a question', () => {
  it('is asked again when a webhook changed the session meanwhile', async () => {
    const { id, didit, question, hook, idle, move, stored, told, at, clock, reading } =
      await withQuestion()
    await question.reached
    clock.pass(SECOND)
    await hook('In Progress', { created_at: Math.floor(clock.now() / SECOND) })
    await until(async () => (await stored()).status === 'In Progress')
    clock.pass(SECOND)
    await move(id, 'Approved')
    at.Approved = Math.floor(clock.now() / SECOND)
    await hook('Approved')
    await until(async () => (await stored()).status === 'Approved')
    question.release()
    await idle()
    expect((await reading).status).toBe('Approved')
    expect(told).toEqual(['In Progress', 'Approved'])
    expect(didit.calls).toHaveLength(2)
  })

  it('gives up after three tries and leaves the rest to reconcile', async () => {
    const { id, didit, clock, store, stored, seen, token } = await createMoved('In Progress')
    let status = 0
    didit.answer = async () => {
      const row = await stored()
      const now = clock.now()
      await store.changeStatus(id, row.version, {
        status: ['In Review', 'Resubmitted', 'Awaiting User'][status++] ?? '',
        eventAt: now,
        checkAt: now + MINUTE,
        now,
      })
      return Response.json({ status: 'In Progress' })
    }
    await seen(id, token)
    expect(didit.calls).toHaveLength(3)
    expect(await stored()).toMatchObject({ status: 'Awaiting User', checkAt: clock.now() })
  })

  it('is shared by all who read at once', async () => {
    const { id, token, didit, seen } = await createMoved('In Progress')
    const all = await Promise.all(Array.from({ length: 20 }, () => seen(id, token)))
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set(['In Progress']))
    expect(didit.calls).toHaveLength(1)
  })

  it('is asked once by two processes over one store', async () => {
    const first = await createMoved('In Progress')
    const second = await createBff({ ...first.options, clock: first.clock })
    await Promise.all([
      first.seen(first.id, first.token),
      second.seen(first.id, first.token),
      second.seen(first.id, first.token),
    ])
    expect(first.didit.calls).toHaveLength(1)
  })

  it('is not waited for longer than five seconds', async () => {
    const { id, token, clock, didit, seen } = await createMoved('In Progress')
    const never = createGate()
    didit.answer = async (_request, pass) => {
      await never.opened
      return pass()
    }
    let answered = false
    const reading = seen(id, token).finally(() => {
      answered = true
    })
    await until(() => didit.calls.length === 1 && clock.waiting() > 0)
    clock.pass(4999)
    await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(false)
    clock.pass(1)
    expect((await reading).status).toBe('Not Started')
    never.open()
  })

  it.each([
    ['no status', {}],
    ['a status that is no text', { status: 7 }],
    ['an empty list', []],
  ])('that is answered with %s counts as failed', async (_, body) => {
    const { id, token, didit, seen, stored } = await createMoved('In Progress')
    didit.answer = () => Response.json(body)
    expect((await seen(id, token)).status).toBe('Not Started')
    expect((await stored()).version).toBe(1)
  })
})
