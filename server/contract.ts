// What browser and server agree on. A leaf: it imports nothing, so the widget may import it.

interface StatusRow {
  /** What it means for the visitor; `null` while there is something left for them to do. */
  outcome: Outcome | null
  /** Whether it is expected to stay. What is not settled is asked again. */
  settled: boolean
  /** The statuses that Didit documents as following this one. */
  next: readonly Status[]
}

/** The result of a verification as a page may act on it. Only `approved` lets anyone in. */
export type Outcome = 'approved' | 'pending' | 'declined' | 'resubmit' | 'expired'

/** Didit's ten session statuses, spelled as on the wire. */
export type Status =
  | 'Not Started'
  | 'In Progress'
  | 'Awaiting User'
  | 'In Review'
  | 'Approved'
  | 'Declined'
  | 'Resubmitted'
  | 'Expired'
  | 'Abandoned'
  | 'Kyc Expired'

// Written out row by row: a spread would keep the whole table in the widget's bundle.
/** Every status, what it means, and what may follow it. Nothing else in the product lists them. */
export const STATUSES: Readonly<Record<Status, StatusRow>> = {
  'Not Started': { outcome: null, settled: false, next: ['In Progress', 'Expired'] },
  'In Progress': {
    outcome: null,
    settled: false,
    next: ['Approved', 'Declined', 'In Review', 'Awaiting User', 'Abandoned'],
  },
  'Awaiting User': {
    outcome: 'pending',
    settled: false,
    next: ['Approved', 'Declined', 'In Review'],
  },
  'In Review': {
    outcome: 'pending',
    settled: false,
    next: ['Approved', 'Declined', 'Resubmitted'],
  },
  Approved: {
    outcome: 'approved',
    settled: true,
    next: ['Kyc Expired', 'Declined', 'Resubmitted'],
  },
  Declined: { outcome: 'declined', settled: true, next: ['Approved', 'Resubmitted'] },
  Resubmitted: {
    outcome: 'resubmit',
    settled: false,
    next: ['Approved', 'Declined', 'In Review', 'Awaiting User'],
  },
  Expired: { outcome: 'expired', settled: true, next: [] },
  Abandoned: { outcome: 'expired', settled: true, next: ['Approved', 'Declined', 'Resubmitted'] },
  'Kyc Expired': {
    outcome: 'expired',
    settled: true,
    next: ['Approved', 'Declined', 'Resubmitted'],
  },
}

/** A status this version does not know: shown neutrally, never as a success, and asked again. */
const UNKNOWN: StatusRow = { outcome: 'pending', settled: false, next: [] }

/** The row of a status as Didit sent it; statuses that are not in the table read as pending. */
export function statusRow(status: string): StatusRow {
  return Object.hasOwn(STATUSES, status) ? STATUSES[status as Status] : UNKNOWN
}

/** Whether Didit documents `to` as a direct successor of `from`. */
export function follows(from: string, to: string): boolean {
  return (statusRow(from).next as readonly string[]).includes(to)
}

/** A session as the browser may see it: no decision, no name, no document. */
export interface Session {
  /** Didit's `session_id`. */
  id: string
  /** The name of the workflow as configured at the BFF. */
  workflow: string
  /** One of {@link Status}, or a string that a newer Didit sent. */
  status: string
  outcome: Outcome | null
  settled: boolean
  /** Where the visitor goes on; there only while the session is open, and only for who may open it. */
  url?: string
  /** ISO 8601, UTC. */
  createdAt: string
  updatedAt: string
  /** Grows by one with every change of the status. */
  version: number
}

/** The answer of `GET /sessions/:id`, and the data of each `session` event of its stream. */
export interface SessionAnswer {
  session: Session
  /** Proves the approval to the host's own server; there only while the outcome is `approved`. */
  receipt?: string
}

/** The answer of `POST /sessions`. */
export interface SessionGrant extends SessionAnswer {
  /** Opaque, 30 days; the browser sends it back as the `Verify-Token` header. */
  token: string
}

/** How the hosted page is shown; `auto` chooses one of the others. */
export const MODES = ['auto', 'modal', 'inline', 'popup', 'redirect', 'qr'] as const
export type Mode = (typeof MODES)[number]

/** The languages of the hosted page and of Didit's e-mails. Didit compares them case-sensitively. */
// biome-ignore format: a word list reads better in rows
export const LANGUAGES = [
  'en', 'ar', 'bg', 'bn', 'bs', 'ca', 'cnr', 'cs', 'da', 'de', 'el', 'es', 'et', 'fa', 'fi', 'fr',
  'he', 'hi', 'hr', 'hu', 'hy', 'id', 'it', 'ja', 'ka', 'kk', 'ko', 'ky', 'lt', 'lv', 'mk', 'mn',
  'ms', 'nl', 'no', 'pl', 'pt-BR', 'pt', 'ro', 'ru', 'sk', 'sl', 'so', 'sq', 'sr', 'sv', 'th', 'tr',
  'uk', 'uz', 'vi', 'zh-CN', 'zh-TW', 'zh',
] as const
export type Language = (typeof LANGUAGES)[number]

