// The types of the wire beside Didit's own description of it: every field that is described has one.

import path from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import * as values from '../../server/didit/types.ts'
import { LEFT_OUT, openApi, resolve, type Schema } from '../support/openapi.ts'

const file = path.resolve(import.meta.dirname, '../../server/didit/types.ts')

/** Type -> path, method, and `request` or the status of an answer. */
const TYPES: Record<string, [path: string, method: string, part: string]> = {
  CreateSession: ['/v3/session/', 'post', 'request'],
  CreatedSession: ['/v3/session/', 'post', '201'],
  Decision: ['/v3/session/{sessionId}/decision/', 'get', '200'],
  ArmScenario: ['/v3/session/{sessionId}/sandbox/arm/', 'post', 'request'],
  ArmedScenario: ['/v3/session/{sessionId}/sandbox/arm/', 'post', '200'],
  UpdateStatus: ['/v3/session/{sessionId}/update-status/', 'patch', 'request'],
  ShareSession: ['/v3/session/{sessionId}/share/', 'post', 'request'],
  SharedSession: ['/v3/session/{sessionId}/share/', 'post', '200'],
  ImportShared: ['/v3/session/import-shared/', 'post', 'request'],
  CreateWorkflow: ['/v3/workflows/', 'post', 'request'],
  UpdateWorkflow: ['/v3/workflows/{settings_uuid}/', 'patch', 'request'],
  AddReview: ['/v3/sessions/{session_id}/reviews/', 'post', 'request'],
  AddedReview: ['/v3/sessions/{session_id}/reviews/', 'post', '201'],
  Balance: ['/v3/billing/balance/', 'get', '200'],
  TopUp: ['/v3/billing/top-up/', 'post', 'request'],
  Checkout: ['/v3/billing/top-up/', 'post', '200'],
  Health: ['/system/healthcheck', 'get', '200'],
  CreateDestination: ['/v3/webhook/destinations/', 'post', 'request'],
  UpdateDestination: ['/v3/webhook/destinations/{destination_uuid}/', 'patch', 'request'],
  Destination: ['/v3/webhook/destinations/{destination_uuid}/', 'get', '200'],
}

/** Lists of words -> where Didit lists them. */
const WORDS: Record<string, () => unknown[] | undefined> = {
  LANGUAGES: () => request('/v3/session/', 'post').properties?.language?.enum,
  CALLBACK_METHODS: () => request('/v3/session/', 'post').properties?.callback_method?.enum,
  DOCUMENT_CODES: () =>
    request('/v3/session/', 'post').properties?.expected_details?.properties
      ?.expected_document_types?.items?.enum,
  WORKFLOW_FEATURES: () => component('SimpleWorkflowFeature').properties?.feature?.enum,
  WEBHOOK_EVENTS: () => component('WebhookEvent').enum,
  WEBHOOK_VERSIONS: () =>
    request('/v3/webhook/destinations/', 'post').properties?.webhook_version?.enum,
  SETTABLE_STATUSES: () =>
    request('/v3/session/{sessionId}/update-status/', 'patch').properties?.new_status?.enum,
  // The last three of Didit's list are there to be refused.
  RESUBMIT_FEATURES: () =>
    request(
      '/v3/session/{sessionId}/update-status/',
      'patch',
    ).properties?.nodes_to_resubmit?.items?.properties?.feature?.enum?.filter(
      (word) => !['KYB_REGISTRY', 'KYB_KEY_PEOPLE', 'KYB'].includes(String(word)),
    ),
}

describe.runIf(openApi)(`the types of the wire${LEFT_OUT}`, () => {
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const module = source && checker.getSymbolAtLocation(source)
  const exported = new Map(
    (module ? checker.getExportsOfModule(module) : []).map((symbol) => [symbol.name, symbol]),
  )

  it.each(Object.keys(TYPES))('%s has every field that Didit describes', (name) => {
    expect(missing(typeOf(name), schemaOf(name))).toEqual([])
  })

  it.each([
    ['WorkflowRow', 'WorkflowListItem'],
    ['ReviewEntry', 'ReviewItem'],
  ])('%s has every field of %s', (name, schema) => {
    expect(missing(typeOf(name), component(schema))).toEqual([])
  })

  it('UserSessionRow and BusinessSessionRow have the fields of their rows', () => {
    const page = answer('/v3/sessions/', 'get', '200')
    const [user, business] = page.properties?.results?.items?.oneOf ?? []
    expect(missing(typeOf('UserSessionRow'), user)).toEqual([])
    expect(missing(typeOf('BusinessSessionRow'), business)).toEqual([])
  })

  it('DestinationRow has the fields of its rows', () => {
    const rows = answer('/v3/webhook/destinations/', 'get', '200').items
    expect(missing(typeOf('DestinationRow'), rows)).toEqual([])
  })

  it('ListSessions and ListReviews have every parameter', () => {
    for (const [name, at] of [
      ['ListSessions', '/v3/sessions/'],
      ['ListReviews', '/v3/sessions/{session_id}/reviews/'],
    ] as const) {
      const parameters = openApi?.paths[at]?.get?.parameters ?? []
      const names = parameters.filter((each) => each.in === 'query').map((each) => each.name)
      const known = checker.getPropertiesOfType(typeOf(name)).map((each) => each.name)
      expect(names.filter((each) => !known.includes(each))).toEqual([])
    }
  })

  it.each(Object.keys(WORDS))('%s are the words that Didit lists', (name) => {
    const ours = [...((values as unknown as Record<string, readonly string[]>)[name] ?? [])]
    expect(ours.sort()).toEqual([...(WORDS[name]?.() ?? [])].sort())
  })

  function typeOf(name: string): ts.Type {
    const symbol = exported.get(name)
    if (!symbol) throw new Error(`types.ts exports no ${name}`)
    const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    return checker.getDeclaredTypeOfSymbol(original)
  }

  /** Dotted names that the schema has and the type has not. */
  function missing(type: ts.Type, given: Schema | undefined, at = ''): string[] {
    const schema = resolve(given)
    const plain = checker.getNonNullableType(type)
    if (schema.type === 'array') {
      const item = checker.getIndexTypeOfType(plain, ts.IndexKind.Number)
      return item ? missing(item, schema.items, `${at}[]`) : [`${at} is no list`]
    }
    return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
      const property = checker.getPropertyOfType(plain, name)
      if (!property) {
        const isOpen = checker.getIndexTypeOfType(plain, ts.IndexKind.String)
        return isOpen ? [] : [`${at}.${name}`]
      }
      return missing(checker.getTypeOfSymbol(property), inner, `${at}.${name}`)
    })
  }
})

function schemaOf(name: string): Schema | undefined {
  const [at, method, part] = TYPES[name] ?? ['', '', '']
  return part === 'request' ? request(at, method) : answer(at, method, part)
}

function request(at: string, method: string): Schema {
  const body = openApi?.paths[at]?.[method]?.requestBody
  return resolve(found(body?.content['application/json']?.schema, `${method} ${at}`))
}

function answer(at: string, method: string, status: string): Schema {
  const { content } = openApi?.paths[at]?.[method]?.responses[status] ?? {}
  return resolve(found(content?.['application/json']?.schema, `${method} ${at} ${status}`))
}

function component(name: string): Schema {
  return resolve(found(openApi?.components.schemas[name], name))
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`Didit describes no ${what}`)
  return value
}
