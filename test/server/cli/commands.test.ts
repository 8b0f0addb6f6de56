// Every command on a sandbox: that it works, what it sends, what it hides.

import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../server/cli/commands.ts'
import { withoutIds } from '../../support/cli.ts'
import { createStub } from '../../support/didit-stub.ts'
import { ENDPOINTS } from '../../support/endpoints.ts'
import { KEY, PASSWORD, SERVER, setUp, TOKEN, type World } from './fixture.ts'
import { LINES, type Line } from './lines.ts'

const ALL = Object.entries(LINES).flatMap(([name, lines]) =>
  lines.map((line, at) => [lines.length > 1 ? `${name} (${at + 1})` : name, name, line] as const),
)
const DIRECT = ALL.filter(([, name]) => COMMANDS[name]?.server !== 'only')
const THROUGH_SERVER = ALL.filter(([, name]) => COMMANDS[name]?.server)

/** What ends otherwise than well: sessions that nobody has played, a destination without events. */
const CODES: Readonly<Record<string, number>> = {
  'session (2)': 4,
  'full (2)': 4,
  'doctor (2)': 1,
}

/** What the methods of a command send, the requests of a client that nothing else was put into. */
const REQUESTS = new Map(
  await Promise.all(
    ENDPOINTS.map(async ([method, call]) => {
      const { didit, sent } = createStub(
        {},
        { body: { status: 'Approved', results: [], next: null } },
      )
      await call(didit)
      return [
        method as string,
        sent.map(({ method, path }) => `${method} ${withoutIds(path)}`),
      ] as const
    }),
  ),
)

describe('every command', () => {
  it('has a line here, and every line a command', () => {
    expect(Object.keys(LINES).sort()).toEqual(Object.keys(COMMANDS).sort())
  })

  it('names a method of the client, and every method has a command', () => {
    const called = new Set(Object.values(COMMANDS).flatMap(({ calls }) => calls as string[]))
    expect([...REQUESTS.keys()].filter((method) => !called.has(method))).toEqual([])
    expect([...called].filter((method) => !REQUESTS.has(method))).toEqual([])
  })

  it.each(DIRECT)('works: %s', async (title, _, line) => {
    const world = setUp()
    const { code, out, err } = await tried(world, line)
    expect(err).not.toMatch(/undefined|\[object|NaN/)
    expect(out).not.toMatch(/undefined|\[object|NaN/)
    expect([code, out === ''], err).toEqual([CODES[title] ?? 0, false])
  })

  it.each(DIRECT)('prints JSON and nothing else for programs: %s', async (title, _, line) => {
    const { code, json } = await tried(setUp(), line, '--json')
    expect(json()).toBeTypeOf('object')
    expect(code).toBe(CODES[title] ?? 0)
  })

  it.each(Object.entries(LINES))(
    'sends what its methods send, and only that: %s',
    async (name, lines) => {
      const sent = new Set<string>()
      for (const line of lines.filter(() => COMMANDS[name]?.server !== 'only')) {
        const world = setUp()
        await tried(world, line)
        for (const request of world.requests()) if (!/ \/media\//.test(request)) sent.add(request)
      }
      const methods = COMMANDS[name]?.calls ?? []
      const expected = new Set(methods.flatMap((method) => REQUESTS.get(method) ?? [method]))
      expect([...sent].sort()).toEqual([...expected].sort())
    },
  )

  it.each(DIRECT)('hides every secret: %s', async (_, name, line) => {
    for (const flag of ['', '--json']) {
      const world = setUp()
      const { access_token, application } = await world.account()
      const { secret } = await world.destination()
      const { secret: single } = await (await world.request('/_sandbox/webhook')).json()
      const sessions = await tokens(world)
      const { out, err } = await tried(world, line, flag)
      const secrets = [KEY, PASSWORD, access_token, secret, single, ...sessions]
      if (name !== 'verify-email') secrets.push(application.api_key)
      for (const each of secrets) expect(out + err).not.toContain(each)
      expect(out).not.toMatch(/"(session_token|secret_shared_key|refresh_token)": "(?!\*\*\*)/)
    }
  })
})

describe('with --server', () => {
  const env = { DIDIT_API_KEY: undefined, DIDIT_OPERATOR_TOKEN: TOKEN }

  it.each(THROUGH_SERVER)('goes through the operator API alone: %s', async (title, _, line) => {
    const world = setUp({ env })
    const { code, out, err } = await tried(world, line, `--server ${SERVER}`)
    expect([code, out === ''], err).toEqual([CODES[title] ?? 0, false])
    const others = world.sent.filter(({ url }) => url.origin !== SERVER)
    expect(others).toEqual([])
    expect(world.sent.length).toBeGreaterThan(0)
    for (const { url, headers } of world.sent) {
      expect(url.pathname).toMatch(/^\/api\/operator\//)
      expect(headers.get('authorization')).toBe(`Bearer ${TOKEN}`)
      expect(headers.get('x-api-key')).toBeNull()
    }
  })

  it('reaches every route that the operator API has', async () => {
    const reached = new Set<string>()
    for (const [, , line] of THROUGH_SERVER) {
      const world = setUp({ env })
      await tried(world, line, `--server ${SERVER}`)
      for (const { method, url } of world.sent) {
        reached.add(`${method} ${withoutIds(url.pathname)}`)
      }
    }
    const routes = (await setUp().server()).routes
      .filter(({ method, path }) => method !== 'ALL' && !path.endsWith('*'))
      .map(({ method, path }) => `${method} ${path.replace(/:(?!name)\w+/g, ':id')}`)
    const names = [...reached].map((each) => each.replace(/(\/pictures\/).+/, '$1:name'))
    expect([...new Set(names)].sort()).toEqual([...new Set(routes)].sort())
    // Nearly every command, one after the other.
  }, 60_000)

  it.each(DIRECT.filter(([, name]) => !COMMANDS[name]?.server))(
    'is refused before anything is sent: %s',
    async (_, __, line) => {
      const world = setUp({ env })
      const written = await line(world)
      const { code, err } = await world.cli(`${written} --server ${SERVER} --json`)
      expect([code, world.sent.length]).toEqual([2, 0])
      expect(err).toContain('does not go through the operator API')
    },
  )
})

/** Makes what a line is about, and runs it. */
async function tried(world: World, line: Line, flags = '') {
  const written = await line(world)
  return world.wait(`${written} ${flags}`)
}

/** The tokens of the sessions so far. */
async function tokens({ request }: World): Promise<string[]> {
  const rows: { url: string }[] = await (await request('/_sandbox/sessions')).json()
  return rows.map(({ url }) => url.split('/').at(-1) ?? '')
}
