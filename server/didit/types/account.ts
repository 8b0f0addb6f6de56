// Registration, organisations and what they pay.

export interface Register {
  email: string
  /** At least 8 characters, with upper and lower case, a digit and a special character. */
  password: string
}

export interface Login {
  email: string
  password: string
}

export interface Registered {
  message: string
  email: string
}

export interface VerifyEmail {
  email: string
  /** Six letters and digits from the e-mail; valid for about ten minutes. */
  code: string
}

/** Some versions want the password too. */
export interface ResendOtp {
  email: string
  password?: string
}

/** Secrets. */
export interface Tokens {
  access_token: string
  refresh_token: string
  /** Seconds. */
  expires_in: number
  message?: string
}

export interface VerifiedEmail extends Tokens {
  organization: { uuid: string; name: string }
  /** `api_key` is what {@link DiditOptions} wants. */
  application: { uuid: string; name: string; client_id: string; api_key: string }
}

export interface Organization {
  uuid: string
  name: string
  contact_email: string | null
}

export interface Application {
  uuid: string
  client_id: string
  /** A secret. */
  api_key: string
  [key: string]: unknown
}

/** Money as decimal text, in US dollars. */
export interface Balance {
  balance: string
  auto_refill_enabled: boolean
  auto_refill_amount: string | null
  auto_refill_threshold: string | null
}

export interface TopUp {
  /** At least 50. */
  amount_in_dollars: number
  /** May hold `{CHECKOUT_SESSION_ID}`. */
  success_url?: string
  cancel_url?: string
}

/** Where to pay. */
export interface Checkout {
  checkout_session_id: string
  checkout_session_url: string
}

/** The answer of `GET /system/healthcheck`. */
export interface Health {
  status: 'ok'
  timestamp: string
}
