// The feed of a session: who decided or noted what.

import type { Status } from '../contract.ts'
import type { Changes } from './session.ts'
import { microseconds } from './time.ts'

/** An entry of `GET /v3/sessions/{id}/reviews/`, as it is on the wire. */
export interface Activity {
  uuid: string
  activity_type: string
  actor_display: string
  actor_email: string | null
  actor_type: 'API_KEY' | 'CONSOLE_USER' | 'SYSTEM'
  new_status: Status | null
  previous_status: Status | null
  comment: string | null
  mentioned_emails: string[]
  previous_value: object | null
  new_value: object | null
  changed_fields: string[]
  metadata: object | null
  created_at: string
}

/** A change of the status through the API. */
export function activity(change: {
  previous: Status
  to: Status
  comment?: string | null
  now: number
}): Activity {
  const { previous, to, comment = null, now } = change
  return {
    ...entry(now),
    actor_display: 'API Client',
    actor_type: 'API_KEY',
    new_status: to,
    previous_status: previous,
    comment,
    previous_value: { status: previous },
    new_value: { status: to },
    changed_fields: ['status'],
  }
}

/** A correction, or a decision about a step or a hit, through the API. */
export function edited(
  activity_type:
    | 'STATUS_UPDATED'
    | 'KYC_DATA_UPDATED'
    | 'POA_DATA_UPDATED'
    | 'AML_STATUS_UPDATED'
    | 'AML_HIT_STATUS_UPDATED',
  changes: Changes,
  comment: string | null,
  now: number,
): Activity {
  const side = (name: 'previous' | 'current') =>
    Object.fromEntries(Object.entries(changes).map(([field, change]) => [field, change[name]]))
  return {
    ...entry(now),
    activity_type,
    actor_display: 'API Client',
    actor_type: 'API_KEY',
    comment,
    previous_value: side('previous'),
    new_value: side('current'),
    changed_fields: Object.keys(changes),
  }
}

/** A note of nobody in particular, as Didit stores those that come through the API. */
export function note(label: Status | null, comment: string | null, now: number): Activity {
  return { ...entry(now), new_status: label, comment }
}

function entry(now: number): Activity {
  return {
    uuid: crypto.randomUUID(),
    activity_type: 'STATUS_UPDATED',
    actor_display: 'Unknown',
    actor_email: null,
    actor_type: 'CONSOLE_USER',
    new_status: null,
    previous_status: null,
    comment: null,
    mentioned_emails: [],
    previous_value: null,
    new_value: null,
    changed_fields: [],
    metadata: null,
    created_at: microseconds(now),
  }
}
