// The people of a campaign: they start, watch, come back, and something happens to them at Didit.

import type { SessionGrant, Status } from '../../server/contract.ts'
import { readEvents, readStatus } from '../support/events.ts'
import type { Random } from './random.ts'
import { storyOf } from './stories.ts'
import type { Seen } from './truth.ts'

export interface Place {
  /** The page's origin. */
  origin: string
  operatorToken: string
  /** The address of any of the processes, dead or alive. */
  anywhere(): string
  /** Moves a session at Didit, where that is possible. */
  move(id: string, status: Status): Promise<void>
  seen(id: string): Seen[]
  /** Aborted when everybody goes home. */
  signal: AbortSignal
}

/** One visitor from their first click to the end of their story. */
export async function visit(name: string, random: Random, place: Place): Promise<void> {
  const known = random.happens(0.9)
  const headers = { ...(known && { 'x-user': name }) }
  const grant = await start(headers, random, place)
  const { id } = grant.session
  if (random.happens(0.3)) void watch(grant, headers, random.fork(), place)
  for (const status of storyOf(random)) {
    await pause(random.between(50, 1_500))
    if (random.happens(0.5)) void read(grant, headers, random, place)
    const act = { Approved: 'approve', Declined: 'decline' }[status as string]
    const decided = act && random.happens(0.3) && (await decide(id, act, place))
    if (!decided) await place.move(id, status)
  }
}

/** Clicks until it works. */
async function start(
  headers: Record<string, string>,
  random: Random,
  { anywhere, origin }: Place,
): Promise<SessionGrant> {
  for (;;) {
    const response = await fetch(`${anywhere()}/api/verify/sessions`, {
      method: 'POST',
      headers: { ...headers, origin, 'content-type': 'application/json' },
      body: '{}',
    }).catch(() => undefined)
    const grant = response?.ok && (await response.json().catch(() => undefined))
    if (grant) return grant
    await pause(random.between(100, 500))
  }
}

async function read(
  { session, token }: SessionGrant,
  headers: Record<string, string>,
  random: Random,
  { anywhere }: Place,
): Promise<void> {
  const eager: Record<string, string> = random.happens(0.5) ? { 'cache-control': 'no-cache' } : {}
  const init = { headers: { ...headers, ...eager, 'verify-token': token } }
  await fetch(`${anywhere()}/api/verify/sessions/${session.id}`, init)
    .then((response) => response.text())
    .catch(() => {})
}

/** Watches one stream after the other until the session has settled. */
async function watch(
  { session, token }: SessionGrant,
  headers: Record<string, string>,
  random: Random,
  { anywhere, seen, signal }: Place,
): Promise<void> {
  const own = seen(session.id)
  let last = ''
  while (!signal.aborted) {
    const id: Record<string, string> = last ? { 'last-event-id': last } : {}
    try {
      const response = await fetch(`${anywhere()}/api/verify/sessions/${session.id}/events`, {
        headers: { ...headers, 'verify-token': token, ...id },
        signal,
      })
      const events = readEvents(response)
      for (let event = await events.next(); event !== undefined; event = await events.next()) {
        if (!event.startsWith('event: session')) continue
        const [status, version] = readStatus(event)
        own.push({ status, version })
        last = String(version)
        if (event.includes('"settled":true')) return
      }
    } catch {}
    await pause(random.between(50, 300))
  }
}

/** An operator decides. @returns whether they were told that it was done. */
async function decide(id: string, act: string, { anywhere, operatorToken }: Place) {
  const response = await fetch(`${anywhere()}/api/operator/sessions/${id}/${act}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorToken}` },
  }).catch(() => undefined)
  await response?.text().catch(() => {})
  return response?.ok ?? false
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
