import type { Context } from 'hono'
import { ProblemError } from '../../problems.ts'

/** The JSON object that an operator sent; nothing at all counts as an empty one. Didit checks its fields. */
export async function readJson<T extends object>(c: Context): Promise<T> {
  const text = await c.req.text()
  if (text === '') return {} as T
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) {
    throw new ProblemError('unsupported-media-type')
  }
  try {
    // Such a key changes what it is copied into, here or at whoever reads it next.
    const json: unknown = JSON.parse(text, (key, value) => {
      if (key === '__proto__') throw new SyntaxError('__proto__')
      return value
    })
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as T
  } catch {}
  throw new ProblemError('invalid-body')
}

/** The query of a list: text as it came, numbers and truth values as what they are. */
export function readQuery<T extends object>(c: Context): T {
  const entries = Object.entries(c.req.query()).map(([name, text]) => {
    if (['limit', 'offset'].includes(name)) return [name, Number(text)]
    return [name, text === 'true' || text === 'false' ? text === 'true' : text]
  })
  return Object.fromEntries(entries) as T
}
