// What is looked at before a request goes out: only what Didit is certain to refuse or to ignore
// silently. Everything else is Didit's to judge, in its own words.

import { DiditInputError, type InputProblem, isRecord } from './errors.ts'
import {
  alpha3,
  atMost,
  between,
  code,
  commaList,
  date,
  email,
  flag,
  ip,
  language,
  listOf,
  nullable,
  oneOf,
  oneOfAnyCase,
  password,
  phone,
  portrait,
  type Rule,
  registryCountry,
  status,
  string,
  text,
  url,
  uuid,
  whole,
} from './rules.ts'
import {
  BLOCKLIST_TYPES,
  CALLBACK_METHODS,
  DOCUMENT_CODES,
  PASSIVE_FEATURES,
  RESUBMIT_FEATURES,
  SETTABLE_STATUSES,
  WEBHOOK_EVENTS,
  WEBHOOK_VERSIONS,
  WORKFLOW_FEATURES,
} from './types.ts'

/** What a body or a query must look like. */
export interface Shape {
  required?: readonly string[]
  /** Dotted name -> rule, for fields that are there. */
  fields: Readonly<Record<string, Rule>>
  /** What no field shows alone. */
  together?(body: Record<string, unknown>): InputProblem | undefined
}

/**
 * Hands back what it was given, when it may be sent.
 *
 * @throws {DiditInputError} that names every field that is wrong.
 */
export function check<T extends object>(shape: Shape, body: T): T {
  if (!isRecord(body)) throw new DiditInputError({ field: 'body', message: 'must be an object.' })
  const missing = (shape.required ?? [])
    .filter((field) => valueAt(body, field) === undefined)
    .map((field) => ({ field, message: 'is missing.' }))
  const wrong = Object.entries(shape.fields).flatMap(([field, rule]) => {
    const value = valueAt(body, field)
    const message = value === undefined ? undefined : rule(value)
    return message === undefined ? [] : [{ field, message }]
  })
  const [first, ...others] = [...missing, ...wrong]
  if (first) throw new DiditInputError(first, ...others)
  const together = shape.together?.(body)
  if (together) throw new DiditInputError(together)
  return body
}

/**
 * An id for a path: Didit answers a malformed one with a web page. In small letters, since its
 * routes know no others.
 *
 * @throws {DiditInputError} that names the field.
 */
export function idOf(field: string, value: string): string {
  const message = uuid(value)
  if (message) throw new DiditInputError({ field, message })
  return value.toLowerCase()
}

function valueAt(body: Record<string, unknown>, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), body)
}

const paging = { limit: whole(1), offset: whole(0) }
const object: Rule = (value) => (isRecord(value) ? undefined : 'must be an object.')
const nodes: Rule = listOf((node) => {
  if (!isRecord(node)) return 'is not an object. Send {node_id, feature} as in the decision.'
  const wrong = text(node.node_id)
  if (wrong) return 'has no node_id. Take it from the decision.'
  const unknown = oneOf(RESUBMIT_FEATURES)(node.feature)
  return unknown && `has a feature that ${unknown}`
})

export const REGISTER: Shape = {
  required: ['email', 'password'],
  fields: { email, password },
}

/** Only what was right at registration can be right at login, but old rules may have been others. */
export const LOGIN: Shape = {
  required: ['email', 'password'],
  fields: { email, password: text },
}

export const VERIFY_EMAIL: Shape = { required: ['email', 'code'], fields: { email, code } }

export const RESEND_OTP: Shape = { required: ['email'], fields: { email } }

export const TOP_UP: Shape = {
  required: ['amount_in_dollars'],
  fields: {
    amount_in_dollars: between(50, Number.POSITIVE_INFINITY, '; Didit sells no less'),
    success_url: url,
    cancel_url: url,
  },
}

const person: Record<string, Rule> = {
  first_name: string,
  last_name: string,
  date_of_birth: date,
  gender: nullable(oneOf(['M', 'F'])),
  nationality: alpha3,
  country: alpha3,
  id_country: alpha3,
  poa_country: alpha3,
  address: string,
  identification_number: string,
  ip_address: ip,
  expected_document_types: listOf(oneOfAnyCase(DOCUMENT_CODES)),
  company_name: atMost(255),
  registry_country: registryCountry,
  registration_number: atMost(100),
}

export const CREATE_SESSION: Shape = {
  required: ['workflow_id'],
  fields: {
    workflow_id: uuid,
    vendor_data: string,
    callback: url,
    callback_method: oneOf(CALLBACK_METHODS),
    language,
    contact_details: object,
    'contact_details.email': email,
    'contact_details.send_notification_emails': flag,
    'contact_details.email_lang': language,
    'contact_details.phone': phone,
    expected_details: object,
    ...Object.fromEntries(
      Object.entries(person).map(([name, rule]) => [`expected_details.${name}`, rule]),
    ),
    portrait_image: portrait,
    sandbox_scenario: text,
  },
  together({ expected_details: expected }) {
    if (!isRecord(expected) || expected.address === undefined) return undefined
    if (expected.country ?? expected.poa_country ?? expected.id_country) return undefined
    const message = 'needs a country beside it. Send expected_details.country, like DEU.'
    return { field: 'expected_details.address', message }
  },
}

