// Where Didit posts to: destinations, what became of each delivery, and the older single address.

import {
  type CreateDestination,
  type DeliveryRow,
  type Destination,
  type DestinationRow,
  type UpdateDestination,
  type UpdateWebhook,
  WEBHOOK_VERSIONS,
  type WebhookSettings,
} from '../didit/types.ts'
import { type Arguments, command, list, number, on, show, text } from './command.ts'
import { type Column, page, pairs, pretty, table } from './output.ts'
import { PAGING, pageOf } from './paging.ts'
import { UsageError } from './usage.ts'

const destination = {
  help: 'Its uuid, from webhooks destinations.',
  field: 'destination_uuid',
} as const
const args = { destination } as const satisfies Arguments
const delivery = {
  destination,
  delivery: { help: 'Its uuid, from webhooks deliveries.', field: 'delivery_uuid' },
} as const satisfies Arguments

const version = text('VERSION', `${WEBHOOK_VERSIONS.join(', ')}; this package reads v3.`, {
  field: 'webhook_version',
})

const DESTINATION = {
  label: text('TEXT', 'Its name.', { field: 'label' }),
  url: text('URL', 'Where to; https, and reachable for Didit.', { field: 'url' }),
  events: list('EVENT', 'Like status.updated.', { field: 'subscribed_events' }),
  'webhook-version': version,
} as const

const DESTINATIONS: readonly Column<DestinationRow>[] = [
  ['UUID', ({ uuid }) => uuid, 'whole'],
  ['LABEL', ({ label }) => label],
  ['URL', ({ url }) => url],
  ['ON', ({ enabled }) => (enabled ? 'yes' : 'no')],
  ['EVENTS', ({ subscribed_events }) => subscribed_events],
  ['FAILED', (row) => `${row.failed_deliveries_count} of ${row.deliveries_count}`],
]

const DELIVERIES: readonly Column<DeliveryRow>[] = [
  ['UUID', ({ uuid }) => uuid, 'whole'],
  ['WHEN', ({ created_at }) => created_at?.slice(0, 19).replace('T', ' ')],
  ['EVENT', ({ webhook_type }) => webhook_type],
  ['SESSION', ({ session_id }) => session_id, 'whole'],
  ['RESULT', ({ status }) => status],
  ['ANSWER', ({ response_status }) => response_status],
  ['MS', ({ response_time_ms }) => response_time_ms],
]

