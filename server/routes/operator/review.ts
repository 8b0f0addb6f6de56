import { Hono } from 'hono'
import type { Acts } from '../../acts.ts'
import type {
  AddReview,
  DeleteSessions,
  ImportShared,
  ListSessions,
  ResubmitNode,
  ShareSession,
  StatusNote,
} from '../../didit/types.ts'
import type { OperatorEnv } from '../../operator.ts'
import type { Settings } from '../../options.ts'
import { readJson, readQuery } from './input.ts'

/** What is done with sessions: looking, deciding, sending back, deleting, sharing, noting. */
export function reviewRoutes({ didit }: Settings, acts: Acts) {
  const { sessions } = didit

  return new Hono<OperatorEnv>()
    .get('/sessions', async (c) => c.json(await sessions.list(readQuery<ListSessions>(c))))
    .get('/sessions/:id', async (c) => c.json(await sessions.decision(c.req.param('id'))))
    .get('/sessions/:id/pdf', async (c) => {
      const { stream, filename, type } = await sessions.pdf(c.req.param('id'))
      return c.body(stream, 200, {
        'content-type': type,
        'content-disposition': `attachment; filename="${filename}"`,
      })
    })
    .post('/sessions/:id/approve', async (c) => {
      const session = c.req.param('id')
      const note = await readJson<StatusNote>(c)
      const work = () => sessions.approve(session, note)
      return c.json(await acts.run(c, { action: 'approve', session }, work))
    })
    .post('/sessions/:id/decline', async (c) => {
      const session = c.req.param('id')
      const note = await readJson<StatusNote>(c)
      const work = () => sessions.decline(session, note)
      return c.json(await acts.run(c, { action: 'decline', session }, work))
    })
    .post('/sessions/:id/resubmit', async (c) => {
      const session = c.req.param('id')
      const { nodes_to_resubmit: nodes = [], ...note } = await readJson<Resubmission>(c)
      const work = () => sessions.resubmit(session, nodes, note)
      return c.json(await acts.run(c, { action: 'resubmit', session }, work))
    })
    .delete('/sessions/:id', async (c) => {
      const session = c.req.param('id')
      await acts.run(c, { action: 'delete', session }, () => sessions.delete(session))
      return c.body(null, 204)
    })
    .post('/sessions/delete', async (c) => {
      const body = await readJson<DeleteSessions>(c)
      await acts.run(c, { action: 'delete many' }, () => sessions.deleteMany(body))
      await acts.recheck()
      return c.body(null, 204)
    })
    .post('/sessions/:id/share', async (c) => {
      const session = c.req.param('id')
      const body = await readJson<ShareSession>(c)
      const work = () => sessions.share(session, body)
      return c.json(await acts.run(c, { action: 'share', session }, work))
    })
    .post('/sessions/import', async (c) => {
      const body = await readJson<ImportShared>(c)
      const work = () => sessions.importShared(body)
      return c.json(await acts.run(c, { action: 'import' }, work), 201)
    })
    .get('/sessions/:id/reviews', async (c) =>
      c.json(await sessions.reviews(c.req.param('id'), readQuery(c))),
    )
    .post('/sessions/:id/reviews', async (c) => {
      const session = c.req.param('id')
      const body = await readJson<AddReview>(c)
      const work = () => sessions.addReview(session, body)
      return c.json(await acts.run(c, { action: 'note', session }, work), 201)
    })
}

interface Resubmission extends StatusNote {
  /** Which steps; take them from the decision. */
  nodes_to_resubmit?: ResubmitNode[]
}
