// Looking at sessions, fetching what belongs to them, deleting, sharing and noting.

import type { AddReview, ListSessions, Page, ReviewEntry, SessionListRow } from '../didit/types.ts'
import {
  type Arguments,
  command,
  file,
  type Input,
  list,
  number,
  on,
  secret,
  show,
  text,
} from './command.ts'
import { describeDecision } from './decision.ts'
import { saveDownload, savePictures } from './files.ts'
import { type Column, page, pairs, plain } from './output.ts'
import { PAGING, pageOf } from './paging.ts'
import { picturesOf } from './pictures.ts'
import { UsageError } from './usage.ts'

const args = { id: { help: 'The session.', field: 'session_id' } } as const satisfies Arguments

const FILTERS = {
  status: list('STATUS', 'Like "In Review".', { field: 'status' }),
  'vendor-data': text('TEXT', 'Exactly this.', { field: 'vendor_data' }),
  search: text('TEXT', 'A part of a name, a number, an id.', { field: 'search' }),
  'workflow-id': list('UUID', 'Of these workflows.', { field: 'workflow_id' }),
  kind: text('KIND', 'user, business or all. Default user.', { field: 'session_kind' }),
  from: text('DATE', 'From this day on, as YYYY-MM-DD.', { field: 'date_from' }),
  to: text('DATE', 'To this day.', { field: 'date_to' }),
  country: list('COUNTRY', 'Three letters, like DEU.', { field: 'country' }),
  'document-types': list('CODE', 'P, ID, DL, …', { field: 'document_type' }),
  warning: list('CODE', 'With these warnings, like DOCUMENT_EXPIRED.', { field: 'warning' }),
} as const

const COLUMNS: readonly Column<SessionListRow>[] = [
  ['SESSION', ({ session_id }) => session_id, 'whole'],
  ['NUMBER', ({ session_number }) => session_number],
  ['STATUS', ({ status }) => status],
  ['USER', ({ vendor_data }) => vendor_data],
  ['NAME', (row) => (row.session_kind === 'business' ? row.company_name : row.full_name)],
  ['COUNTRY', ({ country }) => country],
  ['CREATED', ({ created_at }) => created_at?.slice(0, 16).replace('T', ' ')],
]

const ACTIVITY: readonly Column<ReviewEntry>[] = [
  ['WHEN', ({ created_at }) => created_at?.slice(0, 16).replace('T', ' ')],
  ['WHO', ({ actor_display }) => actor_display],
  ['WHAT', ({ activity_type }) => activity_type],
  ['STATUS', ({ new_status }) => new_status],
  ['COMMENT', ({ comment }) => comment],
]