/** Short codes of documents, as requests spell them; decisions hold display names. */
export const DOCUMENT_CODES = ['P', 'ID', 'DL', 'RP', 'HIC', 'TC', 'SSC'] as const
export type DocumentCode = (typeof DOCUMENT_CODES)[number]

/** How Didit may write to the person. */
export interface ContactDetails {
  email?: string
  /** Default false. */
  send_notification_emails?: boolean
  email_lang?: Language
  /** E.164. Didit ignores a number it cannot parse, without a word. */
  phone?: string
}

/** What the documents are compared with; a difference becomes a warning in the decision. */
export interface ExpectedDetails {
  first_name?: string
  last_name?: string
  /** `YYYY-MM-DD`. */
  date_of_birth?: string
  gender?: 'M' | 'F' | null
  /** ISO 3166-1 alpha-3, as the other countries of persons. */
  nationality?: string
  country?: string
  id_country?: string
  poa_country?: string
  /** Needs `country` or `poa_country` beside it. */
  address?: string
  identification_number?: string
  ip_address?: string
  expected_document_types?: DocumentCode[]
  /** The last three are for businesses only. */
  company_name?: string
  registry_country?: string
  registration_number?: string
}

/** The body of `POST /sessions`: all that a browser may say about a session. */
export interface CreateRequest {
  workflow?: string
  language?: string
  mode?: Mode
  /** Opaque text of the page, 256 characters at most; the server keeps it as `untrustedReference`. */
  reference?: string
  /** Where redirect mode comes back to; its origin must be allowed. */
  returnUrl?: string
  /**
   * How to reach the person, and whom the documents are compared with. Written as Didit names it, so
   * that Didit's own pages describe it, and the host hands on a member under the name it came by.
   * Nothing of it reaches Didit but through the host's `buildSession`: a visitor may have written it.
   */
  contact?: ContactDetails
  expected?: ExpectedDetails
}

/** What the visitor can do about an obstacle. */
export type Action = 'retry' | 'new-tab' | 'phone' | 'redirect'

/** The codes of `didit-trouble` and `didit-error`, each with its ways on. Without one it is final. */
export const ERRORS = {
  'backend-unreachable': ['retry'],
  'backend-refused': [],
  misconfigured: [],
  'rate-limited': ['retry'],
  'invalid-url': [],
  'popup-blocked': ['new-tab', 'redirect'],
  'frame-timeout': ['retry', 'new-tab', 'phone', 'redirect'],
  'camera-blocked': ['phone', 'redirect', 'new-tab', 'retry'],
  'session-expired': ['retry'],
  'hosted-error': ['retry', 'new-tab', 'phone'],
  offline: ['retry'],
  unsupported: ['new-tab'],
} as const satisfies Record<string, readonly Action[]>
export type ErrorCode = keyof typeof ERRORS

/** Every `code` of a problem+json of the BFF, and what the element makes of it. */
export const PROBLEMS = {
  'invalid-body': 'misconfigured',
  'body-too-large': 'misconfigured',
  'unsupported-media-type': 'misconfigured',
  'origin-not-allowed': 'misconfigured',
  'return-url-not-allowed': 'misconfigured',
  'unknown-workflow': 'misconfigured',
  'sign-in-required': 'backend-refused',
  'challenge-failed': 'backend-refused',
  'not-found': 'session-expired',
  'too-many-requests': 'rate-limited',
  'subject-blocked': 'backend-refused',
  'didit-credentials': 'misconfigured',
  'didit-credits': 'misconfigured',
  'didit-workflow': 'misconfigured',
  'didit-rejected': 'misconfigured',
  'didit-busy': 'rate-limited',
  'didit-unreachable': 'backend-unreachable',
  'didit-timeout': 'backend-unreachable',
  'webhooks-off': 'misconfigured',
  'webhook-invalid': 'misconfigured',
  'webhook-signature': 'misconfigured',
  'webhook-stale': 'misconfigured',
  internal: 'backend-unreachable',
} as const satisfies Record<string, ErrorCode>
export type ProblemCode = keyof typeof PROBLEMS

/** The body of every error of the BFF, `application/problem+json` (RFC 9457). */
export interface Problem {
  status: number
  code: ProblemCode
  /** What went wrong. */
  title: string
  /** What to do about it. */
  detail: string
}

/** How long a receipt is good for, in seconds. Whatever reads the session gets a fresh one. */
export const RECEIPT_LIFETIME = 24 * 60 * 60

/** The header that carries the session token. */
export const TOKEN_HEADER = 'Verify-Token'

/** The one message that the BFF's return page posts to the page around it. */
export const RETURN_MESSAGE = 'didit-verify:return'
