// Permissions-Policy, a dictionary of structured fields (RFC 9651), and the Feature-Policy before it.
// Pure.

/** Feature -> who may use it: `*`, `self`, origins. */
export type Permissions = ReadonlyMap<string, readonly string[]>

/** @returns undefined for a header that cannot be read, which browsers then ignore as a whole. */
export function parsePermissionsPolicy(header: string): Permissions | undefined {
  const permissions = new Map<string, readonly string[]>()
  let rest = header.trim()
  while (rest !== '') {
    const member = /^([a-z*][a-z0-9_.*-]*)/.exec(rest)
    if (!member) return undefined
    rest = rest.slice(member[0].length)
    const value = rest.startsWith('=') ? readValue(rest.slice(1)) : { allowed: [], rest }
    const after = value && skipParameters(value.rest)
    if (!value || after === undefined) return undefined
    permissions.set(member[0], value.allowed)
    rest = after.replace(/^[\t ]+/, '')
    if (rest === '') break
    // A comma with nothing behind it is an error too.
    if (!/^,[\t ]*\S/.test(rest)) return undefined
    rest = rest.slice(1).replace(/^[\t ]+/, '')
  }
  return permissions
}

/** `camera 'self' https://a.example; microphone 'none'`. */
export function parseFeaturePolicy(header: string): Permissions {
  return new Map(
    header
      .split(/[;,]/)
      .map((part) => part.trim().split(/\s+/))
      .filter(([feature]) => feature)
      .map(([feature = '', ...allowed]) => [
        feature,
        allowed
          .filter((word) => word !== "'none'")
          .map((word) => (/^'(self|src)'$/.test(word) ? 'self' : word)),
      ]),
  )
}

/** Whether a policy lets this origin use a feature; what it does not name is left to the page. */
export function permits(
  permissions: Permissions | undefined,
  feature: string,
  { origin }: URL,
  page: URL,
): boolean {
  const allowed = permissions?.get(feature)
  return (
    allowed === undefined ||
    allowed.some((each) => {
      if (each === '*') return true
      if (each === 'self') return origin === page.origin
      return originMatches(each, origin)
    })
  )
}

/** `https://*.example.com` is every subdomain. */
function originMatches(pattern: string, origin: string): boolean {
  const wildcard = /^(https?:\/\/)\*(\..+)$/.exec(pattern)
  if (wildcard) {
    const [, scheme = '', end = ''] = wildcard
    return origin.startsWith(scheme) && origin.endsWith(end)
  }
  return URL.canParse(pattern) && new URL(pattern).origin === origin
}

interface Value {
  allowed: string[]
  rest: string
}

function readValue(text: string): Value | undefined {
  if (!text.startsWith('(')) {
    const item = readItem(text)
    return item && { allowed: item.allowed, rest: item.rest }
  }
  const allowed: string[] = []
  let rest = text.slice(1).replace(/^ +/, '')
  while (!rest.startsWith(')')) {
    const item = readItem(rest)
    const after = item && skipParameters(item.rest)
    if (!item || after === undefined || !/^[ )]/.test(after)) return undefined
    allowed.push(...item.allowed)
    rest = after.replace(/^ +/, '')
  }
  return { allowed, rest: rest.slice(1) }
}

/** Only `*`, `self` and strings allow anybody; other values are read, and mean nothing. */
function readItem(text: string): Value | undefined {
  const string = /^"((?:[ !#-[\]-~]|\\["\\])*)"/.exec(text)
  if (string) {
    const [whole, inner = ''] = string
    return { allowed: [inner.replace(/\\(["\\])/g, '$1')], rest: text.slice(whole.length) }
  }
  const token = /^[A-Za-z*][\w!#$%&'*+.^`|~:/-]*/.exec(text)?.[0]
  if (token !== undefined) {
    const allowed = token === '*' || token === 'self' ? [token] : []
    return { allowed, rest: text.slice(token.length) }
  }
  const other = /^(?:-?\d{1,15}(?:\.\d{1,3})?|\?[01]|:[A-Za-z0-9+/=]*:)/.exec(text)?.[0]
  return other === undefined ? undefined : { allowed: [], rest: text.slice(other.length) }
}

/** `;report-to=group` and the like. */
function skipParameters(text: string): string | undefined {
  let rest = text
  while (rest.startsWith(';')) {
    const key = /^; *[a-z*][a-z0-9_.*-]*/.exec(rest)
    if (!key) return undefined
    rest = rest.slice(key[0].length)
    if (rest.startsWith('=')) {
      const value = readItem(rest.slice(1))
      if (!value) return undefined
      rest = value.rest
    }
  }
  return rest
}
