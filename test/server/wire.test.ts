// What reaches `serve` as bytes: senders that are slow, requests that two servers could read
// differently, names that it does not have. Real sockets throughout.

import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { afterEach, describe, expect, it } from 'vitest'
import { close, listen } from '../../server/main.ts'
import { until } from '../support/gate.ts'
import { freePorts, run } from '../support/process.ts'
import { OPERATOR, openSocket, startServed } from '../support/served.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const serve: typeof startServed = async (options, env) => {
  const served = await startServed(options, env)
  undo.push(served.stop)
  return served
}

/** So short that a test may wait for them, and longer than a busy machine stalls. */
const SHORT = { headers: 1_000, request: 2_000, idle: 60_000, check: 20 }

const BEARER = { authorization: `Bearer ${OPERATOR}` }

describe('a slow sender', () => {
  const POST =
    'POST /api/verify/sessions HTTP/1.1\r\nHost: a\r\nOrigin: https://shop.example\r\n' +
    'Content-Type: application/json\r\n'
  const rows: [string, string, string][] = [
    ['of headers', 'GET /api/verify/health HTTP/1.1\r\nHost: a\r\n', 'X-A: b\r\n'],
    ['of a request line', 'GET /api/ver', 'i'],
    ['of a body', `${POST}Content-Length: 1000\r\n\r\n{`, ' '],
    ['of chunks', `${POST}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
    [
      'of a webhook',
      'POST /api/verify/webhooks HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n{',
      ' ',
    ],
  ]
  it.each(rows)('%s is cut off with 408, while others are served', async (_, first, drop) => {
    const env = { ALLOWED_ORIGINS: 'https://shop.example' }
    const complaints: object[] = []
    const complain = (data: object) => void complaints.push(data)
    const log = { info() {}, warn: complain, error: complain }
    const { open, get } = await serve({ timeouts: SHORT, log }, env)
    const lines = await Promise.all(Array.from({ length: 20 }, open))
    for (const { send } of lines) send(first)
    const drops = setInterval(() => {
      for (const { socket, send } of lines) if (socket.writable) send(drop)
    }, 10)
    undo.push(async () => clearInterval(drops))
    expect((await get('/api/verify/health')).status).toBe(200)
    for (const text of await Promise.all(lines.map(({ ended }) => ended()))) {
      expect(text === '' || text.startsWith('HTTP/1.1 408 ')).toBe(true)
    }
    const text = await (await get('/api/verify/metrics', BEARER)).text()
    expect(text).not.toMatch(/status="5/)
    expect(complaints).toEqual([])
  })

  it('of nothing at all is cut off', async () => {
    const { open } = await serve({
      timeouts: { headers: 30_000, request: 30_000, idle: 100, check: 20 },
    })
    expect(await (await open()).ended()).toBe('')
  })

  it('does not end a stream, whose request was whole', async () => {
    const { open, start } = await serve({ timeouts: SHORT })
    const { session, token } = await start()
    const line = await open()
    const path = `/api/verify/sessions/${session.id}/events`
    line.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nVerify-Token: ${token}\r\n\r\n`)
    await until(() => line.text().includes('event: session'))
    const other = await open()
    other.send('GET / HTTP/1.1\r\n')
    // By then the limits have passed for the stream as well.
    await other.ended()
    expect(line.socket.destroyed).toBe(false)
    line.socket.destroy()
  })

  it('has ten seconds for headers, thirty for a request and a minute of silence', async () => {
    const servers: Server[] = []
    await listen(servers, { fetch: () => new Response() }, 0, '127.0.0.1')
    undo.push(() => Promise.all(servers.map(close)))
    const { headersTimeout, requestTimeout, timeout } = servers[0] as Server
    expect([headersTimeout, requestTimeout, timeout]).toEqual([10_000, 30_000, 60_000])
    const { requestTimeout: usual } = createAdaptorServer({ fetch: () => new Response() }) as Server
    expect(usual).toBeGreaterThan(requestTimeout)
  })
})

