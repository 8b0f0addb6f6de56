// What test files exercise, read off their source: which requests they send, which methods of the
// client they call, which commands they run.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { root } from './process.ts'

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE']

/** What one file says. Parts that are only known when it runs stand as `:x`. */
export interface Exercised {
  /** From the root. */
  file: string
  /** `GET /v3/session/:x/decision/`. */
  requests: ReadonlySet<string>
  /** `sessions.decision`. */
  methods: ReadonlySet<string>
  /** Its texts, of which command lines are some. */
  texts: readonly string[]
  /** What it imports, as written there. */
  imports: readonly string[]
}

/** Test files by their path, and the tables of cases that are no tests themselves. */
export function exercisedIn(folder: string, which: RegExp): Exercised[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')))
    .filter((file) => which.test(file) && /\.test\.ts$|\/cases\/\w+\.ts$|\/lines\.ts$/.test(file))
    .sort()
    .map(exercised)
}

/** Reads one file: calls are followed into functions of the file itself, with what they are given. */
export function exercised(file: string): Exercised {
  const text = readFileSync(path.join(root, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const constants = constantsOf(source)
  const requests = new Set<string>()
  const methods = new Set<string>()
  const texts: string[] = []
  const imports = source.statements.flatMap((each) =>
    ts.isImportDeclaration(each) && ts.isStringLiteral(each.moduleSpecifier)
      ? [each.moduleSpecifier.text]
      : [],
  )
  visit(source, constants, 0)
  return { file, requests, methods, texts, imports }

  function visit(node: ts.Node, known: Names, depth: number): void {
    if (ts.isCallExpression(node)) {
      for (const called of calledMethods(node.expression)) methods.add(called)
      takeRequest(node.arguments, known)
      const inner = calledFunction(node, known)
      if (inner && depth < DEEP) visit(inner.body, inner.known, depth + 1)
    }
    if (ts.isArrayLiteralExpression(node)) takeRequest(node.elements, known)
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      texts.push(textOf(node, known) ?? '')
    }
    ts.forEachChild(node, (child) => visit(child, known, depth))
  }

  function takeRequest(nodes: readonly ts.Node[], known: Names): void {
    const given = nodes.map((each) => textOf(each, known))
    const method = given.find((each) => each !== undefined && METHODS.includes(each)) ?? 'GET'
    for (const each of given) {
      const [pathname = ''] = each?.split('?') ?? []
      if (/^\/(v\d|auth|system)\//.test(pathname)) requests.add(`${method} ${pathname}`)
    }
  }
}

type Names = ReadonlyMap<string, ts.Node>

/** Calls within calls that are followed. */
const DEEP = 4

/** The text that an expression comes to, as far as the file says. */
function textOf(node: ts.Node | undefined, known: Names, depth = 0): string | undefined {
  if (!node || depth > DEEP) return undefined
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isIdentifier(node)) return textOf(known.get(node.text), known, depth + 1)
  if (ts.isCallExpression(node)) {
    const inner = calledFunction(node, known)
    return inner && textOf(inner.body, inner.known, depth + 1)
  }
  if (!ts.isTemplateExpression(node)) return undefined
  const spans = node.templateSpans.map(
    ({ expression, literal }) => (textOf(expression, known, depth) ?? ':x') + literal.text,
  )
  return node.head.text + spans.join('')
}

/** The body of a function of the file that is called, and what its parameters are then. */
function calledFunction({ expression, arguments: given }: ts.CallExpression, known: Names) {
  const made = ts.isIdentifier(expression) ? known.get(expression.text) : undefined
  if (!made || !ts.isArrowFunction(made)) return undefined
  const inner = new Map(known)
  for (const [at, { name }] of made.parameters.entries()) {
    const value = given[at]
    if (!ts.isIdentifier(name)) continue
    const settled = value && ts.isIdentifier(value) ? known.get(value.text) : value
    if (settled) inner.set(name.text, settled)
    else inner.delete(name.text)
  }
  return { body: made.body, known: inner }
}

/** `sessions.approve` of `didit.sessions.approve`, and `health` of `didit.health`. */
function calledMethods(called: ts.Expression): string[] {
  if (!ts.isPropertyAccessExpression(called)) return []
  const { name, expression: group } = called
  return ts.isPropertyAccessExpression(group) ? [`${group.name.text}.${name.text}`] : [name.text]
}

/** Names that stand for an expression, wherever in the file; fixtures hand some out as members. */
function constantsOf(source: ts.SourceFile): Names {
  const constants = new Map<string, ts.Node>()
  collect(source)
  return constants

  function collect(node: ts.Node): void {
    const named = ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)
    if (named && ts.isIdentifier(node.name) && node.initializer) {
      const { name, initializer } = node
      const isMember = ts.isPropertyAssignment(node) && !ts.isTemplateExpression(initializer)
      if (!isMember) constants.set(name.text, initializer)
    }
    ts.forEachChild(node, collect)
  }
}
