// What becomes of a session: approve, decline, send back.

import {
  type Page,
  type PreviewResubmission,
  type ResubmitNode,
  SETTABLE_STATUSES,
  type StatusNote,
  type UpdateStatus,
} from '../didit/types.ts'
import type { AuditRow } from '../store/index.ts'
import { type Arguments, command, type Input, list, on, show, text } from './command.ts'
import type { Operator } from './operator.ts'
import { anything, type Column, moment, page } from './output.ts'
import { PAGING, pageOf } from './paging.ts'
import { UsageError } from './usage.ts'

const args = { id: { help: 'The session.', field: 'session_id' } } as const satisfies Arguments

const NOTE = {
  comment: text('TEXT', 'Why; it ends up in the reviews of the session.', { field: 'comment' }),
  'send-email': on('Writes to the person; wants --email-address.', { field: 'send_email' }),
  'email-address': text('EMAIL', 'Where to.', { field: 'email_address' }),
  'email-language': text('CODE', 'Of the mail. Default en.', { field: 'email_language' }),
  'preview-token': text('TOKEN', 'From sessions preview: refuses when things have changed since.', {
    field: 'email_preview_token',
  }),
} as const

const NODES = {
  node: list('NODE:FEATURE', 'A step, as decision prints it, like feature_ocr:OCR.', {
    field: 'nodes_to_resubmit',
  }),
} as const

const ACTS: readonly Column<AuditRow>[] = [
  ['WHEN', ({ at }) => moment(at)],
  ['WHO', ({ operator }) => operator],
  ['WHAT', ({ action }) => action],
  ['SESSION', ({ session }) => session, 'whole'],
  ['BEFORE', ({ before }) => before],
  ['AFTER', ({ after }) => after],
  ['RESULT', ({ result }) => result],
]

type Noted = Input<Record<never, never>, typeof NOTE>

export const review = {
  'sessions approve': command({
    summary: 'Approve a session.',
    args,
    flags: NOTE,
    calls: ['sessions.approve'],
    server: true,
    async run(input, { didit }) {
      return show(await didit.sessions.approve(input.id, noteOf(input)), () => 'Approved.')
    },
  }),

  'sessions decline': command({
    summary: 'Decline a session.',
    args,
    flags: NOTE,
    calls: ['sessions.decline'],
    server: true,
    async run(input, { didit }) {
      return show(await didit.sessions.decline(input.id, noteOf(input)), () => 'Declined.')
    },
  }),

  'sessions resubmit': command({
    summary: 'Have steps of a session done again; the others keep their results.',
    args,
    flags: { ...NODES, ...NOTE },
    calls: ['sessions.resubmit'],
    server: true,
    more: 'The old link of the session works again. Didit says which statuses allow it.',
    async run(input, { didit }) {
      const nodes = nodesOf(input.node)
      if (nodes === undefined) {
        const how = `didit-verify decision ${input.id} lists the steps under NODE.`
        throw new UsageError(`--node is missing. Name the steps to be done again; ${how}`)
      }
      const answer = await didit.sessions.resubmit(input.id, nodes, noteOf(input))
      return show(answer, () => 'Sent back. The link of the session works again.')
    },
  }),

  'sessions update-status': command({
    summary: 'The three above in one, in the words of the API.',
    args: {
      ...args,
      status: { help: `${SETTABLE_STATUSES.join(', ')}.`, field: 'new_status' },
    },
    flags: { ...NODES, ...NOTE },
    calls: ['sessions.updateStatus'],
    server: true,
    async run(input, { didit }) {
      // The client judges the word.
      const new_status = input.status as UpdateStatus['new_status']
      const body = { ...noteOf(input), new_status, nodes_to_resubmit: nodesOf(input.node) }
      const answer = await didit.sessions.updateStatus(input.id, body)
      return show(answer, () => `${new_status}.`)
    },
  }),

  'sessions preview': command({
    summary: 'Say what a resubmission would do, and to whom it would write. Changes nothing.',
    args,
    flags: {
      ...NODES,
      'email-address': NOTE['email-address'],
      'email-language': NOTE['email-language'],
    },
    calls: ['sessions.resubmissionPreview'],
    server: true,
    async run(input, { didit }) {
      const answer = await didit.sessions.resubmissionPreview(input.id, {
        nodes_to_resubmit: nodesOf(input.node),
        email_address: input['email-address'],
        email_language: input['email-language'] as PreviewResubmission['email_language'],
      })
      return show(answer, anything)
    },
  }),

  audit: command({
    summary: 'List what operators did, newest first. Only with --server.',
    flags: {
      session: text('UUID', 'With this session.'),
      operator: text('NAME', 'By this operator.'),
      action: text('WORDS', 'Whose first words are these, like approve.'),
      result: text('WORD', 'That ended so: done, refused or unknown.'),
      from: text('TIME', 'Not before this day, like 2026-11-25 in UTC, or this moment.'),
      to: text('TIME', 'Not after it.'),
      ...PAGING,
    },
    calls: [],
    server: 'only',
    async run(input, { operator }) {
      const { session, operator: name, action, result, from, to } = input
      const query = { session, operator: name, action, result, from, to, ...pageOf(input) }
      const rows = await (operator as Operator).list<Page<AuditRow>>('/audit', query)
      return show(rows, (it, paper) => page(it, ACTS, paper))
    },
  }),
}

function noteOf(input: Noted): StatusNote {
  return {
    comment: input.comment,
    send_email: input['send-email'] || undefined,
    email_address: input['email-address'],
    email_language: input['email-language'] as StatusNote['email_language'],
    email_preview_token: input['preview-token'],
  }
}

function nodesOf(texts: readonly string[] | undefined): ResubmitNode[] | undefined {
  return texts?.map((written) => {
    const [, node_id, feature] = /^(.+):([^:]+)$/.exec(written) ?? []
    if (node_id && feature) return { node_id, feature }
    const how = 'Write the step and its feature, like feature_ocr:OCR.'
    throw new UsageError(`--node ${JSON.stringify(written)} is not complete. ${how}`)
  })
}
