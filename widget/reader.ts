import type { Backend, Told } from './backend.ts'
import type { Kept } from './kept.ts'

type Named = Pick<Kept, 'sessionId' | 'token'>

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
  const response = await backend.ask(pathOf(kept), kept.token, { signal, cache })
  return (await backend.json(response)).session
}

/** The session's event stream. */
export function openStream(backend: Backend, kept: Named, signal: AbortSignal): Promise<Response> {
  return backend.ask(`${pathOf(kept)}/events`, kept.token, { signal, cache: 'no-store' })
}
