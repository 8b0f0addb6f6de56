import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Session, SessionGrant } from '../../server/contract.ts'
import { sign } from '../../server/didit/webhook.ts'
import { close, listen } from '../../server/main.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { problem } from '../support/bff.ts'
import { readEvents } from '../support/events.ts'
import { createGate, until } from '../support/gate.ts'
import { type Env, freePorts, type Program, run } from '../support/process.ts'
import { controls } from '../support/sandbox.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const quiet = { info() {}, warn() {}, error() {} }

/** A folder with room for a database, and `serve` in it, as often as it is started. */
async function setUp(didit: string, env: Env = {}) {
  const cwd = await mkdtemp(path.join(tmpdir(), 'didit-verify-'))
  undo.push(() => rm(cwd, { recursive: true }))
  const [port = 0] = await freePorts(1)
  const origin = `http://localhost:${port}`
  const endpoint = `${origin}/api/verify`
  const serve = (): Program => {
    const program = run('server/cli.ts', {
      args: ['serve'],
      cwd,
      env: {
        DIDIT_API_KEY: 'key',
        DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
        DIDIT_BASE_URL: didit,
        DIDIT_WEBHOOK_SECRET: 'hook-secret',
        PORT: String(port),
        LOG_LEVEL: 'warn',
        ...env,
      },
    })
    undo.push(() => program.kill('SIGKILL'))
    return program
  }
  const start = async (): Promise<SessionGrant> => {
    const headers = { origin, 'content-type': 'application/json' }
    const response = await fetch(`${endpoint}/sessions`, { method: 'POST', headers, body: '{}' })
    if (!response.ok) throw new Error(await response.text())
    return response.json()
  }
  const read = async ({ session, token }: SessionGrant): Promise<Session> => {
    const headers = { 'verify-token': token }
    return (await (await fetch(`${endpoint}/sessions/${session.id}`, { headers })).json()).session
  }
  const stream = ({ session, token }: SessionGrant) =>
    fetch(`${endpoint}/sessions/${session.id}/events`, { headers: { 'verify-token': token } })
  return { serve, start, read, stream, endpoint, origin, port }
}

/** Didit, in this process; its clock runs ahead so that each event has a second of its own. */
async function startSandbox() {
  const [port = 0] = await freePorts(1)
  const origin = `http://127.0.0.1:${port}`
  let ahead = 0
  const sandbox = createSandbox({
    publicUrl: origin,
    log: quiet,
    now: () => Date.now() + ahead,
  })
  const servers: Server[] = []
  await listen(servers, sandbox.app, port, '127.0.0.1')
  const stop = async () => {
    sandbox.close()
    const closed = servers.map(close)
    for (const server of servers) server.closeAllConnections()
    await Promise.all(closed)
  }
  undo.push(stop)
  const control = controls(origin)
  return {
    ...control,
    async move(...[id, status]: Parameters<typeof control.move>) {
      ahead += 2000
      await control.move(id, status)
    },
    /** Waits until the newest webhook about the session was taken. */
    taken: (id: string, status: string) =>
      until(async () => {
        const all = await control.deliveries(id)
        return all.some((sent) => sent.status === status && sent.answer?.status === 204)
      }),
    async posts(url: string) {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ url, secret: 'hook-secret' })
      await fetch(`${origin}/_sandbox/webhook`, { method: 'PUT', headers, body })
    },
  }
}

