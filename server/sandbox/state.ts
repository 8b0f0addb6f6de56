// Everything that a sandbox remembers.

import { APPLICATION, createAccounts, type Organization } from './accounts.ts'
import { createDestinations } from './destinations.ts'
import { noFaults } from './faults.ts'
import { createLimiter, createQuota } from './limits.ts'
import { createLists } from './lists.ts'
import { createMedia } from './media.ts'
import type { Changes, SandboxSession } from './session.ts'
import { createSessions } from './sessions.ts'
import { usualSettings } from './settings.ts'
import { createWebhooks, type Log, type Timers } from './webhooks.ts'
import { createWorkflows, DEFAULT_WORKFLOW } from './workflows.ts'

/** An e-mail that was not sent. */
interface Mail {
  to: string
  subject: string
  text: string
  at: number
}

/** A payment that somebody has begun. */
interface Checkout {
  organization: Organization
  /** Dollars. */
  amount: number
  success: string | null
  cancel: string | null
}

export interface StateOptions {
  publicUrl: string
  strict: boolean
  limits: boolean
  webhook: { url: string; secret: string } | null
  fetch: typeof globalThis.fetch
  now(): number
  timers: Timers
  log: Log
  /** Called after every change of a session's status. */
  onChange(session: SandboxSession): void
  /** Called after every correction of what a session has found. */
  onEdit(session: SandboxSession, changes: Changes): void
}

export type State = ReturnType<typeof createState>

export function createState(options: StateOptions) {
  const { publicUrl, strict, limits, webhook, fetch, now, timers, log, onChange, onEdit } = options
  const faults = noFaults()
  const lists = createLists({ now })
  const workflows = createWorkflows({ now, strict })
  const cleared = {
    accounts: createAccounts({ now }),
    workflows,
    sessions: createSessions({
      now,
      hits: lists.hits,
      kyc: (application) => workflows.published(application, DEFAULT_WORKFLOW),
      onChange,
    }),
    destinations: createDestinations({ now }),
    webhooks: createWebhooks({ fetch, now, timers, log, faults }),
    media: createMedia({ publicUrl, now }),
    limiter: createLimiter(now),
    quota: createQuota(now),
    lists,
    checkouts: new Map<string, Checkout>(),
    /** Resubmissions that somebody has looked at beforehand. */
    previews: new Map<string, { session: string; nodes: string; until: number }>(),
    /** Which session has been imported into which application. */
    imports: new Set<string>(),
  }
  const state = {
    ...cleared,
    publicUrl,
    strict,
    limits,
    now,
    log,
    faults,
    edited: onEdit,
    settings: usualSettings(),
    mails: [] as Mail[],
    shareSecret: crypto.getRandomValues(new Uint8Array(32)),
    /** Back to how it was at the start. */
    reset() {
      for (const each of Object.values(cleared)) each.clear()
      Object.assign(faults, noFaults())
      Object.assign(state.settings, usualSettings())
      state.mails.length = 0
      begin()
    },
  }

  function begin() {
    if (webhook) Object.assign(state.destinations.configuration(APPLICATION), webhook)
  }

  begin()
  return state
}
