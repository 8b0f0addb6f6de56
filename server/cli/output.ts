// What people read: tables, and values under their names. Whatever comes from outside is made plain
// first, so that nothing in it can steer a terminal.

import { stripVTControlCharacters, styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red'

/** Where something is printed. */
export interface Paper {
  /** Characters in a line; none where nobody looks at it. */
  columns?: number
  /** Whether colours are wanted. */
  color: boolean
}

/** A heading, and what stands below it; `whole` for what is copied, like ids. */
export type Column<Row> = readonly [heading: string, cell: (row: Row) => unknown, whole?: 'whole']

const GAP = '  '
/** What a column keeps when the others need its room. */
const LEAST = 12

/** Rows below headings; cut where the paper is too narrow, but never for a machine. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  paper: Paper,
): string {
  const cells = rows.map((row) => columns.map(([, cell]) => plain(cell(row)) || '-'))
  const headings = columns.map(([heading]) => heading)
  const wide = headings.map((_, at) =>
    Math.max(...[headings, ...cells].map((row) => widthOf(row[at]))),
  )
  const whole = columns.map((column) => column[2] === 'whole')
  const widths = shrink(wide, whole, paper.columns)
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cut(cell, widths[at]) : pad(cell, widths[at])))
      .join(GAP)
      .trimEnd()
  return [paint('bold', line(headings), paper), ...cells.map(line)].join('\n')
}

/** Values under their names; what is not there is left out. */
export function pairs(values: readonly (readonly [name: string, value: unknown])[]): string {
  const there = values.filter(([, value]) => value !== undefined && value !== null && value !== '')
  const width = Math.max(0, ...there.map(([name]) => widthOf(name)))
  return there.map(([name, value]) => `${pad(name, width)}${GAP}${plain(value)}`).join('\n')
}

/** Answers that nobody has described: their rows, or their values. */
export function anything(data: unknown, paper: Paper): string {
  const rows = Array.isArray(data) ? data : (Object(data) as { results?: unknown }).results
  if (!Array.isArray(rows)) return pairs(Object.entries(Object(data)))
  const names = [...new Set(rows.flatMap((row) => Object.keys(Object(row))))]
  if (rows.length === 0 || names.length === 0) return nothing(rows)
  const columns = names.map((name) => [name, (row: Record<string, unknown>) => row[name]] as const)
  return table(rows, columns, paper)
}

/** A page of rows, and how many there are beside it. */
export function page<Row>(
  { count, results, next }: { count: number; results: Row[]; next?: string | null },
  columns: readonly Column<Row>[],
  paper: Paper,
): string {
  if (results.length === 0) return 'Nothing found.'
  const more = next ? `\n${results.length} of ${count}. Go on with --offset.` : ''
  return table(results, columns, paper) + more
}

/** One line, without anything that a terminal would obey. */
export function plain(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    return value.map(plain).join(', ')
  }
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return stripVTControlCharacters(text)
    .replace(/[\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** JSON for programs. The C1 control characters are escaped too, which JSON itself would let be. */
export function stringify(data: unknown): string {
  return JSON.stringify(data ?? null, null, 2).replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  )
}

/** Text that holds JSON, spread over lines; other text in one. */
export function pretty(text: string): string {
  try {
    return stringify(JSON.parse(text))
  } catch {
    return plain(text)
  }
}

export function paint(style: Style, text: string, { color }: Paper): string {
  return color ? styleText(style, text, { validateStream: false }) : text
}

function nothing(rows: unknown[]): string {
  return rows.length === 0 ? 'Nothing found.' : plain(rows)
}

/** Takes room from the widest columns until all fit, or none has any left to give. */
function shrink(wide: readonly number[], whole: readonly boolean[], room = Infinity): number[] {
  const widths = [...wide]
  const gaps = GAP.length * (widths.length - 1)
  while (widths.reduce((sum, width) => sum + width, gaps) > room) {
    const givers = widths.map((width, at) => (whole[at] || width <= LEAST ? 0 : width))
    const most = Math.max(...givers)
    if (most === 0) break
    widths[givers.lastIndexOf(most)] = most - 1
  }
  return widths
}

function pad(text: string, width = 0): string {
  const shown = cut(text, width)
  return shown + ' '.repeat(Math.max(0, width - widthOf(shown)))
}

function cut(text: string, width = 0): string {
  if (widthOf(text) <= width) return text
  let shown = ''
  for (const letter of text) {
    if (widthOf(shown + letter) > width - 1) break
    shown += letter
  }
  return `${shown}…`
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

/** Places that a text takes: two for East Asian letters, none for marks on another letter. */
function widthOf(text = ''): number {
  let width = 0
  for (const letter of text)
    width += /\p{Mn}|\p{Me}|\p{Cf}/u.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1
  return width
}
