import { mediaLinks } from '../didit/media.ts'
import type { Context } from './command.ts'

/** Every picture of a session by its name, to be fetched while its link lives. */
export async function picturesOf(
  id: string,
  { didit, operator, fetch, signal }: Context,
): Promise<Map<string, () => Promise<Response>>> {
  const decision = await didit.sessions.decision(id, { signal })
  // With an operator only the names count: the server follows the links.
  const links = mediaLinks(decision, didit.local || operator !== undefined)
  return new Map(
    [...links].map(([name, link]) => [
      name,
      async () => {
        const path = `/sessions/${id}/pictures/${encodeURIComponent(name)}`
        // Without the key: the link carries its own permission, and leads to another host.
        const asked = operator
          ? operator.call('GET', path, { signal })
          : fetch(link, { redirect: 'error', signal })
        const response = await asked.catch(() => undefined)
        if (response?.ok) return response
        signal.throwIfAborted()
        const why = response ? `was answered with ${response.status}` : 'did not come'
        throw new Error(`The picture ${name} ${why}. Its link may have died; try again.`)
      },
    ]),
  )
}
