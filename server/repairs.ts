import type { Settings } from './options.ts'
import type { Intent } from './store/index.ts'
import type { Updates } from './updates.ts'

const MINUTE = 60_000
/** How long a creation or an act of an operator may take before it counts as broken off. */
const TAKES = 2 * MINUTE
/** Didit tries to deliver a webhook for five minutes; who was away for longer has missed some. */
const MISSED = 4 * MINUTE
const BATCH = 20
const BEAT = 'background'

/** Finishes what a crash or an outage broke off. */
export function createRepairs(settings: Settings, updates: Updates) {
  const { store, didit, workflows, now, log } = settings
  let beatenAt = 0

  /** A session that Didit may have made, and perhaps wrote to somebody about, without our knowing. */
  async function find({ url, mode, ...intent }: Intent): Promise<void> {
    const { workflow, ret } = intent
    // Of a workflow that is no longer configured nothing can be adopted.
    const id = Object.hasOwn(workflows, workflow) ? workflows[workflow] : undefined
    if (id) await adopt(id, intent)
    await store.dropIntent(ret)
  }

  async function adopt(workflowId: string, intent: Omit<Intent, 'url' | 'mode'>): Promise<void> {
    const askedAt = now()
    const { results } = await didit.sessions.list({
      vendor_data: intent.subject,
      workflow_id: workflowId,
      session_kind: 'all',
      limit: 1,
    })
    const [found] = results
    if (!found || !('session_url' in found) || !found.session_url) return
    const { session_id: id, status, session_url: url } = found
    if (await store.session(id)) return
    log.warn({ session: id }, 'found a session whose creation was broken off')
    await updates.adopt({ ...intent, id, status, url }, askedAt)
  }

  return {
    /**
     * At the start of a process: after an absence that was too long for Didit's repetitions,
     * everything that may have moved is asked about soon.
     */
    async catchUp(): Promise<void> {
      const last = await store.shared<number>(BEAT)
      if (last === undefined || now() - last < MISSED) return
      log.warn({ minutes: Math.round((now() - last) / MINUTE) }, 'was away: asking about all')
      await store.checkAllBy(now())
    },

    /** Says that the background is there, once a minute. */
    async beat(): Promise<void> {
      if (now() - beatenAt < MINUTE) return
      beatenAt = now()
      await store.share<number>(BEAT, (last = 0) => Math.max(last, beatenAt))
    },

    /** Sessions and acts that were begun, and of whose end nothing is known. */
    async finish(): Promise<void> {
      const before = now() - TAKES
      for (const act of await store.openActs(before, BATCH)) {
        log.warn({ act: act.id, action: act.action }, 'an act of an operator was broken off')
        if (act.session) await store.checkLater(act.session, now())
        await store.endAct(act.id, { after: null, result: 'unknown' })
      }
      if (await updates.isQuiet()) return
      for (const intent of await store.openIntents(before, BATCH)) {
        await find(intent).catch(async (error: Error) => {
          log.warn({ error }, 'could not look for a session')
          await updates.backOff(error)
        })
      }
    },
  }
}
