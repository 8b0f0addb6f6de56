// SECURITY.md names a test for each threat; here it is made sure that there is one.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = path.dirname(import.meta.dirname)
const text = readFileSync(path.join(root, 'SECURITY.md'), 'utf8')
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| threat'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))

/** What a cell names: files, and names of tests of the file before them. */
function testsIn(cell: string): { file: string; name: string }[] {
  let file = ''
  return [...cell.matchAll(/`(test\/[^`]+)`|"([^"]+)"/g)].flatMap(([, named, name]) => {
    file = named ?? file
    return name === undefined ? [] : [{ file, name }]
  })
}

/** The names of the tests of a file, as they are written there. */
function namesIn(file: string): Set<string> {
  const found = new Set<string>()
  const source = readFileSync(path.join(root, file), 'utf8')
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true))
  return found

  function visit(node: ts.Node): void {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      const [name] = node.arguments
      if (name && ts.isStringLiteralLike(name)) found.add(name.text)
      if (name && ts.isTemplateExpression(name)) found.add(name.getText().slice(1, -1))
    }
    ts.forEachChild(node, visit)
  }
}

/** `it`, `it.each(…)`, `test`; not `describe`, whose name says nothing about a behaviour. */
function isTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return ['it', 'test'].includes(callee.text)
  return (
    (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) &&
    isTest(callee.expression)
  )
}

describe('the threat model', () => {
  it('has a defence and a test for each threat', () => {
    expect(rows.length).toBeGreaterThan(25)
    for (const [threat, defence = '', tests = ''] of rows) {
      expect([threat, defence.length > 20]).toEqual([threat, true])
      expect([threat, testsIn(tests).length > 0]).toEqual([threat, true])
    }
  })

  it('names tests that exist', () => {
    const missing = rows
      .flatMap((cells) => testsIn(cells[2] ?? ''))
      .filter(({ file, name }) => {
        if (!existsSync(path.join(root, file))) return true
        return !namesIn(file).has(name)
      })
    expect(missing).toEqual([])
  })

  it('names files that exist', () => {
    const files = [...text.matchAll(/`((?:server|widget|test)\/[\w./-]+\.ts)`/g)]
    const missing = files
      .map(([, file = '']) => file)
      .filter((file) => !existsSync(path.join(root, file)))
    expect(missing).toEqual([])
    expect(files.length).toBeGreaterThan(40)
  })

  it('leaves out none of the threats that are asked about', () => {
    const asked = [
      /forged or altered webhook/i,
      /sent again/i,
      /late or reordered/i,
      /token is stolen/i,
      /another's session/i,
      /fixation/i,
      /open redirect/i,
      /clickjacking/i,
      /posts Didit's messages/i,
      /ssrf/i,
      /billed/i,
      /operator's token/i,
      /dependency/i,
      /slow senders/i,
      /smuggling/i,
      /persons/i,
    ]
    const threats = rows.map(([threat = '']) => threat)
    const silent = asked.filter((pattern) => !threats.some((threat) => pattern.test(threat)))
    expect(silent).toEqual([])
  })
})

describe('the dependencies', () => {
  it('are exact versions', () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides']
    const loose = kinds.flatMap((kind) =>
      Object.entries<string>(manifest[kind] ?? {}).filter(
        ([, version]) => !/^(npm:(@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+$/.test(version),
      ),
    )
    expect(loose).toEqual([])
    expect(existsSync(path.join(root, 'package-lock.json'))).toBe(true)
  })
})