describe('serve', () => {
  it('refuses a bad configuration with every problem and code 2', async () => {
    const { serve } = await setUp('nonsense', { DIDIT_API_KEY: '', PORT: 'x', LOG_LEVEL: 'warn' })
    const program = serve()
    expect(await program.ended()).toBe(2)
    expect(program.output().trim().split('\n')).toEqual([
      'The configuration cannot be used:',
      expect.stringMatching(/^- DIDIT_API_KEY is missing/),
      expect.stringMatching(/^- DIDIT_BASE_URL is not valid/),
      expect.stringMatching(/^- PORT is not valid/),
    ])
  })

  it('says which port is in use', async () => {
    const { serve, port } = await setUp('http://127.0.0.1:9')
    const other = createServer().listen(port, '127.0.0.1')
    await once(other, 'listening')
    undo.push(() => close(other))
    const program = serve()
    expect(await program.ended()).toBe(1)
    const words = `Port ${port} is in use. Stop what uses it, or choose another port.`
    expect(program.output().trim()).toBe(words)
  })

  it('ends soon when it is asked to, although a stream is open and Didit hangs', async () => {
    const didit = await startHanging()
    const { serve, start, stream, endpoint } = await setUp(didit.origin)
    const program = serve()
    await program.prints(/Ready: /)
    const grant = await start()
    const events = readEvents(await stream(grant))
    expect(await events.next()).toContain('Not Started')
    await postWebhook(`${endpoint}/webhooks`, { session_id: grant.session.id, status: 'Approved' })
    await until(didit.isAsked)
    // Didit would hang for longer than this test may take.
    await program.kill('SIGTERM')
    expect(await program.ended()).toBe(0)
    // The stream was ended, not cut.
    let next = await events.next()
    while (next?.startsWith(':')) next = await events.next()
    expect(next).toBeUndefined()
  })

  it('finishes the requests that are under way when it is asked to end', async () => {
    const gate = createGate()
    const didit = await startHanging(gate.opened)
    const { serve, start, endpoint } = await setUp(didit.origin)
    const program = serve()
    await program.prints(/Ready: /)
    const starting = start()
    await until(didit.isCreating)
    const ending = program.kill('SIGTERM')
    const answers = () =>
      fetch(`${endpoint}/health`).then(
        () => true,
        () => false,
      )
    await until(async () => !(await answers()))
    gate.open()
    expect((await starting).session).toMatchObject({ status: 'Not Started' })
    await ending
    expect(await program.ended()).toBe(0)
  })

  it('serves operators where there are any, and only them', async () => {
    const didit = await startSandbox()
    const token = 'a-token-of-thirty-two-characters-or-more'
    const { serve, start, read, origin } = await setUp(didit.origin, {
      OPERATOR_TOKENS: `anna:${token}`,
    })
    await serve().prints(/Ready: /)
    const grant = await start()
    await didit.move(grant.session.id, 'In Progress')
    await didit.move(grant.session.id, 'In Review')
    const act = `${origin}/api/operator/sessions/${grant.session.id}/approve`
    expect((await fetch(act, { method: 'POST' })).status).toBe(401)
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(act, { method: 'POST', headers })).status).toBe(200)
    expect(await read(grant)).toMatchObject({ status: 'Approved', outcome: 'approved' })
  })

  it('serves no operator API where there are none', async () => {
    const didit = await startSandbox()
    const { serve, origin } = await setUp(didit.origin)
    await serve().prints(/Ready: /)
    expect((await fetch(`${origin}/api/operator/sessions`)).status).toBe(404)
  })

  it('loses nothing when it is killed between a webhook and the next question', async () => {
    const didit = await startSandbox()
    const { serve, start, read, endpoint } = await setUp(didit.origin)
    await didit.posts(`${endpoint}/webhooks`)
    const first = serve()
    await first.prints(/Ready: /)
    const grant = await start()
    await didit.move(grant.session.id, 'In Progress')
    await didit.taken(grant.session.id, 'In Progress')
    // From here on only what was told counts: Didit answers no question.
    await didit.faults({ status: 500 })
    await didit.move(grant.session.id, 'Approved')
    await didit.taken(grant.session.id, 'Approved')
    await first.kill('SIGKILL')

    const second = serve()
    await second.prints(/Ready: /)
    await until(async () => (await read(grant)).settled)
    expect(await read(grant)).toMatchObject({ status: 'Approved', outcome: 'approved' })
  }, 30_000)

  it('works off after a crash what it could not ask about before', async () => {
    const didit = await startSandbox()
    const { serve, start, read, endpoint } = await setUp(didit.origin)
    const first = serve()
    await first.prints(/Ready: /)
    const grant = await start()
    await didit.faults({ status: 500 })
    await didit.move(grant.session.id, 'In Progress')
    // The first webhook was lost, so the second has to be confirmed.
    await didit.posts(`${endpoint}/webhooks`)
    await didit.move(grant.session.id, 'Declined')
    await didit.taken(grant.session.id, 'Declined')
    await first.kill('SIGKILL')
    await didit.faults({})

    const second = serve()
    await second.prints(/Ready: /)
    await until(async () => (await read(grant)).settled)
    expect(await read(grant)).toMatchObject({ status: 'Declined', outcome: 'declined' })
  }, 30_000)

  it('answers what never reaches a route as a problem too', async () => {
    const { serve, endpoint, origin, port } = await setUp('http://127.0.0.1:9')
    const program = serve()
    await program.prints(/Ready: /)
    const missing = [`${origin}/`, `${endpoint}`, `${endpoint}/nowhere`, `${origin}/api/%E0%A4%A`]
    for (const url of missing) {
      expect(await problem(await fetch(url))).toEqual([404, 'not-found'])
    }
    const head = await fetch(`${endpoint}/nowhere`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json',
    ])

    const chunks = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(16 * 1024).fill(32)),
    })
    const headers = { origin, 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: chunks, duplex: 'half' }
    const large = await fetch(`${endpoint}/sessions`, init as RequestInit)
    expect(await problem(large)).toEqual([413, 'body-too-large'])

    expect(await raw(port, 'GET //[ HTTP/1.1\r\nHost: a b\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
    expect((await fetch(`${endpoint}/health`)).status).toBe(200)
  })
})

/** A Didit that creates sessions, once `ready`, and then never answers again. */
async function startHanging(ready = Promise.resolve()) {
  let creating = false
  let asked = false
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      asked = true
      return
    }
    creating = true
    await ready
    const body = {
      session_id: '0b5e1e6a-3c39-4c3e-9d64-0a5f1f6f2b11',
      status: 'Not Started',
      url: 'https://verify.didit.me/session/x',
    }
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  const [port = 0] = await freePorts(1)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  undo.push(async () => {
    server.closeAllConnections()
    await close(server)
  })
  return {
    origin: `http://127.0.0.1:${port}`,
    isCreating: () => creating,
    isAsked: () => asked,
  }
}

async function postWebhook(url: string, event: object): Promise<void> {
  const timestamp = Math.floor(Date.now() / 1000)
  const times = { timestamp, created_at: timestamp }
  const body = JSON.stringify({
    event_id: 'e1',
    webhook_type: 'status.updated',
    ...times,
    ...event,
  })
  const headers = await sign({ body, secret: 'hook-secret', timestamp })
  const { status } = await fetch(url, { method: 'POST', headers, body })
  expect(status).toBe(204)
}

/** What comes back for bytes that no client would send. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  socket.write(bytes)
  socket.end()
  await once(socket, 'close')
  return text
}
