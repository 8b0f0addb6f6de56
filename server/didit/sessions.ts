import type { Log, Timers } from '../options.ts'
import * as checks from './checks.ts'
import { check, idOf } from './checks.ts'
import type { Download } from './download.ts'
import { rowsOf, rowsOfAll } from './pages.ts'
import { path } from './path.ts'
import { PORTRAIT_ADVICE, portraitBytes } from './rules.ts'
import type { Call } from './transport.ts'
import type {
  AddedReview,
  AddReview,
  ArmedScenario,
  CreatedSession,
  CreateSession,
  Decision,
  DecisionWithEvents,
  DeletedSession,
  DeleteSessions,
  ImportedSession,
  ImportShared,
  ListReviews,
  ListSessions,
  Page,
  PreviewResubmission,
  ResubmissionPreview,
  ResubmitNode,
  ReviewEntry,
  SessionListRow,
  SharedSession,
  ShareSession,
  StatusNote,
  UpdateStatus,
} from './types.ts'
import type { Verbs } from './verbs.ts'
import { type WaitOptions, waitForDecision } from './wait.ts'

const PAGE = 50

/** `didit.sessions`: everything about single verifications. */
export function createSessions(
  { get, post, patch, remove }: Verbs,
  tools: { now(): number; timers: Timers; log: Log },
) {
  const id = (value: string) => idOf('session_id', value)

  const decision = async (session: string, call?: Call) =>
    get<Decision>(path`/session/${id(session)}/decision/`, undefined, { ...call, has: ['status'] })

  const list = async (query: ListSessions = {}, call?: Call) =>
    get<Page<SessionListRow>>(
      '/sessions/',
      { limit: PAGE, ...check(checks.LIST_SESSIONS, query) },
      call,
    )

  const update = async (session: string, body: UpdateStatus, shape: checks.Shape, call?: Call) =>
    patch<{ session_id: string }>(
      path`/session/${id(session)}/update-status/`,
      check(shape, body),
      call,
    )

  return {
    /**
     * Creates a session, or hands back the unfinished one of the same `vendor_data`. Repeated only
     * with `vendor_data`: without it every try would be another session.
     */
    create: async (body: CreateSession, call?: Call) =>
      post<CreatedSession>('/session/', creatable(body, tools.log), {
        ...call,
        scope: 'create',
        has: ['session_id', 'status', 'url'],
        repeatable: Boolean(body.vendor_data),
      }),

    /** The session as it is now, at any point of its life. */
    decision,

    /** The same with time line, activity and cost; for businesses a plain decision. */
    decisionWithEvents: async (session: string, call?: Call) =>
      get<DecisionWithEvents>(path`/session/${id(session)}/decision/`, { include: 'events' }, call),

    /** One page of sessions, newest first; 50 unless `limit` says otherwise. */
    list,

    /**
     * Every session, page by page while it is read: `for await (const row of sessions.all())`. Of all
     * kinds first persons, then businesses: pages that mix them end with the persons.
     */
    all: (query: ListSessions = {}, call?: Call) => {
      const kinds = query.session_kind === 'all' ? (['user', 'business'] as const) : [undefined]
      return rowsOfAll(kinds, (kind) =>
        rowsOf(
          (offset) => list({ ...query, ...(kind && { session_kind: kind }), offset }, call),
          (row) => row.session_id,
          query.offset,
        ),
      )
    },

    /** For good, with all data. Null where Didit says nothing about it. */
    delete: async (session: string, call?: Call) =>
      remove<DeletedSession | null>(path`/session/${id(session)}/delete/`, call),

    /** By `session_number`; Didit skips unknown ones without a word. */
    deleteMany: async (body: DeleteSessions, call?: Call) =>
      post<{ results: unknown[] } | null>('/sessions/delete/', numbered(body), {
        ...call,
        answer: 'maybe',
      }),

    /** Prefer `approve`, `decline` and `resubmit`. Didit says which statuses allow it. */
    updateStatus: async (session: string, body: UpdateStatus, call?: Call) =>
      update(session, body, checks.UPDATE_STATUS, call),

    approve: async (session: string, note: StatusNote = {}, call?: Call) =>
      update(session, { ...note, new_status: 'Approved' }, checks.UPDATE_STATUS, call),

    decline: async (session: string, note: StatusNote = {}, call?: Call) =>
      update(session, { ...note, new_status: 'Declined' }, checks.UPDATE_STATUS, call),

    /** Has these steps done again; the others keep their results, and the old URL works again. */
    resubmit: async (
      session: string,
      nodes_to_resubmit: readonly ResubmitNode[],
      note: StatusNote = {},
      call?: Call,
    ) =>
      update(
        session,
        { ...note, new_status: 'Resubmitted', nodes_to_resubmit },
        checks.RESUBMIT,
        call,
      ),

    /** What a resubmission would do, and to whom it would write. Changes nothing. */
    resubmissionPreview: async (session: string, body: PreviewResubmission = {}, call?: Call) =>
      post<ResubmissionPreview>(
        path`/session/${id(session)}/resubmission-preview/`,
        check(checks.PREVIEW, body),
        call,
      ),

    /** The report as it comes in. Only in review, declined, approved or once approved. */
    pdf: async (session: string, call?: Call) =>
      get<Download>(path`/session/${id(session)}/generate-pdf/`, undefined, {
        ...call,
        scope: 'pdf',
        answer: 'file',
        headers: { accept: 'application/pdf' },
      }),

    /** A token that lets one other application import a finished session. */
    share: async (session: string, body: ShareSession, call?: Call) =>
      post<SharedSession>(path`/session/${id(session)}/share/`, check(checks.SHARE, body), call),

    /** Imports what another application shared; once per application. */
    importShared: async (body: ImportShared, call?: Call) =>
      post<ImportedSession>('/session/import-shared/', check(checks.IMPORT, body), call),

    /** The activity of a person's session, newest first. */
    reviews: async (session: string, query: ListReviews = {}, call?: Call) =>
      get<Page<ReviewEntry>>(
        path`/sessions/${id(session)}/reviews/`,
        check(checks.PAGING, query),
        call,
      ),

    /** A note. The session stays as it is, even where the note names a status. */
    addReview: async (session: string, body: AddReview, call?: Call) =>
      post<AddedReview>(
        path`/sessions/${id(session)}/reviews/`,
        check(checks.ADD_REVIEW, body),
        call,
      ),

    /** Sets the outcome of a sandbox session that has not begun; with its token, not the key. */
    armScenario: async (session: string, token: string, scenario: string, call?: Call) =>
      post<ArmedScenario>(
        path`/session/${id(session)}/sandbox/arm/`,
        check(checks.ARM, { scenario }),
        { ...call, headers: { 'session-token': token } },
      ),

    /** Asks until the session no longer moves by itself. See {@link waitForDecision}. */
    waitForDecision: async (session: string, options: WaitOptions = {}) =>
      waitForDecision(session, options, { ...tools, decision }),
  }
}

function creatable(body: CreateSession, log: Log): CreateSession {
  check(checks.CREATE_SESSION, body)
  const bytes = portraitBytes(body.portrait_image ?? '')
  if (bytes > PORTRAIT_ADVICE) {
    log.warn({ field: 'portrait_image', bytes }, 'above 1 MB, where older Didits stop')
  }
  return body
}

/** Digits as text, as Didit has them. */
function numbered(body: DeleteSessions): object {
  const { session_numbers, ...rest } = check(checks.DELETE_SESSIONS, body)
  return session_numbers ? { ...rest, session_numbers: session_numbers.map(String) } : rest
}
