// What a page does at the backend, and what happens at Didit meanwhile.

import type { Session, SessionGrant, Status } from '../../../server/contract.ts'
import type { Process } from '../processes.ts'

/** Starts a session, as somebody whom nobody knows. */
export async function createSession({ url, port }: Process): Promise<SessionGrant> {
  const headers = { 'content-type': 'application/json', origin: `http://localhost:${port}` }
  const body = JSON.stringify({ language: 'en' })
  const answer = await fetch(`${url}/api/verify/sessions`, { method: 'POST', headers, body })
  if (answer.status !== 201) throw new Error(`No session: ${await answer.text()}`)
  return (await answer.json()) as SessionGrant
}

export async function readSession(
  { url }: Process,
  { session, token }: SessionGrant,
): Promise<Session> {
  const headers = { 'verify-token': token }
  const answer = await fetch(`${url}/api/verify/sessions/${session.id}`, { headers })
  if (!answer.ok) throw new Error(`Cannot read the session: ${await answer.text()}`)
  return (await answer.json()).session
}

/** Moves a session at Didit. */
export async function move(didit: string, id: string, status: Status): Promise<void> {
  const answer = await fetch(`${didit}/_sandbox/sessions/${id}/status`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status, force: true }),
  })
  if (!answer.ok) throw new Error(`The session did not move: ${await answer.text()}`)
}
