import { Hono } from 'hono'
import type { Acts } from '../../acts.ts'
import type {
  BlocklistAdd,
  BlocklistRemove,
  CreateDestination,
  CreateWorkflow,
  TopUp,
  UpdateDestination,
  UpdateWorkflow,
} from '../../didit/types.ts'
import type { OperatorEnv } from '../../operator.ts'
import type { Settings } from '../../options.ts'
import { readJson, readQuery } from './input.ts'

/** What belongs to the account and not to one session: blocklist, workflows, credits, webhooks. */
export function accountRoutes({ didit }: Settings, acts: Acts) {
  const { blocklist, workflows, billing, webhooks } = didit

  return new Hono<OperatorEnv>()
    .get('/blocklist', async (c) => c.json(await blocklist.list(readQuery(c))))
    .post('/blocklist/add', async (c) => {
      const body = await readJson<BlocklistAdd>(c)
      const act = { action: 'block', session: body.session_id }
      return c.json(await acts.run(c, act, () => blocklist.add(body)))
    })
    .post('/blocklist/remove', async (c) => {
      const body = await readJson<BlocklistRemove>(c)
      const act = { action: 'unblock', session: body.session_id }
      return c.json(await acts.run(c, act, () => blocklist.remove(body)))
    })

    .get('/workflows', async (c) => c.json(await workflows.list(readQuery(c))))
    .get('/workflows/:uuid', async (c) => c.json(await workflows.get(c.req.param('uuid'))))
    .post('/workflows', async (c) => {
      const body = await readJson<CreateWorkflow>(c)
      const act = { action: 'create workflow' }
      return c.json(await acts.run(c, act, () => workflows.create(body)), 201)
    })
    .patch('/workflows/:uuid', async (c) => {
      const body = await readJson<UpdateWorkflow>(c)
      const act = { action: `update workflow ${c.req.param('uuid')}` }
      return c.json(await acts.run(c, act, () => workflows.update(c.req.param('uuid'), body)))
    })
    .delete('/workflows/:uuid', async (c) => {
      const act = { action: `delete workflow ${c.req.param('uuid')}` }
      await acts.run(c, act, () => workflows.delete(c.req.param('uuid')))
      return c.body(null, 204)
    })

    .get('/billing/balance', async (c) => c.json(await billing.balance()))
    .post('/billing/top-up', async (c) => {
      const body = await readJson<TopUp>(c)
      return c.json(await acts.run(c, { action: 'top up' }, () => billing.topUp(body)))
    })

    .get('/webhooks/destinations', async (c) => c.json(await webhooks.destinations()))
    .post('/webhooks/destinations', async (c) => {
      const body = await readJson<CreateDestination>(c)
      const act = { action: 'create destination' }
      return c.json(await acts.run(c, act, () => webhooks.createDestination(body)), 201)
    })
    .get('/webhooks/destinations/:uuid', async (c) =>
      c.json(await webhooks.destination(c.req.param('uuid'))),
    )
    .patch('/webhooks/destinations/:uuid', async (c) => {
      const body = await readJson<UpdateDestination>(c)
      const act = { action: `update destination ${c.req.param('uuid')}` }
      const work = () => webhooks.updateDestination(c.req.param('uuid'), body)
      return c.json(await acts.run(c, act, work))
    })
    .delete('/webhooks/destinations/:uuid', async (c) => {
      const act = { action: `delete destination ${c.req.param('uuid')}` }
      await acts.run(c, act, () => webhooks.deleteDestination(c.req.param('uuid')))
      return c.body(null, 204)
    })
    .get('/webhooks/destinations/:uuid/deliveries', async (c) =>
      c.json(await webhooks.deliveries(c.req.param('uuid'), readQuery(c))),
    )
    .get('/webhooks/destinations/:uuid/deliveries/:delivery', async (c) =>
      c.json(await webhooks.delivery(c.req.param('uuid'), c.req.param('delivery'))),
    )
    .post('/webhooks/destinations/:uuid/deliveries/:delivery/resend', async (c) => {
      const { uuid, delivery } = c.req.param()
      const act = { action: `resend delivery ${delivery}` }
      return c.json(await acts.run(c, act, () => webhooks.resend(uuid, delivery)))
    })
}
