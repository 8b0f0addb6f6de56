import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type errors,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose'
import { RECEIPT_LIFETIME } from './contract.ts'
import { RECEIPT_TYPE, type Receipt } from './receipts.ts'

/** How far the clocks of the backend and of this server may differ, in seconds. */
const TOLERANCE = 60

/** Code -> what is wrong, and what to do about it. */
const ADVICE = {
  'receipt-missing': [
    'No receipt was sent.',
    'Give the element a name and set required; a pending verification has no receipt.',
  ],
  'receipt-invalid': [
    'This is no receipt, or it was altered.',
    'Refuse it; the element sends receipts as they are.',
  ],
  'receipt-key': [
    'The receipt is not signed by a key of this set.',
    'Check that keys are those of its backend, {publicUrl}/receipt-keys, and not an old copy.',
  ],
  'receipt-expired': [
    'The receipt is more than a day old.',
    'Show the form again; the element in it fetches a fresh receipt.',
  ],
  'receipt-early': [
    'The receipt is from the future.',
    'Check the clocks of this server and of the backend.',
  ],
  'receipt-audience': [
    'The receipt was given to a page of another origin.',
    'Refuse it, or name the origin of the page in audience if it is yours.',
  ],
  'receipt-workflow': [
    'The receipt is for another workflow.',
    'Refuse it; let the visitor verify with the workflow that this form asks for.',
  ],
  'receipt-subject': [
    'The receipt is about somebody else.',
    'Refuse it; let whoever is signed in verify themself.',
  ],
  'receipt-used': [
    'The receipt was used before.',
    'Refuse it; one verification serves one account.',
  ],
  'receipt-keys': [
    'The public keys cannot be read.',
    'Check that the address in keys answers, and try again: this is not the fault of the visitor.',
  ],
} as const

export type ReceiptErrorCode = keyof typeof ADVICE

/** A claim that is there and does not hold -> code. */
const CLAIMS = new Map<string | undefined, ReceiptErrorCode>([
  ['aud', 'receipt-audience'],
  ['iat', 'receipt-early'],
  ['nbf', 'receipt-early'],
])

/** jose's code -> ours. */
const REASONS = new Map<string | undefined, ReceiptErrorCode>([
  ['ERR_JWT_EXPIRED', 'receipt-expired'],
  ['ERR_JWKS_NO_MATCHING_KEY', 'receipt-key'],
  ['ERR_JWKS_MULTIPLE_MATCHING_KEYS', 'receipt-key'],
  ['ERR_JOSE_ALG_NOT_ALLOWED', 'receipt-invalid'],
  ['ERR_JOSE_NOT_SUPPORTED', 'receipt-invalid'],
  ['ERR_JWS_INVALID', 'receipt-invalid'],
  ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'receipt-invalid'],
  ['ERR_JWT_INVALID', 'receipt-invalid'],
  ['ERR_JWT_CLAIM_VALIDATION_FAILED', 'receipt-invalid'],
])

/** Why a receipt is refused. All codes but `receipt-keys` mean that nothing was proved. */
export class ReceiptError extends Error {
  override readonly name = 'ReceiptError'
  readonly code: ReceiptErrorCode

  constructor(code: ReceiptErrorCode, cause?: unknown) {
    super(ADVICE[code].join(' '), { cause })
    this.code = code
  }
}

interface Expected {
  /** The public keys: their address, `{publicUrl}/receipt-keys`, or the set itself. */
  keys: JSONWebKeySet | URL | string
  /** The origin of the page with the form, or several. */
  audience: string | readonly string[]
  /** The name of the workflow that the visitor has to have passed. */
  workflow: string
  /** Fetches the keys. Each function has a cache of its own, so pass the same one every time. */
  fetch?: typeof globalThis.fetch
  /** Milliseconds since 1970. */
  now?(): number
}

/** Who is signed in: what `identify` of the backend answers for them. */
interface ForSubject {
  subject: string
  consume?: Consume
}

/** Nobody is signed in yet: each approval is used up. */
interface ForAnyone {
  subject?: undefined
  consume: Consume
}

/**
 * Keeps `jti` for good, and answers whether it was not there yet. In one step, as a unique column
 * does: of two requests at once one has to lose.
 */
type Consume = (jti: string) => boolean | Promise<boolean>

export type ReceiptExpectations = Expected & (ForSubject | ForAnyone)

