import type { Backend, Told } from './backend.ts'
import type { Kept } from './kept.ts'
import { within } from './within.ts'

type Named = Pick<Kept, 'sessionId' | 'token'>

/** The server answers within five seconds, whatever Didit does; the rest is the network's. Milliseconds. */
const LONGEST = 15_000

const pathOf = ({ sessionId }: Named) => `/sessions/${encodeURIComponent(sessionId)}`

/**
 * The session as the server has it.
 *
 * @param cache `reload` asks the server not to answer from an old question to Didit.
 */
export async function readSession(
  backend: Backend,
  kept: Named,
  signal: AbortSignal,
  cache: RequestCache = 'no-store',
): Promise<Told> {
  const response = await backend.ask(pathOf(kept), kept.token, {
    signal: within(LONGEST, signal),
    cache,
  })
  return (await backend.json(response)).session
}

/** The session's event stream. */
export function openStream(backend: Backend, kept: Named, signal: AbortSignal): Promise<Response> {
  return backend.ask(`${pathOf(kept)}/events`, kept.token, { signal, cache: 'no-store' })
}
