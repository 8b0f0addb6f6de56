import { type Input, number } from './command.ts'

/** The flags of a list. */
export const PAGING = {
  limit: number('How many at most.', { field: 'limit' }),
  offset: number('How many to leave out first.', { field: 'offset' }),
} as const

/** As the client wants them: what is not given is not named. */
export function pageOf({ limit, offset }: Input<Record<never, never>, typeof PAGING>) {
  return {
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { offset }),
  }
}
