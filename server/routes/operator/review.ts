import { Hono } from 'hono'
import type { Acts } from '../../acts.ts'
import type {
  AddReview,
  DeleteSessions,
  ImportShared,
  ListReviews,
  ListSessions,
  PreviewResubmission,
  ResubmitNode,
  ShareSession,
  StatusNote,
} from '../../didit/types.ts'
import type { OperatorEnv } from '../../operator.ts'
import type { Settings } from '../../options.ts'
import { ownPage, PAGING, readJson, readQuery, sessionOf } from './input.ts'

/** Every filter that Didit's list has. */
const FILTERS = [
  ...(PAGING as readonly ('limit' | 'offset')[]),
  'session_kind',
  'status',
  'vendor_data',
  'search',
  'workflow_id',
  'date_from',
  'date_to',
  'country',
  'document_type',
  'document_name',
  'region',
  'didit_internal_id',
  'session_type',
  'api_service',
  'screened_full_name',
  'warning',
  'status_initialized_as_in_review',
  'is_kyc_to_be_reviewed',
  'euuid',
  'organization_name',
] as const satisfies readonly (keyof ListSessions)[]

/** What is done with sessions: looking, deciding, sending back, deleting, sharing, noting. */
export function reviewRoutes({ didit }: Settings, acts: Acts) {
  const { sessions } = didit

  return (
    new Hono<OperatorEnv>()
      .get('/sessions', async (c) =>
        c.json(ownPage(c, await sessions.list(readQuery<ListSessions>(c, FILTERS)))),
      )
      .get('/sessions/:id', async (c) => {
        const { include } = readQuery<{ include?: string }>(c, ['include'])
        const read = include === 'events' ? sessions.decisionWithEvents : sessions.decision
        return c.json(await read(sessionOf(c)))
      })
      .get('/sessions/:id/pdf', async (c) => {
        readQuery(c, [])
        const { stream, filename, type } = await sessions.pdf(sessionOf(c))
        return c.body(stream, 200, {
          'content-type': type,
          'content-disposition': `attachment; filename="${filename}"`,
        })
      })
      .post('/sessions/:id/approve', async (c) => {
        const session = sessionOf(c)
        const note = await readJson<StatusNote>(c)
        const work = () => sessions.approve(session, note)
        return c.json(await acts.run(c, { action: 'approve', session }, work))
      })
      .post('/sessions/:id/decline', async (c) => {
        const session = sessionOf(c)
        const note = await readJson<StatusNote>(c)
        const work = () => sessions.decline(session, note)
        return c.json(await acts.run(c, { action: 'decline', session }, work))
      })
      .post('/sessions/:id/resubmit', async (c) => {
        const session = sessionOf(c)
        const { nodes_to_resubmit: nodes = [], ...note } = await readJson<Resubmission>(c)
        const work = () => sessions.resubmit(session, nodes, note)
        return c.json(await acts.run(c, { action: 'resubmit', session }, work))
      })
      // Changes nothing, so it is no act.
      .post('/sessions/:id/resubmission-preview', async (c) => {
        const body = await readJson<PreviewResubmission>(c)
        return c.json(await sessions.resubmissionPreview(sessionOf(c), body))
      })
      .delete('/sessions/:id', async (c) => {
        const session = sessionOf(c)
        await acts.run(c, { action: 'delete', session }, () => sessions.delete(session))
        return c.body(null, 204)
      })
      .post('/sessions/delete', async (c) => {
        const body = await readJson<DeleteSessions>(c)
        const { session_numbers: numbers } = body
        const which = Array.isArray(numbers) ? `sessions ${numbers.join(', ')}` : 'all sessions'
        await acts.run(c, { action: `delete ${which}` }, () => sessions.deleteMany(body))
        await acts.recheck()
        return c.body(null, 204)
      })
      .post('/sessions/:id/share', async (c) => {
        const session = sessionOf(c)
        const body = await readJson<ShareSession>(c)
        const act = { action: `share with ${body.for_application_id}`, session }
        return c.json(await acts.run(c, act, () => sessions.share(session, body)))
      })
      .post('/sessions/import', async (c) => {
        const body = await readJson<ImportShared>(c)
        const act = { action: 'import', made: (copy: { session_id: string }) => copy.session_id }
        return c.json(await acts.run(c, act, () => sessions.importShared(body)), 201)
      })
      .get('/sessions/:id/reviews', async (c) => {
        const query = readQuery<ListReviews>(c, [...PAGING, 'ordering'])
        return c.json(ownPage(c, await sessions.reviews(sessionOf(c), query)))
      })
      .post('/sessions/:id/reviews', async (c) => {
        const session = sessionOf(c)
        const body = await readJson<AddReview>(c)
        const work = () => sessions.addReview(session, body)
        return c.json(await acts.run(c, { action: 'note', session }, work), 201)
      })
  )
}

interface Resubmission extends StatusNote {
  /** Which steps; take them from the decision. */
  nodes_to_resubmit?: ResubmitNode[]
}
