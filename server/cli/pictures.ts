import { idOf } from '../didit/checks.ts'
import { mediaLinks } from '../didit/media.ts'
import type { Context } from './command.ts'
import type { Operator } from './operator.ts'

type Pictures = Map<string, () => Promise<Response>>

/** Every picture of a session by its name, to be fetched while its link lives. */
export async function picturesOf(id: string, context: Context): Promise<Pictures> {
  const { didit, operator, fetch, signal } = context
  if (operator) return throughServer(id, operator, signal)
  const links = mediaLinks(await didit.sessions.decision(id, { signal }), didit.local)
  return new Map(
    [...links].map(([name, link]) => {
      // Without the key: the link carries its own permission, and leads to another host.
      const ask = () => fetch(link, { redirect: 'error', signal })
      return [name, () => fetched(name, ask, signal)]
    }),
  )
}

/** The server knows which there are, and follows the links itself. */
async function throughServer(
  id: string,
  operator: Operator,
  signal: AbortSignal,
): Promise<Pictures> {
  const path = `/sessions/${idOf('session_id', id)}/pictures`
  const { results } = await operator.list<string>(path)
  return new Map(
    results.map(String).map((name) => {
      const ask = () => operator.call('GET', `${path}/${encodeURIComponent(name)}`, { signal })
      return [name, () => fetched(name, ask, signal)]
    }),
  )
}

async function fetched(name: string, ask: () => Promise<Response>, signal: AbortSignal) {
  const response = await ask().catch(() => undefined)
  if (response?.ok) return response
  signal.throwIfAborted()
  const why = response ? `was answered with ${response.status}` : 'did not come'
  throw new Error(`The picture ${name} ${why}. Its link may have died; try again.`)
}
