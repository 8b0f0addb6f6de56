import type { Context } from 'hono'
import { ProblemError } from './problems.ts'

/**
 * Name -> bearer token of 32 characters or more, two while one replaces the other. The name is what
 * the audit log writes down.
 */
export type Operators = Readonly<Record<string, string | readonly string[]>>

/**
 * Tells whose bearer token a request carries.
 *
 * @returns what throws `operator-token` where it is nobody's.
 * @throws when a token is shorter than 32 characters, or stands twice.
 */
export function createGate(operators: Operators): (c: Context) => Promise<string> {
  const named = Object.entries(operators).flatMap(([name, tokens]) =>
    [tokens].flat().map((token) => [token, name] as const),
  )
  if (named.some(([token]) => token.length < 32)) {
    throw new Error('An operator token has fewer than 32 characters; use a longer random text.')
  }
  if (new Map(named).size < named.length) {
    throw new Error('An operator token stands twice; give each operator their own.')
  }
  // Digests are compared, so that the time it takes says nothing about a token.
  const digests = Promise.all(
    named.map(async ([token, name]) => [await digest(token), name] as const),
  ).then((pairs) => new Map(pairs))

  return async function operatorOf(c) {
    const [, token = ''] = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
    const name = (await digests).get(await digest(token))
    if (name === undefined) {
      throw new ProblemError('operator-token', { 'www-authenticate': 'Bearer' })
    }
    return name
  }
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes)).join()
}
