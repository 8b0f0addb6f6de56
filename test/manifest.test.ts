// The doc blocks, the class, the event map, the templates and the docs say the same.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { DOCS, fillTables } from '../scripts/docs.ts'
import { elementOf, type Named, readManifest } from '../scripts/manifest.ts'
import { STATUSES } from '../server/contract.ts'
import { DiditVerify } from '../widget/element.ts'
import { TYPES } from './support/event-types.ts'

const root = path.dirname(import.meta.dirname)
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

const manifest = readManifest()
const element = elementOf(manifest)
const { members = [], attributes = [], events = [] } = element
const names = (entries: Named[] = []) => entries.map(({ name }) => name)

/** Everything that draws the element, as one text. */
const widget = readdirSync(path.join(root, 'widget'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => read(`widget/${file}`))
  .join('\n')

describe('the manifest', () => {
  it('has every attribute that the class observes', () => {
    expect(names(attributes)).toEqual(DiditVerify.observedAttributes)
  })

  it('names each attribute as its property in kebab case', () => {
    for (const { name, fieldName } of attributes) {
      expect(name).toBe(fieldName.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
    }
  })

  it('has every property that the class declares', () => {
    const fields = members.filter(({ kind, readonly }) => kind === 'field' && !readonly)
    expect(names(fields).sort()).toEqual([...DiditVerify.elementProperties.keys()].sort())
  })

  it('describes everything, with a type for what is a value', () => {
    const { slots = [], cssParts = [], cssProperties = [], cssStates = [] } = element
    const all = [...members, ...attributes, ...events, ...slots]
    const looks = [...cssParts, ...cssProperties, ...cssStates]
    expect(names([...all, ...looks].filter(({ description }) => !description))).toEqual([])
    const values = [...members.filter(({ kind }) => kind === 'field'), ...attributes, ...events]
    expect(names(values.filter(({ type }) => !type?.text))).toEqual([])
  })

  it('has the defaults that a new element has', () => {
    const given = Object.fromEntries(attributes.map((each) => [each.name, each.default]))
    expect(given).toMatchObject({
      endpoint: "'/api/verify'",
      mode: "'auto'",
      disabled: 'false',
      'confirm-timeout': '60000',
    })
    expect(given.workflow).toBe(undefined)
  })

  it('has the events of the event map, each with its class', () => {
    const inManifest = events.map(({ name, type }) => [name, type?.text])
    expect(inManifest).toEqual(eventMap())
    expect(names(events)).toEqual([...TYPES])
  })

  it('has events whose fields are described by their classes, and hide nothing of Event', () => {
    const classes = manifest.modules.flatMap(({ declarations }) => declarations)
    const taken = Object.getOwnPropertyNames(Event.prototype)
    for (const { type } of events) {
      const found = classes.find(({ name }) => name === type?.text)
      expect(found?.description, type?.text).toBeTruthy()
      expect(names(found?.members).filter((name) => taken.includes(name))).toEqual([])
    }
  })

  it('has the parts that are drawn', () => {
    expect(names(element.cssParts).sort()).toEqual(found(/ part="([\w-]+)"/g))
  })

  it('has the slots that are drawn, and only those', () => {
    const drawn = found(/<slot(?: name="([\w-]+)")?/g)
    // What stands for a result or an obstacle is named after it when it is drawn.
    const computed = Object.values(STATUSES).map(({ outcome }) => outcome ?? 'trouble')
    expect(names(element.slots)).toEqual(expect.arrayContaining(drawn))
    expect([...drawn, ...computed]).toEqual(expect.arrayContaining(names(element.slots)))
  })

  it('has the custom properties that are read, with their defaults', () => {
    const given = element.cssProperties?.map((each) => `${each.name}, ${each.default}`).sort()
    expect(given).toEqual(found(/var\((--didit-[^)]+)\)/g))
  })

  it('has the states that the element reflects', () => {
    const state = members.find(({ name }) => name === 'state')
    const texts = state?.type?.text.match(/[a-z]+/g) ?? []
    expect(names(element.cssStates).sort()).toEqual([...texts].sort())
  })

  it('is published as it is here', () => {
    const file = 'dist/custom-elements.json'
    expect(existsSync(path.join(root, file)), 'run npm run build first').toBe(true)
    expect(JSON.parse(read(file))).toEqual(JSON.parse(JSON.stringify(manifest)))
  })
})

describe('the docs', () => {
  for (const file of DOCS) {
    it(`has the tables that the doc blocks make: ${file}`, () => {
      expect(fillTables(read(file), manifest), 'run npm run docs').toBe(read(file))
    })
  }
})

/** What a pattern finds in the widget, sorted, each once. */
function found(pattern: RegExp): string[] {
  return [...new Set([...widget.matchAll(pattern)].map(([, name = '']) => name))].sort()
}

/** `VerifyEventMap` as it is written: each type of event with the name of its class. */
function eventMap(): (string | undefined)[][] {
  const source = ts.createSourceFile('', read('widget/events.ts'), ts.ScriptTarget.Latest, true)
  const map = source.statements.find(
    (node) => ts.isInterfaceDeclaration(node) && node.name.text === 'VerifyEventMap',
  ) as ts.InterfaceDeclaration
  return map.members.map((member) => {
    const name = member.name as ts.StringLiteral
    return [name.text, ts.isPropertySignature(member) ? member.type?.getText() : undefined]
  })
}
