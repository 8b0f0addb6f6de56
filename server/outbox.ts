import type { Settings, StatusEvent } from './options.ts'
import { viewSession } from './session.ts'
import type { LeasedEvent, OutboxEntry, SessionRow } from './store/index.ts'

const SECOND = 1000
const HOUR = 60 * 60 * SECOND
/** How long `onStatus` may take. */
const PATIENCE = 30 * SECOND
/** How long an event stays with the process that took it, should that one die. */
const LEASE = 60 * SECOND
/** Events of different sessions that are delivered side by side. */
const BATCH = 20
/** Batches at a time, so that one slow answer does not hold up every session. */
const LOOPS = 4
/** The pauses below add up to three days. */
const ATTEMPTS = 20
/** An operator reads it; more of it would be a log. */
const LONGEST = 300

/** How long an event waits after so many attempts: 5 s, thrice as long each time, 6 h at most. */
export function pauseAfter(attempts: number): number {
  return Math.min(5 * SECOND * 3 ** (attempts - 1), 6 * HOUR)
}

export type Outbox = ReturnType<typeof createOutbox>

type Needs = Pick<
  Settings,
  'store' | 'onStatus' | 'now' | 'timers' | 'waitUntil' | 'log' | 'signal'
>

/** Tells the host of changes: what was written beside a change is delivered, and tried again. */
export function createOutbox({ store, onStatus, now, timers, waitUntil, log, signal }: Needs) {
  let loops = 0

  async function deliver(): Promise<void> {
    if (!onStatus || loops >= LOOPS) return
    loops++
    try {
      while (!signal?.aborted) {
        const at = now()
        const events = await store.leaseEvents(at, at + LEASE, BATCH)
        if (events.length === 0) return
        await Promise.all(events.map(tell))
      }
    } finally {
      loops--
    }
  }

  async function tell({ id, sessionId, event, attempts }: LeasedEvent): Promise<void> {
    try {
      await inTime(async () => onStatus?.(JSON.parse(event) as StatusEvent))
    } catch (cause) {
      const error = String((cause as Error)?.message ?? cause).slice(0, LONGEST)
      const dead = attempts >= ATTEMPTS
      log.warn({ event: id, session: sessionId, attempts, dead, error }, 'onStatus failed')
      if (dead) await store.endEvent(id, { result: 'dead', error, now: now() })
      else await store.putOffEvent(id, now() + pauseAfter(attempts), error)
      return
    }
    await store.endEvent(id, { result: 'delivered', error: null, now: now() })
  }

  /** A promise that never ends would keep all later events of its session. */
  async function inTime(work: () => Promise<unknown>): Promise<void> {
    let timer: unknown
    const late = new Promise<never>((_, reject) => {
      const refuse = () => reject(new Error(`onStatus took longer than ${PATIENCE / SECOND} s`))
      timer = timers.setTimeout(refuse, PATIENCE)
    })
    try {
      await Promise.race([work(), late])
    } finally {
      timers.clearTimeout(timer)
    }
  }

  return {
    /** What is written beside a change to `row`; nothing where nobody wants to be told. */
    entry(row: SessionRow, previous: string | null): OutboxEntry | undefined {
      if (!onStatus) return undefined
      const { id, workflow, status, outcome, settled, updatedAt: at, version } = viewSession(row)
      const event: StatusEvent = {
        id: `${id}.${version}`,
        sessionId: id,
        subject: row.subject,
        workflow,
        status,
        previous,
        outcome,
        settled,
        version,
        untrustedReference: row.reference,
        at,
      }
      return { id: event.id, sessionId: id, version, event: JSON.stringify(event) }
    },

    /** Delivers what is due, until nothing is. */
    deliver,

    /** The same without waiting for it: after a change. */
    kick(): void {
      if (!onStatus || loops >= LOOPS) return
      const work = deliver().catch((error: Error) => {
        log.error({ error: error.message }, 'could not deliver')
      })
      waitUntil(work)
    },
  }
}
