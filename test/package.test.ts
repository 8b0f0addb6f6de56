// What the package promises about itself, read off its source files and off dist/.

import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import ts from 'typescript'
import { build } from 'vite'
import { describe, expect, it } from 'vitest'
import { importsOf } from '../scripts/sizes.ts'
import { messages as english, type Messages } from '../widget/locales/en.ts'
import { FILES } from '../widget/locales/languages.ts'

const root = path.dirname(import.meta.dirname)
const { bin, exports, version } = JSON.parse(
  readFileSync(path.join(root, 'package.json'), 'utf8'),
) as {
  bin: Record<string, string>
  exports: Record<string, string | Record<string, string>>
  version: string
}

const SOURCES = ['widget', 'server', 'demo', 'docs', 'test', 'scripts']
const CODE = /\.(ts|tsx|mts|js|mjs|jsx)$/

describe('which way things depend', () => {
  it('lets widget/ import from server/ only contract.ts, and contract.ts nothing', () => {
    const foreign = edges('widget').filter(({ to }) => isIn('server', to))
    expect(foreign.filter(({ to }) => to !== 'server/contract.ts')).toEqual([])
    expect(edges('server/contract.ts')).toEqual([])
  })

  it('lets only main.ts, cli.ts and config.ts touch the environment, listen or exit', () => {
    const allowed = ['server/main.ts', 'server/cli.ts', 'server/config.ts']
    const others = sources('server').filter((file) => !allowed.includes(file))
    expect(others.flatMap(usesOfTheProcess)).toEqual([])
  })

  it('lets nothing that a page imports at once name Lit but as #lit', () => {
    const entries = ['index', 'define', 'react', 'testing'].map((name) => `widget/${name}.ts`)
    const seen = new Set(entries)
    for (const file of seen) {
      for (const { to, typeOnly, dynamic } of edges(file)) {
        if (!typeOnly && !dynamic && to.endsWith('.ts')) seen.add(to)
      }
    }
    const named = [...seen].flatMap(edges).filter(({ to, typeOnly }) => to === 'lit' && !typeOnly)
    expect(named.map(({ from }) => from)).toEqual([])
    expect(seen.size).toBeGreaterThan(entries.length)
  })

  it('gives a store to routes/, which import of it at most types', () => {
    const drivers = ['libsql', 'pg', '@electric-sql/pglite']
    const stores = edges('server/routes').filter(
      ({ to, typeOnly }) => drivers.includes(to) || (isIn('server/store', to) && !typeOnly),
    )
    expect(stores).toEqual([])
  })

  it('lets only cli.ts, demo/ and test/ import the sandbox', () => {
    const users = SOURCES.flatMap(edges)
      .filter(({ from, to }) => isIn('server/sandbox', to) && !isIn('server/sandbox', from))
      .filter(({ from }) => from !== 'server/cli.ts' && !isIn('demo', from) && !isIn('test', from))
    expect(users).toEqual([])
  })

  it('gives the process to cli/, which starts nothing itself', () => {
    expect(edges('server/cli').filter(({ to }) => to === 'server/main.ts')).toEqual([])
    expect(edges('server/cli').length).toBeGreaterThan(0)
  })

  it('lets the sandbox import from the server only contract, didit/types and didit/webhook', () => {
    const allowed = ['server/contract.ts', 'server/didit/types.ts', 'server/didit/webhook.ts']
    const own = edges('server/sandbox').filter(({ to }) => /^(widget|server|demo|test)\//.test(to))
    const others = own.filter(({ to }) => !isIn('server/sandbox', to) && !allowed.includes(to))
    expect(others).toEqual([])
  })
})

describe('the package', () => {
  it('has every file that its exports and bin name', () => {
    needBuild()
    const entries = Object.values(exports).flatMap((entry) =>
      typeof entry === 'string' ? entry : Object.values(entry),
    )
    const files = [...entries, ...Object.values(bin)]
    expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([])
  })

  it('can be imported in Node, every file of the element as well', async () => {
    needBuild()
    const files = readdirSync(path.join(root, 'dist/widget'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .map((file) => pathToFileURL(path.join(root, 'dist/widget', file)).href)
    await importInNode([...files, 'didit-verify/server'])
  })

  it('can be imported where there is neither Node nor a document', async () => {
    needBuild()
    const entries = ['', '/define', '/react', '/jsx', '/vue', '/svelte', '/testing']
    for (const runtime of ['workerd', 'worker', 'edge-light']) {
      const names = entries.map((entry) => `didit-verify${entry}`)
      await importInNode(names, [`--conditions=${runtime}`])
    }
  })

  it('runs the command line that was built', async () => {
    needBuild()
    const { stdout } = await promisify(execFile)(process.execPath, [
      path.join(root, bin['didit-verify'] ?? ''),
      '--version',
    ])
    expect(stdout.trim()).toBe(version)
  })

  it('refuses to give the server to a browser', async () => {
    needBuild()
    await expect(importInNode(['didit-verify/server'], ['--conditions=browser'])).rejects.toThrow(
      'didit-verify/server holds your API key; import it on the server only.',
    )
  })
})

describe('a bundle of a page', () => {
  const nothing = [
    `import 'didit-verify'`,
    `import { DiditVerify } from 'didit-verify'`,
    `import { VerifyCompleteEvent } from 'didit-verify'`,
    `import { DiditVerify } from 'didit-verify/react'`,
    `import { mockVerification } from 'didit-verify/testing'`,
    `import 'didit-verify/jsx'`,
    `import 'didit-verify/vue'`,
    `import 'didit-verify/svelte'`,
  ]
  for (const code of nothing) {
    it(`has nothing of what is imported and not used: ${code}`, async () => {
      needBuild()
      expect(await bundle(code)).toBe(await bundle(''))
    })
  }

  it('registers the tag where that is asked for', async () => {
    needBuild()
    expect(await bundle(`import 'didit-verify/define'`)).toContain('customElements.define')
  })

  it('says what is wrong where a page imports the server', async () => {
    needBuild()
    expect(await bundle(`import 'didit-verify/server'`)).toContain('holds your API key')
  })
})

describe('the languages', () => {
  it('are in a file each, and no other file is beside them', () => {
    const files = readdirSync(path.join(root, 'widget', 'locales')).sort()
    const rest = ['en', 'first', 'index', 'languages', 'load', 'lookup']
    expect(files).toEqual([...Object.keys(FILES), ...rest].map((name) => `${name}.ts`).sort())
  })

  it('are loaded from the file of their name', () => {
    const places = importsOf(path.join(root, 'widget', 'locales', 'languages.ts'))
      .filter(({ dynamic }) => dynamic)
      .map(({ from }) => from)
    expect(places).toEqual(Object.keys(FILES).map((name) => `./${name}.ts`))
  })

  it('are listed with who has read them', () => {
    const text = readFileSync(path.join(root, 'docs', 'languages.md'), 'utf8')
    const rows = text.slice(text.indexOf('| code |')).matchAll(/^\| `([\w-]+)` (\|[^|]+){3}\|$/gm)
    expect([...rows].map(([, code]) => code)).toEqual([...Object.keys(FILES), 'en'].sort())
  })

  it('say in the script-tag bundle, where they are packed, what their files say', async () => {
    needBuild()
    const folder = path.join(root, 'dist', `didit-verify-${version}`, 'locales')
    const keys = Object.keys(english) as (keyof Messages)[]
    for (const [name, load] of Object.entries(FILES)) {
      const { texts } = await import(pathToFileURL(path.join(folder, `${name}.js`)).href)
      const { messages } = await load()
      expect(texts.split('\n'), name).toEqual(keys.map((key) => messages[key]))
    }
  })
})

describe('the source files', () => {
  it('name no package registry and no path of one machine', () => {
    const forbidden = /registry\.[a-z0-9-]+\.[a-z]|\bdeb\.debian\.|(?<![\w.})])\/(work|root|home)\//
    const found = [...SOURCES.flatMap(sources), ...ownFiles()].flatMap((file) =>
      readFileSync(path.join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => (forbidden.test(line) ? `${file}:${index + 1} ${line}` : [])),
    )
    expect(found).toEqual([])
  })
})

interface Edge {
  from: string
  /** Relative to the root for our own files, the bare name for a package. */
  to: string
  typeOnly: boolean
  dynamic: boolean
}

/** All imports of one file, or of every file below a folder. */
function edges(place: string): Edge[] {
  return sources(place).flatMap((from) =>
    importsOf(path.join(root, from)).map((each) => ({
      from,
      to: each.from.startsWith('.')
        ? path.posix.join(path.posix.dirname(from), each.from)
        : each.from,
      typeOnly: each.typeOnly,
      dynamic: each.dynamic,
    })),
  )
}

/** Code files, relative to the root and with forward slashes. */
function sources(place: string): string[] {
  if (CODE.test(place)) return existsSync(path.join(root, place)) ? [place] : []
  if (!existsSync(path.join(root, place))) return []
  return readdirSync(path.join(root, place), { withFileTypes: true }).flatMap((entry) => {
    const inner = `${place}/${entry.name}`
    if (entry.isDirectory()) return sources(inner)
    return CODE.test(entry.name) ? [inner] : []
  })
}

/** The files beside the folders: configurations, and what continuous integration runs. */
function ownFiles(): string[] {
  const names = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && (CODE.test(entry.name) || /^ts.*\.json$/.test(entry.name)))
    .map((entry) => entry.name)
  return [...names, 'package.json', '.ci/run'].filter((file) => existsSync(path.join(root, file)))
}

