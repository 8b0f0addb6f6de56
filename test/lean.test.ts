// What is taken out of Lit for the script-tag bundle, and what stops it from being taken out in vain.

import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { leanLit, leanLiterals } from '../scripts/lean.ts'

const root = path.dirname(import.meta.dirname)
/** An expression in a template, as text. */
const HOLE = ['$', '{text}'].join('')

describe('a file of the element', () => {
  it.each([
    ['a directive', `import { when } from 'lit/directives/when.js'`],
    ['an SVG template', 'svg`<path></path>`'],
    ['an expression in a style sheet', `css\`p { color: ${HOLE} }\``],
    ['a comment in a template', 'html`<!-- a comment -->`'],
    ['an element that holds only text', 'html`<textarea></textarea>`'],
    ['a property in a template', `html\`<input .value=${HOLE}>\``],
  ])('is refused with %s: the bundle has no code for it', (_, code) => {
    expect(() => lean(leanLiterals, 'widget/popup.ts', code)).toThrow('not in the bundle')
  })

  it('keeps its texts, and loses what stands between elements', () => {
    const code = 'html`<p class="note">\n  One  word.\n</p>\n<b>Two</b>`'
    expect(lean(leanLiterals, 'widget/popup.ts', code)).toBe(
      'html`<p class=note>\n  One  word.\n</p><b>Two</b>`',
    )
  })
})

describe('a file of Lit', () => {
  it.each(['lit-html/lit-html.js', 'lit-element/lit-element.js'])(
    'is not bundled where it is not what the cuts were made for: %s',
    (file) => {
      expect(() => lean(leanLit, `node_modules/${file}`, 'class k{}')).toThrow('is it a new Lit?')
    },
  )
})

/** What a plugin makes of a file. */
function lean({ transform }: typeof leanLit, file: string, code: string): unknown {
  if (typeof transform !== 'function') throw new Error('The plugin transforms nothing.')
  const context = {
    error(message: string): never {
      throw new Error(message)
    },
  }
  return Reflect.apply(transform, context, [code, path.join(root, file)])
}
