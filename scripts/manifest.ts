// What the element's doc blocks say, as data: for tools, for editors and for the tables of the docs.
// Defaults and types are read off the class itself, so that nothing is written twice.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ts as analyzerTs, create } from '@custom-elements-manifest/analyzer/index.js'
import { litPlugin } from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js'
import { getWebTypesData } from 'custom-element-jet-brains-integration'
import { getVsCodeCssCustomData, getVsCodeHtmlCustomData } from 'custom-element-vs-code-integration'
import ts from 'typescript'
import { DiditVerify } from '../widget/element.ts'

const root = path.dirname(import.meta.dirname)
const ELEMENT = 'widget/element.ts'

export interface Named {
  name: string
  description?: string
  default?: string
  type?: { text: string }
}

export interface Member extends Named {
  kind: 'field' | 'method'
  privacy?: string
  readonly?: boolean
  static?: boolean
  attribute?: string
  inheritedFrom?: { name: string }
  parameters?: Named[]
  return?: { type: { text: string } }
}

/** A class as the manifest describes it. */
export interface Declaration extends Named {
  kind: string
  summary?: string
  tagName?: string
  superclass?: { name: string; package?: string }
  members?: Member[]
  attributes?: (Named & { fieldName: string })[]
  events?: Named[]
  slots?: Named[]
  cssParts?: Named[]
  cssProperties?: Named[]
  cssStates?: Named[]
}

interface Export {
  kind: string
  name: string
  declaration: { name: string; module?: string }
}

interface Module {
  kind: string
  path: string
  declarations: Declaration[]
  exports: Export[]
}

export interface Manifest {
  schemaVersion: string
  modules: Module[]
}

/** The custom-elements manifest, with the paths of the published files. */
export function readManifest(): Manifest {
  const files = readdirSync(path.join(root, 'widget')).filter((file) => file.endsWith('.ts'))
  const modules = files.map((name) => {
    const file = `widget/${name}`
    const text = readFileSync(path.join(root, file), 'utf8')
    return analyzerTs.createSourceFile(file, text, analyzerTs.ScriptTarget.ES2022, true)
  })
  const manifest: Manifest = create({ modules, plugins: litPlugin(), context: { dev: false } })
  manifest.modules = manifest.modules.map(publicPart).filter(({ exports }) => exports.length > 0)
  complete(elementOf(manifest))
  return manifest
}

/** The element's own entry. */
export function elementOf({ modules }: Manifest): Declaration {
  const all = modules.flatMap(({ declarations }) => declarations)
  const found = all.find(({ tagName }) => tagName)
  if (!found) throw new Error(`${ELEMENT} has no @tag in the doc block of its class. Add it.`)
  return found
}

/** Writes the manifest and what editors read, as files of the package. */
export function writeManifest(folder: string): void {
  const manifest = readManifest()
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), `${text}\n`)
  const json = (text: string) => JSON.stringify(JSON.parse(text), null, 2)
  const options = { hideLogs: true, outdir: folder }
  write('custom-elements.json', JSON.stringify(manifest, null, 2))
  write('vscode.html-custom-data.json', json(getVsCodeHtmlCustomData(manifest, options)))
  write('vscode.css-custom-data.json', json(getVsCodeCssCustomData(manifest, options)))
  write('web-types.json', json(getWebTypesData(manifest, { ...options, packageJson: false })))
}

/** Of a module the element, its registration and its events, as they are published. */
function publicPart({ path: file, declarations = [], exports = [] }: Module): Module {
  const shown = declarations.filter(({ tagName, superclass }) => tagName || isEvent(superclass))
  for (const declaration of shown) dropPrivate(declaration)
  const names = shown.map(({ name }) => name)
  return {
    kind: 'javascript-module',
    path: published(file),
    declarations: shown,
    exports: exports
      .filter(({ kind, name }) => (kind === 'js' ? names.includes(name) : name.includes('-')))
      .map(({ declaration, ...rest }) => ({
        ...rest,
        declaration: {
          ...declaration,
          module: declaration.module && published(declaration.module),
        },
      })),
  }
}

