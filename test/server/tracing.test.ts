import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { close, listen } from '../../server/main.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { freePorts, run } from '../support/process.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

interface Span {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  attributes: { key: string; value: Record<string, unknown> }[]
}

/** A collector that keeps what it is sent. */
async function startCollector() {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      bodies.push(text)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  undo.push(() => close(server))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => bodies.join('\n'),
    spans: () =>
      bodies.flatMap((body) =>
        JSON.parse(body).resourceSpans.flatMap(
          ({ scopeSpans }: { scopeSpans: { spans: Span[] }[] }) =>
            scopeSpans.flatMap(({ spans }) => spans),
        ),
      ) as Span[],
  }
}

/** `serve` that sends its spans to a collector, before a sandbox that keeps what it is asked. */
async function setUp() {
  const collector = await startCollector()
  const [port = 0, sandboxPort = 0] = await freePorts(2)
  const sandbox = createSandbox({
    publicUrl: `http://127.0.0.1:${sandboxPort}`,
    log: { info() {}, warn() {}, error() {} },
  })
  const asked: Request[] = []
  const servers: Server[] = []
  const fetch = (request: Request) => {
    asked.push(request.clone())
    return sandbox.app.fetch(request)
  }
  await listen(servers, { fetch } as never, sandboxPort, '127.0.0.1')
  const cwd = await mkdtemp(path.join(tmpdir(), 'didit-verify-'))
  undo.push(
    () => rm(cwd, { recursive: true }),
    () => {
      for (const server of servers) server.closeAllConnections()
      sandbox.close()
      return Promise.all(servers.map(close))
    },
  )
  const program = run('server/cli.ts', {
    args: ['serve'],
    cwd,
    env: {
      DIDIT_API_KEY: 'key',
      DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW,
      DIDIT_BASE_URL: `http://127.0.0.1:${sandboxPort}`,
      DIDIT_WEBHOOK_SECRET: 'hook-secret',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      PORT: String(port),
    },
  })
  undo.push(() => program.kill('SIGKILL'))
  await program.prints(/Ready: /)
  return { collector, program, asked, origin: `http://localhost:${port}` }
}

describe('tracing', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const caller = 'b7ad6b7169203331'

  it('goes on with the trace of the caller, through the request, to Didit', async () => {
    const { collector, program, asked, origin } = await setUp()
    const headers = {
      origin,
      'content-type': 'application/json',
      traceparent: `00-${traceId}-${caller}-01`,
    }
    const init = { method: 'POST', headers, body: '{}' }
    const response = await fetch(`${origin}/api/verify/sessions`, init)
    const { session, token } = await response.json()
    await fetch(`${origin}/api/verify/return/some-random-name?status=Approved`)
    const read = { headers: { 'verify-token': token } }
    await fetch(`${origin}/api/verify/sessions/${session.id}`, read)
    await program.kill('SIGTERM')

    const spans = collector.spans()
    const inner = spans.find(({ name }) => name === 'POST /session/')
    const outer = spans.find(({ name }) => name === 'POST /api/verify/sessions')
    expect(outer).toMatchObject({ traceId, parentSpanId: caller })
    expect(inner).toMatchObject({ traceId, parentSpanId: outer?.spanId })
    expect(asked[0]?.headers.get('traceparent')).toBe(`00-${traceId}-${inner?.spanId}-01`)
    expect(asked[0]?.headers.get('x-api-key')).toBe('key')
    expect(program.output()).toMatch(
      new RegExp(`"traceId":"${traceId}","session":"${session.id}",.*"msg":"session created"`),
    )
    const about = spans.find(({ name }) => name === 'GET /api/verify/sessions/:id')
    expect(about?.attributes).toContainEqual({
      key: 'didit.session',
      value: { stringValue: session.id },
    })
    // What a span may not hold: tokens, the address of a session, names of the way back.
    for (const secret of [token, session.url, 'some-random-name', 'Approved']) {
      expect(collector.text()).not.toContain(secret)
    }
    expect(collector.text()).toContain('"stringValue":"didit-verify"')
  }, 30_000)
})
