// A whole life of a verification with everything that can go wrong in it, in a process of its own.
// Then all that was emitted is searched for what must never come out.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { HttpBindings } from '@hono/node-server'
import { afterEach, describe, expect, it } from 'vitest'
import type { SessionGrant } from '../../server/contract.ts'
import { sign } from '../../server/didit/webhook.ts'
import { close, listen } from '../../server/main.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { HOUSE, PERSON } from '../support/canaries.ts'
import { until } from '../support/gate.ts'
import { freePorts, run } from '../support/process.ts'
import { controls } from '../support/sandbox.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** Without an answer of its own the sandbox gives one. */
type Upstream = (request: Request, env: HttpBindings) => Response | Promise<Response> | undefined

/** A sandbox that can be told to answer something else, and the host process before it. */
async function setUp() {
  const [port = 0, sandboxPort = 0] = await freePorts(2)
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`
  const origin = `http://localhost:${port}`
  const endpoint = `${origin}/api/verify`
  const sandbox = createSandbox({
    publicUrl: sandboxUrl,
    log: { info() {}, warn() {}, error() {} },
    webhook: { url: `${endpoint}/webhooks`, secret: HOUSE.hook },
  })
  const asked: string[] = []
  const didit = { answer: undefined as Upstream | undefined }
  const servers: Server[] = []
  const fetch = async (request: Request, env: HttpBindings) => {
    if (!request.url.includes('/v3/')) return sandbox.app.fetch(request)
    asked.push(request.url)
    return (await didit.answer?.(request, env)) ?? sandbox.app.fetch(request)
  }
  await listen(servers, { fetch } as never, sandboxPort, '127.0.0.1')
  const cwd = await mkdtemp(path.join(tmpdir(), 'didit-verify-'))
  const program = run('test/support/host.ts', {
    cwd,
    env: {
      DIDIT_API_KEY: HOUSE.key,
      DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
      DIDIT_BASE_URL: sandboxUrl,
      DIDIT_WEBHOOK_SECRET: HOUSE.hook,
      VERIFY_SECRET: HOUSE.secret,
      OPERATOR_TOKENS: `anna:${HOUSE.operator}`,
      DATABASE_URL: 'file:./verify.db',
      PORT: String(port),
      LOG_LEVEL: 'debug',
    },
  })
  undo.push(
    () => rm(cwd, { recursive: true }),
    () => {
      for (const server of servers) server.closeAllConnections()
      sandbox.close()
      return Promise.all(servers.map(close))
    },
    () => program.kill('SIGKILL'),
  )
  await program.prints(/Host ready/)
  return { program, didit, asked, origin, endpoint, sandbox: controls(sandboxUrl), sandboxUrl, cwd }
}

