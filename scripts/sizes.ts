// What a page downloads, measured on the built files: brotli, quality 11, each file by itself.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import ts from 'typescript'
import { folder } from '../vite.config.ts'

const root = path.dirname(import.meta.dirname)
const ENTRY = path.join(root, 'dist', 'didit-verify.js')
/** Nothing names these files: their names are put together when a page needs one. */
const LANGUAGES = path.join(root, 'dist', folder, 'locales')

/** `rounds`: how often what is loaded so far has loaded more when it ran; or `only` one chunk. */
const BUDGETS = [
  { what: 'every page view', rounds: 0, budget: 8_000 },
  { what: 'until the modal is open', rounds: 1, budget: 11_200 },
  { what: 'the code for the phone', only: 'qr.js', budget: 3_000 },
  { what: 'all that an English visitor may load' },
]
/** What each language may have. */
const LANGUAGE_BUDGET = 700

export interface Import {
  from: string
  /** Gone after the types are checked. */
  typeOnly: boolean
  /** `import()`, loaded when it runs. */
  dynamic: boolean
}

/** Every module that a file names; one that is computed at run time is not among them. */
export function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest)
  const found: Import[] = []
  visit(source)
  return found

  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, { typeOnly: isTypeImport(node.importClause) })
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, { typeOnly: node.isTypeOnly })
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, { typeOnly: true })
    } else if (ts.isCallExpression(node) && isLoad(node.expression)) {
      add(node.arguments[0], { dynamic: true })
    }
    ts.forEachChild(node, visit)
  }

  function add(name: ts.Node | undefined, { typeOnly = false, dynamic = false }): void {
    if (name && ts.isStringLiteralLike(name)) found.push({ from: name.text, typeOnly, dynamic })
  }
}

/** Prints the table; true when every part is within its budget. */
export function checkSizes(): boolean {
  const rows = BUDGETS.map(({ what, rounds = Number.POSITIVE_INFINITY, only, budget }) => {
    const files = reach(ENTRY, rounds).filter((file) => !only || path.basename(file) === only)
    if (files.length === 0) throw new Error(`${only} is missing: nothing loads it any more.`)
    const sizes = files.map((file) => ({ file, size: brotli(file) }))
    return { what, budget, sizes, total: sizes.reduce((sum, { size }) => sum + size, 0) }
  })
  for (const { what, budget, sizes, total } of rows) {
    console.log(`${what}: ${total} bytes, ${verdict(total, budget)}`)
    for (const { file, size } of sizes) {
      console.log(`  ${String(size).padStart(6)}  ${path.relative(root, file)}`)
    }
  }
  const within = rows.every(({ total, budget }) => budget === undefined || total <= budget)
  return checkLanguages() && within
}

/** Prints the largest of the languages, and each that is over its budget. */
function checkLanguages(): boolean {
  const names = readdirSync(LANGUAGES)
  const languages = names.map((name) => path.join(LANGUAGES, name))
  const sizes = languages.map((file) => ({ file, size: brotli(file) }))
  sizes.sort((a, b) => b.size - a.size)
  const over = sizes.filter(({ size }) => size > LANGUAGE_BUDGET)
  console.log(`in another language one of ${sizes.length} files more, at most`)
  for (const { file, size } of over.length ? over : sizes.slice(0, 1)) {
    const place = path.relative(root, file)
    console.log(`  ${String(size).padStart(6)}  ${place}, ${verdict(size, LANGUAGE_BUDGET)}`)
  }
  return over.length === 0
}

function verdict(total: number, budget: number | undefined): string {
  if (budget === undefined) return 'no budget'
  const over = total - budget
  return over > 0 ? `OVER the budget of ${budget} by ${over}` : `ok, the budget is ${budget}`
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  return clause?.phaseModifier === ts.SyntaxKind.TypeKeyword
}

function isLoad(callee: ts.Expression): boolean {
  const isRequire = ts.isIdentifier(callee) && callee.text === 'require'
  return callee.kind === ts.SyntaxKind.ImportKeyword || isRequire
}

/** The entry with all that it imports, then as many rounds of what they load when they run. */
function reach(entry: string, rounds: number): string[] {
  const seen = new Set<string>()
  let next = [entry]
  for (let round = 0; round <= rounds && next.length > 0; round++) {
    const loaded = next.flatMap((file) => addWithImports(file, seen))
    next = loaded.flatMap(load).filter((file) => !seen.has(file))
  }
  return [...seen]
}

/** Adds a file and its static imports, and theirs; returns those that are new. */
function addWithImports(file: string, seen: Set<string>): string[] {
  if (seen.has(file)) return []
  if (!existsSync(file)) {
    throw new Error(`${path.relative(root, file)} is missing. Run npm run build first.`)
  }
  seen.add(file)
  return [file, ...targets(file, false).flatMap((each) => addWithImports(each, seen))]
}

/** What a file loads when it runs. */
function load(file: string): string[] {
  return targets(file, true)
}

function targets(file: string, dynamic: boolean): string[] {
  return importsOf(file)
    .filter((each) => each.dynamic === dynamic)
    .map(({ from }) => path.join(path.dirname(file), from))
}

export function brotli(file: string): number {
  const bytes = readFileSync(file)
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  }
  return brotliCompressSync(bytes, { params }).length
}

if (process.argv[1] === import.meta.filename) {
  try {
    if (!checkSizes()) {
      console.error('The bundle is over its budget. Make it smaller, or load the part later.')
      process.exitCode = 1
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
