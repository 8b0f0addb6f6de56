import { follows, statusRow } from './contract.ts'
import { type DiditError, DiditUnreachable } from './didit/client.ts'
import type { Settings } from './options.ts'
import type { Envelope, SessionRow } from './store/index.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NEVER = 8.64e15

/** How long a read waits for Didit before it answers with what is stored. */
const PATIENCE = 5 * SECOND

/**
 * What a webhook leads to. It is believed as it is only when its signature covers it, it is newer
 * than all that is known, and Didit documents the step; everything else asks Didit. Leaving a
 * settled status or a resubmission always asks: there an old webhook can look like a legal step.
 */
export function weigh(row: SessionRow, news: Envelope): 'apply' | 'keep' | 'ask' {
  if (news.status === row.status && row.missingAt === null) return 'keep'
  const { settled, outcome } = statusRow(row.status)
  const plain = !settled && outcome !== 'resubmit'
  const newer = news.eventAt > row.eventAt
  return news.covered && newer && plain && follows(row.status, news.status) ? 'apply' : 'ask'
}

/**
 * When reconcile asks again about a session that has had this status since `changedAt`. A fresh
 * approval is confirmed once after a minute: a late webhook may have passed for the newest news.
 */
export function nextCheck(status: string, changedAt: number, now: number): number {
  const { settled, outcome } = statusRow(status)
  if (outcome === 'approved') return now + (now - changedAt < MINUTE ? MINUTE : DAY)
  if (settled) return NEVER
  const [least, most] = outcome === null ? [20 * SECOND, HOUR] : [MINUTE, 6 * HOUR]
  return now + Math.floor(clamp((now - changedAt) / 2, least, most))
}

/**
 * Whether Didit's last answer is too old for a reader: the longer nothing moves, the older it may
 * be. An eager reader expects a change, so for them it may not.
 */
export function isStale(row: SessionRow, now: number, eager = false): boolean {
  if (statusRow(row.status).settled || row.missingAt !== null) return false
  const most = eager ? 2 * SECOND : 5 * MINUTE
  return now - row.askedAt >= clamp((now - row.changedAt) / 4, 2 * SECOND, most)
}

export type Updates = ReturnType<typeof createUpdates>

