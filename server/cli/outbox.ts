// What the host of a server could not be told: looking at it, and having it told again.

import type { Page } from '../didit/types.ts'
import type { StatusEvent } from '../options.ts'
import type { OutboxRow } from '../store/index.ts'
import { command, on, show, text } from './command.ts'
import type { Operator } from './operator.ts'
import { type Column, moment, page } from './output.ts'
import { PAGING, pageOf } from './paging.ts'
import { UsageError } from './usage.ts'

type Row = Omit<OutboxRow, 'event'> & { event: StatusEvent }

/** A session and its version. Anything else could lead to another route. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d+$/i

const EVENTS: readonly Column<Row>[] = [
  ['ID', ({ id }) => id, 'whole'],
  ['STATUS', ({ event }) => event.status],
  ['SINCE', ({ createdAt }) => moment(createdAt)],
  ['TRIES', ({ attempts }) => attempts],
  ['NEXT', ({ endedAt, dueAt }) => (endedAt === null ? moment(dueAt) : 'given up')],
  ['ERROR', ({ error }) => error],
]

export const outbox = {
  'outbox list': command({
    summary: 'List the events that your onStatus did not take. Only with --server.',
    flags: {
      state: text('STATE', 'dead: given up, the default. waiting: tried again by itself.'),
      ...PAGING,
    },
    calls: [],
    server: 'only',
    async run(input, { operator }) {
      const query = { state: input.state, ...pageOf(input) }
      const rows = await (operator as Operator).list<Page<Row>>('/outbox', query)
      return show(rows, (it, paper) => page(it, EVENTS, paper))
    },
  }),

  'outbox replay': command({
    summary: 'Have events told again that were given up. Only with --server.',
    args: { id: { help: 'One of them, from outbox list.', optional: true } },
    flags: { all: on('All of them.') },
    calls: [],
    server: 'only',
    async run({ id, all }, { operator }) {
      if ((id !== undefined) === all) throw new UsageError('Give the id of an event, or --all.')
      if (id !== undefined && !ID.test(id)) {
        throw new UsageError('ID is not the id of an event. Take one from outbox list.')
      }
      const path = id === undefined ? '/outbox/replay' : `/outbox/${id.toLowerCase()}/replay`
      return show(await (operator as Operator).replay(path), ({ replayed }) =>
        replayed > 0 ? `To be told again: ${replayed}.` : 'Nothing was given up.',
      )
    },
  }),
}