/**
 * Whether a visitor is verified, on the host's own server. Needs `subject`, `consume` or both:
 * without either, the receipt of one person would open a thousand accounts.
 *
 * @param receipt what the form has sent; anything else is refused.
 * @returns what the receipt says.
 * @throws {ReceiptError} when it proves nothing, with a stable `code`.
 * @throws {TypeError} when the expectations leave something open.
 *
 * @example
 * const { sid } = await verifyReceipt(form.get('identity'), {
 *   keys: 'https://shop.example/api/verify/receipt-keys',
 *   audience: 'https://shop.example',
 *   workflow: 'default',
 *   subject: user.id,
 * })
 */
export async function verifyReceipt(
  receipt: unknown,
  expected: ReceiptExpectations,
): Promise<Receipt> {
  const { keys, workflow, subject, consume, fetch, now = Date.now } = expected
  const audience = [expected.audience].flat()
  demandComplete(expected, audience)
  if (typeof receipt !== 'string' || receipt === '') throw new ReceiptError('receipt-missing')
  const claims = await read(receipt, findKeys(keys, fetch), audience, now())
  if (claims.wf !== workflow) throw new ReceiptError('receipt-workflow')
  if (subject !== undefined && claims.sub !== subject) throw new ReceiptError('receipt-subject')
  // Last, so that a receipt that is refused for something else is not used up.
  if (consume && (await consume(claims.jti)) !== true) throw new ReceiptError('receipt-used')
  return claims
}

/** What the types demand, for those who have none: nothing that was forgotten passes as a choice. */
function demandComplete(
  { keys, workflow, subject, consume }: ReceiptExpectations,
  audience: readonly string[],
): void {
  if (!keys || (typeof keys === 'string' && !URL.canParse(keys))) {
    throw new TypeError('verifyReceipt needs keys: the URL of /receipt-keys, or its set.')
  }
  if (!workflow) throw new TypeError('verifyReceipt needs workflow: the name, or "default".')
  if (audience.length === 0 || !audience.every(isOrigin)) {
    throw new TypeError(
      `verifyReceipt needs audience: exact origins as "https://shop.example", not ${JSON.stringify(audience)}.`,
    )
  }
  const somebody = typeof subject === 'string' && subject !== ''
  if (!somebody && (subject !== undefined || typeof consume !== 'function')) {
    throw new TypeError(
      'verifyReceipt needs subject (who is signed in) or consume (each approval is used once).',
    )
  }
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

type Keys = ReturnType<typeof createLocalJWKSet> | ReturnType<typeof createRemoteJWKSet>

// By fetch and address: a set is fetched once in ten minutes, and for a key that it lacks.
const fetched = new WeakMap<typeof globalThis.fetch, Map<string, Keys>>()

function findKeys(keys: Expected['keys'], fetch = globalThis.fetch): Keys {
  if (typeof keys === 'object' && !(keys instanceof URL)) {
    try {
      return createLocalJWKSet(keys)
    } catch (error) {
      throw new ReceiptError('receipt-keys', error)
    }
  }
  const { href } = new URL(keys)
  const sets = fetched.get(fetch) ?? new Map<string, Keys>()
  fetched.set(fetch, sets)
  const set = sets.get(href) ?? createRemoteJWKSet(new URL(href), { [customFetch]: fetch })
  sets.set(href, set)
  return set
}

/** The claims of a receipt whose signature, time and audience hold. */
async function read(
  receipt: string,
  keys: Keys,
  audience: readonly string[],
  now: number,
): Promise<Receipt> {
  try {
    const { payload } = await jwtVerify<Receipt>(receipt, keys, {
      algorithms: ['ES256'],
      typ: RECEIPT_TYPE,
      audience: [...audience],
      requiredClaims: ['iss', 'sid', 'sub', 'wf', 'jti', 'iat', 'exp'],
      maxTokenAge: RECEIPT_LIFETIME,
      clockTolerance: TOLERANCE,
      currentDate: new Date(now),
    })
    return payload
  } catch (error) {
    throw new ReceiptError(reason(error), error)
  }
}

/** What jose found, in our words. What is not known to be about the receipt is about the keys. */
function reason(error: unknown): ReceiptErrorCode {
  const { code, claim, reason } = error as Partial<errors.JWTClaimValidationFailed>
  // With an expired one the claim is named as well.
  const differs = code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' && reason === 'check_failed'
  return (differs && CLAIMS.get(claim)) || REASONS.get(code) || 'receipt-keys'
}
