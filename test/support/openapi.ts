// Didit's own description of its API, which lies beside the repository and not in it.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const file = path.resolve(import.meta.dirname, '../../../shared/didit/openapi-excerpt.json')

/** As much of OpenAPI 3.0 as the tests look at. */
export interface Schema {
  $ref?: string
  type?: string
  nullable?: boolean
  enum?: unknown[]
  required?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  oneOf?: Schema[]
  allOf?: Schema[]
  minItems?: number
  maxLength?: number
  minimum?: number
  maximum?: number
}

export interface Operation {
  operationId?: string
  parameters?: { name: string; in: string; schema?: Schema }[]
  requestBody?: { content: Record<string, { schema?: Schema; examples?: Examples }> }
  responses: Record<string, { content?: Record<string, { schema?: Schema; examples?: Examples }> }>
}

type Examples = Record<string, { value: unknown }>

interface OpenApi {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

/** Undefined where it is not there; {@link LEFT_OUT} then says so. */
export const openApi: OpenApi | undefined = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : undefined

/** For the name of a test that cannot run. */
export const LEFT_OUT = openApi ? '' : ' (LEFT OUT: ../shared/didit is not there)'
if (!openApi)
  console.warn(`Tests against Didit's OpenAPI file are left out: no ${path.basename(file)}.`)

/** A schema without `$ref` at its top. */
export function resolve(schema: Schema | undefined): Schema {
  const name = schema?.$ref?.split('/').at(-1)
  const found = name === undefined ? schema : openApi?.components.schemas[name]
  return found?.allOf ? Object.assign({}, ...found.allOf.map(resolve)) : (found ?? {})
}

/** Where a value departs from a schema; keys that the schema does not list count. */
export function faultsOf(value: unknown, given: Schema, at = ''): string[] {
  const schema = resolve(given)
  if (value === null) return schema.nullable ? [] : [`${at} is null`]
  const kind = Array.isArray(value) ? 'array' : typeof value
  const wanted = schema.type === 'integer' ? 'number' : (schema.type ?? kind)
  if (kind !== wanted) return [`${at} is ${kind}, not ${wanted}`]
  const faults: string[] = []
  if (schema.type === 'integer' && !Number.isInteger(value)) faults.push(`${at} is no integer`)
  if (schema.enum && !schema.enum.includes(value)) faults.push(`${at} is ${String(value)}`)
  if (typeof value === 'string' && value.length > (schema.maxLength ?? value.length)) {
    faults.push(`${at} is too long`)
  }
  if (typeof value === 'number') {
    if (value < (schema.minimum ?? value)) faults.push(`${at} is too small`)
    if (value > (schema.maximum ?? value)) faults.push(`${at} is too big`)
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) faults.push(`${at} is too short`)
    faults.push(...value.flatMap((item, i) => faultsOf(item, schema.items ?? {}, `${at}[${i}]`)))
  } else if (kind === 'object' && schema.properties) {
    const body = value as Record<string, unknown>
    for (const name of schema.required ?? []) {
      if (!(name in body)) faults.push(`${at}.${name} is missing`)
    }
    for (const [name, inner] of Object.entries(body)) {
      const property = schema.properties[name]
      faults.push(
        ...(property ? faultsOf(inner, property, `${at}.${name}`) : [`${at}.${name} is new`]),
      )
    }
  }
  return faults
}
