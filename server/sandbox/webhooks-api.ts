// `/v3/webhook/`: destinations and their deliveries, and the single configuration of the older API.

import { z } from 'zod'
import { type Call, FORBIDDEN, fieldsOf, idOf, notFound, pageOf, Refusal } from './call.ts'
import {
  type Configuration,
  type Destination,
  EVENTS,
  type EventName,
  summaryOf,
  VERSIONS,
} from './destinations.ts'
import { body, choice, text } from './fields.ts'
import { randomToken } from './tokens.ts'
import type { Delivery } from './webhooks.ts'

/** Hosts that Didit never posts to. */
const PRIVATE =
  /^(localhost$|.+\.(local|localhost)$|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|0\.|\[(::|f[cde]))/i

const events = z
  .array(text, 'Expected a list of items.')
  .min(1, 'At least one subscribed event is required.')
  .refine((names) => unknown(names).length === 0, {
    error: ({ input }) => `Unsupported webhook events: ${unknown(input as string[]).join(', ')}`,
  })
  .transform((names) => [...new Set(names)] as EventName[])

const label = text
  .min(1, 'This field may not be blank.')
  .max(255, 'Ensure this field has no more than 255 characters.')
const url = text.refine((value) => isPage(value), 'Enter a valid URL.')
const enabled = z.boolean('Must be a valid boolean.')

const creation = body({
  label,
  url,
  enabled: enabled.default(true),
  webhook_version: choice(VERSIONS).default('v3'),
  subscribed_events: events.default([]),
})

const changes = body({
  label: label.optional(),
  url: url.optional(),
  enabled: enabled.optional(),
  webhook_version: choice(VERSIONS).optional(),
  subscribed_events: events.optional(),
})

const configuration = body({
  webhook_url: url.nullable().optional(),
  webhook_version: choice(VERSIONS).optional(),
  rotate_secret_key: z.boolean('Must be a valid boolean.').optional(),
  capture_method: choice(['mobile', 'desktop', 'both']).optional(),
  data_retention_months: z
    .int('A valid integer is required.')
    .min(1, 'Ensure this value is greater than or equal to 1.')
    .max(120, 'Ensure this value is less than or equal to 120.')
    .nullable()
    .optional(),
})

export function listDestinations({ c, state, application }: Call) {
  return c.json(
    state.destinations.list(application.id).map((each) => {
      const {
        secret_shared_key: _,
        summary: __,
        ...rest
      } = detail(each, state.webhooks.deliveries())
      const sum = summaryOf(ofDestination(state.webhooks.deliveries(), each))
      return {
        ...rest,
        subscribed_events_count: each.events.length,
        deliveries_count: sum.total_deliveries,
        failed_deliveries_count: sum.failed_deliveries,
        average_response_time_ms: sum.avg_response_time_ms,
        error_rate_percentage: sum.error_rate_percentage,
        last_delivery_at: sum.last_delivery_at,
      }
    }),
  )
}

export async function createDestination(call: Call) {
  const wanted = await fieldsOf(call, creation)
  const { c, state, application } = call
  free(call, wanted.url)
  const made = state.destinations.create({
    application: application.id,
    label: wanted.label,
    url: wanted.url,
    enabled: wanted.enabled,
    version: wanted.webhook_version,
    events: wanted.subscribed_events,
  })
  return c.json(detail(made, []), 201)
}

export function getDestination(call: Call) {
  return call.c.json(detail(destinationOf(call), call.state.webhooks.deliveries()))
}

export async function updateDestination(call: Call) {
  const destination = destinationOf(call)
  const wanted = await fieldsOf(call, changes)
  if (wanted.url !== undefined) free(call, wanted.url, destination)
  const { webhook_version, subscribed_events, ...rest } = wanted
  Object.assign(
    destination,
    rest,
    webhook_version && { version: webhook_version },
    subscribed_events && { events: subscribed_events },
    { updatedAt: call.state.now() },
  )
  return getDestination(call)
}

export function deleteDestination(call: Call) {
  call.state.destinations.remove(destinationOf(call))
  return call.c.body(null, 204)
}

export function listDeliveries(call: Call) {
  wholeKey(call)
  const { c, state } = call
  const own = ofDestination(state.webhooks.deliveries(), destinationOf(call))
  const from = c.req.query('date_from') ?? ''
  const to = c.req.query('date_to') ?? '9999'
  const rows = own.filter(
    ({ sent_at }) => sent_at.slice(0, 10) >= from && sent_at.slice(0, 10) <= to,
  )
  const page = pageOf(call, rows.reverse())
  return c.json({ ...page, count: Math.min(100, page.count), results: page.results.map(row) })
}

export function getDelivery(call: Call) {
  const delivery = deliveryOf(call)
  return call.c.json({
    ...row(delivery),
    request_header: JSON.stringify(delivery.headers),
    request_body: delivery.body,
  })
}

export async function resendDelivery(call: Call) {
  const { secret } = destinationOf(call)
  return call.c.json(row(await call.state.webhooks.resend(deliveryOf(call), secret)))
}

export function getConfiguration({ c, state, application }: Call) {
  return c.json(configured(state.destinations.configuration(application.id)))
}

export async function updateConfiguration(call: Call) {
  const wanted = await fieldsOf(call, configuration)
  const { c, state, application } = call
  const own = state.destinations.configuration(application.id)
  if (typeof wanted.webhook_url === 'string') reachable(call, wanted.webhook_url, 'webhook_url')
  if (wanted.webhook_url !== undefined) own.url = wanted.webhook_url
  if (wanted.webhook_version) own.version = wanted.webhook_version
  if (wanted.capture_method) own.capture = wanted.capture_method
  if (wanted.data_retention_months !== undefined) own.retention = wanted.data_retention_months
  // The old secret dies at once.
  if (wanted.rotate_secret_key) own.secret = randomToken(32)
  return c.json(configured(own))
}

/** Whether Didit would post there: https, and not to itself or its neighbours. */
export function isPublic(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' && !PRIVATE.test(hostname)
}

function configured({ url, version, secret, capture, retention }: Configuration) {
  return {
    webhook_url: url,
    webhook_version: version,
    secret_shared_key: secret,
    capture_method: capture,
    data_retention_months: retention,
  }
}

function detail(destination: Destination, deliveries: readonly Delivery[]) {
  return {
    uuid: destination.uuid,
    label: destination.label,
    url: destination.url,
    enabled: destination.enabled,
    webhook_version: destination.version,
    secret_shared_key: destination.secret,
    subscribed_events: destination.events,
    created_at: new Date(destination.createdAt).toISOString(),
    updated_at: new Date(destination.updatedAt).toISOString(),
    summary: summaryOf(ofDestination(deliveries, destination)),
  }
}

function row(delivery: Delivery) {
  const { uuid, session_id, url, answer, ms, webhook_type, sent_at } = delivery
  return {
    uuid,
    session_id,
    request_url: url,
    response_status: answer?.status ?? null,
    response_time_ms: ms,
    status: answer && answer.status < 300 ? 'success' : 'failed',
    webhook_type,
    created_at: sent_at,
  }
}

function destinationOf(call: Call): Destination {
  const found = call.state.destinations.find(call.application.id, idOf(call, 'destination'))
  if (!found) throw notFound('Webhook destination not found.')
  return found
}

function deliveryOf(call: Call): Delivery {
  wholeKey(call)
  const own = ofDestination(call.state.webhooks.deliveries(), destinationOf(call))
  const found = own.find(({ uuid }) => uuid === idOf(call, 'delivery'))
  if (!found) throw notFound('Webhook delivery not found.')
  return found
}

/** What was posted tells of sessions of every workflow. */
function wholeKey({ scope }: Call) {
  if (scope.workflows) throw new Refusal(403, { detail: FORBIDDEN })
}

function ofDestination(deliveries: readonly Delivery[], { uuid }: Destination): Delivery[] {
  return deliveries.filter(({ destination }) => destination === uuid)
}

/** Whether an address can be taken by a destination. */
function free(call: Call, address: string, self?: Destination) {
  const { state, application } = call
  reachable(call, address, 'url')
  const taken = state.destinations.list(application.id).find((each) => each.url === address)
  if (taken && taken !== self) {
    throw new Refusal(400, {
      url: ['This webhook destination already exists for the application.'],
    })
  }
}

function reachable({ state }: Call, address: string, field: string) {
  if (state.strict && !isPublic(address)) {
    throw new Refusal(400, { [field]: ['Enter a public https URL.'] })
  }
}

function unknown(names: readonly string[]): string[] {
  return names.filter((name) => !(EVENTS as readonly string[]).includes(name))
}

function isPage(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
