import { PERMISSIONS } from './frame.ts'

export interface Places {
  /** The origin of the hosted page. */
  hosted: string
  /** The origin of the backend. */
  backend: string
  /** The origins of the pages. */
  pages: readonly string[]
}

/** What a page with the element has to allow, as header lines; a page without them needs none. */
export function neededHeaders({ hosted, backend, pages }: Places): Record<string, string> {
  const own = pages.length > 0 && pages.every((page) => page === backend)
  const others = own ? '' : ` ${backend}`
  const allowed = `(self "${hosted}")`
  return {
    'Content-Security-Policy': [
      "script-src 'self'",
      `connect-src 'self'${others}`,
      `frame-src 'self'${others} ${hosted}`,
      "require-trusted-types-for 'script'",
      'trusted-types lit-html',
    ].join('; '),
    'Permissions-Policy': PERMISSIONS.map((name) => `${name}=${allowed}`).join(', '),
    'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
    'Cross-Origin-Embedder-Policy': 'unsafe-none',
  }
}
