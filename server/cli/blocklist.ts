import { BLOCKLIST_TYPES, type BlocklistEntry, type ListBlocklist } from '../didit/types.ts'
import { type Arguments, command, type Input, on, show, text } from './command.ts'
import { type Column, page } from './output.ts'
import { PAGING, pageOf } from './paging.ts'
import { UsageError } from './usage.ts'

const args = {
  id: { help: 'The session whose person it is about.', field: 'session_id' },
} as const satisfies Arguments

const WHAT = {
  face: on('The face.'),
  document: on('The document.'),
  phone: on('The phone number.'),
  email: on('The e-mail address.'),
} as const

const COLUMNS: readonly Column<BlocklistEntry>[] = [
  ['TYPE', ({ type }) => type],
  ['SESSION', ({ session_id }) => session_id, 'whole'],
  ['WHAT', (row) => row.document_number ?? row.phone_number ?? row.email],
  ['SINCE', ({ blocklisted_at }) => blocklisted_at?.slice(0, 16).replace('T', ' ')],
]

export const blocklist = {
  'blocklist add': command({
    summary: 'Block what a session showed: the next one with it is declined.',
    args,
    flags: WHAT,
    calls: ['blocklist.add'],
    server: true,
    async run(input, { didit }) {
      const { face, document, phone, email } = chosen(input)
      const answer = await didit.blocklist.add({
        session_id: input.id,
        blocklist_face: face,
        blocklist_document: document,
        blocklist_phone: phone,
        blocklist_email: email,
      })
      return show(answer, ({ message }) => message)
    },
  }),

  'blocklist remove': command({
    summary: 'Take off the blocklist what a session showed.',
    args,
    flags: WHAT,
    calls: ['blocklist.remove'],
    server: true,
    async run(input, { didit }) {
      const { face, document, phone, email } = chosen(input)
      const answer = await didit.blocklist.remove({
        session_id: input.id,
        unblock_face: face,
        unblock_document: document,
        unblock_phone: phone,
        unblock_email: email,
      })
      return show(answer, ({ message }) => message)
    },
  }),

  'blocklist list': command({
    summary: 'List what is blocked.',
    flags: {
      type: text('TYPE', `${BLOCKLIST_TYPES.join(', ')}; every type without it.`, {
        field: 'item_type',
      }),
      ...PAGING,
    },
    calls: ['blocklist.list'],
    server: true,
    async run(input, { didit }) {
      const item_type = input.type as ListBlocklist['item_type']
      const rows = await didit.blocklist.list({ ...pageOf(input), item_type })
      return show(rows, (it, paper) => page(it, COLUMNS, paper))
    },
  }),
}

/** With none of them Didit would say that all went well, and change nothing. */
function chosen(input: Input<Record<never, never>, typeof WHAT>) {
  const { face, document, phone, email } = input
  if (face || document || phone || email) return { face, document, phone, email }
  throw new UsageError('Say what: --face, --document, --phone or --email; several are fine.')
}
