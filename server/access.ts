import type { Context } from 'hono'
import { networkOf } from './address.ts'
import { TOKEN_HEADER } from './contract.ts'
import type { Settings } from './options.ts'
import { ProblemError } from './problems.ts'
import type { SessionRow } from './store/index.ts'
import { type Bearer, createTokens, randomName } from './tokens.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Who is asking: the subject that the site knows them as, and whom their token speaks for. */
export interface Visitor {
  identified?: string
  bearer?: Bearer
}

/** Who starts a session. */
export interface Starter {
  subject: string
  /** Whether nobody was ever known by it, so that there can be nothing to go on with. */
  fresh: boolean
}

type Counted = 'address' | 'subject' | 'app'

export type Access = ReturnType<typeof createAccess>

/** Who may do what: origins, subjects and tokens, limits. Every refusal is a throw. */
export function createAccess(settings: Settings) {
  const { store, now, limits, allowedOrigins, metrics } = settings
  const tokens = createTokens(settings)

  /**
   * Counts one more of `whom` in the current window; beyond the limit it refuses until the window
   * ends. The counters are in the store, so all processes share them.
   */
  async function limit(kind: Counted, whom: string, window: number): Promise<void> {
    const until = Math.floor(now() / window + 1) * window
    if ((await store.count(`${kind} ${whom}`.trim(), until)) <= limits[kind]) return
    metrics.count('limited_total', { limit: kind })
    throw new ProblemError('too-many-requests', {
      'retry-after': String(Math.ceil((until - now()) / 1000)),
    })
  }

  return {
    /** Pages that are not listed get nothing. Same-origin reads carry no Origin and pass. */
    checkOrigin(c: Context): void {
      const origin = c.req.header('origin')
      const read = c.req.method === 'GET' || c.req.method === 'HEAD'
      if (origin === undefined ? read : allowedOrigins.includes(origin)) return
      throw new ProblemError('origin-not-allowed')
    },

    async visitor(c: Context): Promise<Visitor> {
      const identified = (await settings.identify?.(c.req.raw)) || undefined
      if (identified && identified.length > 255) {
        throw new Error(
          'identify() answered more than 255 characters; answer a stable internal id.',
        )
      }
      const token = c.req.header(TOKEN_HEADER)
      return { identified, bearer: token ? await tokens.read(token) : undefined }
    },

    subjectOf,

    /** What counts as one client; nothing where the runtime does not tell. */
    address: (c: Context) => clientAddress(c, settings.trustedProxies),

    /** The subject of a new session: a fresh anonymous one where nobody is known and that is allowed. */
    starter(visitor: Visitor): Starter {
      const subject = subjectOf(visitor)
      if (subject) return { subject, fresh: false }
      if (!settings.allowAnonymous) throw new ProblemError('sign-in-required')
      return { subject: `anon_${randomName()}`, fresh: true }
    },

    /** The session if the visitor owns it or holds its token. Unknown and foreign ones answer alike. */
    readable(row: SessionRow | undefined, { identified, bearer }: Visitor): SessionRow {
      const holds = bearer?.subject === row?.subject && (bearer?.session ?? row?.id) === row?.id
      if (row && (identified === row.subject || (bearer && holds))) return row
      throw new ProblemError('not-found')
    },

    /** A token for somebody signed in reads one session; an anonymous one is who they are. */
    token: ({ identified }: Visitor, { subject, id }: SessionRow): Promise<string> =>
      tokens.issue(identified ? { subject, session: id } : { subject }),

    /** Counts a request to start against its address and asks the host's own check. */
    async admit(c: Context): Promise<void> {
      const address = clientAddress(c, settings.trustedProxies)
      if (address) await limit('address', address, MINUTE)
      if ((await settings.challenge?.(c.req.raw)) === false) {
        throw new ProblemError('challenge-failed')
      }
    },

    /** Counts a session that is about to be created, and may be billed. */
    async admitNew(subject: string): Promise<void> {
      await limit('subject', subject, HOUR)
      await limit('app', '', HOUR)
    },
  }
}

/** Whoever is signed in, else the anonymous subject that the token is. */
function subjectOf({ identified, bearer }: Visitor): string | undefined {
  return identified ?? (bearer && !bearer.session ? bearer.subject : undefined)
}

/**
 * Where the client is: the connection's own address, or what the outermost trusted proxy wrote.
 * Nothing where the runtime does not tell.
 */
function clientAddress(c: Context, trustedProxies: number): string | undefined {
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
  const socket = c.env?.incoming?.socket?.remoteAddress as string | undefined
  const forwarded = trustedProxies > 0 ? networkOf(hops.at(-trustedProxies) ?? '') : undefined
  return forwarded ?? (socket && networkOf(socket))
}
