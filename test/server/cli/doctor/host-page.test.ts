import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { PERMISSIONS } from '../../../../server/cli/doctor/frame.ts'
import { neededHeaders } from '../../../../server/cli/doctor/headers.ts'
import { inspectPage } from '../../../../server/cli/doctor/host-page.ts'
import { readHtml } from '../../../../server/cli/doctor/html.ts'
import { root } from '../../../support/process.ts'

const HOSTED = new URL('https://verify.didit.me')
const HTML = `<!doctype html><html><head>
<script type="module" src="/assets/didit-verify.js" nonce="n1"></script>
</head><body><didit-verify endpoint="https://verify.shop.example/api/verify"></didit-verify></body></html>`

interface Options {
  url?: string
  html?: string
  status?: number
  headers?: Record<string, string>
  backend?: string
}

/** What is not ok, as `level topic`. */
function found({ url = 'https://www.shop.example/start', html = HTML, ...rest }: Options = {}) {
  const { status = 200, headers = {}, backend } = rest
  const all = new Headers({ 'content-type': 'text/html', ...headers })
  const page = { url: new URL(url), status, header: (name: string) => all.get(name), html }
  const needs = { hosted: HOSTED, backend: backend === undefined ? undefined : new URL(backend) }
  const findings = inspectPage(page, needs)
  return {
    findings,
    faults: findings
      .filter(({ level }) => level !== 'ok')
      .map(({ level, topic }) => `${level} ${topic}`),
    words: (topic: string) => findings.filter((each) => each.topic === topic).map((it) => it.words),
  }
}

const csp = (policy: string) => ({ 'content-security-policy': policy })

