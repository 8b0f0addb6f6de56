import * as z from 'zod'

const LIMIT = 'must be a number from 1 to 200.'
const OFFSET = 'must be a number of at least 0.'

/** Which page of a list of our own is asked for; the fields of a query. */
export const PAGE = {
  limit: z.number(LIMIT).int(LIMIT).min(1, LIMIT).max(200, LIMIT).default(50),
  offset: z.number(OFFSET).int(OFFSET).min(0, OFFSET).default(0),
}

/** Rows as a page like Didit's: `next` and `previous` are queries for the same address. */
export function asPage<Row>(
  results: Row[],
  { count, limit, offset }: { count: number; limit: number; offset: number },
) {
  const at = (from: number) => `?limit=${limit}&offset=${from}`
  return {
    count,
    next: offset + limit < count ? at(offset + limit) : null,
    previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
    results,
  }
}
