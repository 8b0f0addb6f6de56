/** What Didit says about a rate limit, from the `X-RateLimit-*` headers. */
export interface RateLimit {
  /** Requests per minute. */
  limit: number | undefined
  remaining: number | undefined
  /** When the window is over, in seconds since 1970 by Didit's clock. */
  reset: number | undefined
}

/** What else is known about a refusal. */
export interface RefusalDetails {
  rateLimit?: RateLimit
  /** The answer was a web page: Didit's way to say that it does not know the address. */
  page?: boolean
  /** The answer said yes and was not read: it may be a whole decision, and no message quotes it. */
  unread?: boolean
  /** Texts that must not show up in the message. */
  secrets?: readonly string[]
}

/**
 * Didit answered, and the answer is no. The message says which field Didit names and why, in Didit's
 * words; keys, tokens and session addresses are taken out of it. `fields` is the answer as it came,
 * and is not enumerable: a logger that writes down every field of an error must not find persons in it.
 */
export class DiditError extends Error {
  override readonly name = 'DiditError'
  /** 502 when Didit's answer said yes, but could not be read. */
  readonly status: number
  /** Didit's optional stable `code`; `own_budget` when the client's own guard refused. */
  readonly code: string | undefined
  /** The parsed body, of any shape: Didit's errors have no single envelope. */
  declare readonly fields: unknown
  /** Seconds from `Retry-After`, where it was sent. */
  readonly retryAfter: number | undefined
  /** From the headers of the answer; every part may be missing. */
  readonly rateLimit: RateLimit | undefined
  /** Method and path of the request. */
  readonly request: string

  constructor(
    status: number,
    fields: unknown,
    request: string,
    retryAfter?: number,
    { rateLimit, page, unread, secrets }: RefusalDetails = {},
  ) {
    const words = page
      ? 'a web page instead of JSON. It does not know this address; is the id complete?'
      : unread
        ? 'an answer that is not what its documentation says.'
        : wordsOf(fields).join(' ')
    super(scrub(`Didit answered ${status} to ${request}${words && `: ${words}`}`, secrets))
    this.status = status
    Object.defineProperty(this, 'fields', { value: fields })
    this.request = request
    this.retryAfter = retryAfter
    this.rateLimit = rateLimit
    this.code = isRecord(fields) && typeof fields.code === 'string' ? fields.code : undefined
  }
}

/** No answer came: the network failed, or time ran out. `cause` says which. */
export class DiditUnreachable extends Error {
  override readonly name = 'DiditUnreachable'
  readonly timedOut: boolean
  /** Method and path of the request. */
  readonly request: string

  constructor(request: string, cause: unknown) {
    super(`Didit did not answer ${request}${reasonOf(cause)}`, { cause })
    this.request = request
    this.timedOut = cause instanceof Error && cause.name === 'TimeoutError'
  }
}

/** One field that cannot be sent. */
export interface InputProblem {
  field: string
  /** What is wrong and what to send instead; goes on after the field's name. */
  message: string
}

/** The request was not sent: Didit is certain to refuse it, or to ignore a part of it silently. */
export class DiditInputError extends Error {
  override readonly name = 'DiditInputError'
  /** The first field that is wrong, dotted where it is nested. */
  readonly field: string
  /** All that is wrong. */
  readonly problems: readonly InputProblem[]

  constructor(...problems: readonly [InputProblem, ...InputProblem[]]) {
    super(problems.map(({ field, message }) => `${field} ${message}`).join(' '))
    this.field = problems[0].field
    this.problems = problems
  }
}

/** `waitForDecision` ran out of time; the session goes on. */
export class DecisionPending extends Error {
  override readonly name = 'DecisionPending'
  readonly sessionId: string
  /** The last status that Didit named. */
  readonly status: string | undefined

  constructor(sessionId: string, status: string | undefined, seconds: number) {
    const state = status === undefined ? 'Nothing is known' : `The status is still ${status}`
    super(`${state} after ${seconds} s. Wait longer, or take the result from the webhook.`)
    this.sessionId = sessionId
    this.status = status
  }
}

/** Field names in front of what was said about them; `detail` and its like are no fields. */
function wordsOf(value: unknown, field = ''): string[] {
  const prefix = field && `${field}: `
  if (typeof value === 'string') return [prefix + value.slice(0, 300)]
  if (Array.isArray(value)) {
    const texts = value.filter((item) => typeof item === 'string')
    const others = value.flatMap((item, i) =>
      typeof item === 'string' ? [] : wordsOf(item, `${field}[${i}]`),
    )
    return texts.length > 0 ? [prefix + texts.join(' ').slice(0, 300), ...others] : others
  }
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'code' && field === '') return []
    const own = ['detail', 'non_field_errors', 'message'].includes(key)
    return wordsOf(inner, own ? field : field ? `${field}.${key}` : key)
  })
}

// Repetitions are bounded, so that no text makes them slow.
/** Keys, tokens (a signed one has three parts, an encrypted one five), and what is behind `Bearer`. */
const SECRET = /sk_(?:live|test)_[\w-]+|(?<![\w-])eyJ[\w-]+(?:\.[\w-]*){2,4}|(?<=\b[Bb]earer )\S+/g
const SESSION_URL = /https?:\/\/[^\s"'<>]{1,300}\/(?:session|u)\/[^\s"'<>]+/g
const PASSWORD = /(?<=\w:\/\/[^\s/@:]{0,64}:)[^\s/@]{1,200}(?=@)/g
const PERSON = /[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|\+\d[\d ()-]{6,20}\d/g

/** A text without keys, tokens, passwords, addresses of sessions and of persons. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret.length > 3)
  const rest = known
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
    .replace(SESSION_URL, '…')
    .replace(SECRET, '…')
  // The search for these begins at every letter, and most texts of a log cannot hold any.
  return /[@+]/.test(rest) ? rest.replace(PASSWORD, '…').replace(PERSON, '…') : rest
}

/** Only codes and names: messages of the platform may quote what was sent. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  if (cause.name === 'TimeoutError') return ' in time'
  const inner = cause.cause instanceof Error ? cause.cause : cause
  const { code } = inner as Error & { code?: unknown }
  return typeof code === 'string' ? ` (${code})` : ''
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
