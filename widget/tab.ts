/** In the text of an attempt to go on with. */
const OPEN = /"phase":"(?!ended)/

/**
 * Whether this tab has kept an attempt to go on with, or any at all (`kept.ts`): all that a page view
 * asks of it, and what reads them need not be loaded where there is none.
 */
export function hasKept(any: unknown): boolean {
  try {
    return Object.entries(sessionStorage).some(
      ([key, text]) => key.startsWith('didit-verify:') && (any || OPEN.test(text)),
    )
  } catch {
    return false
  }
}
