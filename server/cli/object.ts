import { check } from '../didit/checks.ts'

/**
 * The body that `--body` gave, if it did.
 *
 * @throws {DiditInputError} when it is a list or a single value.
 */
export function objectOf(body: unknown): Record<string, unknown> {
  return body === undefined ? {} : check({ fields: {} }, body as Record<string, unknown>)
}
