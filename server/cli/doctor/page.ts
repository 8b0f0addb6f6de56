// A page that was fetched, and what has to work on it.

import type { Policy } from './csp.ts'
import type { Markup } from './html.ts'

/** A page as it was fetched. */
export interface HostPage {
  /** After redirects. */
  url: URL
  status: number
  /** The value of a header, several of one name with commas between. */
  header(name: string): string | null
  html: string
}

/** What has to work on it. */
export interface Needs {
  /** The origin of the hosted page. */
  hosted: URL
  /** The backend, if it is known; else the element's `endpoint` says. */
  backend?: URL
}

/** A page taken apart. */
export interface Around {
  page: HostPage
  markup: Markup
  policies: readonly Policy[]
  needs: Needs & { backend: URL }
}

/** Without parameters like `;report-to`. */
export function headerValue(header: string | null): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/** How a policy of the page names an address. */
export function sourceFor({ origin }: URL, page: HostPage): string {
  return origin === page.url.origin ? "'self'" : origin
}
