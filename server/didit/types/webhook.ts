// Where Didit posts to, and what became of it. What it posts is `webhookPayload`.

import type { Text } from './decision.ts'
import type { Paging } from './session.ts'

/** The events that a destination can subscribe to; there is no wildcard. */
export const WEBHOOK_EVENTS = [
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
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]

/** `v3` has one array per check and is the one that this package reads. */
export const WEBHOOK_VERSIONS = ['v1', 'v2', 'v3'] as const
export type WebhookVersion = (typeof WEBHOOK_VERSIONS)[number]

/** The old single configuration. */
export interface WebhookSettings {
  webhook_url: Text
  webhook_version: WebhookVersion
  /** A secret. */
  secret_shared_key: string
  capture_method: 'mobile' | 'desktop' | 'both'
  data_retention_months: number | null
}

/** The body of `PATCH /v3/webhook/`. */
export interface UpdateWebhook {
  webhook_url?: string | null
  webhook_version?: WebhookVersion
  /** The old secret dies at once. */
  rotate_secret_key?: boolean
  capture_method?: 'mobile' | 'desktop' | 'both'
  /** From 1 to 120; null keeps for ever. */
  data_retention_months?: number | null
}

/** A row of the list of destinations; the secret is not in it. */
export interface DestinationRow {
  uuid: string
  label: string
  url: string
  enabled: boolean
  webhook_version: WebhookVersion
  subscribed_events: WebhookEvent[]
  subscribed_events_count: number
  deliveries_count: number
  failed_deliveries_count: number
  average_response_time_ms: number | null
  error_rate_percentage: number
  last_delivery_at: Text
  created_at: string
  updated_at: string
}

export interface Destination {
  uuid: string
  label: string
  url: string
  enabled: boolean
  webhook_version: WebhookVersion
  /** A secret; 43 characters. */
  secret_shared_key: string
  subscribed_events: WebhookEvent[]
  created_at: string
  updated_at: string
  summary: {
    total_deliveries: number
    failed_deliveries: number
    error_rate_percentage: number
    min_response_time_ms: number | null
    avg_response_time_ms: number | null
    max_response_time_ms: number | null
    last_delivery_at: Text
  }
}

/** The body of `POST /v3/webhook/destinations/`. */
export interface CreateDestination {
  /** At most 255 characters. */
  label: string
  /** Didit wants https and a public host; unique in the application. */
  url: string
  /** Default true. */
  enabled?: boolean
  webhook_version?: WebhookVersion
  /** Without it the destination receives nothing. */
  subscribed_events?: readonly WebhookEvent[]
}

/** The body of `PATCH …/destinations/{uuid}/`; events are replaced as a whole, the secret stays. */
export type UpdateDestination = Partial<CreateDestination>

/** The query of a destination's deliveries: UTC days, inclusive. */
export interface ListDeliveries extends Paging {
  date_from?: string
  date_to?: string
}

/** One attempt to deliver. */
export interface DeliveryRow {
  uuid: string
  session_id: Text
  request_url: string
  response_status: number | null
  response_time_ms: number | null
  status: string
  webhook_type: string
  created_at: string
}

/** Headers and body as JSON text. */
export interface Delivery extends DeliveryRow {
  request_header: string
  request_body: string
}