describe('a request that two servers could read differently', () => {
  const head = 'POST /api/verify/webhooks HTTP/1.1\r\nHost: a\r\n'
  const smuggled = 'GET /api/verify/health HTTP/1.1\r\nHost: a\r\n\r\n'
  const rows: [string, string][] = [
    [
      'a length and chunks',
      `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'chunks and a length',
      `${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    ['two lengths', `${head}Content-Length: 0\r\nContent-Length: 44\r\n\r\n${smuggled}`],
    ['two lengths in one', `${head}Content-Length: 0, 44\r\n\r\n${smuggled}`],
    ['a length with a sign', `${head}Content-Length: +0\r\n\r\n${smuggled}`],
    ['a negative length', `${head}Content-Length: -1\r\n\r\n${smuggled}`],
    ['a length in hex', `${head}Content-Length: 0x2c\r\n\r\n${smuggled}`],
    ['chunks by another name', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['chunks inside', `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a space before the colon', `${head}Content-Length : 44\r\n\r\n${smuggled}`],
    ['a name with a space', `${head}Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a folded header', `${head}X-A: b\r\n\tContent-Length: 44\r\n\r\n${smuggled}`],
    ['a size that is none', `${head}Transfer-Encoding: chunked\r\n\r\n0x1\r\n \r\n0\r\n\r\n`],
    ['a size with a line break only', `${head}Transfer-Encoding: chunked\r\n\r\n1\n \n0\n\n`],
    ['lines that end early', 'GET /api/verify/health HTTP/1.1\nHost: a\n\n'],
    ['no host', 'GET /api/verify/health HTTP/1.1\r\n\r\n'],
    ['a null byte', 'GET /api/verify/health HTTP/1.1\r\nHost: a\r\nX-A: \0\r\n\r\n'],
    ['another protocol', 'GET /api/verify/health HTTP/9.9\r\nHost: a\r\n\r\n'],
    ['no protocol', 'hello\r\n\r\n'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nHost: a\r\n${`X-A: ${'b'.repeat(1000)}\r\n`.repeat(40)}\r\n`,
    ],
  ]
  it.each(rows)('is refused as a whole: %s', async (_, bytes) => {
    const { open } = await serve()
    const line = await open()
    line.send(bytes)
    line.socket.end()
    const answers = (await line.ended()).match(/^HTTP\/1\.1 \d+/gm) ?? []
    // One refusal, and no answer to what was hidden in it.
    expect(answers).toHaveLength(1)
    expect(answers[0]).toMatch(/ (400|431)$/)
  })

  it('is refused too where Node was told to be lenient', async () => {
    const [port = 0] = await freePorts(1)
    const program = run('server/cli.ts', {
      args: ['serve'],
      env: {
        DIDIT_API_KEY: 'key',
        DIDIT_WORKFLOW_ID: '11111111-2222-4333-8444-555555555555',
        DIDIT_BASE_URL: 'http://127.0.0.1:9',
        DIDIT_WEBHOOK_SECRET: 'hook-secret',
        DATABASE_URL: 'file::memory:',
        PORT: String(port),
        NODE_OPTIONS: '--insecure-http-parser',
      },
    })
    undo.push(() => program.kill('SIGKILL'))
    await program.prints(/Ready: /)
    const line = await openSocket(port)
    line.send(`${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`)
    line.socket.end()
    expect((await line.ended()).match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 400'])
  })

  it.each(['TRACE', 'CONNECT', 'PROPFIND', 'PUT', 'PATCH'])(
    'with the method %s gets nothing of itself back',
    async (method) => {
      const { open } = await serve()
      const line = await open()
      line.send(`${method} /api/verify/health HTTP/1.1\r\nHost: a\r\nX-Canary: bird\r\n\r\n`)
      line.socket.end()
      const text = await line.ended()
      expect(text).not.toContain('bird')
      expect(text).not.toMatch(/^HTTP\/1\.1 [25]/m)
    },
  )
})

describe('the name in a request', () => {
  const forged = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-original-url': '/api/operator/sessions',
    'x-rewrite-url': '/api/operator/sessions',
    'x-http-method-override': 'DELETE',
    forwarded: 'host=evil.example',
  }

  it('is never believed: not for the callback, not for the way back, not for a description', async () => {
    const { open, asked, port } = await serve()
    const extra = Object.entries(forged).map(([name, value]) => `${name}: ${value}\r\n`)
    const send = async (method: string, path: string, body = '') => {
      const line = await open()
      line.send(
        `${method} ${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n` +
          `Origin: http://localhost:${port}\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${body.length}\r\n${extra.join('')}\r\n${body}`,
      )
      return line.ended()
    }
    expect(await send('POST', '/api/verify/sessions', '{}')).toMatch(/^HTTP\/1\.1 201/)
    const callback = String(asked[0]?.body.callback)
    expect(callback).toMatch(new RegExp(`^http://localhost:${port}/api/verify/return/`))
    const back = await send('GET', new URL(callback).pathname)
    expect(back).toMatch(new RegExp(`^location: http://localhost:${port}/\\r`, 'mi'))
    for (const path of [
      '/api/verify/openapi.json',
      '/api/verify/health',
      '/',
      '/api/verify/nowhere',
    ]) {
      expect(await send('GET', path)).not.toContain('evil')
    }
    const absolute = await send('GET', 'http://evil.example/api/verify/health')
    expect(absolute).toMatch(/^HTTP\/1\.1 200/)
    expect(absolute).not.toContain('evil')
  })

  it('does not open what stands behind a token', async () => {
    const { get } = await serve()
    for (const path of ['/api/operator/sessions', '/api/verify/metrics', '/api/verify/ready']) {
      expect((await get(path, { ...forged, host: 'localhost' })).status).toBe(401)
      expect((await get(path, BEARER)).status).toBe(200)
    }
  })

  it.each([
    '/api/verify/../operator/sessions',
    '/api/verify/%2e%2e/operator/sessions',
    '/api/verify/..%2foperator%2fsessions',
    '/api//operator/sessions',
    '//api/operator/sessions',
    '/API/OPERATOR/sessions',
    '/api/operator/sessions/',
    '/api/operator;/sessions',
    '/api/operator/sessions%00',
    '/api/verify/metrics/',
    '/api/verify/metrics%2f',
    '/api/verify//metrics',
  ])('does not lead round the gate: %s', async (path) => {
    const { open } = await serve()
    const line = await open()
    line.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    expect(await line.ended()).toMatch(/^HTTP\/1\.1 (400|401|404) /)
  })
})