/** Sends requests and keeps every body of an error, and every address that was led to. */
function createBrowser(endpoint: string, origin: string) {
  const errors: string[] = []
  const locations: string[] = []
  const json = { origin, 'content-type': 'application/json' }

  async function send(url: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(url, { redirect: 'manual', ...init })
    locations.push(response.headers.get('location') ?? '')
    if (!response.ok) errors.push(await response.clone().text())
    return response
  }

  return {
    errors,
    locations,
    send,
    start: (body: string, user: string) =>
      send(`${endpoint}/sessions`, { method: 'POST', headers: { ...json, 'x-user': user }, body }),
    read: ({ session, token }: SessionGrant, how = '') =>
      send(`${endpoint}/sessions/${session.id}${how}`, {
        headers: { 'verify-token': token, 'cache-control': 'no-cache' },
      }),
    operate: (method: string, place: string, body?: object) =>
      fetch(`${origin}/api/operator${place}`, {
        method,
        headers: {
          authorization: `Bearer ${HOUSE.operator}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        body: body && JSON.stringify(body),
      }),
    async hook(event: object, secret: string) {
      const timestamp = Math.floor(Date.now() / 1000)
      const times = { timestamp, created_at: timestamp, webhook_type: 'status.updated' }
      const body = JSON.stringify({ ...times, ...event })
      const headers = await sign({ body, secret, timestamp })
      return send(`${endpoint}/webhooks`, { method: 'POST', headers, body })
    },
  }
}

/** Didit at its worst: every refusal quotes what it was sent, and more. */
const words = Object.values(PERSON).join(' ')
const failures: [string, Upstream][] = [
  [
    'refuses and quotes',
    () => Response.json({ contact_details: { email: [words] } }, { status: 400 }),
  ],
  ['refuses with a list', () => Response.json([words], { status: 400 })],
  ['refuses in a detail', () => Response.json({ detail: words }, { status: 403 })],
  ['refuses by name', () => Response.json({ [words]: words, code: 'x' }, { status: 400 })],
  ['fails with a page', () => new Response(`<h1>${words}</h1>`, { status: 500 })],
  [
    'is busy',
    () => Response.json({ detail: words }, { status: 429, headers: { 'retry-after': '0' } }),
  ],
  ['answers half', () => Response.json({ session_id: 7, id_verifications: [{ name: words }] })],
  ['answers no JSON', () => new Response(words)],
]

describe('what a whole life emits', () => {
  it('holds no secret, no token, no person and no address of a session', async () => {
    const { program, didit, asked, origin, endpoint, sandbox, sandboxUrl, cwd } = await setUp()
    const { start, read, send, operate, hook, errors, locations } = createBrowser(endpoint, origin)
    const bodies: string[] = []
    const operatorBodies: string[] = []
    const keep = async (answer: Promise<Response>) => {
      const response = await answer
      operatorBodies.push(response.ok ? '' : await response.text())
      return response
    }

    // The life itself: created, watched, decided by webhooks, looked at and acted on by an operator.
    const reference = 'canary-reference'
    const returnUrl = `${origin}/checkout?basket=canary-basket`
    const grant: SessionGrant = await (
      await start(JSON.stringify({ reference, returnUrl }), 'canary-user-1')
    ).json()
    const { session, token } = grant
    const anonymous: SessionGrant = await (await start('{}', '')).json()
    const stream = await read(grant, '/events')
    const { url } = session
    await sandbox.move(session.id, 'In Progress')
    await sandbox.move(session.id, 'In Review')
    await until(async () => (await (await read(grant)).json()).session.status === 'In Review')
    const decision = await (await operate('GET', `/sessions/${session.id}`)).json()
    const [document] = decision.id_verifications
    await keep(operate('GET', `/sessions/${session.id}/pictures`))
    await keep(operate('GET', `/sessions/${session.id}/pictures/id_verifications.0.front_image`))
    await keep(operate('POST', `/sessions/${session.id}/approve`, { comment: 'canary-comment' }))
    await until(async () => (await (await read(grant)).json()).session.settled)
    await keep(operate('POST', `/sessions/${anonymous.session.id}/approve`))
    await keep(operate('POST', '/blocklist/add', { session_id: 'canary-id' }))
    await send(`${endpoint}/return/unknown?verificationSessionId=${session.id}&status=Approved`)
    await stream.body?.cancel()

    // A page that knows persons: what it says is taken over, then something else, then a deletion
    // that is refused and one that is lost.
    const known = { contact: { email: PERSON.email }, expected: { first_name: PERSON.first } }
    const moved = { expected: { address: PERSON.street, country: 'ESP' } }
    const told: SessionGrant[] = []
    const tell = async (body: object) => {
      const answer = await start(JSON.stringify(body), 'canary-user-4')
      told.push(await answer.clone().json())
      return answer.status
    }
    expect(await tell(known)).toBe(201)
    expect(await tell(known)).toBe(200)
    expect(await tell(moved)).toBe(201)
    const second = { expected: { first_name: PERSON.second } }
    for (const status of [403, 503]) {
      didit.answer = (request) =>
        request.method === 'DELETE'
          ? Response.json({ detail: words, first_name: [words] }, { status })
          : undefined
      expect(await tell(second)).toBe(200)
    }
    didit.answer = undefined
    expect(await tell(second)).toBe(201)
    expect(new Set(told.map((each) => each.session.id)).size).toBe(3)

    // Everything that can be refused.
    await start(`{"email": ${PERSON.email}`, 'canary-user-2')
    await start(JSON.stringify({ [PERSON.email]: PERSON.first }), 'canary-user-2')
    for (const wrong of [
      { expected: { [PERSON.email]: PERSON.first } },
      { expected: { first_name: [PERSON.first] } },
      { expected: { gender: PERSON.first, address: PERSON.street.repeat(100) } },
      { contact: PERSON.email },
      { contact: { email_lang: PERSON.first, phone: { number: PERSON.phone } } },
      // Of the right form here, and refused by the client before Didit sees it.
      { contact: { email: PERSON.second, phone: PERSON.last } },
      { expected: { date_of_birth: '1961-02-3', nationality: 'CAN' } },
    ]) {
      expect((await start(JSON.stringify(wrong), 'canary-user-5')).ok).toBe(false)
    }
    await start(JSON.stringify({ workflow: PERSON.first, returnUrl: PERSON.last }), 'canary-user-2')
    await start(JSON.stringify({ reference: `${PERSON.note}${'x'.repeat(300)}` }), 'canary-user-2')
    await send(`${endpoint}/sessions/${session.id}`, { headers: { 'verify-token': `${token}x` } })
    await send(`${endpoint}/sessions/current?workflow=${PERSON.first}`)
    await send(`${endpoint}/sessions`, {
      method: 'POST',
      headers: { origin: `https://${PERSON.first}.example` },
    })
    await send(`${endpoint}/ready`, { headers: { authorization: `Bearer ${HOUSE.secret}` } })
    const event = {
      session_id: session.id,
      status: 'Declined',
      decision: { ...decision, ...PERSON },
    }
    await hook(event, 'guess')
    await hook({ ...event, timestamp: 1 }, HOUSE.hook)
    await hook({ ...event, status: { name: PERSON.first } }, HOUSE.hook)
    await hook({ ...event, webhook_type: PERSON.first }, HOUSE.hook)

    // Everything that can fail, at Didit and at the host.
    for (const [, answer] of failures) {
      didit.answer = answer
      await start('{}', `canary-user-${errors.length}`)
      await read(anonymous)
      await hook({ session_id: anonymous.session.id, status: 'Declined' }, HOUSE.hook)
      await operate('GET', `/sessions/${session.id}`)
      await operate('GET', `/sessions/${session.id}/pdf`)
      await operate('GET', `/sessions/${session.id}/pictures/id_verifications.0.front_image`)
    }
    // A report that breaks off in the middle.
    didit.answer = (_request, { incoming }) => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode(words)),
        pull: () => void incoming.socket.destroy(),
      })
      return new Response(body, { headers: { 'content-type': 'application/pdf' } })
    }
    await start('{}', 'canary-user-3')
    await operate('GET', `/sessions/${session.id}/pdf`)
      .then((response) => response.text())
      .catch(() => {})
    didit.answer = undefined
    await send(`${endpoint}/sessions/current`, { headers: { 'x-broken': '1' } })
    await send(`${origin}/broken`)

    const audit = await (await operate('GET', '/audit')).text()
    bodies.push(audit, await (await operate('GET', '/audit?session=x')).text())
    const bearer = { authorization: `Bearer ${HOUSE.operator}` }
    bodies.push(await (await send(`${endpoint}/metrics`, { headers: bearer })).text())
    bodies.push(await (await send(`${endpoint}/ready`, { headers: bearer })).text())
    bodies.push(await (await send(`${endpoint}/openapi.json`)).text())
    await send(`${origin}/crash`)
    expect(await program.ended()).toBe(1)
    const output = program.output()

    // It was a life, and it was written down.
    for (const line of ['session created', 'webhook taken', 'status changed', 'operator act']) {
      expect(output).toContain(`"msg":"${line}"`)
    }
    for (const line of ['request failed', 'webhook put off', 'webhook refused', 'crashed']) {
      expect(output).toContain(`"msg":"${line}"`)
    }
    expect(output).toContain('"status":400')
    expect(audit).toContain('"action":"approve"')
    expect(errors.length).toBeGreaterThan(20)

    const secrets = {
      ...HOUSE,
      token,
      other: anonymous.token,
      replaced: String(told[0]?.token),
      fresh: String(told.at(-1)?.session.url),
      url: String(url),
      place: new URL(String(url)).pathname,
      media: String(document.front_image),
      ticket: new URL(document.front_image).pathname,
    }
    const persons = {
      ...PERSON,
      user: 'canary-user',
      reference,
      basket: 'canary-basket',
      comment: 'canary-comment',
      firstName: String(document.first_name),
      number: String(document.document_number),
    }
    const all = { ...secrets, ...persons }
    expect(found(all, output)).toEqual([])
    // Nor is anything of persons on the disk.
    const files = await readdir(cwd)
    const kept = await Promise.all(files.map((file) => readFile(path.join(cwd, file), 'latin1')))
    expect(files).toContain('verify.db')
    expect(kept.join('\n')).toContain(session.id)
    expect(found(PERSON, kept.join('\n'))).toEqual([])
    expect(found(all, [...bodies, ...errors].join('\n'))).toEqual([])
    // An operator is told Didit's words about their own request; never a secret.
    expect(found(secrets, operatorBodies.join('\n'))).toEqual([])
    expect(found(all, [...asked, ...locations].join('\n').replaceAll(sandboxUrl, ''))).toEqual([])
  }, 120_000)
})

/** Which of them a text holds, as they are and as an address writes them. */
function found(canaries: Record<string, string>, text: string): string[] {
  return Object.entries(canaries).flatMap(([name, canary]) => {
    const at = [canary, encodeURIComponent(canary), JSON.stringify(canary).slice(1, -1)]
      .map((form) => text.indexOf(form))
      .find((index) => index >= 0)
    return at === undefined ? [] : [`${name}: ${text.slice(Math.max(0, at - 200), at + 100)}`]
  })
}
