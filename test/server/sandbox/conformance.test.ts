// Holds the sandbox against Didit's own description: every answer, strictly.

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { account } from './cases/account.ts'
import type { Case } from './cases/case.ts'
import { destinations } from './cases/destinations.ts'
import { review } from './cases/review.ts'
import { sessions } from './cases/sessions.ts'
import { setUp } from './fixture.ts'

const FILE = path.join(import.meta.dirname, '../../../../shared/didit/openapi-excerpt.json')

type Json = Record<string, unknown>
interface Content {
  schema?: Json
  examples?: Record<string, { value: unknown }>
}
interface Operation {
  operationId: string
  responses: Record<string, { content?: Record<string, Content> }>
}
interface Description {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Json }
}

const CASES: readonly Case[] = [...sessions, ...review, ...account, ...destinations]

/** What the description lists and the sandbox does otherwise, each with its reason. */
const OTHERWISE: Record<string, string> = {
  'get_system_healthcheck 503': 'the sandbox is never ill; a fault can say so',
  'get_v3_session_decision 403 Missing or invalid credentials':
    'newer documents: 401 for a wrong key',
  'get_v3_session_decision 404 Session not retrievable': 'a deleted session is unknown at once',
  'delete_v3_session_by_id 403 Missing or invalid API key': 'newer documents: 401 for a wrong key',
  'get_v3_session_generate_pdf 403 Missing or invalid credentials':
    'newer documents: 401 for a wrong key',
  'get_v3_session_generate_pdf 404 Recently deleted session':
    'a deleted session is unknown at once',
  'patch_v3_session_update_status 403 Invalid Credentials': 'newer documents: 401 for a wrong key',
}

if (existsSync(FILE)) {
  describe('the sandbox as Didit describes itself', () => conforms(read()))
} else {
  describe('the sandbox as Didit describes itself', () => {
    it('is not checked: ../shared/didit/openapi-excerpt.json is absent', () => {
      console.warn('Conformance is left out: ../shared/didit/openapi-excerpt.json is absent.')
    })
  })
}

function conforms(description: Description) {
  const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }))
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/)
  const validators = new Map<string, ValidateFunction>()
  const operations = new Map(
    Object.values(description.paths).flatMap((each) =>
      Object.values(each)
        .filter(({ operationId }) => operationId)
        .map((operation) => [operation.operationId, operation] as const),
    ),
  )
  const named = CASES.map((each) => [nameOf(each), each] as const)

  it.each(named)('answers %s', async (_, { operation, status, example, run }) => {
    const answer = await run(setUp())
    const documented = operations.get(operation)?.responses[String(status)]
    expect(documented, 'is documented').toBeDefined()
    expect(answer.status, JSON.stringify(answer.body)).toBe(status)
    const json = documented?.content?.['application/json']
    if (example) expect(answer.body).toEqual(json?.examples?.[example]?.value)
    if (!json) return
    const validate = validator(`${operation} ${status}`, json.schema ?? {})
    validate(answer.body)
    const problems = validate.errors?.map(
      (each) => `${each.instancePath} ${each.message} ${JSON.stringify(each.params)}`,
    )
    expect(problems ?? []).toEqual([])
  })

  it('would notice a key too many, deep inside', async () => {
    const { run } = sessions.find(({ name }) => name === 'decline_aml_hit') ?? {}
    const { body } = (await run?.(setUp())) ?? {}
    const operation = operations.get('get_v3_session_decision')
    const schema = operation?.responses['200']?.content?.['application/json']?.schema ?? {}
    const validate = validator('get_v3_session_decision 200', schema)
    expect(validate(body)).toBe(true)
    body.aml_screenings[0].hits[0].score_breakdown.surprise = 1
    expect(validate(body)).toBe(false)
  })

  it('has a case for every operation, status and example of an error', () => {
    const covered = new Set(
      CASES.flatMap(({ operation, status, example }) => [
        `${operation} ${status}`,
        `${operation} ${status} ${example}`,
      ]),
    )
    const wanted = [...operations].flatMap(([id, { responses }]) =>
      Object.entries(responses)
        .filter(([status]) => /^\d+$/.test(status) && status !== '500')
        .flatMap(([status, { content }]) => {
          const examples = Object.keys(content?.['application/json']?.examples ?? {})
          const errors = Number(status) >= 400 ? examples : []
          return [`${id} ${status}`, ...errors.map((name) => `${id} ${status} ${name}`)]
        }),
    )
    expect(wanted.filter((name) => !covered.has(name) && !(name in OTHERWISE))).toEqual([])
  })

  /** Compiling the decision's takes a second, so each schema is compiled once. */
  function validator(name: string, schema: Json): ValidateFunction {
    const known = validators.get(name) ?? compile(schema)
    validators.set(name, known)
    return known
  }

  /** OpenAPI 3.0 says `nullable` where JSON Schema says so in the type; keys not listed are refused. */
  function compile(schema: Json): ValidateFunction {
    return ajv.compile(translate(schema) as Json)
  }

  function translate(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map(translate)
    if (typeof schema !== 'object' || schema === null) return schema
    const { $ref, example: _, nullable, ...rest } = schema as Json
    if (typeof $ref === 'string') return translate(resolve($ref))
    const { properties } = rest
    const strict = { ...mapped(rest), ...closed(rest, properties) }
    return nullable ? { anyOf: [strict, { type: 'null' }] } : strict
  }

  function mapped(schema: Json): Json {
    return Object.fromEntries(
      Object.entries(schema).map(([key, value]) => {
        // The names of properties are no keywords.
        if (key !== 'properties') return [key, key === 'enum' ? value : translate(value)]
        const each = Object.entries(value as Json).map(([name, inner]) => [name, translate(inner)])
        return [key, Object.fromEntries(each)]
      }),
    )
  }

  function closed(schema: Json, properties: unknown): Json {
    const some = properties && Object.keys(properties).length > 0
    return some && !('additionalProperties' in schema) ? { additionalProperties: false } : {}
  }

  function resolve(ref: string): Json {
    const found = ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (at as Json)[key], description)
    return found as Json
  }
}

function nameOf({ operation, status, example, name }: Case): string {
  return [operation, status, example ?? name].filter(Boolean).join(' ')
}

function read(): Description {
  return JSON.parse(readFileSync(FILE, 'utf8'))
}
