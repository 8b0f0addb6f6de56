// Didit's words for what is wrong with a field.

import { z } from 'zod'

/** A text that must be there. */
export const text = z.string({
  error: ({ input }) => {
    if (input === undefined) return 'This field is required.'
    return input === null ? 'This field may not be null.' : 'Not a valid string.'
  },
})

/** A text that may be left out or null. */
export const optional = text.nullish().transform((value) => value ?? undefined)

export const truth = z.boolean({
  error: ({ input }) =>
    input === undefined ? 'This field is required.' : 'Must be a valid boolean.',
})

export const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
export const uuid = text.regex(UUID, 'Must be a valid UUID.').toLowerCase()

export const email = text.pipe(z.email('Enter a valid email address.'))

/** One of a list of words. */
export function choice<const T extends readonly string[]>(options: T, message?: string) {
  return z.enum(options, {
    error: ({ input }) =>
      input === undefined
        ? 'This field is required.'
        : (message ?? `${JSON.stringify(input)} is not a valid choice.`),
  })
}

/** An object that says so when it is none. */
export function body<T extends z.ZodRawShape>(shape: T) {
  return z.object(shape, 'Invalid data. Expected a dictionary.')
}

/**
 * Didit's shape: the field's name, nested where it is nested, with a list of sentences. A list of
 * objects gets a list of such shapes, empty where an object is fine.
 */
export function fieldErrors(error: z.ZodError): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const { path, message } of error.issues) {
    put(found, path.length > 0 ? path : ['non_field_errors'], message)
  }
  return found
}

function put(at: Record<PropertyKey, unknown>, path: readonly PropertyKey[], message: string) {
  const [name = '', ...rest] = path
  const [next, ...more] = rest
  if (next === undefined) {
    at[name] ??= [message]
  } else if (typeof next === 'number' && more.length > 0) {
    const list = (at[name] ?? []) as Record<PropertyKey, unknown>[]
    while (list.length <= next) list.push({})
    put(list[next] ?? {}, more, message)
    at[name] = list
  } else {
    const inner = (at[name] ?? {}) as Record<PropertyKey, unknown>
    put(inner, rest, message)
    at[name] = inner
  }
}
