// Who there is: people who registered, their organisations and applications, and what keys belong to.

import { randomToken } from './tokens.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const CODE_LIVES = 15 * MINUTE

/** Every e-mail of the sandbox carries this code. */
export const OTP = 'A1B2C3'

/** After so many wrong passwords nobody gets in for so long. */
const LOCKOUTS = [
  [20, 24 * HOUR],
  [10, HOUR],
  [5, 15 * MINUTE],
] as const

/** The application that every key belongs to, except those issued here and those of the partner. */
export const APPLICATION = '22222222-3333-4444-8555-666666666666'
/** A second application, to share sessions with; keys that begin with `partner` belong to it. */
export const PARTNER = '33333333-4444-4555-8666-777777777777'

export interface Application {
  id: string
  name: string
  clientId: string
  apiKey: string
  organization: Organization
}

export interface Organization {
  uuid: string
  name: string
  contact_email: string
  /** Dollars times ten thousand, so that sums stay exact. */
  balance: number
}

export interface Account {
  email: string
  password: string
  verified: boolean
  /** Until when the code that was sent last can be used. */
  codeUntil: number
  codeSentAt: number
  failures: number
  lockedUntil: number
  application: Application
}

export type Accounts = ReturnType<typeof createAccounts>

/** @param options.now milliseconds since 1970 */
export function createAccounts({ now }: { now(): number }) {
  const accounts = new Map<string, Account>()
  const applications = new Map<string, Application>()
  const byKey = new Map<string, Application>()
  const attempts = new Map<string, number[]>()
  seed()

  function seed() {
    keep(application(APPLICATION, 'Sandbox', 'sandbox@didit.example', 'key'))
    keep(application(PARTNER, 'Sandbox partner', 'partner@didit.example', 'partner'))
  }

  function keep(app: Application): Application {
    applications.set(app.id, app)
    byKey.set(app.apiKey, app)
    return app
  }

  return {
    application: (id: string) => applications.get(id),

    /** Any key works; one that was issued here stands for its own application. */
    ofKey(key: string): Application {
      const own =
        byKey.get(key) ?? applications.get(key.startsWith('partner') ? PARTNER : APPLICATION)
      return own as Application
    },

    byEmail: (email: string) => accounts.get(email.toLowerCase()),

    byApplication: (id: string) =>
      [...accounts.values()].find(({ application }) => application.id === id),

    /** Counts a registration or a new code; says how many milliseconds the address has to wait. */
    wait(address: string): number {
      const recent = (attempts.get(address) ?? []).filter((at) => at > now() - HOUR)
      attempts.set(address, recent)
      if (recent.length >= 5) return (recent[0] ?? 0) + HOUR - now()
      recent.push(now())
      return 0
    },

    register(email: string, password: string): Account {
      const name = email.split('@')[0] ?? email
      const account: Account = {
        email,
        password,
        verified: false,
        codeUntil: now() + CODE_LIVES,
        codeSentAt: now(),
        failures: 0,
        lockedUntil: 0,
        application: application(crypto.randomUUID(), name, email, `sk_test_${randomToken(32)}`),
      }
      accounts.set(email.toLowerCase(), account)
      return account
    },

    /** A new code; the old one is the same, but lives again. */
    renew(account: Account) {
      Object.assign(account, { codeUntil: now() + CODE_LIVES, codeSentAt: now() })
    },

    /** From now on the key of its application is known. */
    verify(account: Account) {
      account.verified = true
      keep(account.application)
    },

    /** Counts a wrong password, and locks the account when there were too many. */
    fail(account: Account) {
      account.failures++
      const [, ms] = LOCKOUTS.find(([times]) => account.failures % times === 0) ?? []
      if (ms) account.lockedUntil = now() + ms
    },

    list: () => [...accounts.values()],

    clear() {
      for (const each of [accounts, applications, byKey, attempts]) each.clear()
      seed()
    },
  }
}

function application(id: string, name: string, email: string, apiKey: string): Application {
  return {
    id,
    name,
    clientId: randomToken(16),
    apiKey,
    organization: {
      uuid: crypto.randomUUID(),
      name,
      contact_email: email,
      balance: 100_0000,
    },
  }
}