describe('a page', () => {
  it('without any of the headers has nothing to say', () => {
    expect(found().faults).toEqual([])
  })

  it.each<[string, Options, string[]]>([
    ['over http', { url: 'http://www.shop.example/' }, ['problem address']],
    [
      'over http, on a name that only looks local',
      { url: 'http://127.evil.example/' },
      ['problem address'],
    ],
    ['that is not found', { status: 404 }, ['problem page']],
    ['that is a file', { headers: { 'content-type': 'application/json' } }, ['problem page']],
    ['without the element', { html: '<p>Hello</p>' }, ['warning element']],
    ['that has it in a comment only', { html: `<!-- ${HTML} -->` }, ['warning element']],
    [
      'that has it in a script only',
      { html: `<script>"${'<didit-verify>'}"</script>` },
      ['warning element'],
    ],
    [
      'that has it in a template only',
      { html: `<template>${HTML}</template>` },
      ['warning element'],
    ],

    [
      'that frames nobody',
      { headers: csp("frame-src 'none'") },
      ['problem frame-src', 'warning frame-src'],
    ],
    [
      'that frames itself',
      { headers: csp("frame-src 'self'") },
      ['problem frame-src', 'warning frame-src'],
    ],
    [
      'whose default refuses all',
      { headers: csp("default-src 'self'") },
      ['problem connect-src', 'problem frame-src', 'warning frame-src'],
    ],
    [
      'whose child-src counts before its default',
      { headers: csp("child-src 'self'; default-src *") },
      ['problem frame-src', 'warning frame-src'],
    ],
    ['whose frame-src counts before both', { headers: csp("frame-src *; child-src 'none'") }, []],
    [
      'that frames Didit and not the backend',
      { headers: csp('frame-src https://*.didit.me') },
      ['warning frame-src'],
    ],
    [
      'with two policies of which one refuses',
      { headers: csp('frame-src *, frame-src https://verify.shop.example') },
      ['problem frame-src'],
    ],
    [
      'with a second policy in a meta element',
      {
        html: `<meta http-equiv="Content-Security-Policy" content="frame-src &#39;none&#39;">${HTML}`,
        headers: csp('frame-src *'),
      },
      ['problem frame-src', 'warning frame-src'],
    ],
    [
      'with a meta element in its body, where browsers ignore it',
      { html: `${HTML}<meta http-equiv="content-security-policy" content="frame-src 'none'">` },
      [],
    ],
    [
      'that only reports',
      { headers: { 'content-security-policy-report-only': "default-src 'none'" } },
      [],
    ],

    ['that asks nobody', { headers: csp("connect-src 'self'") }, ['problem connect-src']],
    ['that may ask the backend', { headers: csp('connect-src https://verify.shop.example') }, []],
    [
      'that may ask one path of it only',
      { headers: csp('connect-src https://verify.shop.example/api/verify/sessions') },
      ['problem connect-src'],
    ],
    ['that runs no scripts', { headers: csp("script-src 'none'") }, ['problem script-src']],
    ['that runs its own scripts', { headers: csp("script-src 'self'") }, []],
    ['that runs marked scripts', { headers: csp("script-src 'nonce-n1'") }, []],
    [
      'that runs scripts with another mark',
      { headers: csp("script-src 'nonce-n2'") },
      ['problem script-src'],
    ],
    [
      'where addresses do not count',
      { headers: csp("script-src 'self' 'strict-dynamic' 'nonce-n2'") },
      ['problem script-src'],
    ],
    ['where marks are handed on', { headers: csp("script-src 'strict-dynamic' 'nonce-n1'") }, []],
    [
      'that runs this one file only',
      { headers: csp('script-src https://www.shop.example/assets/didit-verify.js') },
      ['problem script-src'],
    ],
    [
      'that runs this one folder',
      { headers: csp('script-src https://www.shop.example/assets/') },
      [],
    ],
    [
      "whose elements' scripts count alone",
      { headers: csp("script-src-elem 'none'; script-src *") },
      ['problem script-src'],
    ],

    [
      'that allows no type',
      { headers: csp("require-trusted-types-for 'script'; trusted-types") },
      ['problem trusted-types'],
    ],
    [
      'that allows no type in words',
      { headers: csp("trusted-types 'none'") },
      ['problem trusted-types'],
    ],
    [
      'that allows another type',
      { headers: csp('trusted-types dompurify') },
      ['problem trusted-types'],
    ],
    [
      'that allows the type of Lit',
      { headers: csp("require-trusted-types-for 'script'; trusted-types lit-html") },
      [],
    ],
    ['that allows every type', { headers: csp('trusted-types *') }, []],
    [
      'that wants types and refuses none',
      { headers: csp("require-trusted-types-for 'script'") },
      [],
    ],
    [
      'with two lists of types of which one lacks it',
      { headers: csp('trusted-types lit-html, trusted-types a') },
      ['problem trusted-types'],
    ],

    ['in a sandbox', { headers: csp('sandbox') }, ['problem sandbox']],
    [
      'in a sandbox without forms',
      { headers: csp('sandbox allow-scripts allow-same-origin allow-popups') },
      ['problem sandbox'],
    ],
    [
      'in a sandbox with all it needs',
      { headers: csp('sandbox allow-scripts allow-same-origin allow-popups allow-forms') },
      [],
    ],

    [
      'that gives nobody a camera',
      { headers: { 'permissions-policy': 'camera=()' } },
      ['problem camera'],
    ],
    [
      'that keeps the camera',
      { headers: { 'permissions-policy': 'camera=(self)' } },
      ['problem camera'],
    ],
    [
      'that gives it to the frame and not to itself',
      { headers: { 'permissions-policy': 'camera=("https://verify.didit.me")' } },
      ['problem camera'],
    ],
    [
      'that keeps the microphone',
      { headers: { 'permissions-policy': 'microphone=(self)' } },
      ['warning microphone'],
    ],
    [
      'that gives both',
      { headers: { 'permissions-policy': 'camera=*, microphone=(self "https://*.didit.me")' } },
      [],
    ],
    [
      'whose permissions cannot be read',
      { headers: { 'permissions-policy': "camera 'none'" } },
      ['warning permissions'],
    ],
    [
      'with permissions of the older kind',
      { headers: { 'feature-policy': "camera 'self'" } },
      ['problem camera'],
    ],
    [
      'with both kinds, of which the newer counts',
      { headers: { 'feature-policy': "camera 'none'", 'permissions-policy': 'camera=*' } },
      [],
    ],

    [
      'that watches no popups',
      { headers: { 'cross-origin-opener-policy': 'same-origin; report-to="a"' } },
      ['warning opener'],
    ],
    [
      'that watches them',
      { headers: { 'cross-origin-opener-policy': 'same-origin-allow-popups' } },
      [],
    ],
    [
      'that embeds only who agrees',
      { headers: { 'cross-origin-embedder-policy': 'require-corp' } },
      ['problem embedder'],
    ],
    [
      'that embeds without credentials',
      { headers: { 'cross-origin-embedder-policy': 'credentialless' } },
      ['problem embedder'],
    ],
    [
      'that is isolated, and therefore left',
      {
        headers: {
          'cross-origin-embedder-policy': 'require-corp',
          'cross-origin-opener-policy': 'same-origin',
        },
      },
      ['warning embedder', 'warning opener'],
    ],
    ['that embeds everybody', { headers: { 'cross-origin-embedder-policy': 'unsafe-none' } }, []],
    ['that nobody may frame', { headers: { 'x-frame-options': 'DENY' } }, []],
  ])('%s', (_, options, faults) => {
    expect(found(options).faults).toEqual(faults)
  })

  it('whose elements leave it needs no frame', () => {
    const html = HTML.replace('<didit-verify', '<didit-verify mode="redirect"')
    const headers = { ...csp("frame-src 'none'"), 'permissions-policy': 'camera=()' }
    expect(found({ html, headers }).faults).toEqual([])
  })

  it('asks where its element says, relative to its base', () => {
    const html = '<head><base href="/shop/"></head><didit-verify endpoint="verify">'
    const { words } = found({ html, headers: csp("connect-src 'self'") })
    expect(words('connect-src')).toEqual([
      'https://www.shop.example/shop/verify/sessions is allowed.',
    ])
  })

  it('asks the backend that is given, where its element says nothing', () => {
    const html = '<didit-verify></didit-verify>'
    const { faults, words } = found({
      html,
      headers: csp("connect-src 'self'"),
      backend: 'https://api.shop.example/v',
    })
    expect(faults).toContain('problem connect-src')
    expect(words('connect-src')[0]).toMatch(/Add https:\/\/api\.shop\.example\.$/)
    expect(found({ html, headers: csp("connect-src 'self'") }).faults).not.toContain(
      'problem connect-src',
    )
  })

  it('is told which directive refuses, and what to add', () => {
    const { words } = found({ headers: csp("default-src 'self'") })
    expect(words('frame-src')[0]).toBe(
      'default-src refuses the hosted page. Add https://verify.didit.me to frame-src.',
    )
  })

  it('may have a Lit of its own, and is told what that needs', () => {
    const { words } = found({ headers: csp('trusted-types lit-html') })
    expect(words('trusted-types')[0]).toContain("'allow-duplicates'")
    const several = found({ headers: csp("trusted-types lit-html 'allow-duplicates'") })
    expect(several.words('trusted-types')[0]).toBe('lit-html is allowed, several times too.')
  })

  it('is told that X-Frame-Options does not matter', () => {
    const { words } = found({ headers: { 'x-frame-options': 'DENY' } })
    expect(words('x-frame-options')[0]).toContain('does not matter here')
  })
})

