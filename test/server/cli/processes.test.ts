// The command line as its users run it: a process, a sandbox on a port, two channels, an exit code.

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { close, listen } from '../../../server/main.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { type Env, freePorts, type Program, root, run } from '../../support/process.ts'
import { controls } from '../../support/sandbox.ts'

const TOKEN = 'anna-token-of-thirty-two-characters'
const quiet = { info() {}, warn() {}, error() {} }
const undo: (() => Promise<unknown>)[] = []
// Programs start slowly where others compute.
vi.setConfig({ testTimeout: 60_000 })

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** A sandbox on a port, a folder, and command lines run in it. */
async function setUp() {
  const [port = 0] = await freePorts(1)
  const origin = `http://127.0.0.1:${port}`
  const sandbox = createSandbox({ publicUrl: origin, log: quiet })
  const servers: Server[] = []
  await listen(servers, sandbox.app, port, '127.0.0.1')
  undo.push(async () => {
    sandbox.close()
    const closed = servers.map(close)
    for (const server of servers) server.closeAllConnections()
    await Promise.all(closed)
  })
  const cwd = await mkdtemp(path.join(tmpdir(), 'didit-verify-'))
  undo.push(() => rm(cwd, { recursive: true }))
  const env: Env = {
    DIDIT_API_KEY: 'key',
    DIDIT_BASE_URL: origin,
    DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
  }
  const start = (line: string, more: { env?: Env; input?: string } = {}): Program => {
    const { input } = more
    const args = line.split(' ')
    const program = run('server/cli.ts', { args, cwd, env: { ...env, ...more.env }, input })
    undo.push(() => program.kill('SIGKILL'))
    return program
  }
  /** What the visitor does. */
  const play = async (url: string, scenario: string) => {
    const token = url.split('/').at(-1)
    for (const [step, body] of [
      ['start', {}],
      ['finish', { scenario }],
    ] as const) {
      const response = await fetch(`${origin}/session/${token}/${step}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(response.status).toBe(200)
    }
  }
  const create = async () => {
    const response = await fetch(`${origin}/v3/session/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'key' },
      body: JSON.stringify({ workflow_id: DEFAULT_WORKFLOW }),
    })
    return (await response.json()) as { session_id: string; url: string }
  }
  return { ...controls(origin), origin, cwd, env, start, play, create }
}

describe('didit-verify, as a process', () => {
  it('verifies somebody by two commands, as the guide says', async () => {
    const { start, play } = await setUp()
    const full = start('full --vendor-data user-123 --callback https://myapp.com/done')
    expect(await full.ended(), full.output()).toBe(0)
    const [, url = ''] = /^Send user to: (\S+)$/m.exec(full.stdout()) ?? []
    const [, id = ''] = /^Then: didit-verify decision (\S+) --poll$/m.exec(full.stdout()) ?? []

    const decision = start(`decision ${id} --poll --interval 1`)
    await decision.prints(/Not Started/)
    await play(url, 'approve')
    expect(await decision.ended()).toBe(0)
    expect(decision.stdout()).toMatch(/^Result +Approved$/m)
    expect(decision.stdout()).toMatch(/^Name +Álvaro Muñoz Serrano$/m)
    expect(decision.stdout()).toMatch(/^Date of birth +1990-05-15$/m)
    expect(decision.stdout()).toMatch(/^Document +Passport \(ESP\)$/m)
    expect(decision.stderr()).toMatch(/Not Started\n(.*In Progress\n)?.*Approved\n$/)
  })

  it('prints JSON alone on standard output, and a decline as its code', async () => {
    const { start, play, create } = await setUp()
    const { session_id, url } = await create()
    await play(url, 'decline')
    const program = start(`decision ${session_id} --poll --json`)
    expect(await program.ended()).toBe(3)
    expect(JSON.parse(program.stdout())).toMatchObject({ session_id, status: 'Declined' })
    expect(program.stderr()).toContain('Declined')
  })

  it('ends politely at Ctrl-C', async () => {
    const { start, create } = await setUp()
    const { session_id } = await create()
    const program = start(`decision ${session_id} --poll`)
    await program.prints(/Not Started/)
    await program.kill('SIGINT')
    expect(await program.ended()).toBe(130)
    expect(program.stdout()).toBe('')
    expect(program.stderr()).toMatch(/Go on with: didit-verify decision .+ --poll\nStopped\.\n$/)
  })

  it('reads a password from standard input, and addresses from a .env file', async () => {
    const { start, cwd, origin } = await setUp()
    await writeFile(path.join(cwd, '.env'), `DIDIT_AUTH_URL=${origin}/auth/v2\n`)
    const program = start('register --email new@shop.example', {
      env: { DIDIT_BASE_URL: 'http://127.0.0.1:9' },
      input: 'MyStr0ng!Pass\n',
    })
    expect(await program.ended(), program.output()).toBe(0)
    expect(program.stdout()).toContain('didit-verify verify-email --email new@shop.example')
    expect(program.output()).not.toContain('MyStr0ng!Pass')
  })

  it('does not wait for a password where there is no standard input', async () => {
    const { start } = await setUp()
    const program = start('login --email new@shop.example')
    expect(await program.ended()).toBe(2)
    expect(program.stderr()).toMatch(/^--password is missing\./)
  })

  it('tells a running server what was decided', async () => {
    const { start, move } = await setUp()
    const [port = 0] = await freePorts(1)
    const page = `http://localhost:${port}`
    const serve = start('serve', {
      env: { PORT: String(port), LOG_LEVEL: 'warn', OPERATOR_TOKENS: `anna:${TOKEN}` },
    })
    await serve.prints(/Ready: /)
    const headers = { origin: page, 'content-type': 'application/json' }
    const grant = await fetch(`${page}/api/verify/sessions`, {
      method: 'POST',
      headers,
      body: '{}',
    })
    const { session, token } = await grant.json()
    await move(session.id, 'In Progress')
    await move(session.id, 'In Review')

    const approve = start(`sessions approve ${session.id} --server ${page}`, {
      env: { DIDIT_API_KEY: '', DIDIT_OPERATOR_TOKEN: TOKEN },
    })
    expect(await approve.ended(), approve.output()).toBe(0)
    const seen = await fetch(`${page}/api/verify/sessions/${session.id}`, {
      headers: { 'verify-token': token },
    })
    expect((await seen.json()).session).toMatchObject({ status: 'Approved', outcome: 'approved' })
  })

  it('runs a sandbox until it is told to stop', async () => {
    const { start } = await setUp()
    const [port = 0] = await freePorts(1)
    const program = start(`sandbox --port ${port}`)
    await program.prints(/Sandbox ready: /)
    const health = await fetch(`http://127.0.0.1:${port}/system/healthcheck`)
    expect(health.status).toBe(200)
    await program.kill('SIGTERM')
    expect(await program.ended()).toBe(0)
  })

  it('is content when nobody reads what it prints', async () => {
    const node = `"${process.execPath}" --import "${import.meta.resolve('tsx')}"`
    const line = `${node} "${path.join(root, 'server/cli.ts')}" --help | true`
    const { stderr } = await promisify(execFile)('sh', ['-c', line])
    expect(stderr).toBe('')
  })
})
