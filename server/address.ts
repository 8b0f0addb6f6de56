/**
 * What counts as one client: an IPv4 address, or the /64 of an IPv6 one, which one household has.
 * Ports, brackets and zones, which proxies add, are left out. Nothing when it is no address.
 */
export function networkOf(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/%.*$/, '')
  const v4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/i.exec(bare)?.[1]
  if (v4) return v4
  const url = `http://[${bare}]`
  if (!/^[\da-f:.]+$/i.test(bare) || !URL.canParse(url)) return undefined
  // The URL parser has written it in its one canonical form; only the zeros are missing.
  const [left = [], right] = new URL(url).hostname
    .slice(1, -1)
    .split('::')
    .map((part) => (part ? part.split(':') : []))
  const zeros = right ? 8 - left.length - right.length : 0
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...(right ?? [])]
  return `${groups.slice(0, 4).join(':')}::/64`
}