export const sessions = {
  'sessions list': command({
    summary: 'List sessions, newest first.',
    flags: { ...FILTERS, ...PAGING, all: on('Every page of it.') },
    calls: ['sessions.list', 'sessions.all'],
    server: true,
    async run(input, { didit, signal }) {
      const query = { ...filtersOf(input), ...pageOf(input) }
      const rows = input.all
        ? await everything(didit.sessions.all(query, { signal }))
        : await didit.sessions.list(query)
      return show(rows, (it, paper) => page(it, COLUMNS, paper))
    },
  }),

  'sessions get': command({
    summary: 'Show one session as it is now; all of it with --json.',
    args,
    calls: ['sessions.decision'],
    server: true,
    async run({ id }, { didit }) {
      return show(await didit.sessions.decision(id), describeDecision)
    },
  }),

  'sessions delete': command({
    summary: 'Delete a session with all its data.',
    args,
    calls: ['sessions.delete'],
    server: true,
    destroys: ({ id }) => `deletes the session ${id} with all its data, for good`,
    async run({ id }, { didit }) {
      const answer = await didit.sessions.delete(id)
      return show(answer ?? { session_id: id }, () => 'Deleted.')
    },
  }),

  'sessions delete-many': command({
    summary: 'Delete sessions by their numbers, or all.',
    args: {
      numbers: {
        help: 'Their session_number, not their id.',
        many: true,
        field: 'session_numbers',
      },
    },
    flags: { all: on('Every session of the application.', { field: 'delete_all' }) },
    calls: ['sessions.deleteMany'],
    server: true,
    destroys: ({ all, numbers }) => {
      if (all) return 'deletes every session with all data, for good'
      return numbers.length > 0
        ? `deletes ${numbers.length} sessions with all data, for good`
        : undefined
    },
    async run({ numbers, all }, { didit }) {
      if (all === numbers.length > 0) {
        throw new UsageError('Name the numbers of sessions, or give --all.')
      }
      const answer = await didit.sessions.deleteMany(
        all ? { delete_all: true } : { session_numbers: numbers },
      )
      return show(answer ?? {}, () => 'Deleted. Didit skips numbers that it does not know.')
    },
  }),

  'sessions pdf': command({
    summary: 'Save the report of a finished session.',
    args,
    flags: {
      out: file('Where to. Default: the name that Didit gives it, in this folder.'),
      force: on('Overwrites what is there.'),
    },
    calls: ['sessions.pdf'],
    server: true,
    async run({ id, out, force }, { didit, signal }) {
      const saved = await saveDownload(() => didit.sessions.pdf(id, { signal }), { out, force })
      return show(saved, (it) => `Saved ${it.bytes} bytes to ${it.file}.`)
    },
  }),

  'sessions pictures': command({
    summary: 'List the pictures of a session, or save them; their links die after an hour.',
    args,
    flags: {
      out: file('The folder to save them in.'),
      force: on('Overwrites what is there.'),
    },
    calls: ['sessions.decision'],
    server: true,
    async run({ id, out, force }, context) {
      const pictures = await picturesOf(id, context)
      if (out !== undefined) await savePictures(pictures, { out, force })
      return show({ pictures: [...pictures.keys()] }, (it) =>
        it.pictures.length > 0 ? it.pictures.map(plain).join('\n') : 'It has none.',
      )
    },
  }),

  'sessions share': command({
    summary: 'Make a token with which one other application may import a finished session.',
    args,
    flags: {
      for: text('UUID', 'The application that may.', {
        field: 'for_application_id',
        required: true,
      }),
      ttl: number('Seconds until it expires, 60 to 86400. Default 3600.', {
        field: 'ttl_in_seconds',
      }),
    },
    calls: ['sessions.share'],
    server: true,
    more: 'The token is what this command is for, so it is printed. Pass it on between servers only.',
    async run({ id, for: for_application_id, ttl: ttl_in_seconds }, { didit }) {
      const answer = await didit.sessions.share(id, { for_application_id, ttl_in_seconds })
      const reveals = ['share_token']
      return show(answer, (it) => pairs([['Token', it.share_token]]), { reveals })
    },
  }),

  'sessions import': command({
    summary: 'Import a session that another application has shared.',
    flags: {
      'share-token': secret('TOKEN', 'As you got it; - reads it from standard input.', {
        field: 'share_token',
        env: 'DIDIT_SHARE_TOKEN',
        required: true,
      }),
      'workflow-id': text('UUID', 'The workflow of the copy.', {
        field: 'workflow_id',
        env: 'DIDIT_WORKFLOW_ID',
      }),
      'vendor-data': text('TEXT', 'Your own id of the person.', { field: 'vendor_data' }),
      'trust-review': on("Keeps the other's verdict; else the copy is in review.", {
        field: 'trust_review',
      }),
    },
    calls: ['sessions.importShared'],
    server: true,
    async run(input, { didit }) {
      const answer = await didit.sessions.importShared({
        share_token: input['share-token'],
        trust_review: input['trust-review'],
        workflow_id: input['workflow-id'] as string,
        vendor_data: input['vendor-data'],
      })
      return show(answer, (it) =>
        pairs([
          ['Session', it.session_id],
          ['Status', it.status],
        ]),
      )
    },
  }),

  'sessions reviews': command({
    summary: 'List what was done with a session and noted about it, newest first.',
    args,
    flags: { ...PAGING, oldest: on('The oldest first.') },
    calls: ['sessions.reviews'],
    server: true,
    async run(input, { didit }) {
      const ordering = input.oldest ? ({ ordering: 'created_at' } as const) : {}
      const rows = await didit.sessions.reviews(input.id, { ...pageOf(input), ...ordering })
      return show(rows, (it, paper) => page(it, ACTIVITY, paper))
    },
  }),

  'sessions note': command({
    summary: 'Write a note about a session. It never changes the session.',
    args: { ...args, comment: { help: 'The note.', field: 'comment' } },
    flags: { 'new-status': text('STATUS', 'One that the note names.', { field: 'new_status' }) },
    calls: ['sessions.addReview'],
    server: true,
    async run({ id, comment, 'new-status': status }, { didit }) {
      // The client judges the word.
      const new_status = status as AddReview['new_status']
      const answer = await didit.sessions.addReview(id, { comment, new_status })
      return show(answer, () => 'Noted. The session stays as it is.')
    },
  }),

  'sessions arm': command({
    summary: 'Say how a sandbox session will end, before it has begun.',
    args: { ...args, scenario: { help: 'Like approve or decline_aml_hit.', field: 'scenario' } },
    flags: {
      'session-token': secret('TOKEN', 'From session --show-secrets; - reads standard input.', {
        env: 'DIDIT_SESSION_TOKEN',
        required: true,
      }),
    },
    calls: ['sessions.armScenario'],
    async run({ id, scenario, 'session-token': token }, { didit }) {
      const answer = await didit.sessions.armScenario(id, token, scenario)
      return show(answer, (it) => `Will end with ${it.scenario}.`)
    },
  }),
}

function filtersOf(input: Input<Record<never, never>, typeof FILTERS>): ListSessions {
  const query = {
    status: input.status?.join(','),
    vendor_data: input['vendor-data'],
    search: input.search,
    workflow_id: input['workflow-id'],
    session_kind: input.kind,
    date_from: input.from,
    date_to: input.to,
    country: input.country,
    document_type: input['document-types'],
    warning: input.warning,
  }
  // The client judges the words.
  return query as ListSessions
}

async function everything<Row>(rows: AsyncIterable<Row>): Promise<Page<Row>> {
  const results: Row[] = []
  for await (const row of rows) results.push(row)
  return { count: results.length, next: null, previous: null, results }
}
