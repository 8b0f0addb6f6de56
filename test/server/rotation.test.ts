// What rotates without anybody noticing: the secrets of tokens and of webhooks, operators' tokens.

import { describe, expect, it } from 'vitest'
import { createOperatorApp } from '../../server/operator.ts'
import { createBff } from '../support/bff.ts'

const OLD = 'the-old-secret-of-thirty-two-characters'
const NEW = 'the-new-secret-of-thirty-two-characters'

/** The same store and clock, as after a restart with other settings. */
async function restart(
  { store, clock }: Awaited<ReturnType<typeof createBff>>,
  options: Parameters<typeof createBff>[0],
) {
  return createBff({ store, clock, ...options })
}

describe('the secret of the tokens', () => {
  it('is replaced in two steps, and no visitor loses their session', async () => {
    const before = await createBff({ secret: OLD })
    const { session, token } = await before.start()
    const during = await restart(before, { secret: [NEW, OLD] })
    expect((await during.read(session.id, token)).status).toBe(200)
    const fresh = await during.start()
    const after = await restart(before, { secret: NEW })
    expect((await after.read(fresh.session.id, fresh.token)).status).toBe(200)
    expect((await after.read(session.id, token)).status).toBe(404)
  })

  it('is the first of several: an instance that knows only that one reads its tokens', async () => {
    const two = await createBff({ secret: [NEW, OLD] })
    const { session, token } = await two.start()
    const other = await restart(two, { secret: NEW })
    const older = await restart(two, { secret: OLD })
    expect((await other.read(session.id, token)).status).toBe(200)
    expect((await older.read(session.id, token)).status).toBe(404)
  })

  it('can take over from the one that is kept in the store', async () => {
    const kept = await createBff()
    const { session, token } = await kept.start()
    const without = await restart(kept, { secret: NEW })
    expect((await without.read(session.id, token)).status).toBe(404)
    const during = await restart(kept, { secret: [NEW, 'kept'] })
    expect((await during.read(session.id, token)).status).toBe(200)
    const fresh = await during.start()
    expect((await without.read(fresh.session.id, fresh.token)).status).toBe(200)
  })

  it.each([['short'], [[NEW, 'short']]])('cannot be guessed: %j is refused', async (secret) => {
    await expect(createBff({ secret })).rejects.toThrow(/fewer than 32 characters/)
  })

  it.each([[''], [[]], [['']]])('that is %j is the kept one', async (secret) => {
    const kept = await createBff()
    const { session, token } = await kept.start()
    const same = await restart(kept, { secret })
    expect((await same.read(session.id, token)).status).toBe(200)
  })
})

describe("an operator's token", () => {
  it('has a successor beside it until it is taken away, under the same name', async () => {
    const { options } = await createBff()
    const names = async (anna: string[]) => {
      const app = createOperatorApp({ ...options, operators: { anna } })
      const answers = [OLD, NEW].map((token) =>
        app.request('/audit', { headers: { authorization: `Bearer ${token}` } }),
      )
      return (await Promise.all(answers)).map(({ status }) => status)
    }
    expect(await names([OLD])).toEqual([200, 401])
    expect(await names([OLD, NEW])).toEqual([200, 200])
    expect(await names([NEW])).toEqual([401, 200])
  })
})

describe("a webhook destination's secret", () => {
  it('has a successor beside it until the last old delivery was repeated', async () => {
    const { hook, clock } = await createBff({ webhookSecrets: ['new', 'old'] })
    const event = { session_id: 's', status: 'Approved' }
    expect((await hook(event, { secret: 'old' })).status).toBe(204)
    expect((await hook(event, { secret: 'new' })).status).toBe(204)
    clock.pass(1000)
    const after = await createBff({ webhookSecrets: ['new'], clock })
    expect((await after.hook(event, { secret: 'old' })).status).toBe(401)
  })
})
