// docs/endpoints.md, made anew and compared. To write it:
// npx vitest run --project server test/server/endpoints.test.ts -u

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../server/cli/commands.ts'
import {
  type Endpoint,
  endpointTable,
  OWNERS,
  routesOfOperator,
  SANDBOX_ROUTES,
} from '../support/endpoint-table.ts'
import { root } from '../support/process.ts'

const EXCERPT = path.join(root, '../shared/didit/openapi-excerpt.json')
const DOCS = path.join(root, 'docs/endpoints.md')

const CORRECTION = "a correction as people make it in Didit's console; here to try `data.updated`"

/** What the sandbox answers and the client does not ask, each with its reason. */
const BEYOND: Readonly<Record<string, string>> = {
  'GET /v3/session/:id/generate-pdf': 'an older form of the report, without its slash',
  'GET /v3/lists/:id/': 'described nowhere',
  'PATCH /v3/lists/:id/': 'described nowhere',
  'DELETE /v3/lists/:id/': 'described nowhere',
  'DELETE /v3/lists/:id/entries/:id/': 'described nowhere',
  'PATCH /v3/session/:id/update-data/': CORRECTION,
  'PATCH /v3/session/:id/update-poa-data/': CORRECTION,
  'PATCH /v3/session/:id/features/:id/update-status/': CORRECTION,
  'PATCH /v3/session/:id/update-aml-status/': CORRECTION,
  'PATCH /v3/session/:id/update-aml-hit-status/': CORRECTION,
  'PATCH /v3/session/:id/bulk-update-aml-hit-status/': CORRECTION,
  'POST /v3/session/imports/': 'off until Didit switches it on for an organisation; answers 403',
  'GET /v1/sandbox/scenarios/': 'named by Didit, but described nowhere',
}

/** What operators have that asks nothing of Didit, and its command. */
const OWN: Readonly<Record<string, string>> = { 'GET /audit': 'audit' }

const table = await endpointTable()

describe('every endpoint of Didit', () => {
  it.each(table.map((each) => [each.name, each] as const))('has all it needs: %s', (_, each) => {
    const { methods, commands, sandbox, tests } = each
    const there = {
      'a method': methods,
      'a command': commands,
      'a route of the sandbox': sandbox,
      'a test of the method': tests.client,
      'a test of the command': tests.commands,
      'a test of the sandbox': tests.sandbox,
    }
    const lacking = Object.entries(there).filter(([, value]) => !value || value.length === 0)
    expect(lacking.map(([name]) => name)).toEqual([])
  })

  it('that the sandbox answers is one of the client, or has a reason not to be', () => {
    const known = new Set(table.map(({ name }) => name))
    const others = SANDBOX_ROUTES.map(({ name }) => name).filter((name) => !known.has(name))
    expect(others.sort()).toEqual(Object.keys(BEYOND).sort())
  })

  it('that the operator API reaches is in the table', async () => {
    const listed = new Set(table.flatMap(({ operator }) => operator))
    const routes = (await routesOfOperator()).map(({ route }) => route)
    expect(routes.filter((route) => !listed.has(route))).toEqual(Object.keys(OWN))
    expect(Object.values(OWN).filter((command) => !COMMANDS[command])).toEqual([])
  })

  it('that Didit describes is in the table', () => {
    if (!existsSync(EXCERPT)) {
      console.warn('Not compared: ../shared/didit/openapi-excerpt.json is absent.')
      return
    }
    const { paths } = JSON.parse(readFileSync(EXCERPT, 'utf8')) as { paths: Record<string, object> }
    const described = Object.entries(paths).flatMap(([address, operations]) =>
      Object.keys(operations)
        .filter((method) => /^(get|post|patch|put|delete)$/.test(method))
        .map((method) => `${method.toUpperCase()} ${address.replace(/\{\w+\}/g, ':id')}`),
    )
    const known = new Set(table.map(({ name }) => name))
    expect(described.filter((name) => !known.has(name))).toEqual([])
    expect(described.length).toBeGreaterThan(20)
  })

  it('is exercised by tests that run the tables of cases', () => {
    for (const [cases, test] of Object.entries(OWNERS)) {
      const from = path.posix.relative(path.posix.dirname(test), cases)
      const specifier = from.startsWith('.') ? from : `./${from}`
      expect(readFileSync(path.join(root, test), 'utf8')).toContain(`from '${specifier}'`)
    }
  })
})

describe('docs/endpoints.md', () => {
  it('says what is there', async () => {
    await expect(document(table)).toMatchFileSnapshot(DOCS)
  })
})

function document(rows: readonly Endpoint[]): string {
  const lines = rows.map((each) =>
    row([
      code([each.name]),
      code(each.methods),
      code(each.commands),
      code(each.operator) || 'no',
      each.sandbox === 'older' ? 'unless strict' : 'yes',
      names(each.tests),
    ]),
  )
  return `# Didit's endpoints

Which method of the client, which command, which route of the operator API and which tests reach each
of them. Made from the code by \`test/server/endpoints.test.ts\`, which fails when an endpoint lacks a
method, a command, a route of the sandbox, or a test of any of the three. Tests are named from
\`test/server/\`.

${row(['endpoint', 'client', 'command', 'operator', 'sandbox', 'tests'])}
|---|---|---|---|---|---|
${lines.join('\n')}

The operator API also has ${Object.entries(OWN)
    .map(([route, command]) => `\`${shown(route)}\` (\`${command}\`)`)
    .join(', ')}.

In the sandbox only:

${Object.entries(BEYOND)
  .map(([name, why]) => `- \`${shown(name)}\`: ${why}`)
  .join('\n')}
`
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function code(texts: readonly string[]): string {
  return texts.map((text) => `\`${shown(text)}\``).join(', ')
}

/** Ids as documents write them. */
function shown(text: string): string {
  return text.replace(/:id/g, '{id}')
}

function names({ client, commands, sandbox }: Endpoint['tests']): string {
  return [...new Set([...client, ...commands, ...sandbox])]
    .map((file) => file.replace(/^test\/server\//, '').replace(/\.test\.ts$/, ''))
    .sort()
    .join(', ')
}
