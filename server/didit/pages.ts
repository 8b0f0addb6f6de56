import type { Page } from './types.ts'

/**
 * Every row of a paged list. A row that moves to a later page while the list is read, because newer
 * ones came in before it, is given once.
 *
 * @param read the page that begins at an offset. @param idOf what makes a row itself.
 */
export async function* rowsOf<Row>(
  read: (offset: number) => Promise<Page<Row>>,
  idOf: (row: Row) => string,
  first = 0,
): AsyncGenerator<Row, void, void> {
  const seen = new Set<string>()
  for (let offset: number | undefined = first; offset !== undefined; ) {
    const page: Page<Row> = await read(offset)
    for (const row of page.results) {
      if (seen.has(idOf(row))) continue
      seen.add(idOf(row))
      yield row
    }
    offset = following(page, offset)
  }
}

/** The rows of several lists, one after the other. */
export async function* rowsOfAll<Name, Row>(
  names: readonly Name[],
  rows: (name: Name) => AsyncGenerator<Row, void, void>,
): AsyncGenerator<Row, void, void> {
  for (const name of names) yield* rows(name)
}

/** The address of the next page is only read, never called: it could lead the key elsewhere. */
function following({ next, results }: Page<unknown>, offset: number): number | undefined {
  if (next === null || next === undefined || results.length === 0) return undefined
  const given = URL.canParse(next, 'https://didit.invalid')
    ? Number(new URL(next, 'https://didit.invalid').searchParams.get('offset'))
    : 0
  return given > offset ? given : offset + results.length
}
