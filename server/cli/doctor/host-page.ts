// What a page around the element says in its headers and its HTML. Pure: it is given what was
// fetched, and answers with findings.

import { isLoopback } from '../../loopback.ts'
import { allows, type Policy, parseCsp, parseMetaCsp, sourcesOf } from './csp.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import { type Markup, readHtml } from './html.ts'
import {
  type Permissions,
  parseFeaturePolicy,
  parsePermissionsPolicy,
  permits,
} from './permissions-policy.ts'

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

/** What the frame is given; the first two are what it cannot do without. */
export const PERMISSIONS = [
  'camera',
  'microphone',
  'fullscreen',
  'autoplay',
  'encrypted-media',
  'geolocation',
] as const

/** Where the element asks unless it is told otherwise. */
const ENDPOINT = '/api/verify'
const SCRIPT = /(^|\/)didit-verify[\w.-]*\.m?js(\?|$)/

/** Everything that was looked at, in the order in which a page would fail. */
export function inspectPage(page: HostPage, needs: Needs): Finding[] {
  const markup = readHtml(page.html)
  const policies = [
    ...parseCsp(page.header('content-security-policy') ?? ''),
    ...markup.policies.map(parseMetaCsp),
  ]
  const around = {
    page,
    markup,
    policies,
    needs: { ...needs, ...addressesOf(page, markup, needs) },
  }
  return [
    secureContext(page),
    answered(page),
    ...mentioned(around),
    ...scripts(around),
    trustedTypes(around),
    connections(around),
    ...sandboxed(around),
    ...(isFramed(markup) ? frames(around) : [notFramed()]),
    opener(page),
    embedder(page, isFramed(markup)),
    ...frameOptions(page),
  ]
}

interface Around {
  page: HostPage
  markup: Markup
  policies: readonly Policy[]
  needs: Needs & { backend: URL }
}

/** The backend as the page names it. */
export function addressesOf(page: HostPage, markup: Markup, { backend }: Needs): { backend: URL } {
  const base = baseOf(page, markup)
  const endpoint = markup.elements.find((each) => each.endpoint)?.endpoint
  const named = endpoint !== undefined && URL.canParse(endpoint, base)
  return { backend: named ? new URL(endpoint, base) : (backend ?? new URL(ENDPOINT, page.url)) }
}

function baseOf({ url }: HostPage, { base }: Markup): URL {
  return base !== undefined && URL.canParse(base, url) ? new URL(base, url) : url
}

function secureContext({ url }: HostPage): Finding {
  return url.protocol === 'https:' || isLoopback(url)
    ? ok('address', `${url.origin} is a secure context.`)
    : problem('address', 'Browsers give no camera to a page over http. Serve it over https.')
}

function answered({ status, header }: HostPage): Finding {
  const type = header('content-type') ?? 'no type'
  if (status < 200 || status > 299) {
    return problem('page', `It answers ${status}. Give the address of a page that visitors see.`)
  }
  return /html/i.test(type)
    ? ok('page', `It answers ${status}.`)
    : problem('page', `It is ${type}, not HTML. Give the address of a page that visitors see.`)
}

function mentioned({ page, markup }: Around): Finding[] {
  const { elements } = markup
  const script = ourScript(page, markup)
  if (elements.length > 0 && script) return [ok('element', `The page holds it, and ${script.url}.`)]
  const missing = [
    ...(elements.length > 0 ? [] : ['<didit-verify>']),
    ...(script ? [] : ['its script under a known name']),
  ].join(' and ')
  const fine = 'That is fine where a bundle or a framework brings it.'
  return [warning('element', `The HTML does not hold ${missing}. ${fine}`)]
}

function ourScript(page: HostPage, markup: Markup) {
  const found = markup.scripts.find(({ src }) => SCRIPT.test(src))
  const base = baseOf(page, markup)
  return found && URL.canParse(found.src, base)
    ? { ...found, url: new URL(found.src, base) }
    : undefined
}

function scripts({ page, markup, policies }: Around): Finding[] {
  const script = ourScript(page, markup)
  if (policies.length === 0) return [ok('policy', 'There is no Content-Security-Policy.')]
  if (!script) return []
  const { url, nonce, integrity } = script
  // What it loads later lies in a folder beside it, whose name has the version.
  const chunk = new URL('didit-verify-0.0.0/attempt.js', url)
  const allowed = (address: URL) =>
    policies.every((policy) => {
      const sources = sourcesOf(policy, 'script-src-elem', 'script-src', 'default-src')
      const marked =
        (nonce && sources?.includes(`'nonce-${nonce}'`)) ||
        integrity?.split(/\s+/).every((hash) => sources?.includes(`'${hash}'`))
      // With it, addresses count no more: only marks do.
      const strict = sources?.some((source) => source.toLowerCase() === "'strict-dynamic'")
      return marked || (!strict && allows(sources, address, page.url))
    })
  const topic = 'script-src'
  const add = `Add ${sourceFor(url, page)}, without a path, or a nonce.`
  if (!allowed(url)) return [problem(topic, `The policy refuses ${url}. ${add}`)]
  return [
    allowed(chunk)
      ? ok(topic, `The policy allows ${url}, and what it loads later.`)
      : problem(topic, `The policy allows ${url}, but not the files beside it. ${add}`),
  ]
}

