import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startDemo } from '../support/demo.ts'
import { type Env, freePorts, type Program, root, run } from '../support/process.ts'

const NOTHING: Env = {
  DIDIT_API_KEY: '',
  DIDIT_WORKFLOW_ID: '',
  DIDIT_WORKFLOWS: '',
  DIDIT_WEBHOOK_SECRET: '',
  DIDIT_BASE_URL: '',
  DATABASE_URL: '',
  VERIFY_SECRET: '',
  ALLOWED_ORIGINS: '',
  PUBLIC_URL: '',
  PORT: '',
  SANDBOX_PORT: '',
}

describe('the demo', () => {
  test('ends within seconds when asked to, and leaves its ports free', async () => {
    const demo = await startDemo()
    onTestFinished(demo.stop)
    const { port } = new URL(demo.url)
    await demo.program.kill('SIGINT')
    expect(await demo.program.ended()).toBe(0)
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  })

  test('answers on the other names of this machine by leading to its own', async () => {
    const demo = await startDemo()
    onTestFinished(demo.stop)
    const { port } = new URL(demo.url)
    const answer = await fetch(`http://127.0.0.1:${port}/?plan=gold`, { redirect: 'manual' })
    expect(answer.status).toBe(302)
    expect(answer.headers.get('location')).toBe(`${demo.url}?plan=gold`)
  })

  test('writes nothing where others read the package that was built', async () => {
    const dist = path.join(root, 'dist')
    const written = () =>
      readdirSync(dist, { recursive: true, encoding: 'utf8' }).map(
        (name) => `${name} ${statSync(path.join(dist, name)).mtimeMs}`,
      )
    const before = written()
    const demo = await startDemo()
    onTestFinished(demo.stop)
    expect(before).toContainEqual(expect.stringMatching(/^didit-verify\.js /))
    expect(written()).toEqual(before)
  })
})

describe('a configuration that cannot be used', () => {
  test('with a key and no workflow is refused before anything starts', async () => {
    const { code, output } = await refused({ DIDIT_API_KEY: 'a-key' })
    expect(code).toBe(1)
    expect(output).toContain('DIDIT_WORKFLOW_ID is missing. Example: DIDIT_WORKFLOW_ID=')
    expect(output).not.toContain('Demo ready')
  })

  test('is refused with every problem at once, and no stack', async () => {
    const { code, output } = await refused({
      DIDIT_WORKFLOW_ID: 'not a uuid',
      DATABASE_URL: 'mysql://localhost',
      ALLOWED_ORIGINS: 'https://example.com/path',
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
    })
    expect(code).toBe(1)
    expect(output.match(/^- \w+/gm)?.sort()).toEqual([
      '- ALLOWED_ORIGINS',
      '- DATABASE_URL',
      '- DIDIT_API_KEY',
      '- DIDIT_WORKFLOW_ID',
      '- LOG_LEVEL',
      '- PORT',
    ])
    expect(output).not.toMatch(/^ {4}at /m)
  })

  test('with a public address and no webhook secret is refused', async () => {
    const { code, output } = await refused({
      DIDIT_API_KEY: 'a-key',
      DIDIT_WORKFLOW_ID: '11111111-2222-4333-8444-555555555555',
      PUBLIC_URL: 'https://www.example.com/api/verify',
    })
    expect(code).toBe(1)
    expect(output).toContain('DIDIT_WEBHOOK_SECRET is missing while PUBLIC_URL is public')
  })

  test('of `serve` is refused with every problem at once', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'didit-verify-serve-'))
    const serve = run('server/cli.ts', {
      args: ['serve'],
      cwd: folder,
      env: { ...NOTHING, PORT: '-1' },
    })
    expect(await serve.ended()).toBe(2)
    expect(
      serve
        .output()
        .match(/^- \w+/gm)
        ?.sort(),
    ).toEqual(['- DIDIT_API_KEY', '- DIDIT_WORKFLOW_ID', '- PORT'])
    rmSync(folder, { recursive: true, force: true })
  })
})

describe('what is taken already', () => {
  test('is named: the port of the page', async () => {
    const demo = await startDemo()
    onTestFinished(demo.stop)
    const { port } = new URL(demo.url)
    await secondFails({ PORT: port }, new RegExp(`Port ${port} is in use`))
  })

  test('is named: the port of the sandbox, and its variable', async () => {
    const demo = await startDemo()
    onTestFinished(demo.stop)
    const { port } = new URL(demo.sandbox.origin)
    await secondFails({ SANDBOX_PORT: port }, new RegExp(`port ${port}.*SANDBOX_PORT`))
  })
})

async function refused(env: Env): Promise<{ code: number | null; output: string }> {
  return outcome(run('demo/serve.ts', { env: { ...NOTHING, ...env } }))
}

async function secondFails(env: Env, words: RegExp): Promise<void> {
  const [port, sandboxPort] = await freePorts(2)
  const ports = { PORT: String(port), SANDBOX_PORT: String(sandboxPort) }
  const folder = mkdtempSync(path.join(tmpdir(), 'didit-verify-second-'))
  const database = { DATABASE_URL: `file:${path.join(folder, 'demo.db')}` }
  const second = run('demo/serve.ts', { env: { ...NOTHING, ...ports, ...database, ...env } })
  const { code, output } = await outcome(second)
  rmSync(folder, { recursive: true, force: true })
  expect(output).toMatch(words)
  expect(code).toBe(1)
}

async function outcome(program: Program) {
  return { code: await program.ended(), output: program.output() }
}
