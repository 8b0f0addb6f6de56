/** What Didit's callback says. Anybody can write it into an address: it is a hint. */
export interface Callback {
  sessionId: string
  status: string
  /** The address without these two parameters, everything else as it was. */
  rest: string
}

// The pair as Didit appends it: the id, then the status. A `status` elsewhere is the page's own.
const PAIR = /([?&])verificationSessionId=([^&#]+)(?:&status=([^&#]*))?(?=&|#|$)(&?)/

/** The callback in an address, or nothing where there is none. */
export function readCallback(href: string): Callback | undefined {
  const match = PAIR.exec(href)
  if (!match) return undefined
  const [pair, before = '', id = '', status = '', after = ''] = match
  const rest = href.replace(pair, after && before)
  try {
    return { sessionId: decode(id), status: decode(status), rest }
  } catch {
    // A broken escape: nobody at Didit wrote this.
    return undefined
  }
}

const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))
