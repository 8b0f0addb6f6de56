import { Hono } from 'hono'
import type { Acts } from '../../acts.ts'
import type {
  CreateDestination,
  ListDeliveries,
  UpdateDestination,
  UpdateWebhook,
} from '../../didit/types.ts'
import type { OperatorEnv } from '../../operator.ts'
import type { Settings } from '../../options.ts'
import { noQuery, ownPage, PAGING, readJson, readQuery } from './input.ts'

/** Where Didit posts to, and what became of it; the old single configuration too. */
export function webhookRoutes({ didit: { webhooks } }: Settings, acts: Acts) {
  return new Hono<OperatorEnv>()
    .get('/webhook', async (c) => {
      noQuery(c)
      return c.json(await webhooks.get())
    })
    .patch('/webhook', async (c) => {
      const body = await readJson<UpdateWebhook>(c)
      return c.json(await acts.run(c, { action: 'update webhook' }, () => webhooks.update(body)))
    })

    .get('/webhooks/destinations', async (c) => {
      noQuery(c)
      return c.json(await webhooks.destinations())
    })
    .post('/webhooks/destinations', async (c) => {
      const body = await readJson<CreateDestination>(c)
      const act = { action: 'create destination' }
      return c.json(await acts.run(c, act, () => webhooks.createDestination(body)), 201)
    })
    .get('/webhooks/destinations/:uuid', async (c) => {
      noQuery(c)
      return c.json(await webhooks.destination(c.req.param('uuid')))
    })
    .patch('/webhooks/destinations/:uuid', async (c) => {
      const { uuid } = c.req.param()
      const body = await readJson<UpdateDestination>(c)
      const act = { action: `update destination ${uuid}` }
      return c.json(await acts.run(c, act, () => webhooks.updateDestination(uuid, body)))
    })
    .delete('/webhooks/destinations/:uuid', async (c) => {
      const { uuid } = c.req.param()
      const act = { action: `delete destination ${uuid}` }
      await acts.run(c, act, () => webhooks.deleteDestination(uuid))
      return c.body(null, 204)
    })
    .get('/webhooks/destinations/:uuid/deliveries', async (c) => {
      const query = readQuery<ListDeliveries>(c, [...PAGING, 'date_from', 'date_to'])
      return c.json(ownPage(c, await webhooks.deliveries(c.req.param('uuid'), query)))
    })
    .get('/webhooks/destinations/:uuid/deliveries/:delivery', async (c) => {
      noQuery(c)
      const { uuid, delivery } = c.req.param()
      return c.json(await webhooks.delivery(uuid, delivery))
    })
    .post('/webhooks/destinations/:uuid/deliveries/:delivery/resend', async (c) => {
      const { uuid, delivery } = c.req.param()
      const act = { action: `resend delivery ${delivery}` }
      return c.json(await acts.run(c, act, () => webhooks.resend(uuid, delivery)))
    })
}
