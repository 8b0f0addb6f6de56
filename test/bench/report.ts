// The figures for people, as a table that may be pasted anywhere, and for programs.

import { type Figure, meets } from './measure.ts'

const HEAD = ['key', 'what', 'measured', 'lowest to highest', 'aim', '', 'beside it']

/** A table in Markdown that can be read as it is. */
export function table(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(row)]
  const widths = HEAD.map((_, i) => Math.max(3, ...rows.map((cells) => cells[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const rule = widths.map((width) => '-'.repeat(width))
  return [HEAD, rule, ...rows.slice(1)].map(line).join('\n')
}

function row(figure: Figure): string[] {
  const { key, what, aim, digits, summary, beside } = figure
  const text = (value: number) => value.toFixed(digits)
  const limit = 'most' in aim ? `<= ${aim.most}` : `>= ${aim.least}`
  if (!summary) return [`\`${key}\``, what, 'not measured', '', limit, '', beside]
  const { value, low, high, rounds } = summary
  const spread = rounds > 0 ? `${text(low)} to ${text(high)}, ${rounds} rounds` : 'exact'
  return [`\`${key}\``, what, text(value), spread, limit, meets(figure) ? 'met' : 'MISSED', beside]
}

/** One line: the values as objects inside each other, by the parts of their keys. */
export function json(figures: readonly Figure[]): string {
  const tree: Tree = {}
  for (const { key, summary, digits } of figures) {
    const names = key.split('.')
    const last = names.pop() ?? ''
    let branch = tree
    for (const name of names) {
      branch[name] ??= {}
      branch = branch[name] as Tree
    }
    // More places than the table has, so that two runs can be compared.
    branch[last] = summary ? Number(summary.value.toFixed(digits + 2)) : null
  }
  return JSON.stringify(tree)
}

interface Tree {
  [name: string]: Tree | number | null
}
