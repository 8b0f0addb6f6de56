// Who reaches each of Didit's endpoints, read off what is there: what the client sends, what the
// commands call, what the operator's routes ask, what the sandbox routes, what test files exercise.

import { COMMANDS } from '../../server/cli/commands.ts'
import type { Didit } from '../../server/didit/client.ts'
import { createOperatorApp } from '../../server/operator.ts'
import { ACCESS_TOKEN_HEADER } from '../../server/routes/operator/account.ts'
import { ROUTES } from '../../server/sandbox/routes.ts'
import { openStore } from '../../server/store/index.ts'
import { withoutIds } from './cli.ts'
import { createStub, OTHER, UUID } from './didit-stub.ts'
import { ENDPOINTS } from './endpoints.ts'
import { type Exercised, exercised, exercisedIn } from './exercised.ts'

export interface Endpoint {
  /** `GET /v3/session/:id/decision/`. */
  name: string
  methods: string[]
  commands: string[]
  /** Routes of the operator API that lead there. */
  operator: string[]
  /** Whether the sandbox answers; `older`: unless it is strict. */
  sandbox: 'yes' | 'older' | undefined
  tests: { client: string[]; commands: string[]; sandbox: string[] }
}

/** Tables of cases, and the test that runs them. */
export const OWNERS: Readonly<Record<string, string>> = {
  'test/support/endpoints.ts': 'test/server/client.test.ts',
  'test/server/cli/lines.ts': 'test/server/cli/commands.test.ts',
  'test/server/sandbox/cases/account.ts': 'test/server/sandbox/conformance.test.ts',
  'test/server/sandbox/cases/destinations.ts': 'test/server/sandbox/conformance.test.ts',
  'test/server/sandbox/cases/review.ts': 'test/server/sandbox/conformance.test.ts',
  'test/server/sandbox/cases/sessions.ts': 'test/server/sandbox/conformance.test.ts',
}

/** The sandbox's routes that are Didit's API; the others are pages and files. */
export const SANDBOX_ROUTES = ROUTES.filter(({ path }) => /^\/(v\d|auth|system)\//.test(path)).map(
  ({ method, path, older }) => ({ name: `${method} ${path.replace(/:\w+/g, ':id')}`, older }),
)

/** A row for every endpoint that the client has, in the order of the sandbox's routes. */
export async function endpointTable(): Promise<Endpoint[]> {
  const sent = await requestsOfClient()
  const operator = await routesOfOperator()
  // Those of the client, the commands and the sandbox; others use endpoints without testing them.
  const files = [
    ...exercisedIn('test/server', /^test\/server\/(cli\/|sandbox\/|client)/),
    exercised('test/support/endpoints.ts'),
  ]
  const order = SANDBOX_ROUTES.map(({ name }) => name)
  const names = [...new Set([...sent.values()])].sort((a, b) => order.indexOf(a) - order.indexOf(b))
  return names.map((name) => {
    const methods = [...sent].flatMap(([method, request]) => (request === name ? [method] : []))
    const commands = Object.entries(COMMANDS)
      .filter(([, { calls }]) => calls.some((method) => methods.includes(method)))
      .map(([command]) => command)
    const route = SANDBOX_ROUTES.find((each) => each.name === name)
    return {
      name,
      methods,
      commands,
      operator: operator
        .filter(({ calls }) => calls.some((method) => methods.includes(method)))
        .map((each) => each.route),
      sandbox: route && (route.older ? 'older' : 'yes'),
      tests: {
        client: testsOf(files, (file) => methods.some((method) => file.methods.has(method))),
        commands: testsOf(files, (file) => commands.some((command) => runs(file, command))),
        sandbox: testsOf(files, (file) => sends(file, name)),
      },
    }
  })
}

/** Method of the client -> the request that it sends. */
async function requestsOfClient(): Promise<Map<string, string>> {
  const requests = new Map<string, string>()
  for (const [method, call] of ENDPOINTS) {
    const { didit, sent } = createStub(
      {},
      { body: { status: 'Approved', results: [], next: null } },
    )
    await call(didit)
    const [first] = sent
    requests.set(method, `${first?.method} ${withoutIds(first?.path ?? '')}`)
  }
  return requests
}

/** Every route of the operator API, and the methods of the client that it calls. */
export async function routesOfOperator(): Promise<{ route: string; calls: string[] }[]> {
  const token = 'a-token-of-thirty-two-characters-or-more'
  const calls = new Set<string>()
  const app = createOperatorApp({
    publicUrl: 'https://shop.example/api/verify',
    store: await openStore('file::memory:'),
    workflows: { default: UUID },
    didit: recording(calls),
    operators: { anna: token },
    log: { info() {}, warn() {}, error() {} },
  })
  const headers = {
    authorization: `Bearer ${token}`,
    [ACCESS_TOKEN_HEADER]: 'x',
    'content-type': 'application/json',
  }
  const routes: { route: string; calls: string[] }[] = []
  for (const { method, path } of app.routes) {
    const route = `${method} ${path.replace(/:\w+/g, ':id')}`
    // What looks at a request on its way to a route stands in the list too, under the same name.
    if (method === 'ALL' || routes.some((each) => each.route === route)) continue
    calls.clear()
    const body = method === 'POST' || method === 'PATCH' ? '{}' : undefined
    await app.request(path.replace(/:\w+/g, OTHER), { method, headers, body })
    // Around an act the status is asked for the audit log; that is no use of the endpoint.
    const own = [...calls].filter((each) => calls.size === 1 || each !== 'sessions.decision')
    routes.push({ route, calls: own })
  }
  return routes
}

/** A client that only notes what is called. */
function recording(calls: Set<string>): Didit {
  const note = (name: string) =>
    new Proxy(async () => ({ stream: null, filename: 'x', type: 'x' }), {
      get: (_, key) => note(`${name}.${String(key)}`),
      async apply() {
        calls.add(name)
        return { stream: null, filename: 'x', type: 'x' }
      },
    })
  return new Proxy({}, { get: (_, key) => note(String(key)) }) as Didit
}

function testsOf(files: readonly Exercised[], condition: (file: Exercised) => boolean): string[] {
  const names = files.filter(condition).map(({ file }) => OWNERS[file] ?? file)
  return [...new Set(names)].sort()
}

/** A terminal or a process is what runs lines; without one a word is only a word. */
function runs({ file, texts, imports }: Exercised, command: string): boolean {
  const mayRun = imports.some((from) => /\/(fixture|process)\.ts$/.test(from))
  return (
    file.startsWith('test/server/cli/') &&
    mayRun &&
    texts.some((text) => `${text} `.startsWith(`${command} `))
  )
}

function sends({ file, requests }: Exercised, endpoint: string): boolean {
  const pattern = new RegExp(`^${endpoint.replace(/:id/g, '[^/]+')}$`)
  return file.startsWith('test/server/sandbox/') && [...requests].some((each) => pattern.test(each))
}
