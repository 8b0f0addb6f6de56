// Registration and login: `/auth/v2`, which Didit serves from another host.

import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { type Account, type Application, OTP } from './accounts.ts'
import { type Call, fieldsOf, idOf, notFound, Refusal, throttled } from './call.ts'
import { body, email, optional, text } from './fields.ts'

const LIVES = 86_400
const COOLDOWN = 60_000

/** Top-level names and hosts that are reserved for examples; Didit breaks on them. */
const RESERVED = /@(.+\.)?(example(\.(com|net|org))?|test|invalid|localhost)$/i

/** One rule is told at a time, in this order. */
const PASSWORD_RULES: [RegExp, string][] = [
  [/^.{8,}$/s, 'Password must be at least 8 characters long.'],
  [/[A-Z]/, 'Password must contain at least one uppercase letter.'],
  [/[a-z]/, 'Password must contain at least one lowercase letter.'],
  [/\d/, 'Password must contain at least one digit.'],
  [/[!@#$%^&*()_+\-=[\]{}|;:,.<>?]/, 'Password must contain at least one special character.'],
]

const registration = body({ email, password: text })
const verification = body({ email, code: text })
const renewal = body({ email, password: optional })

// Made once, and only when somebody logs in: a key pair takes a while.
let keys: ReturnType<typeof generateKeyPair> | undefined
const keyPair = () => {
  keys ??= generateKeyPair('RS256')
  return keys
}

export async function register(call: Call) {
  const wanted = await fieldsOf(call, registration)
  const { accounts, strict } = call.state
  const [, sentence] = PASSWORD_RULES.find(([rule]) => !rule.test(wanted.password)) ?? []
  if (sentence) throw new Refusal(400, { password: [sentence] })
  if (accounts.byEmail(wanted.email)?.verified) {
    throw new Refusal(400, { email: ['An account with this email already exists.'] })
  }
  slow(call)
  if (strict && RESERVED.test(wanted.email)) throw new Refusal(500, undefined)
  mail(call, accounts.register(wanted.email, wanted.password))
  const message = 'Registration successful. Check your email for the verification code.'
  return call.c.json({ message, email: wanted.email }, 201)
}

export async function resend(call: Call) {
  const wanted = await fieldsOf(call, renewal)
  const { accounts, now } = call.state
  const account = accounts.byEmail(wanted.email)
  const wait = account ? account.codeSentAt + COOLDOWN - now() : 0
  if (wait > 0) throw throttled(wait / 1000)
  slow(call)
  // An unknown address gets the same answer, so that nobody can ask who has an account.
  if (account && !account.verified) {
    accounts.renew(account)
    mail(call, account)
  }
  return call.c.json({})
}

export async function verifyEmail(call: Call) {
  const wanted = await fieldsOf(call, verification)
  const { accounts, now } = call.state
  const account = accounts.byEmail(wanted.email)
  const right = wanted.code.toUpperCase() === OTP
  if (!account || account.verified || !right || now() > account.codeUntil) {
    throw new Refusal(400, { code: ['Invalid or expired verification code.'] })
  }
  accounts.verify(account)
  const { application } = account
  return call.c.json({
    ...(await tokens(call, account)),
    organization: { uuid: application.organization.uuid, name: application.organization.name },
    application: {
      uuid: application.id,
      name: application.name,
      client_id: application.clientId,
      api_key: application.apiKey,
    },
  })
}

export async function login(call: Call) {
  const wanted = await fieldsOf(call, registration)
  const { accounts, now } = call.state
  const account = accounts.byEmail(wanted.email)
  if (account && account.lockedUntil > now()) throw throttled((account.lockedUntil - now()) / 1000)
  if (!account || account.password !== wanted.password) {
    if (account) accounts.fail(account)
    throw new Refusal(401, { detail: 'Invalid email or password.' })
  }
  if (!account.verified) throw new Refusal(403, { detail: 'Email address is not verified.' })
  account.failures = 0
  return call.c.json({ message: 'Login successful.', ...(await tokens(call, account)) })
}

export async function organizations(call: Call) {
  const { balance: _, ...organization } = (await bearer(call)).organization
  return call.c.json([organization])
}

export async function applications(call: Call) {
  return call.c.json([row(await ofOrganization(call))])
}

export async function application(call: Call) {
  const own = await ofOrganization(call)
  if (own.id !== idOf(call, 'application')) throw notFound()
  return call.c.json(row(own))
}

async function ofOrganization(call: Call): Promise<Application> {
  const own = await bearer(call)
  if (own.organization.uuid !== idOf(call, 'organization')) throw notFound()
  return own
}

/** Whose access token it is. */
async function bearer({ c, state }: Call): Promise<Application> {
  const [, token = ''] = c.req.header('authorization')?.match(/^Bearer (.+)$/i) ?? []
  const { publicKey } = await keyPair()
  const currentDate = new Date(state.now())
  const { payload } = await jwtVerify(token, publicKey, { currentDate }).catch(() => {
    throw new Refusal(401, { detail: 'Given token not valid for any token type' })
  })
  const found = state.accounts.application(String(payload.application))
  if (!found || payload.use !== 'access') {
    throw new Refusal(401, { detail: 'Given token not valid for any token type' })
  }
  return found
}

async function tokens({ state }: Call, { application, email }: Account) {
  const { privateKey } = await keyPair()
  const at = Math.floor(state.now() / 1000)
  const token = (use: string, lives: number) =>
    new SignJWT({ use, email, application: application.id })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuedAt(at)
      .setExpirationTime(at + lives)
      .sign(privateKey)
  return {
    access_token: await token('access', LIVES),
    refresh_token: await token('refresh', 30 * LIVES),
    expires_in: LIVES,
  }
}

function mail({ state }: Call, { email }: Account) {
  state.mails.push({ to: email, subject: 'Your verification code', text: OTP, at: state.now() })
}

/** Five an hour for an address, registrations and new codes together. */
function slow({ c, state }: Call) {
  if (!state.limits) return
  const address = c.req.header('x-forwarded-for')?.split(',')[0]?.trim() ?? 'local'
  const wait = state.accounts.wait(address)
  if (wait > 0) throw throttled(wait / 1000)
}

function row({ id, name, clientId, apiKey }: Application) {
  return { uuid: id, name, client_id: clientId, api_key: apiKey }
}
