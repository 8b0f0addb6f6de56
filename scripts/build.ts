// `npm run build`: dist/ as it is published.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { buildBundle, type Chunks } from './bundle.ts'
import { writeManifest } from './manifest.ts'

const root = path.dirname(import.meta.dirname)
const dist = path.join(root, 'dist')

const SERVER_ONLY = 'didit-verify/server holds your API key; import it on the server only.'

async function buildAll(): Promise<void> {
  rmSync(dist, { recursive: true, force: true })
  const chunks = await buildBundle()
  writeBundle(chunks)
  compile()
  writeManifest(dist)
  writeFileSync(path.join(dist, 'server', 'browser.js'), `throw new Error('${SERVER_ONLY}')\n`)
  makeExecutable(path.join(dist, 'server', 'cli.js'))
  const integrity = integrityOf(chunks)
  writeFileSync(path.join(dist, 'integrity.json'), `${JSON.stringify({ integrity }, null, 2)}\n`)
  console.log(integrityReport(integrity))
}

/** dist/didit-verify.js, its chunks, and the NOTICE of what is inside. */
function writeBundle(chunks: Chunks): void {
  for (const { fileName, code } of chunks) {
    const file = path.join(dist, fileName)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, code)
  }
  writeFileSync(path.join(dist, 'NOTICE'), notice(chunks))
}

/** The licence of every package that is inside the bundle; one text for those that share it. */
function notice(chunks: Chunks): string {
  const holders = new Map<string, Set<string>>()
  for (const id of chunks.flatMap((chunk) => chunk.moduleIds)) {
    const [, folder, name] = /^(.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+))/.exec(id) ?? []
    if (!folder || !name) continue
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    if (!file) {
      throw new Error(
        `${name} is bundled but has no licence file. Take it out of the bundle, or name it here.`,
      )
    }
    const text = readFileSync(path.join(folder, file), 'utf8').trim()
    holders.set(text, (holders.get(text) ?? new Set()).add(name.replaceAll('\\', '/')))
  }
  const texts = [...holders].map(([text, names]) => `${[...names].sort().join(', ')}\n\n${text}\n`)
  return ['didit-verify.js contains the following packages.\n', ...texts].join('\n')
}

/** Declarations and modules for bundlers and for Node, by the compiler that checks the types. */
function compile(): void {
  const tsc = path.join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
  const args = [tsc, '-p', path.join(root, 'tsconfig.build.json')]
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    throw new Error('The TypeScript compiler found errors. Correct what it names above.')
  }
  nameLit(path.join(dist, 'widget'))
}

/** In declarations Lit has one name; `#lit` is for runtimes that cannot have Lit itself. */
function nameLit(folder: string): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.d.ts'))) {
    const text = readFileSync(path.join(folder, file), 'utf8')
    writeFileSync(path.join(folder, file), text.replace(/(['"])#lit\1/g, '$1lit$1'))
  }
}

function makeExecutable(file: string): void {
  // test/package.test.ts says so when the file is not there at all.
  if (!existsSync(file)) return
  if (!readFileSync(file, 'utf8').startsWith('#!')) {
    throw new Error(
      'dist/server/cli.js has no shebang. Begin server/cli.ts with #!/usr/bin/env node.',
    )
  }
  chmodSync(file, 0o755)
}

/** The hash of every file of the bundle, by its place beside didit-verify.js. */
function integrityOf(chunks: Chunks): Record<string, string> {
  return Object.fromEntries(chunks.map(({ fileName }) => [`./${fileName}`, sri(fileName)]))
}

function integrityReport(all: Record<string, string>): string {
  const { './didit-verify.js': entry, ...integrity } = all
  return [
    `dist/didit-verify.js\n  integrity="${entry}"`,
    'Integrity of what it loads later, relative to the folder of didit-verify.js:',
    `<script type="importmap">\n${JSON.stringify({ integrity }, null, 2)}\n</script>`,
    'Both are in dist/integrity.json too.',
  ].join('\n')
}

function sri(fileName: string): string {
  const bytes = readFileSync(path.join(dist, fileName))
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`
}

if (process.argv[1] === import.meta.filename) {
  try {
    await buildAll()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