export const LIST_SESSIONS: Shape = {
  fields: {
    ...paging,
    session_kind: oneOfAnyCase(['USER', 'BUSINESS', 'ALL']),
    // Didit finds nothing for a word that it does not know.
    status: commaList(status),
    workflow_id: commaList(uuid),
    date_from: date,
    date_to: date,
    didit_internal_id: uuid,
    euuid: uuid,
  },
  together({ country, session_kind: kind }) {
    if (country === undefined) return undefined
    const plain = kind === undefined || /^user$/i.test(String(kind))
    const either: Rule = (value) => registryCountry(value) && alpha3(value)
    const message = commaList(plain ? alpha3 : either)(country)
    return message === undefined ? undefined : { field: 'country', message }
  },
}

export const DELETE_SESSIONS: Shape = {
  fields: {
    delete_all: flag,
    session_numbers: listOf((value) =>
      /^\d+$/.test(String(value)) ? undefined : 'is not a number. Send the session_number.',
    ),
  },
  together({ session_numbers, delete_all }) {
    if (session_numbers !== undefined || delete_all === true) return undefined
    return { field: 'session_numbers', message: 'is missing. Name sessions, or set delete_all.' }
  },
}

const notice = { send_email: flag, email_address: email, email_language: language }

export const UPDATE_STATUS: Shape = {
  required: ['new_status'],
  fields: { new_status: oneOf(SETTABLE_STATUSES), nodes_to_resubmit: nodes, ...notice },
  together({ send_email, email_address }) {
    if (send_email !== true || email_address !== undefined) return undefined
    return { field: 'email_address', message: 'is missing. Say where send_email should go.' }
  },
}

/** Didit picks the steps itself when none are named, and then picks less than people expect. */
export const RESUBMIT: Shape = { ...UPDATE_STATUS, required: ['nodes_to_resubmit'] }

export const PREVIEW: Shape = {
  fields: { nodes_to_resubmit: nodes, email_address: email, email_language: language },
}

export const SHARE: Shape = {
  required: ['for_application_id'],
  fields: { for_application_id: uuid, ttl_in_seconds: whole(60, 86_400) },
}

export const IMPORT: Shape = {
  required: ['share_token', 'trust_review', 'workflow_id'],
  fields: {
    share_token: text,
    trust_review: flag,
    workflow_id: uuid,
    vendor_data: nullable(string),
  },
}

export const PAGING: Shape = { fields: paging }

export const ADD_REVIEW: Shape = { fields: { new_status: nullable(status) } }

export const ARM: Shape = { required: ['scenario'], fields: { scenario: text } }

export const BLOCKLIST_CHANGE: Shape = { required: ['session_id'], fields: { session_id: uuid } }

export const LIST_BLOCKLIST: Shape = {
  fields: { ...paging, item_type: oneOf(BLOCKLIST_TYPES) },
}

export const UPDATE_WEBHOOK: Shape = {
  fields: {
    webhook_url: nullable(url),
    webhook_version: oneOf(WEBHOOK_VERSIONS),
    rotate_secret_key: flag,
    capture_method: oneOf(['mobile', 'desktop', 'both']),
    data_retention_months: nullable(whole(1, 120)),
  },
}

export const UPDATE_DESTINATION: Shape = {
  fields: {
    label: atMost(255),
    url,
    enabled: flag,
    webhook_version: oneOf(WEBHOOK_VERSIONS),
    subscribed_events: listOf(oneOf(WEBHOOK_EVENTS)),
  },
}

export const CREATE_DESTINATION: Shape = { ...UPDATE_DESTINATION, required: ['label', 'url'] }

export const LIST_DELIVERIES: Shape = { fields: { ...paging, date_from: date, date_to: date } }

/** The flags that workflows were made of once; today Didit refuses them. */
const OLD_FLAG = /^(workflow_type|is_(?!default$|white_label|desktop)\w+|\w+_threshold)$/

export const UPDATE_WORKFLOW: Shape = {
  fields: {
    workflow_label: atMost(50),
    is_default: flag,
    status: oneOf(['draft', 'published']),
    features: listOf((step) => {
      if (!isRecord(step)) return 'is not an object. Send {feature, config}.'
      const unknown = oneOf(WORKFLOW_FEATURES)(step.feature)
      if (unknown) return `has a feature that ${unknown}`
      if (step.feature !== 'QUESTIONNAIRE') return undefined
      const id = isRecord(step.config) ? uuid(step.config.questionnaire_uuid) : 'is missing'
      return id && 'needs config.questionnaire_uuid, the id of a questionnaire.'
    }),
    is_white_label_enabled: flag,
    is_desktop_allowed: flag,
    max_retry_attempts: whole(0, 10),
    retry_window_days: nullable(whole(1, 365)),
    face_liveness_max_attempts: whole(1, 3),
    face_match_max_attempts: whole(1, 3),
    session_expiration_time: whole(3600, 2_419_200),
  },
  together(body) {
    const old = Object.keys(body).find((key) => OLD_FLAG.test(key))
    if (old) {
      const message = 'is of the old form. Translate it with kycWorkflow(), or send features.'
      return { field: old, message }
    }
    const [first] = Array.isArray(body.features) ? body.features : []
    if (!PASSIVE_FEATURES.includes(first?.feature)) return undefined
    const message = `cannot begin with ${first.feature}: it looks at what another step collects.`
    return { field: 'features', message }
  },
}

export const CREATE_WORKFLOW: Shape = { ...UPDATE_WORKFLOW, required: ['features'] }
