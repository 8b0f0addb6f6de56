import { isLoopback } from '../loopback.ts'

const NOWHERE = /(^|\.)(localhost|local|internal)$/
/** Networks that are nobody's on the internet: this machine, private ones, link-local ones. */
const PRIVATE_V4 =
  /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./
/** Everything but the global range, which begins with 2 or 3. */
const PRIVATE_V6 = /^\[(?![23])/

/** Whether an address is this machine, as that of a sandbox is. */
export function isLocal(address: string): boolean {
  return URL.canParse(address) && isLoopback(new URL(address))
}

/**
 * A link of a decision, if it may be followed. Decisions hold what persons typed: a link must not
 * lead a server to what only it can reach. The name may still be one that somebody points at a
 * private address; Didit's answer is trusted that far.
 *
 * @param local whether pictures may lie on this machine, because Didit is the sandbox.
 */
export function mediaUrl(link: string | null | undefined, local: boolean): string | undefined {
  if (!link || !URL.canParse(link)) return undefined
  const url = new URL(link)
  const { protocol, hostname, username, password } = url
  if (username || password) return undefined
  if (isLoopback(url)) return local && /^https?:$/.test(protocol) ? link : undefined
  const name = hostname.replace(/\.$/, '')
  const hidden = NOWHERE.test(name) || PRIVATE_V4.test(name) || PRIVATE_V6.test(name)
  return protocol === 'https:' && !hidden ? link : undefined
}
