import { follows, statusRow } from './contract.ts'
import { type DiditError, DiditUnreachable } from './didit/client.ts'
import { isStale, NEVER, nextCheck } from './due.ts'
import type { Settings } from './options.ts'
import { createOutbox } from './outbox.ts'
import { createQuiet } from './quiet.ts'
import type { Envelope, SessionRow, StatusChange } from './store/index.ts'

const SECOND = 1000

/** After which a webhook that could not be worked off is due again. */
const PUT_OFF = 5 * SECOND
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

export type Updates = ReturnType<typeof createUpdates>

/** The one place where the status of a session changes. */
export function createUpdates(settings: Settings) {
  const { store, didit, now, timers, log, metrics } = settings
  const outbox = createOutbox(settings)
  const quiet = createQuiet(settings)
  const asking = new Map<string, Promise<void>>()

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
    if (await quiet.holds()) throw new DiditUnreachable('a question', 'waiting after a failure')
    let status: string
    try {
      status = (await didit.sessions.decision(row.id)).status
    } catch (error) {
      if ((error as Partial<DiditError>).status !== 404) {
        await backOff(error)
        throw error
      }
      await quiet.end()
      await missing(row)
      return undefined
    }
    await quiet.end()
    return status
  }

  /** What a refusal or silence of Didit means for the next questions. */
  async function backOff(error: unknown): Promise<void> {
    const { retryAfter = 0 } = error as Partial<DiditError>
    await quiet.begin(retryAfter * SECOND)
  }

  async function missing(row: SessionRow): Promise<void> {
    // A settled session that is gone was deleted on purpose; its outcome holds.
    if (statusRow(row.status).settled) return store.checkLater(row.id, NEVER)
    log.warn({ session: row.id }, 'Didit does not know this session; its status is kept')
    await markGone(row)
  }

  /** @returns false where somebody else was faster. */
  async function markGone(row: SessionRow): Promise<boolean> {
    const at = now()
    const version = row.version + 1
    const entry = outbox.entry({ ...row, missingAt: at, changedAt: at, version }, row.status)
    const mark = { checkAt: NEVER, now: at, entry }
    if (!(await store.markMissing(row.id, row.version, mark))) return false
    outbox.kick()
    metrics.count('session_outcomes_total', { outcome: 'expired' })
    return true
  }

  async function applyAnswer(row: SessionRow, status: string, askedAt: number) {
    // Event times are whole seconds, so an event in the second of the question may be older or newer.
    const eventAt = Math.floor(askedAt / SECOND) * SECOND
    return isSame({ row, status }) ? keep(row, eventAt) : change(row, status, eventAt)
  }

  function keep(row: SessionRow, eventAt: number) {
    return store.keepStatus(row.id, row.version, { eventAt, checkAt: nextCheck(row, now()) })
  }

  async function change(row: SessionRow, status: string, eventAt: number) {
    const changed = await store.changeStatus(row.id, row.version, changeOf(row, status, eventAt))
    if (changed) spread(row, changed)
    return changed
  }

  function changeOf(row: SessionRow, status: string, eventAt: number): StatusChange {
    const at = now()
    const news = { ...row, status, changedAt: at, version: row.version + 1, missingAt: null }
    return {
      status,
      eventAt: Math.max(eventAt, row.eventAt),
      checkAt: nextCheck(news, at),
      now: at,
      entry: outbox.entry(news, row.status),
    }
  }

  /** What follows once a change is on disk. */
  function spread(row: SessionRow, { status, version }: SessionRow): void {
    log.info({ session: row.id, from: row.status, to: status, version }, 'status changed')
    metrics.count('session_outcomes_total', { outcome: statusRow(status).outcome ?? 'open' })
    outbox.kick()
  }

  /** Works off a webhook from the inbox. One about a session unknown here stays in it. */
  async function receive(news: Envelope): Promise<void> {
    const { row, changed } = await store.applyEnvelope(news, (row) =>
      weigh(row, news) === 'apply' ? changeOf(row, news.status, news.eventAt) : undefined,
    )
    if (!row) return store.parkEnvelope(news.id)
    if (changed) return spread(row, changed)
    if (!(await act(row, news))) return receive(news)
    await store.finishEnvelope(news.id, now())
  }

  /**
   * Does what a webhook leads to that is not applied as it is.
   *
   * @returns false where somebody changed the session since it was read.
   */
  async function act(row: SessionRow, news: Envelope): Promise<boolean> {
    const verdict = weigh(row, news)
    if (verdict === 'apply') return false
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
      await store.putOffEnvelope(news.id, now() + PUT_OFF).catch(() => {})
    })
  }

  return {
    receive: receiveSafely,

    /** Whether Didit is left alone for the moment. */
    isQuiet: quiet.holds,

    /** Whether Didit's last answer is too old for somebody who waits, and nobody here is asking. */
    isStale: (row: SessionRow) => !asking.has(row.id) && isStale(row, now()),

    /** Has Didit left alone after a refusal or silence that somebody else met. */
    backOff,

    /** Tells the host what it was not told before. */
    tell: outbox.deliver,

    /** Asks about a session that is due. What fails is put off; what was not asked stays first. */
    async askDue(row: SessionRow): Promise<void> {
      if (await quiet.holds()) return store.checkLater(row.id, row.checkAt)
      await ask(row.id).catch(async (error: Error) => {
        log.warn({ session: row.id, error }, 'could not ask Didit')
        await store.checkLater(row.id, nextCheck(row, now()))
      })
    },

    /**
     * Takes over what one answer of Didit, asked for at `askedAt`, said of many sessions. Where
     * somebody was faster the session is asked about in the next round.
     */
    async hear(answers: readonly { row: SessionRow; status: string }[], askedAt: number) {
      const eventAt = Math.floor(askedAt / SECOND) * SECOND
      const at = now()
      const [same, other] = partition(answers, isSame)
      const kept = await store.keepStatuses(
        same.map(({ row }) => ({ ...row, eventAt, checkAt: nextCheck(row, at) })),
      )
      for (const { row } of same) if (!kept.has(row.id)) await store.checkLater(row.id, at)
      for (const { row, status } of other) {
        if (!(await change(row, status, eventAt))) await store.checkLater(row.id, at)
      }
    },

    /** Keeps a session that Didit handed out at `askedAt`, and what webhooks said of it before. */
    async adopt(
      created: Pick<
        SessionRow,
        'id' | 'subject' | 'workflow' | 'status' | 'url' | 'ret' | 'reference' | 'details'
      >,
      askedAt: number,
    ): Promise<SessionRow> {
      const at = now()
      const fresh = {
        ...created,
        createdAt: at,
        changedAt: at,
        eventAt: Math.floor(askedAt / SECOND) * SECOND,
        askedAt: at,
      }
      const entry = outbox.entry({ ...fresh, version: 1, missingAt: null, checkAt: 0 }, null)
      const row = await store.saveSession({ ...fresh, checkAt: nextCheck(fresh, at) }, entry)
      if (entry && row.version === 1) outbox.kick()
      if (!isSame({ row, status: created.status })) await applyAnswer(row, created.status, askedAt)
      for (const news of await store.openEnvelopes(row.id, 100)) await receiveSafely(news)
      // A webhook may have been applied by whoever received it, since the session was kept.
      return (await store.session(row.id)) ?? row
    },

    /** Asks about a session at this moment. @returns whether there was an answer. */
    async askNow(id: string): Promise<boolean> {
      try {
        // A question that is under way may have been answered before.
        await asking.get(id)?.catch(() => {})
        await ask(id)
        return true
      } catch (error) {
        log.warn({ session: id, error }, 'could not ask Didit')
        return false
      }
    },

    /** Takes over that a session was deleted at Didit; a settled one keeps its outcome. */
    async lose(id: string): Promise<void> {
      for (let tries = 0; tries < 3; tries++) {
        const row = await store.session(id)
        if (!row || row.missingAt !== null || statusRow(row.status).settled) return
        if (await markGone(row)) return
      }
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
        if (!isStale(row, at, eager) || (await quiet.holds())) return row
        const claimed = await store.claimQuestion(row, at)
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

/** One that was missing and is back is a change too: its readers were told that it had ended. */
function isSame({ row, status }: { row: SessionRow; status: string }): boolean {
  return status === row.status && row.missingAt === null
}

function partition<T>(all: readonly T[], is: (each: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((each) => !is(each))]
}
