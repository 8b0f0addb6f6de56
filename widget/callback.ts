/** What Didit's callback says. Anybody can write it into an address: it is a hint. */
export interface Callback {
  sessionId: string
  status: string
  /** The address without these two parameters, everything else as it was. */
  rest: string
}

const ID = 'verificationSessionId='

/**
 * The callback in an address, as Didit appends it to the query: the id, then the status. A `status`
 * elsewhere is the page's own.
 *
 * @param owned the sessions whose callback it may be; those of others are left alone. An empty name
 * stands for a session that nobody here knows yet, and so for any.
 */
export function readCallback(href: string, owned: readonly string[]): Callback | undefined {
  const [, page = '', query = '', hash = ''] = /^([^?#]*)\??([^#]*)(.*)$/s.exec(href) ?? []
  const pairs = query.split('&')
  const at = pairs.findIndex(
    (pair) =>
      pair.startsWith(ID) && (owned.includes('') || owned.includes(decode(pair.slice(ID.length)))),
  )
  if (at < 0) return undefined
  const [id = '', status = ''] = pairs.splice(at, pairs[at + 1]?.startsWith('status=') ? 2 : 1)
  return {
    sessionId: decode(id.slice(ID.length)),
    status: decode(status.replace('status=', '')),
    rest: page + (pairs.length ? `?${pairs.join('&')}` : '') + hash,
  }
}

/** A broken escape decodes to nothing: nobody at Didit wrote it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return ''
  }
}
