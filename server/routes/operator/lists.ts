import { Hono } from 'hono'
import type { Acts } from '../../acts.ts'
import type {
  BlocklistAdd,
  BlocklistRemove,
  BlocklistType,
  ListBlocklist,
  ListBody,
} from '../../didit/types.ts'
import { BLOCKLIST_TYPES } from '../../didit/types.ts'
import type { OperatorEnv } from '../../operator.ts'
import type { Settings } from '../../options.ts'
import { ownPage, PAGING, readJson, readQuery } from './input.ts'

/** Who is kept out: the blocklist of the guides, and the lists that replace it. */
export function listRoutes({ didit }: Settings, acts: Acts) {
  const { blocklist, lists } = didit

  return (
    new Hono<OperatorEnv>()
      .get('/blocklist', async (c) => {
        const query = readQuery<ListBlocklist>(c, [...PAGING, 'item_type'])
        return c.json(ownPage(c, await blocklist.list(query)))
      })
      .post('/blocklist/add', async (c) => {
        const body = await readJson<BlocklistAdd>(c)
        const what = named((type) => body[`blocklist_${type}`])
        const act = { action: `block ${what}`.trim(), session: lower(body.session_id) }
        return c.json(await acts.run(c, act, () => blocklist.add(body)))
      })
      .post('/blocklist/remove', async (c) => {
        const body = await readJson<BlocklistRemove>(c)
        const what = named((type) => body[`unblock_${type}`])
        const act = { action: `unblock ${what}`.trim(), session: lower(body.session_id) }
        return c.json(await acts.run(c, act, () => blocklist.remove(body)))
      })

      // No reference of them is public, so their queries and bodies go through as they are.
      .get('/lists', async (c) => c.json(ownPage(c, paged(await lists.list(c.req.query())))))
      .post('/lists', async (c) => {
        const body = await readJson<ListBody>(c)
        return c.json(await acts.run(c, { action: 'create list' }, () => lists.create(body)), 201)
      })
      .get('/lists/:uuid/entries', async (c) =>
        c.json(ownPage(c, paged(await lists.entries(c.req.param('uuid'), c.req.query())))),
      )
      .post('/lists/:uuid/entries', async (c) => {
        const { uuid } = c.req.param()
        const body = await readJson<ListBody>(c)
        const act = { action: `add to list ${uuid}`, session: lower(body.reference_session_id) }
        return c.json(await acts.run(c, act, () => lists.addEntry(uuid, body)), 201)
      })
      .post('/lists/:uuid/entries/face-upload', async (c) => {
        const { uuid } = c.req.param()
        const body = await readJson<ListBody>(c)
        const act = { action: `add a face to list ${uuid}` }
        return c.json(await acts.run(c, act, () => lists.uploadFace(uuid, body)), 201)
      })
  )
}

function named(isOn: (type: BlocklistType) => unknown): string {
  return BLOCKLIST_TYPES.filter((type) => isOn(type) === true).join(', ')
}

/** As its row in the store is called; what is no id is refused before anything happens. */
function lower(id: unknown): string | undefined {
  return typeof id === 'string' ? id.toLowerCase() : undefined
}

function paged(body: ListBody): ListBody & { next: string | null; previous: string | null } {
  const link = (value: unknown) => (typeof value === 'string' ? value : null)
  return { ...body, next: link(body.next), previous: link(body.previous) }
}
