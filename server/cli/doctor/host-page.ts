// What a page around the element says in its headers and its HTML. Pure: it is given what was
// fetched, and answers with findings.

import { isLoopback } from '../../loopback.ts'
import { allows, parseCsp, parseMetaCsp, sourcesOf } from './csp.ts'
import { type Finding, ok, problem, warning } from './finding.ts'
import { inspectFrame } from './frame.ts'
import { type Markup, readHtml } from './html.ts'
import { type Around, type HostPage, headerValue, type Needs, sourceFor } from './page.ts'

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
    ...inspectFrame(around),
    opener(page),
    ...frameOptions(page),
  ]
}

/** The backend as the page names it. */
function addressesOf(page: HostPage, markup: Markup, { backend }: Needs): { backend: URL } {
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

function frameOptions({ header }: HostPage): Finding[] {
  const value = header('x-frame-options')
  return value === null
    ? []
    : [ok('x-frame-options', 'It says who may frame this page, and does not matter here.')]
}
