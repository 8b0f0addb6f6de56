import { describe, expect, it } from 'vitest'
import { DAY, setUp } from './fixture.ts'

describe('time', () => {
  it.each([
    ['Not Started', 'Expired'],
    ['In Progress', 'Abandoned'],
    ['Resubmitted', 'Abandoned'],
    ['Approved', 'Approved'],
  ])('turns %s into %s after seven days', async (before, after) => {
    const { create, move, decision, told, sandbox, time } = setUp()
    const { session_id } = await create()
    if (before !== 'Not Started') await move(session_id, before, true)
    time.pass(7 * DAY - 1)
    expect((await decision(session_id)).status).toBe(before)
    time.pass(1)
    expect((await decision(session_id)).status).toBe(after)
    await sandbox.idle()
    expect(told().at(-1)).toBe(after)
  })
})
