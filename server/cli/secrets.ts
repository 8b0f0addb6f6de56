// What is not printed unless somebody asks for it.

/** Stands where a secret was. */
export const HIDDEN = '***'

/** Keys of Didit's answers whose values are secrets. */
const SECRETS = new Set([
  'access_token',
  'api_key',
  'refresh_token',
  'secret_shared_key',
  'session_token',
  'share_token',
])

/** The address of a session: whoever knows its last part can open it. */
const SESSION_URL = /(https?:\/\/[^\s"'<>\\]*\/session\/)[^\s"'<>\\/?#]+/g

/**
 * A copy without secrets: those under their known names, and the tokens in addresses of sessions
 * wherever they stand, in texts that hold JSON too.
 *
 * @param reveals keys that are left alone, because they are what was asked for.
 */
export function hideSecrets<T>(data: T, reveals: readonly string[] = []): T {
  return hide(data, undefined) as T

  function hide(value: unknown, key: string | undefined): unknown {
    if (key !== undefined && reveals.includes(key)) return value
    if (typeof value === 'string') {
      return key !== undefined && SECRETS.has(key) && value !== '' ? HIDDEN : withoutTokens(value)
    }
    if (Array.isArray(value)) return value.map((item) => hide(item, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, hide(inner, name)]),
    )
  }
}

function withoutTokens(text: string): string {
  const texts = [...SECRETS].join('|')
  return text
    .replace(SESSION_URL, `$1${HIDDEN}`)
    .replace(new RegExp(`("(?:${texts})"\\s*:\\s*")[^"]+`, 'g'), `$1${HIDDEN}`)
}
