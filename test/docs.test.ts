import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Action, ERRORS } from '../server/contract.ts'

const root = path.dirname(import.meta.dirname)
const APPS = path.join(root, 'test/hosts/apps')
const QUOTE = /<!-- from: (\S+) -->\n\n```\w+\n(.*?)```/gs

const WAYS: Record<Action, string> = {
  retry: 'try again',
  'new-tab': 'a new tab',
  phone: 'the phone',
  redirect: 'this window',
}

const docs = readdirSync(path.join(root, 'docs')).filter((file) => file.endsWith('.md'))

describe('what the docs quote', () => {
  for (const file of docs) {
    const text = readFileSync(path.join(root, 'docs', file), 'utf8')
    for (const [, source = '', code] of text.matchAll(QUOTE)) {
      it(`is a file that the tests run: ${source}`, () => {
        expect(code).toBe(readFileSync(path.join(APPS, source), 'utf8'))
      })
    }

    it(`stands under every mark of a source: ${file}`, () => {
      const marks = text.match(/<!-- from: /g) ?? []
      expect([...text.matchAll(QUOTE)]).toHaveLength(marks.length)
    })
  }
})

describe('the table of imports', () => {
  it('names every entry for people', () => {
    const text = readFileSync(path.join(root, 'docs/frameworks.md'), 'utf8')
    const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    const entries = Object.keys(exports).filter((entry) => !/\.js(on)?$/.test(entry))
    const missing = entries.filter((entry) => !text.includes(`\`didit-verify${entry.slice(1)}\``))
    expect(missing.filter((entry) => !text.includes(`\`${entry.slice(1)}\``))).toEqual([])
  })
})

describe('docs/trouble.md', () => {
  it('has a chapter for each code, with the ways on that it leaves', () => {
    const text = readFileSync(path.join(root, 'docs/trouble.md'), 'utf8')
    const chapters = [...text.matchAll(/^## ([\w-]+)\n\n(.+?)\./gm)]
    const expected = Object.entries(ERRORS).map(([code, actions]) => {
      const ways = actions.map((action) => WAYS[action])
      return [code, ways.length > 0 ? `Ways on: ${ways.join(', ')}` : 'No way on']
    })
    expect(chapters.map(([, code, ways]) => [code, ways])).toEqual(expected)
  })
})