const isEvent = (superclass: Declaration['superclass']) => superclass?.name === 'VerifyEvent'

const published = (file: string) =>
  file.replace(/^\/?widget\//, 'dist/widget/').replace(/\.ts$/, '.js')

/**
 * Leaves what a page uses. What is inherited without a word is as it is on any element, and what can
 * be set is among the declared properties.
 */
function dropPrivate(declaration: Declaration): void {
  declaration.members = declaration.members?.filter(
    ({ name, kind, privacy = 'public', static: isStatic, readonly, description, inheritedFrom }) =>
      !isStatic &&
      privacy === 'public' &&
      !isHook(name) &&
      (!inheritedFrom || description !== undefined) &&
      (kind === 'method' ||
        readonly ||
        !inheritedFrom ||
        Object.hasOwn(DiditVerify.properties, name)),
  )
}

/** What the browser calls, not the page. */
const isHook = (name: string) => /Callback$/.test(name)

/** Adds what the analyzer cannot see: types behind a name, and defaults set in the constructor. */
function complete(declaration: Declaration): void {
  declaration.superclass = { name: 'LitElement', package: 'lit' }
  const types = memberTypes()
  const fields = (declaration.members ?? []).filter(({ kind }) => kind === 'field')
  const defaults = defaultsOf(fields.filter(({ readonly }) => !readonly).map(({ name }) => name))
  for (const member of declaration.members ?? []) {
    const type = types.get(member.name)
    if (type && member.kind === 'method') member.return = { type: { text: type } }
    else if (type) describe(member, type, defaults.get(member.name))
  }
  for (const attribute of declaration.attributes ?? []) {
    const { fieldName } = attribute
    const type = types.get(fieldName) ?? ''
    // An object is written as JSON.
    describe(attribute, type.includes('<') ? 'string' : type, defaults.get(fieldName))
  }
}

function describe(entry: Named, type: string, value: string | undefined): void {
  entry.type = { text: type }
  if (value === undefined) delete entry.default
  else entry.default = value
}

/** As JavaScript would write them; a property that has none is `null` or undefined. */
function defaultsOf(names: string[]): Map<string, string> {
  if (!customElements.get('didit-verify')) customElements.define('didit-verify', DiditVerify)
  const element = new DiditVerify()
  const values = names.map((name): [string, unknown] => [name, Reflect.get(element, name)])
  return new Map(
    values.flatMap(([name, value]) => {
      const quoted = typeof value === 'string' ? `'${value}'` : String(value)
      return value === null || value === undefined ? [] : [[name, quoted]]
    }),
  )
}

/** The type of every public member as text; a union of texts is written out. */
function memberTypes(): Map<string, string> {
  const file = path.join(root, ELEMENT)
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  const program = ts.createProgram([file], options)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const found = new Map<string, string>()
  source?.forEachChild((node) => {
    if (!ts.isClassDeclaration(node) || node.name?.text !== DiditVerify.name) return
    for (const member of node.members) {
      if (member.name && ts.isIdentifier(member.name)) found.set(member.name.text, typeOf(member))
    }
  })
  return found

  function typeOf(member: ts.ClassElement): string {
    if (ts.isMethodDeclaration(member)) return member.type?.getText() ?? 'void'
    const type = checker.getTypeAtLocation(member)
    const written = Reflect.get(member, 'type') as ts.TypeNode | undefined
    const parts = type.isUnion() ? type.types : [type]
    const isTexts = parts.some((part) => part.isStringLiteral())
    const isName = written && !ts.isIndexedAccessTypeNode(written)
    if (!isTexts) return isName ? written.getText() : checker.typeToString(type)
    const texts = parts.flatMap((part) => (part.isStringLiteral() ? `'${part.value}'` : []))
    const others = parts.filter((part) => !part.isStringLiteral())
    return [...texts, ...others.map((part) => checker.typeToString(part))].join(' | ')
  }
}