/** The one place where the status of a session changes. */
export function createUpdates({ store, didit, now, timers, log, metrics }: Settings) {
  const asking = new Map<string, Promise<void>>()
  // After a failure nobody asks for a while, so that an outage is not answered with a flood.
  let quietUntil = 0
  let quietFor = 0

  /** Asks Didit about a session and stores the answer; callers at the same time share one question. */
  function ask(id: string): Promise<void> {
    const running = asking.get(id) ?? question(id).finally(() => asking.delete(id))
    asking.set(id, running)
    return running
  }

  async function question(id: string): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      const row = await store.session(id)
      if (!row) return
      const started = now()
      const status = await statusAtDidit(row)
      if (status === undefined) return
      // Nobody may have changed the row since: else the answer may be the older news.
      if (await applyAnswer(row, status, started)) return
    }
    await store.checkLater(id, now())
  }

  async function statusAtDidit(row: SessionRow): Promise<string | undefined> {
    if (now() < quietUntil) throw new DiditUnreachable('a question', 'waiting after a failure')
    try {
      const { status } = await didit.sessions.decision(row.id)
      quietFor = 0
      return status
    } catch (error) {
      const { status, retryAfter } = error as Partial<DiditError>
      if (status === 404) {
        await missing(row)
        return undefined
      }
      quietFor = clamp(quietFor * 2, SECOND, MINUTE)
      quietUntil = now() + Math.max(quietFor, (retryAfter ?? 0) * SECOND)
      throw error
    }
  }

  async function missing(row: SessionRow): Promise<void> {
    // A settled session that is gone was deleted on purpose; its outcome holds.
    if (!statusRow(row.status).settled) {
      log.warn({ session: row.id }, 'Didit does not know this session; its status is kept')
      await store.markMissing(row.id, row.version, now(), NEVER)
      metrics.count('session_outcomes_total', { outcome: 'expired' })
    } else {
      await store.checkLater(row.id, NEVER)
    }
  }

  async function applyAnswer(row: SessionRow, status: string, askedAt: number) {
    // Event times are whole seconds, so an event in the second of the question may be older or newer.
    const eventAt = Math.floor(askedAt / SECOND) * SECOND
    // One that was missing and is back is a change too: its readers were told that it had ended.
    const same = status === row.status && row.missingAt === null
    return same ? keep(row, eventAt) : change(row, status, eventAt)
  }

  function keep(row: SessionRow, eventAt: number) {
    const checkAt = nextCheck(row.status, row.changedAt, now())
    return store.keepStatus(row.id, row.version, { eventAt, checkAt })
  }

  async function change(row: SessionRow, status: string, eventAt: number) {
    const at = now()
    const changed = await store.changeStatus(row.id, row.version, {
      status,
      eventAt: Math.max(eventAt, row.eventAt),
      checkAt: nextCheck(status, at, at),
      now: at,
    })
    if (changed) {
      const { version } = changed
      log.info({ session: row.id, from: row.status, to: status, version }, 'status changed')
      const outcome = statusRow(status).outcome ?? 'open'
      metrics.count('session_outcomes_total', { outcome })
    }
    return changed
  }

  /** Works off a webhook from the inbox. One about a session unknown here stays in it. */
  async function receive(news: Envelope): Promise<void> {
    const row = await store.session(news.sessionId)
    if (!row) return
    if (!(await act(row, news))) return receive(news)
    await store.finishEnvelope(news.id, now())
  }

  /** Does what a webhook leads to, unless somebody changed the session since it was read. */
  async function act(row: SessionRow, news: Envelope): Promise<boolean> {
    const verdict = weigh(row, news)
    if (verdict === 'apply') return Boolean(await change(row, news.status, news.eventAt))
    if (verdict === 'keep') return !news.covered || Boolean(await keep(row, news.eventAt))
    // A question that is under way may have been answered before this webhook's event happened.
    await asking.get(row.id)?.catch(() => {})
    await ask(row.id)
    return true
  }

  /** The same for who cannot wait for Didit: what fails stays in the inbox, behind the others. */
  async function receiveSafely(news: Envelope): Promise<void> {
    await receive(news).catch(async (error: Error) => {
      log.warn({ session: news.sessionId, error }, 'webhook put off')
      await store.putOffEnvelope(news.id, now()).catch(() => {})
    })
  }

  return {
    receive: receiveSafely,

    /** Whether Didit is left alone for the moment. */
    isQuiet: () => now() < quietUntil,

    /** Asks about a session that is due. What fails is put off; what was not asked stays first. */
    async askDue(row: SessionRow): Promise<void> {
      if (now() < quietUntil) return store.checkLater(row.id, row.checkAt)
      await ask(row.id).catch(async (error: Error) => {
        log.warn({ session: row.id, error }, 'could not ask Didit')
        await store.checkLater(row.id, nextCheck(row.status, row.changedAt, now()))
      })
    },

    /** Keeps a session that Didit handed out at `askedAt`, and what webhooks said of it before. */
    async adopt(
      created: Pick<
        SessionRow,
        'id' | 'subject' | 'workflow' | 'status' | 'url' | 'ret' | 'reference'
      >,
      askedAt: number,
    ): Promise<SessionRow> {
      const at = now()
      const row = await store.saveSession({
        ...created,
        createdAt: at,
        changedAt: at,
        eventAt: Math.floor(askedAt / SECOND) * SECOND,
        askedAt: at,
        checkAt: nextCheck(created.status, at, at),
      })
      if (row.status !== created.status || row.missingAt !== null) {
        await applyAnswer(row, created.status, askedAt)
      }
      for (const news of await store.openEnvelopes(row.id, 100)) await receiveSafely(news)
      return (await store.session(row.id)) ?? row
    },

    /**
     * The session as Didit has it now, if the stored answer is too old, else as it is stored. Of
     * all who read at once, in any process, one asks; nobody waits longer than five seconds.
     *
     * @param eager whether the reader expects a change, so that only a fresh answer will do.
     */
    async refresh(row: SessionRow, eager = false): Promise<SessionRow> {
      const at = now()
      if (!asking.has(row.id)) {
        if (at < quietUntil || !isStale(row, at, eager)) return row
        const claimed = await store.claimQuestion(row.id, row.askedAt, at)
        // Whoever was faster in this process shares its question, or has had the answer by now.
        if (!claimed && !asking.has(row.id)) return (await store.session(row.id)) ?? row
      }
      const answered = ask(row.id).catch((error: Error) => {
        log.warn({ session: row.id, error }, 'could not ask Didit')
      })
      let timer: unknown
      const patience = new Promise<void>((resolve) => {
        timer = timers.setTimeout(resolve, PATIENCE)
      })
      await Promise.race([answered, patience])
      timers.clearTimeout(timer)
      return (await store.session(row.id)) ?? row
    },
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
