// Today's lists. Their bodies are described nowhere, so what comes back is shown as it is.

import type { ListBody } from '../didit/types.ts'
import { type Arguments, command, file, json, show, text } from './command.ts'
import { objectOf } from './object.ts'
import { anything } from './output.ts'
import { PAGING, pageOf } from './paging.ts'
import { picture } from './session-flags.ts'
import { UsageError } from './usage.ts'

const args = {
  list: { help: 'Its uuid, from lists list.', field: 'list_uuid' },
} as const satisfies Arguments

const body = json('More fields, as Didit takes them.', { field: 'body' })

export const lists = {
  'lists list': command({
    summary: 'List your lists.',
    flags: PAGING,
    calls: ['lists.list'],
    server: true,
    async run(input, { didit }) {
      return show(await didit.lists.list(pageOf(input)), anything)
    },
  }),

  'lists create': command({
    summary: 'Create a list.',
    flags: {
      name: text('TEXT', 'Its name.'),
      'entry-type': text('TYPE', 'What is in it, like face, document, phone or email.'),
      body,
    },
    calls: ['lists.create'],
    server: true,
    async run(input, { didit }) {
      const fields = { name: input.name, entry_type: input['entry-type'] }
      return show(await didit.lists.create(filled(input.body, fields)), anything)
    },
  }),

  'lists entries': command({
    summary: 'List what is in a list.',
    args,
    flags: PAGING,
    calls: ['lists.entries'],
    server: true,
    async run(input, { didit }) {
      return show(await didit.lists.entries(input.list, pageOf(input)), anything)
    },
  }),

  'lists add': command({
    summary: 'Add an entry: a value, or what a session showed.',
    args,
    flags: {
      value: text('TEXT', 'A number, an address, ….'),
      session: text('UUID', 'The session that shows it.'),
      comment: text('TEXT', 'Why.'),
      body,
    },
    calls: ['lists.addEntry'],
    server: true,
    async run(input, { didit }) {
      const { value, session: reference_session_id, comment } = input
      const fields = filled(input.body, { value, reference_session_id, comment })
      return show(await didit.lists.addEntry(input.list, fields), anything)
    },
  }),

  'lists upload-face': command({
    summary: 'Add a face to a list, from a picture.',
    args,
    flags: {
      image: file('The picture; 2 MB at most.', { field: 'image', required: true }),
      comment: text('TEXT', 'Why.'),
    },
    calls: ['lists.uploadFace'],
    server: true,
    async run({ list, image, comment }, { didit }) {
      const fields = filled(undefined, { image: picture(image, 'image'), comment })
      return show(await didit.lists.uploadFace(list, fields), anything)
    },
  }),
}

/** What flags say, over what the body says. */
function filled(body: unknown, fields: ListBody): ListBody {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  const whole = { ...objectOf(body), ...Object.fromEntries(given) }
  if (Object.keys(whole).length > 0) return whole
  throw new UsageError('Nothing is to be sent. Give a flag, or --body with the fields.')
}
