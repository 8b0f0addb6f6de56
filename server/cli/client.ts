// The client of a command, with what the process has.

import type { Given } from '../config.ts'
import { createDidit, type Didit, type DiditOptions } from '../didit/client.ts'
import type { Log } from '../options.ts'
import type { Host } from './command.ts'
import type { Operator } from './operator.ts'
import { plain } from './output.ts'

/** Speaks to Didit, with key and addresses from the environment. */
export function clientOf(
  given: (...names: ('DIDIT_API_KEY' | 'DIDIT_BASE_URL' | 'DIDIT_AUTH_URL')[]) => Given,
  host: Pick<Host, 'fetch' | 'now' | 'timers' | 'err'>,
  options: Partial<DiditOptions> = {},
): Didit {
  const {
    DIDIT_API_KEY: apiKey,
    DIDIT_BASE_URL: baseUrl,
    DIDIT_AUTH_URL: authUrl = authOf(baseUrl),
  } = given('DIDIT_API_KEY', 'DIDIT_BASE_URL', 'DIDIT_AUTH_URL')
  const { fetch, now, timers, err } = host
  return createDidit({ apiKey, baseUrl, authUrl, fetch, now, timers, log: logTo(err), ...options })
}

/** Speaks to the operator API of a server. */
export function throughOperator({ base, token, fetch }: Operator, host: Host): Didit {
  const { now, timers, err } = host
  return createDidit({
    apiKey: token,
    baseUrl: new URL(base).origin,
    fetch,
    // The server keeps below Didit's limits itself, and answers soon.
    retries: 0,
    budget: false,
    now,
    timers,
    log: logTo(err),
  })
}

/** A sandbox registers people itself; their passwords are nothing for Didit's own host. */
function authOf(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined || /(^|\.)didit\.me$/.test(new URL(baseUrl).hostname)) return undefined
  return `${baseUrl.replace(/\/+$/, '')}/auth/v2`
}

/** What the client does meanwhile, for whoever waits. */
function logTo(err: (text: string) => void): Log {
  const tell = (data: object, message: string) => {
    const { pause, error, field } = data as { pause?: number; error?: string; field?: string }
    const when = pause === undefined ? '' : ` in ${Math.ceil(pause / 1000)} s`
    err(plain([field, `${message}${when}`, error].filter(Boolean).join(': ')))
  }
  return { info: tell, warn: tell, error: tell }
}
