import type { Problem, ProblemCode } from './contract.ts'
import { DiditError, DiditInputError, DiditUnreachable } from './didit/client.ts'

/** The codes of the browser's API, and what only operators can be told. */
type Code = ProblemCode | 'operator-token' | 'method-not-allowed'

/** Code -> HTTP status, what went wrong, what to do about it. */
const TABLE: Readonly<Record<Code, readonly [number, string, string]>> = {
  'invalid-body': [
    400,
    'The request is not of the expected form.',
    'Send the fields that the reference names, as JSON.',
  ],
  'body-too-large': [413, 'The request body is too large.', 'Send at most 64 KiB.'],
  'unsupported-media-type': [
    415,
    'The request body is not JSON.',
    'Send Content-Type: application/json.',
  ],
  'origin-not-allowed': [
    403,
    'This page may not use this endpoint.',
    "Add the page's exact origin to ALLOWED_ORIGINS.",
  ],
  'return-url-not-allowed': [
    400,
    'The return URL is not allowed.',
    'Use an https URL whose origin is in ALLOWED_ORIGINS.',
  ],
  'unknown-workflow': [
    400,
    'No workflow of this name is configured.',
    'Use a name from DIDIT_WORKFLOWS, or none for the default.',
  ],
  'sign-in-required': [401, 'Nobody is signed in.', 'Sign in, then start the verification again.'],
  'challenge-failed': [
    403,
    "The page's own check was not passed.",
    'Pass the check and start again.',
  ],
  'not-found': [404, 'There is nothing here.', 'Check the address, or start a new session.'],
  'too-many-requests': [
    429,
    'Too many requests came in.',
    'Wait for the time in Retry-After and try again.',
  ],
  'subject-blocked': [
    403,
    'This person cannot start a verification.',
    'Contact the operator of this site.',
  ],
  'didit-credentials': [
    502,
    'Didit refused the API key.',
    'Check DIDIT_API_KEY, its permissions and its expiry.',
  ],
  'didit-credits': [
    502,
    'Didit is not paid for this session.',
    'Top up the credits of the Didit account.',
  ],
  'didit-workflow': [
    502,
    'Didit does not know the workflow.',
    'Check DIDIT_WORKFLOW_ID and DIDIT_WORKFLOWS.',
  ],
  'didit-rejected': [
    502,
    'Didit refused the session.',
    "Look at the server's log for the field that Didit named.",
  ],
  'didit-busy': [
    503,
    'Didit is handling too many requests.',
    'Wait for the time in Retry-After and try again.',
  ],
  'didit-unreachable': [502, 'Didit cannot be reached.', 'Try again in a moment.'],
  'didit-timeout': [504, 'Didit did not answer in time.', 'Try again in a moment.'],
  'webhooks-off': [
    503,
    'No webhook secret is configured.',
    'Set DIDIT_WEBHOOK_SECRET to the secret of the webhook destination.',
  ],
  'webhook-invalid': [
    400,
    'The webhook is not of the expected form.',
    "Send Didit's session events only.",
  ],
  'webhook-signature': [
    401,
    'The signature does not match.',
    'Check that DIDIT_WEBHOOK_SECRET is the secret of this destination.',
  ],
  'webhook-stale': [
    401,
    'The timestamp is more than five minutes off.',
    "Check this server's clock.",
  ],
  'operator-token': [
    401,
    'The operator token is missing or wrong.',
    'Send Authorization: Bearer with a token of OPERATOR_TOKENS.',
  ],
  'method-not-allowed': [
    405,
    'This address does not take this method.',
    'Use one of those that the Allow header names.',
  ],
  internal: [
    500,
    'Something went wrong here.',
    'Try again; if it stays, look at the log of the server.',
  ],
}

/** Throw it anywhere; the app's one error handler renders it. */
export class ProblemError extends Error {
  readonly code: Code
  readonly headers: Record<string, string>

  constructor(code: Code, headers: Record<string, string> = {}, cause?: unknown) {
    super(TABLE[code][1], { cause })
    this.code = code
    this.headers = headers
  }
}

/** The answer for an error: its own problem, or `internal` for what nobody foresaw. */
export function renderProblem(error: unknown): Response {
  const { code, headers } = error instanceof ProblemError ? error : new ProblemError('internal')
  const [status, title, detail] = TABLE[code]
  const body: Omit<Problem, 'code'> & { code: Code } = { status, code, title, detail }
  return Response.json(body, {
    status,
    headers: {
      ...headers,
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  })
}

/** What a refusal or silence of Didit means to the caller; other errors come back as they are. */
export function fromDidit(error: unknown): unknown {
  if (error instanceof DiditUnreachable) {
    return new ProblemError(error.timedOut ? 'didit-timeout' : 'didit-unreachable', {}, error)
  }
  if (error instanceof DiditInputError) {
    const code = error.field === 'apiKey' ? 'didit-credentials' : 'didit-rejected'
    return new ProblemError(code, {}, error)
  }
  if (!(error instanceof DiditError)) return error
  const retryAfter = { 'retry-after': String(Math.ceil(error.retryAfter ?? 5)) }
  if (error.status === 429) return new ProblemError('didit-busy', retryAfter, error)
  return new ProblemError(codeOf(error), {}, error)
}

/** Whether it is certain that Didit did nothing of what it was asked to do. */
export function isRefusal(error: unknown): boolean {
  return error instanceof DiditInputError || (error instanceof DiditError && error.status < 500)
}

function codeOf({ status, code, fields }: DiditError): ProblemCode {
  if (status === 402 || code === 'contract_billing_suspended') return 'didit-credits'
  if (status === 401 || status === 403) return 'didit-credentials'
  if (status >= 500) return 'didit-unreachable'
  const body = Object(fields) as Record<string, unknown>
  if ('workflow_id' in body) return 'didit-workflow'
  // Only these two cases have no field or code of their own, so Didit's words have to tell.
  if (/credits/i.test(String(body.detail))) return 'didit-credits'
  if (/blocked/i.test(String(body.vendor_data))) return 'subject-blocked'
  return 'didit-rejected'
}
