// What stands between a page and the frame of the hosted page. Pure.

import { allows, sourcesOf } from './csp.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import type { Markup } from './html.ts'
import { type Around, type HostPage, headerValue, sourceFor } from './page.ts'
import {
  type Permissions,
  parseFeaturePolicy,
  parsePermissionsPolicy,
  permits,
} from './permissions-policy.ts'

/** What the frame is given; the first two are what it cannot do without. */
export const PERMISSIONS = [
  'camera',
  'microphone',
  'fullscreen',
  'autoplay',
  'encrypted-media',
  'geolocation',
] as const

/** A page whose elements all leave it frames nothing. */
function isFramed({ elements }: Markup): boolean {
  const leaves = ['redirect', 'popup', 'qr']
  return elements.length === 0 || elements.some(({ mode = '' }) => !leaves.includes(mode))
}

/** Whether the hosted page can be framed, and whether it then has what it works with. */
export function inspectFrame({ page, markup, policies, needs }: Around): Finding[] {
  if (!isFramed(markup)) {
    return [ok('frame', 'Nothing is framed: every element on the page leaves it.')]
  }
  const { hosted, backend } = needs
  const refused = (url: URL) =>
    policies.find(
      (policy) =>
        !allows(sourcesOf(policy, 'frame-src', 'child-src', 'default-src'), url, page.url),
    )
  const [inForce = 'frame-src'] = ['frame-src', 'child-src', 'default-src'].filter((name) =>
    refused(hosted)?.has(name),
  )
  const hostedPage = refused(hosted)
    ? problem(
        'frame-src',
        `${inForce} refuses the hosted page. Add ${sourceFor(hosted, page)} to frame-src.`,
      )
    : ok('frame-src', `${hosted.origin} may be framed.`)
  const returnPage = refused(new URL(`${backend.href.replace(/\/$/, '')}/return/x`))
    ? [
        warning(
          'frame-src',
          `The way back through the backend is refused in the frame. Add ${sourceFor(backend, page)}.`,
        ),
      ]
    : []
  return [hostedPage, ...returnPage, ...devices(page, hosted), embedder(page)]
}

function devices(page: HostPage, hosted: URL): Finding[] {
  const header = page.header('permissions-policy')
  const older = page.header('feature-policy')
  const read = header === null ? undefined : parsePermissionsPolicy(header)
  const unread =
    header !== null && read === undefined
      ? [
          warning(
            'permissions',
            'The Permissions-Policy cannot be read, so browsers ignore all of it. Write camera=(self).',
          ),
        ]
      : []
  const permissions: Permissions = new Map([
    ...(older === null ? [] : parseFeaturePolicy(older)),
    ...(read ?? []),
  ])
  return [
    ...unread,
    device(permissions, 'camera', page.url, hosted),
    device(permissions, 'microphone', page.url, hosted),
  ]
}

function device(permissions: Permissions, name: string, page: URL, hosted: URL): Finding {
  const line = `${name}=(self "${hosted.origin}")`
  if (permits(permissions, name, page, page) && permits(permissions, name, hosted, page)) {
    return ok(name, 'The frame may have it.')
  }
  if (name !== 'camera') {
    return warning(name, `The frame cannot have it, which some checks want. Send ${line}.`)
  }
  return permits(permissions, name, page, page)
    ? problem(name, `The page may have it, but not the frame. Send ${line}.`)
    : problem(name, `Neither page nor frame may have it; only mode="redirect" works. Send ${line}.`)
}

/** A frame has to agree to be embedded, and the hosted page does not. */
function embedder({ header }: HostPage): Finding {
  const value = headerValue(header('cross-origin-embedder-policy'))
  if (!/^(require-corp|credentialless)$/.test(value)) {
    return ok('embedder', 'Frames of others are not held back.')
  }
  const isolated = /^same-origin(-plus-coep)?$/.test(
    headerValue(header('cross-origin-opener-policy')),
  )
  const words = `Cross-Origin-Embedder-Policy: ${value} keeps the hosted page out of the frame.`
  return isolated
    ? warning('embedder', `${words} Visitors are redirected; leave it out where that is not meant.`)
    : problem('embedder', `${words} Leave it out on this page, or set mode="redirect".`)
}