export const webhooks = {
  'webhooks destinations': command({
    summary: 'List where Didit posts to.',
    calls: ['webhooks.destinations'],
    server: true,
    async run(_: object, { didit }) {
      return show(await didit.webhooks.destinations(), (rows, paper) =>
        rows.length > 0 ? table(rows, DESTINATIONS, paper) : 'Nothing found.',
      )
    },
  }),

  'webhooks destination': command({
    summary: 'Show one destination. Its secret with --show-secrets.',
    args,
    calls: ['webhooks.destination'],
    server: true,
    async run({ destination }, { didit }) {
      return show(await didit.webhooks.destination(destination), describe)
    },
  }),

  'webhooks create-destination': command({
    summary: 'Have Didit post to an address. Its secret with --show-secrets.',
    flags: { ...DESTINATION, disabled: on('Not yet.') },
    calls: ['webhooks.createDestination'],
    server: true,
    more: 'Events are status.updated and data.updated, unless --events names others.',
    async run(input, { didit }) {
      const { events = ['status.updated', 'data.updated'], label, url, disabled } = input
      // The client judges the words.
      const body = {
        label,
        url,
        enabled: disabled ? false : undefined,
        webhook_version: input['webhook-version'] ?? 'v3',
        subscribed_events: events,
      } as CreateDestination
      return show(await didit.webhooks.createDestination(body), describe)
    },
  }),

  'webhooks update-destination': command({
    summary: 'Change a destination; --events replaces all of them.',
    args,
    flags: { ...DESTINATION, enable: on('Posts again.'), disable: on('Posts no more.') },
    calls: ['webhooks.updateDestination'],
    server: true,
    async run(input, { didit }) {
      const { label, url, events: subscribed_events, enable, disable } = input
      if (enable && disable) throw new UsageError('Give --enable or --disable, not both.')
      const body = something({
        label,
        url,
        subscribed_events,
        webhook_version: input['webhook-version'],
        enabled: enable || disable ? enable : undefined,
      }) as UpdateDestination
      return show(await didit.webhooks.updateDestination(input.destination, body), describe)
    },
  }),

  'webhooks delete-destination': command({
    summary: 'Have Didit post there no more.',
    args,
    calls: ['webhooks.deleteDestination'],
    server: true,
    destroys: ({ destination }) => `deletes the destination ${destination} and its secret for good`,
    async run({ destination }, { didit }) {
      await didit.webhooks.deleteDestination(destination)
      return show({ deleted: destination }, () => 'Deleted.')
    },
  }),

  'webhooks deliveries': command({
    summary: 'List what was posted to a destination, each attempt a row, newest first.',
    args,
    flags: {
      from: text('DATE', 'From this day on, as YYYY-MM-DD.', { field: 'date_from' }),
      to: text('DATE', 'To this day.', { field: 'date_to' }),
      ...PAGING,
    },
    calls: ['webhooks.deliveries'],
    server: true,
    async run(input, { didit }) {
      const { from: date_from, to: date_to } = input
      const query = { ...pageOf(input), date_from, date_to }
      const rows = await didit.webhooks.deliveries(input.destination, query)
      return show(rows, (it, paper) => page(it, DELIVERIES, paper))
    },
  }),

  'webhooks delivery': command({
    summary: 'Show one attempt, with what was posted.',
    args: delivery,
    calls: ['webhooks.delivery'],
    server: true,
    async run({ destination, delivery }, { didit }) {
      return show(await didit.webhooks.delivery(destination, delivery), (it) =>
        [describeDelivery(it), pretty(it.request_header), pretty(it.request_body)].join('\n\n'),
      )
    },
  }),

  'webhooks resend': command({
    summary: 'Post an attempt once more, signed anew.',
    args: delivery,
    calls: ['webhooks.resend'],
    server: true,
    async run({ destination, delivery }, { didit }) {
      return show(await didit.webhooks.resend(destination, delivery), describeDelivery)
    },
  }),

  'webhooks get': command({
    summary: 'Show the older single address. Its secret with --show-secrets.',
    calls: ['webhooks.get'],
    server: true,
    async run(_: object, { didit }) {
      return show(await didit.webhooks.get(), settings)
    },
  }),

  'webhooks update': command({
    summary: 'Change the older single address.',
    flags: {
      url: text('URL', 'Where to.', { field: 'webhook_url' }),
      'no-url': on('Nowhere.'),
      'webhook-version': version,
      'rotate-secret': on('Makes a new secret; the old one dies at once.', {
        field: 'rotate_secret_key',
      }),
      'capture-method': text('WHERE', 'mobile, desktop or both.', { field: 'capture_method' }),
      'retention-months': number('How long Didit keeps data, 1 to 120.', {
        field: 'data_retention_months',
      }),
      'keep-forever': on('Didit keeps data without end.'),
    },
    calls: ['webhooks.update'],
    server: true,
    destroys: (input) =>
      input['rotate-secret'] ? 'makes the old secret worthless at once' : undefined,
    async run(input, { didit }) {
      const body = something({
        webhook_url: input['no-url'] ? null : input.url,
        webhook_version: input['webhook-version'],
        rotate_secret_key: input['rotate-secret'] || undefined,
        capture_method: input['capture-method'],
        data_retention_months: input['keep-forever'] ? null : input['retention-months'],
      }) as UpdateWebhook
      return show(await didit.webhooks.update(body), settings)
    },
  }),
}

function describe(it: Destination): string {
  return pairs([
    ['UUID', it.uuid],
    ['Label', it.label],
    ['URL', it.url],
    ['Enabled', it.enabled ? 'yes' : 'no'],
    ['Version', it.webhook_version],
    ['Events', it.subscribed_events],
    ['Secret', it.secret_shared_key],
    ['Failed', it.summary && `${it.summary.failed_deliveries} of ${it.summary.total_deliveries}`],
  ])
}

function describeDelivery(it: DeliveryRow): string {
  return pairs([
    ['UUID', it.uuid],
    ['Sent to', it.request_url],
    ['When', it.created_at],
    ['Event', it.webhook_type],
    ['Session', it.session_id],
    ['Result', [it.status, it.response_status].filter(Boolean).join(', ')],
    ['Took', it.response_time_ms === null ? undefined : `${it.response_time_ms} ms`],
  ])
}

function settings(it: WebhookSettings): string {
  return pairs([
    ['URL', it.webhook_url ?? 'none'],
    ['Version', it.webhook_version],
    ['Secret', it.secret_shared_key],
    ['Capture', it.capture_method],
    ['Keeps data', it.data_retention_months ? `${it.data_retention_months} months` : 'for ever'],
  ])
}

function something<T extends object>(body: T): T {
  if (Object.values(body).some((value) => value !== undefined)) return body
  throw new UsageError('Nothing is to be changed. Give a flag like --url.')
}