function isIn(folder: string, file: string): boolean {
  return file.startsWith(`${folder}/`)
}

/** Where a file reads the environment or the arguments, opens a port or ends the process. */
function usesOfTheProcess(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  visit(source)
  return found

  function visit(node: ts.Node): void {
    if (isForbiddenModule(node) || isProcessMember(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push(`${file}:${line + 1} ${node.getText().split('\n')[0]}`)
    }
    ts.forEachChild(node, visit)
  }
}

/** Imports the process, or something that listens: Node's own servers, Hono's for Node. */
function isForbiddenModule(node: ts.Node): boolean {
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return false
  const { importClause, moduleSpecifier } = node
  if (!importClause || importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return false
  if (/^(node:)?process$/.test(moduleSpecifier.text)) return true
  if (!/^((node:)?(https?|http2|net|tls)|@hono\/node-server)$/.test(moduleSpecifier.text)) {
    return false
  }
  const names = importClause.namedBindings
  // What is not named could be anything.
  if (importClause.name || !names || ts.isNamespaceImport(names)) return true
  return names.elements.some(({ name, propertyName, isTypeOnly }) => {
    return !isTypeOnly && /^(serve|create\w*Server|Server)$/.test((propertyName ?? name).text)
  })
}

/** `process.env` and the like, and every use of `process` that could hide one. */
function isProcessMember(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'env') {
    return ts.isMetaProperty(node.expression)
  }
  if (!ts.isIdentifier(node) || node.text !== 'process') return false
  const { parent } = node
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) return false
  if (ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent)) return false
  const whole = ts.isPropertyAccessExpression(parent) && parent.name === node ? parent : node
  if (whole !== node && parent.getText() !== 'globalThis.process') return false
  const use = whole.parent
  const harmless = ['nextTick', 'hrtime', 'memoryUsage', 'uptime', 'emitWarning', 'version']
  return !(ts.isPropertyAccessExpression(use) && harmless.includes(use.name.text))
}

function needBuild(): void {
  expect(existsSync(path.join(root, 'dist')), 'run npm run build first').toBe(true)
}

/** What a bundler makes of a page's module; without the code that it loads later. */
async function bundle(code: string): Promise<string> {
  const page = path.join(root, 'page.js')
  const result = await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    build: { write: false, minify: false, rolldownOptions: { input: page } },
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === page ? id : undefined),
        load: (id) => (id === page ? code : undefined),
      },
    ],
  })
  const [output] = [result].flat()
  if (!output || !('output' in output)) throw new Error('The bundler made nothing.')
  return output.output[0].code
}

async function importInNode(modules: string[], options: string[] = []): Promise<void> {
  const code = `for (const each of ${JSON.stringify(modules)}) await import(each)`
  const args = [...options, '--input-type=module', '--eval', code]
  await promisify(execFile)(process.execPath, args, { cwd: root })
}
