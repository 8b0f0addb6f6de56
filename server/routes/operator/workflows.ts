import { Hono } from 'hono'
import type { Acts } from '../../acts.ts'
import type { CreateWorkflow, UpdateWorkflow } from '../../didit/types.ts'
import type { OperatorEnv } from '../../operator.ts'
import type { Settings } from '../../options.ts'
import { noQuery, ownPage, readJson, readQuery } from './input.ts'

/** What is checked, by versions. */
export function workflowRoutes({ didit: { workflows } }: Settings, acts: Acts) {
  return new Hono<OperatorEnv>()
    .get('/workflows', async (c) => c.json(ownPage(c, await workflows.list(readQuery(c)))))
    .get('/workflows/:uuid', async (c) => {
      noQuery(c)
      return c.json(await workflows.get(c.req.param('uuid')))
    })
    .post('/workflows', async (c) => {
      const body = await readJson<CreateWorkflow>(c)
      const act = { action: 'create workflow' }
      return c.json(await acts.run(c, act, () => workflows.create(body)), 201)
    })
    .patch('/workflows/:uuid', async (c) => {
      const { uuid } = c.req.param()
      const body = await readJson<UpdateWorkflow>(c)
      const act = { action: `update workflow ${uuid}` }
      return c.json(await acts.run(c, act, () => workflows.update(uuid, body)))
    })
    .delete('/workflows/:uuid', async (c) => {
      const { uuid } = c.req.param()
      const act = { action: `delete workflow ${uuid}` }
      await acts.run(c, act, () => workflows.delete(uuid))
      return c.body(null, 204)
    })
}
