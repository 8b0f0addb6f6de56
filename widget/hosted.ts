/** The session's address if it may be opened: https, or http on this machine. */
export function openableUrl(href: string | null | undefined): URL | undefined {
  // Nothing is no address either.
  if (!URL.canParse(href as string)) return undefined
  const url = new URL(href as string)
  if (url.username || url.password) return undefined
  const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  return url.protocol === 'https:' || (url.protocol === 'http:' && local) ? url : undefined
}
