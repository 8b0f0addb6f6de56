import { Hono } from 'hono'
import * as z from 'zod'
import type { Acts } from '../../acts.ts'
import type { OperatorEnv } from '../../operator.ts'
import type { Settings } from '../../options.ts'
import { ProblemError } from '../../problems.ts'
import type { OutboxFilter, OutboxRow } from '../../store/index.ts'

const filter = z.object({
  state: z.enum(['dead', 'waiting']).default('dead'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset: z.coerce.number().int().min(0).default(0),
}) satisfies z.ZodType<OutboxFilter>

/** What the host could not be told: looking at it, and having it tried again. */
export function outboxRoutes({ store, now }: Settings, acts: Acts) {
  return new Hono<OperatorEnv>()
    .get('/outbox', async (c) => {
      const rows = await store.events(filter.parse(c.req.query()))
      return c.json({ results: rows.map(view) })
    })
    .post('/outbox/replay', async (c) => {
      const replay = () => store.replayEvents(now())
      const replayed = await acts.run(c, { action: 'replay all events' }, replay)
      return c.json({ replayed })
    })
    .post('/outbox/:id/replay', async (c) => {
      const { id } = c.req.param()
      const row = await store.event(id)
      if (row?.result !== 'dead') throw new ProblemError('not-found')
      const act = { action: `replay event ${id}`, session: row.sessionId, moves: false }
      return c.json({
        replayed: Number(await acts.run(c, act, () => store.replayEvent(id, now()))),
      })
    })
}

function view({ event, createdAt, dueAt, endedAt, ...row }: OutboxRow) {
  return { ...row, event: JSON.parse(event), createdAt, dueAt, endedAt }
}