describe('the headers that a page needs', () => {
  const places = {
    hosted: 'https://verify.didit.me',
    backend: 'https://verify.shop.example',
    pages: ['https://www.shop.example'],
  }

  it.each([
    ['another origin', places, 'https://www.shop.example/start'],
    [
      'the same origin',
      { ...places, pages: [places.backend] },
      'https://verify.shop.example/start',
    ],
  ])('let the element work, with a backend at %s', (_, where, url) => {
    const headers = neededHeaders(where)
    expect(found({ url, headers }).faults).toEqual([])
  })

  it('allow nothing beyond', () => {
    const headers = neededHeaders({ ...places, pages: [places.backend] })
    expect(headers['Content-Security-Policy']).toBe(
      "script-src 'self'; connect-src 'self'; frame-src 'self' https://verify.didit.me; " +
        "require-trusted-types-for 'script'; trusted-types lit-html",
    )
    expect(headers['Permissions-Policy']).toMatch(
      /^camera=\(self "https:\/\/verify\.didit\.me"\), microphone=\(self /,
    )
  })

  it('give the frame what the element asks for it', () => {
    const source = readFileSync(path.join(root, 'widget/frame.ts'), 'utf8')
    const [, wanted = ''] = /PERMISSIONS = '([^']+)'/.exec(source) ?? []
    expect(wanted.split(' ')).toEqual([...PERMISSIONS])
  })
})

describe('HTML', () => {
  it('is read as a browser does', () => {
    const html = `<HEAD><META HTTP-EQUIV=content-security-policy CONTENT="img-src &apos;self&apos;">
      <script src=a.js INTEGRITY=sha384-x></script><script>let s = '<script src=b.js>'</script>
      </HEAD><!--<didit-verify>--><DIDIT-VERIFY mode=popup></DIDIT-VERIFY>`
    expect(readHtml(html)).toEqual({
      policies: ["img-src 'self'"],
      scripts: [{ src: 'a.js', nonce: undefined, integrity: 'sha384-x' }],
      elements: [{ mode: 'popup' }],
    })
  })

  it('that ends in the middle is read so far', () => {
    expect(readHtml('<didit-verify endpoint="/a"><scr').elements).toEqual([{ endpoint: '/a' }])
  })
})
