// Content-Security-Policy, level 3, as far as a page with the element meets it. Pure.

/** A policy: directive -> its sources, all as written but the directive in small letters. */
export type Policy = ReadonlyMap<string, readonly string[]>

const SPACE = /[\t\n\f\r ]+/
/** What has no effect in a meta element. */
const HEADER_ONLY = ['frame-ancestors', 'report-uri', 'sandbox']
const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'ws:': '80',
  'wss:': '443',
}

/** The policies of a header; each of them has to allow what happens. */
export function parseCsp(header: string): Policy[] {
  return header
    .split(',')
    .map(parsePolicy)
    .filter((policy) => policy.size > 0)
}

/** The policy of a meta element. */
export function parseMetaCsp(content: string): Policy {
  const policy = new Map(parsePolicy(content))
  for (const name of HEADER_ONLY) policy.delete(name)
  return policy
}

/** The sources of the first of these directives that is there; none of them allows everything. */
export function sourcesOf(policy: Policy, ...names: string[]): readonly string[] | undefined {
  const name = names.find((each) => policy.has(each))
  return name === undefined ? undefined : policy.get(name)
}

/** Whether sources allow an address, on a page of this origin. */
export function allows(sources: readonly string[] | undefined, url: URL, page: URL): boolean {
  return sources === undefined || sources.some((source) => matches(source, url, page))
}

function parsePolicy(text: string): Policy {
  const policy = new Map<string, readonly string[]>()
  for (const part of text.split(';')) {
    const [name = '', ...values] = part.split(SPACE).filter(Boolean)
    const directive = name.toLowerCase()
    // Browsers keep the first and ignore the rest.
    if (directive && !policy.has(directive)) policy.set(directive, values)
  }
  return policy
}

function matches(source: string, url: URL, page: URL): boolean {
  const text = source.toLowerCase()
  if (text === '*') return /^(https?|wss?):$/.test(url.protocol) || url.protocol === page.protocol
  if (text === "'self'") return isSelf(url, page)
  if (text.startsWith("'")) return false
  if (/^[a-z][a-z0-9+.-]*:$/.test(text)) return schemeMatches(text, url.protocol)
  const parts =
    /^(?:([a-z][a-z0-9+.-]*:)\/\/)?(\*|(?:\*\.)?[^/:*[\]]+|\[[0-9a-f:.]+\])(?::(\d+|\*))?(\/.*)?$/i.exec(
      source,
    )
  if (!parts) return false
  const [, scheme = page.protocol, host = '', port, path] = parts
  return (
    schemeMatches(scheme.toLowerCase(), url.protocol) &&
    hostMatches(host.toLowerCase(), url.hostname) &&
    portMatches(port, url) &&
    pathMatches(path, url.pathname)
  )
}

/** Also the safer sibling: a page of http may load the same host over https. */
function isSelf(url: URL, page: URL): boolean {
  if (url.origin === page.origin) return true
  const port = ({ port, protocol }: URL) => port || DEFAULT_PORTS[protocol]
  const bothDefault = url.port === '' && page.port === ''
  return (
    url.hostname === page.hostname &&
    (port(url) === port(page) || bothDefault) &&
    (/^(https|wss):$/.test(url.protocol) || (page.protocol === 'http:' && url.protocol === 'ws:'))
  )
}

function schemeMatches(scheme: string, protocol: string): boolean {
  if (scheme === protocol) return true
  if (scheme === 'http:') return protocol === 'https:'
  if (scheme === 'ws:') return /^(wss|https?):$/.test(protocol)
  return scheme === 'wss:' && protocol === 'https:'
}

/** `*.example.com` is every subdomain, and not example.com itself. */
function hostMatches(pattern: string, host: string): boolean {
  if (pattern === '*') return true
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern
}

function portMatches(port: string | undefined, { port: actual, protocol }: URL): boolean {
  if (port === '*') return true
  const given = actual || DEFAULT_PORTS[protocol]
  if (port === undefined) return given === DEFAULT_PORTS[protocol]
  return port === given || (port === '80' && given === '443')
}

function pathMatches(path: string | undefined, actual: string): boolean {
  if (path === undefined || path === '/') return true
  return path.endsWith('/') ? actual.startsWith(path) : actual === path
}
