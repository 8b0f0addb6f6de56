import { createBff } from './bff.ts'

/** A session that Didit has moved to `statuses` since, a minute each, without the BFF knowing. */
export async function createMoved(...statuses: string[]) {
  const bff = await createBff()
  const { session, token } = await bff.start()
  const { id } = session
  const at: Record<string, number> = {}
  for (const status of statuses) {
    bff.clock.pass(60_000)
    await bff.move(id, status)
    at[status] = Math.floor(bff.clock.now() / 1000)
  }
  const stored = async () => {
    const row = await bff.store.session(id)
    if (!row) throw new Error('the session is gone')
    return row
  }
  const told: string[] = []
  bff.store.listen(id, () => void stored().then(({ status }) => told.push(status)))
  /** The webhook that Didit posted when the session came to `status`. */
  const hook = async (status: string, more: object = {}, how: { headers?: string[] } = {}) => {
    const timestamp = Math.floor(bff.clock.now() / 1000)
    const event = { session_id: id, status, created_at: at[status] ?? timestamp, ...more }
    const response = await bff.hook(event, how)
    if (response.status !== 204) throw new Error(`the webhook got ${response.status}`)
  }
  bff.didit.calls.length = 0
  return { ...bff, id, token, at, stored, told, hook }
}
