import { type Answer, call, type Kit, NO_KEY, NOBODY, of, type Run, tooMany } from './case.ts'

const ALL = '/v3/webhook/destinations/'
const HOOK = {
  label: 'Hook',
  url: 'https://shop.example/hook',
  subscribed_events: ['status.updated'],
}
const OTHER = { ...HOOK, url: 'https://shop.example/other' }

const list = of('list_webhook_destinations')
const create = of('create_webhook_destination')

const one = (uuid: string) => `${ALL}${uuid}/`
const made = (body: object) => call('POST', ALL, body)
/** A destination that has been sent something. */
const used =
  (then: (kit: Kit, uuid: string) => Promise<Answer>): Run =>
  async (kit) => {
    const { body } = await made(HOOK)(kit)
    await kit.played('approve')
    await kit.sandbox.idle()
    return then(kit, body.uuid)
  }
const changed = (body: object): Run =>
  used(async (kit, uuid) => {
    await made(OTHER)(kit)
    return kit.ask('PATCH', one(uuid), body)
  })

export const destinations = [
  list.answer(
    200,
    used((kit) => kit.ask('GET', ALL)),
  ),
  list.example(403, 'Forbidden', call('GET', ALL, undefined, NO_KEY)),
  list.example(429, 'Throttled', tooMany(600, 'GET', ALL, 30_000)),
  create.answer(201, made(HOOK)),
  create.example(400, 'Duplicate URL', async (kit) => {
    await made(HOOK)(kit)
    return made(HOOK)(kit)
  }),
  create.example(400, 'Empty events list', made({ ...HOOK, subscribed_events: [] })),
  create.example(400, 'Unknown event', made({ ...HOOK, subscribed_events: ['foo.bar'] })),
  create.example(403, 'Forbidden', call('POST', ALL, HOOK, NO_KEY)),
  create.example(429, 'Throttled', tooMany(300, 'POST', ALL, 30_000)),
  of('update_webhook_destination').example(400, 'Duplicate URL', changed({ url: OTHER.url })),
  of('update_webhook_destination').example(400, 'Empty events', changed({ subscribed_events: [] })),
  ...(
    [
      ['get_webhook_destination', 'GET', 200, 600],
      ['update_webhook_destination', 'PATCH', 200, 300],
      ['delete_webhook_destination', 'DELETE', 204, 300],
    ] as const
  ).flatMap(([operation, method, status, limit]) => {
    const body = method === 'PATCH' ? { enabled: false } : undefined
    return [
      of(operation).answer(
        status,
        used((kit, uuid) => kit.ask(method, one(uuid), body)),
      ),
      of(operation).example(403, 'Forbidden', call(method, one(NOBODY), body, NO_KEY)),
      of(operation).example(404, 'Not found', call(method, one(NOBODY), body)),
      of(operation).example(429, 'Throttled', tooMany(limit, method, one(NOBODY), 30_000)),
    ]
  }),
]
