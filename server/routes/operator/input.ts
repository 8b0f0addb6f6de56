import type { Context } from 'hono'
import { idOf } from '../../didit/checks.ts'
import { DiditInputError, type InputProblem } from '../../didit/client.ts'
import type { Page } from '../../didit/types.ts'
import { ProblemError } from '../../problems.ts'

/** Nobody sends more; what is nested without end would exhaust the stack of whoever writes it again. */
const DEPTH = 32

/** The JSON object that an operator sent; nothing at all counts as an empty one. Didit checks its fields. */
export async function readJson<T extends object>(c: Context): Promise<T> {
  const text = await c.req.text()
  if (text === '') return {} as T
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
    throw new ProblemError('unsupported-media-type')
  }
  const json = parse(text)
  if (typeof json === 'object' && json !== null && !Array.isArray(json) && isShallow(json)) {
    return json as T
  }
  throw new ProblemError('invalid-body')
}

/**
 * The query of a list: text as it came, numbers and truth values as what they are. A filter that is
 * misspelt would list everything, so only known ones are taken.
 *
 * @throws {DiditInputError} that names what is not known.
 */
export function readQuery<T extends object>(c: Context, known: readonly string[] = PAGING): T {
  const query = Object.entries(c.req.queries())
  const unknown = query
    .filter(([name]) => !known.includes(name))
    .map(([name]): InputProblem => {
      const message = `is not known here. Send ${known.join(', ') || 'no query'}.`
      return { field: name.slice(0, 50), message }
    })
  const [first, ...others] = unknown
  if (first) throw new DiditInputError(first, ...others)
  const entries = query.map(([name, texts]) => {
    const text = texts.join(',')
    if (PAGING.includes(name)) return [name, text.trim() === '' ? Number.NaN : Number(text)]
    const flag = FLAGS.includes(name) && ['true', 'false'].includes(text)
    return [name, flag ? text === 'true' : text]
  })
  return Object.fromEntries(entries) as T
}

/** For routes without a query; no middleware, so that each route stays one entry in the app's list. */
export function noQuery(c: Context): void {
  readQuery(c, [])
}

export const PAGING: readonly string[] = ['limit', 'offset']
const FLAGS: readonly string[] = ['status_initialized_as_in_review', 'is_kyc_to_be_reviewed']

/** The session of the path, as its row in the store is called. */
export function sessionOf(c: Context): string {
  return idOf('session_id', c.req.param('id') ?? '')
}

/**
 * A page of Didit's as a page of this API. Didit's `next` and `previous` lead to Didit, where the
 * operator's token is nothing that anybody should see; here they are relative to the list itself.
 */
export function ownPage<P extends Pick<Page<unknown>, 'next' | 'previous'>>(
  c: Context,
  page: P,
): P {
  const { search } = new URL(c.req.url)
  const lead = (link: string | null) => {
    if (typeof link !== 'string' || !URL.canParse(link, 'https://didit.invalid')) return null
    const theirs = new URL(link, 'https://didit.invalid').searchParams
    const own = new URLSearchParams(search)
    for (const name of PAGING) {
      const value = theirs.get(name)
      if (value === null) own.delete(name)
      else own.set(name, value)
    }
    return `?${own}`
  }
  return { ...page, next: lead(page.next), previous: lead(page.previous) }
}

function parse(text: string): unknown {
  try {
    // Such a key changes what it is copied into, here or at whoever reads it next.
    return JSON.parse(text, (key, value) => {
      if (key === '__proto__') throw new SyntaxError('__proto__')
      return value
    })
  } catch {
    return undefined
  }
}

function isShallow(value: unknown, depth = 1): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth <= DEPTH && Object.values(value).every((member) => isShallow(member, depth + 1))
}
