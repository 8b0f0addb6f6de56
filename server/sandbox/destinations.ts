// Where webhooks go: the single configuration of the older API, and destinations of today's. In memory.

import { randomToken } from './tokens.ts'
import type { Delivery } from './webhooks.ts'

/** What a destination can be told of. */
export const EVENTS = [
  'status.updated',
  'data.updated',
  'user.status.updated',
  'user.data.updated',
  'business.status.updated',
  'business.data.updated',
  'activity.created',
  'transaction.created',
  'transaction.status.updated',
  'travel_rule.status.updated',
] as const
export type EventName = (typeof EVENTS)[number]

export const VERSIONS = ['v1', 'v2', 'v3'] as const
export type Version = (typeof VERSIONS)[number]

/** A place that webhooks are sent to, with the secret they are signed with. */
export interface Target {
  /** Null for the single configuration of the older API, whose deliveries no endpoint shows. */
  uuid: string | null
  url: string
  secret: string
  version: Version
}

/** A destination of today's API. */
export interface Destination extends Target {
  uuid: string
  application: string
  label: string
  enabled: boolean
  events: EventName[]
  createdAt: number
  updatedAt: number
}

/** The single configuration of the older API. */
export interface Configuration {
  url: string | null
  version: Version
  secret: string
  capture: 'mobile' | 'desktop' | 'both'
  /** Months; null keeps data for ever. */
  retention: number | null
}

export type Destinations = ReturnType<typeof createDestinations>

export function createDestinations({ now }: { now(): number }) {
  let rows: Destination[] = []
  const single = new Map<string, Configuration>()

  function configuration(application: string): Configuration {
    const known = single.get(application)
    if (known) return known
    const fresh: Configuration = {
      url: null,
      version: 'v3',
      secret: randomToken(32),
      capture: 'both',
      retention: null,
    }
    single.set(application, fresh)
    return fresh
  }

  return {
    configuration,

    /** Oldest first. */
    list: (application: string) => rows.filter((each) => each.application === application),

    find: (application: string, uuid: string) =>
      rows.find((each) => each.application === application && each.uuid === uuid),

    create(
      wanted: Pick<Destination, 'application' | 'label' | 'url' | 'enabled' | 'version' | 'events'>,
    ) {
      const uuid = crypto.randomUUID()
      const times = { createdAt: now(), updatedAt: now() }
      const made: Destination = { ...wanted, ...times, uuid, secret: randomToken(32) }
      rows.push(made)
      return made
    },

    remove(destination: Destination) {
      rows = rows.filter((each) => each !== destination)
    },

    /** Who is to be told of an event. */
    targets(application: string, event: EventName): Target[] {
      const { url, secret, version } = configuration(application)
      const own: Target[] = url === null ? [] : [{ uuid: null, url, secret, version }]
      const others = rows.filter(
        (each) => each.application === application && each.enabled && each.events.includes(event),
      )
      return [...own, ...others]
    },

    clear() {
      rows = []
      single.clear()
    },
  }
}

/** What the list and the detail say about the deliveries of a destination. */
export function summaryOf(deliveries: readonly Delivery[]) {
  const failed = deliveries.filter(({ answer }) => !answer || answer.status >= 300).length
  const times = deliveries.filter(({ answer }) => answer).map(({ ms }) => ms)
  const count = deliveries.length
  return {
    total_deliveries: count,
    failed_deliveries: failed,
    error_rate_percentage: count === 0 ? 0 : Math.round((failed / count) * 100),
    min_response_time_ms: times.length > 0 ? Math.min(...times) : null,
    avg_response_time_ms:
      times.length > 0 ? Math.round(times.reduce((sum, ms) => sum + ms, 0) / times.length) : null,
    max_response_time_ms: times.length > 0 ? Math.max(...times) : null,
    last_delivery_at: deliveries.at(-1)?.sent_at ?? null,
  }
}
