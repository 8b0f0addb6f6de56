// Pictures and films of a session, under addresses that die.

import type { Context } from 'hono'
import { notFound } from './call.ts'
import type { SandboxSession } from './session.ts'

const HOUR = 60 * 60 * 1000

/** One picture for all: grey, 16 by 16. */
export const SAMPLE_PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAD0lEQVR4nGPYgQYYRrYAAMa/uAEXh0PyAAAAAElFTkSuQmCC'

/** The shortest beginning of an MP4 that players recognise as one. */
const SAMPLE_FILM = 'AAAAGGZ0eXBtcDQyAAAAAG1wNDJpc29t'

/** Pictures that show the portrait which the session was made with, if it was. */
const PORTRAITS = ['portrait.png', 'chip-portrait.png']

export type Media = ReturnType<typeof createMedia>

/** @param options.now milliseconds since 1970 */
export function createMedia({ publicUrl, now }: { publicUrl: string; now(): number }) {
  const issued = new Map<string, { session: SandboxSession; until: number }>()
  /** Those asked for in the same second share a ticket, so that a busy reader does not fill the table. */
  const recent = new Map<string, string>()
  let second = 0

  function ticket(session: SandboxSession): string {
    const current = Math.floor(now() / 1000)
    if (current !== second) {
      recent.clear()
      second = current
      for (const [name, { until }] of issued) {
        // In the order in which they were issued: what follows lives longer.
        if (until > now()) break
        issued.delete(name)
      }
    }
    const known = recent.get(session.id)
    if (known) return known
    const name = crypto.randomUUID()
    issued.set(name, { session, until: now() + HOUR })
    recent.set(session.id, name)
    return name
  }

  return {
    /** An address that lives for an hour from now. */
    url: (session: SandboxSession, name: string) =>
      `${publicUrl}/media/${ticket(session)}/${name}?X-Amz-Expires=3600`,

    /** Answers such an address. */
    serve(c: Context, exists: (session: SandboxSession) => boolean) {
      const found = issued.get(c.req.param('ticket') ?? '')
      const name = c.req.param('name') ?? ''
      if (!found || !exists(found.session)) throw notFound()
      if (now() >= found.until) return c.text('Request has expired', 403)
      const { portrait } = found.session
      const own = PORTRAITS.includes(name) ? portrait : null
      const film = name.endsWith('.mp4')
      const bytes = decode(own ?? (film ? SAMPLE_FILM : SAMPLE_PICTURE))
      const type = film ? 'video/mp4' : typeOf(bytes)
      return c.body(bytes, 200, { 'Content-Type': type, 'Cache-Control': 'private, no-store' })
    },

    clear() {
      issued.clear()
      recent.clear()
    },
  }
}

export function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** Only pictures that browsers show as pictures: what a caller sends must not become a page. */
function typeOf([first, second]: Uint8Array): string {
  if (first === 0x89 && second === 0x50) return 'image/png'
  return first === 0xff && second === 0xd8 ? 'image/jpeg' : 'application/octet-stream'
}