/** Lit makes one policy; where it may not, the script ends before the element is there. */
function trustedTypes({ policies }: Around): Finding {
  const topic = 'trusted-types'
  const lists = policies.flatMap((policy) => sourcesOf(policy, 'trusted-types') ?? [])
  const named = policies.filter((policy) => policy.has('trusted-types'))
  if (named.length === 0) return ok(topic, 'No policy of Trusted Types is refused.')
  const refused = named.some((policy) => {
    const names = policy.get('trusted-types') ?? []
    return !names.includes('lit-html') && !names.includes('*')
  })
  if (refused) {
    return problem(topic, 'The policy refuses what Lit makes. Add lit-html to trusted-types.')
  }
  return lists.some((name) => name.toLowerCase() === "'allow-duplicates'")
    ? ok(topic, 'lit-html is allowed, several times too.')
    : ok(
        topic,
        "lit-html is allowed, once: add 'allow-duplicates' if the page has a Lit of its own.",
      )
}

function connections({ page, policies, needs: { backend } }: Around): Finding {
  // Two addresses, for policies that name a path.
  const [start, follow] = ['/sessions', '/sessions/id/events'].map(
    (path) => new URL(backend.href.replace(/\/$/, '') + path),
  ) as [URL, URL]
  const refused = [start, follow].find((address) =>
    policies.some(
      (policy) => !allows(sourcesOf(policy, 'connect-src', 'default-src'), address, page.url),
    ),
  )
  return refused
    ? problem('connect-src', `The policy refuses ${refused}. Add ${sourceFor(backend, page)}.`)
    : ok('connect-src', `${start} is allowed.`)
}

const SANDBOX = ['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-popups']

function sandboxed({ policies }: Around): Finding[] {
  const boxes = policies.filter((policy) => policy.has('sandbox'))
  if (boxes.length === 0) return []
  const missing = SANDBOX.filter((word) => boxes.some((box) => !box.get('sandbox')?.includes(word)))
  return [
    missing.length > 0
      ? problem('sandbox', `The policy puts the page into a sandbox. Add ${missing.join(' ')}.`)
      : ok('sandbox', 'The sandbox of the page lets the element work.'),
  ]
}

/** A page whose elements all leave it frames nothing. */
function isFramed({ elements }: Markup): boolean {
  const leaves = ['redirect', 'popup', 'qr']
  return elements.length === 0 || elements.some(({ mode = '' }) => !leaves.includes(mode))
}

function notFramed(): Finding {
  return ok('frame', 'Nothing is framed: every element on the page leaves it.')
}

function frames({ page, policies, needs }: Around): Finding[] {
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
  const returnPage = refused(new URL('/return/x', backend))
    ? [
        warning(
          'frame-src',
          `The way back through the backend is refused in the frame. Add ${sourceFor(backend, page)}.`,
        ),
      ]
    : []
  return [hostedPage, ...returnPage, ...devices(page, hosted)]
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

function opener({ header }: HostPage): Finding {
  const value = headerValue(header('cross-origin-opener-policy'))
  return value === 'same-origin'
    ? warning(
        'opener',
        'Cross-Origin-Opener-Policy: same-origin hides whether a popup was closed. ' +
          'Send same-origin-allow-popups where mode is popup.',
      )
    : ok('opener', 'Popups can be watched.')
}

/** A frame has to agree to be embedded, and the hosted page does not. */
function embedder({ header }: HostPage, framed: boolean): Finding {
  const value = headerValue(header('cross-origin-embedder-policy'))
  if (!framed || !/^(require-corp|credentialless)$/.test(value)) {
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

function frameOptions({ header }: HostPage): Finding[] {
  const value = header('x-frame-options')
  return value === null
    ? []
    : [ok('x-frame-options', 'It says who may frame this page, and does not matter here.')]
}

/** Without parameters like `;report-to`. */
function headerValue(header: string | null): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function sourceFor({ origin }: URL, page: HostPage): string {
  return origin === page.url.origin ? "'self'" : origin
}
