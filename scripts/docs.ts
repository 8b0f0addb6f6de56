// `npm run docs`: the tables of README.md and docs/element.md, from the doc blocks of the element.

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Declaration, elementOf, type Manifest, type Named, readManifest } from './manifest.ts'

const root = path.dirname(import.meta.dirname)

/** Every file that holds such a table. */
export const DOCS = ['README.md', 'docs/element.md']

/** A table stands between two of these; what is there now is replaced. */
const TABLE = /(<!-- table: (\w+) -->\n).*?(<!-- end -->)/gs

/** The text with its tables as the manifest has them. */
export function fillTables(text: string, manifest: Manifest): string {
  const tables = tablesOf(manifest)
  return text.replace(TABLE, (_all, start: string, name: string, end: string) => {
    const table = tables[name]
    if (!table) {
      throw new Error(`There is no table "${name}". Name one of ${Object.keys(tables).join(', ')}.`)
    }
    return `${start}\n${table}\n\n${end}`
  })
}

function tablesOf(manifest: Manifest): Record<string, string> {
  const element = elementOf(manifest)
  const { attributes = [], members = [], events = [], slots = [] } = element
  const { cssParts = [], cssProperties = [], cssStates = [] } = element
  const classes = new Map(
    manifest.modules.flatMap(({ declarations }) => declarations.map((each) => [each.name, each])),
  )
  const fields = members.filter(({ kind }) => kind === 'field')
  const carried = new Set(attributes.map(({ fieldName }) => fieldName))
  // A row is one line, whatever the doc block is.
  const meaning = (entry: Named) => entry.description?.replace(/\s*\n\s*/g, ' ') ?? ''
  return {
    attributes: table(
      ['attribute', 'default', 'meaning'],
      attributes.map((entry) => [
        code(entry.name),
        entry.default ? code(entry.default.replaceAll("'", '')) : '',
        [values(entry), meaning(entry)].filter(Boolean).join(': '),
      ]),
    ),
    properties: table(
      ['property', 'type', 'meaning'],
      fields
        .filter(({ name, readonly }) => !readonly && !carried.has(name))
        .map((entry) => [code(entry.name), code(entry.type?.text), meaning(entry)]),
    ),
    readings: table(
      ['property', 'type', 'meaning'],
      fields
        .filter(({ readonly }) => readonly)
        .map((entry) => [code(entry.name), code(entry.type?.text), meaning(entry)]),
    ),
    methods: table(
      ['method', 'meaning'],
      members
        .filter(({ kind }) => kind === 'method')
        .map((entry) => [code(`${entry.name}(): ${entry.return?.type.text}`), meaning(entry)]),
    ),
    events: table(
      ['event', 'when'],
      events.map((entry) => [code(entry.name), meaning(entry)]),
    ),
    fields: table(
      ['event', 'class', 'fields'],
      events.map((entry) => {
        const name = entry.type?.text ?? ''
        return [code(entry.name), code(name), fieldsOf(classes.get(name))]
      }),
    ),
    slots: table(
      ['slot', 'content'],
      slots.map((entry) => [entry.name ? code(entry.name) : 'default', meaning(entry)]),
    ),
    parts: table(
      ['part', 'what it is'],
      cssParts.map((entry) => [code(entry.name), meaning(entry)]),
    ),
    styles: table(
      ['custom property', 'default', 'meaning'],
      cssProperties.map((entry) => [code(entry.name), code(entry.default), meaning(entry)]),
    ),
    states: table(
      ['state', 'meaning'],
      cssStates.map((entry) => [code(entry.name), meaning(entry)]),
    ),
  }
}

/** The texts that an attribute may have, where they are a closed list. */
function values({ type }: Named): string {
  const texts = type?.text.match(/'[^']+'/g) ?? []
  return texts.map((text) => code(text.slice(1, -1))).join(' ')
}

function fieldsOf(event: Declaration | undefined): string {
  const fields = event?.members?.map(({ name, type }) => code(`${name}: ${type?.text}`)) ?? []
  return fields.join(', ')
}

function code(text: string | undefined): string {
  return text ? `\`${text}\`` : ''
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  const manifest = readManifest()
  for (const file of DOCS.map((name) => path.join(root, name))) {
    writeFileSync(file, fillTables(readFileSync(file, 'utf8'), manifest))
  }
}
