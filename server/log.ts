import { ZodError } from 'zod'
import { DiditError, DiditInputError, DiditUnreachable, scrub } from './didit/errors.ts'
import type { Log } from './options.ts'

/** How far into what it is given a log looks; nobody writes deeper. */
const DEPTH = 4
/** Frames of a stack that a log keeps: enough to find the place. */
const FRAMES = 8

/**
 * A log that is told neither secrets nor persons' data, whoever writes to it. An error is written as
 * {@link reasonOf} has it; texts lose what looks like a key, a token, a session's address, an e-mail
 * address or a telephone number.
 */
export function guarded(log: Log): Log {
  const clean = (data: object) => Object(cleaned(data)) as object
  return {
    info: (data, message) => log.info(clean(data), scrub(message)),
    warn: (data, message) => log.warn(clean(data), scrub(message)),
    error: (data, message) => log.error(clean(data), scrub(message)),
  }
}

/**
 * What a log may know about an error. Of what Didit said, and of what it was told, only the names of
 * fields: the words quote persons. The platform's own words about a body quote the body.
 */
export function reasonOf(error: unknown): Record<string, unknown> {
  if (error instanceof DiditError) {
    const { name, status, code, request, fields } = error
    return { name, status, code, request, fields: namesOf(fields) }
  }
  if (error instanceof DiditInputError) {
    return { name: error.name, fields: error.problems.map(({ field }) => field) }
  }
  if (error instanceof DiditUnreachable) return { name: error.name, message: error.message }
  if (error instanceof ZodError) {
    const fields = error.issues.map(({ path, code }) => `${path.join('.')} ${code}`.trim())
    return { name: error.name, fields }
  }
  if (!(error instanceof Error)) return { name: typeof error }
  if (error instanceof SyntaxError) return { name: error.name, at: framesOf(error) }
  return { name: error.name, message: scrub(error.message), at: framesOf(error) }
}

function cleaned(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrub(value)
  if (value instanceof Error) return reasonOf(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === DEPTH) return '…'
  const clean = (member: unknown) => cleaned(member, depth + 1)
  if (Array.isArray(value)) return value.map(clean)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, clean(member)]))
}

/** Names only: an answer that is no error may have persons' words for keys. */
function namesOf(fields: unknown): string[] {
  return Object.keys(Object(fields)).filter((name) => /^[a-z_]{1,40}$/.test(name))
}

function framesOf({ stack = '' }: Error): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, FRAMES)
    .map((line) => line.trim())
}
