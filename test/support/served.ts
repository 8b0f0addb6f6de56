// `serve` inside the test's own process, on a real port, with a Didit that is a function.

import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type Config, readConfig } from '../../server/config.ts'
import { listen, type ServerOptions, startServer } from '../../server/main.ts'
import { freePorts } from './process.ts'

export const OPERATOR = 'anna-token-of-thirty-two-characters'
const quiet = { info() {}, warn() {}, error() {} }

/** What Didit answers; by default it makes a session for everybody. */
type Upstream = (request: Request) => Response | Promise<Response>

const creates: Upstream = ({ method }) =>
  Response.json({
    session_id: crypto.randomUUID(),
    status: 'Not Started',
    url: 'https://verify.didit.me/session/x',
    ...(method === 'GET' && { timestamp: '' }),
  })

/** What Didit was asked. */
interface Asked {
  method: string
  path: string
  headers: Record<string, string>
  body: Record<string, unknown>
}

export async function startServed(
  { upstream = creates, ...options }: ServerOptions & { upstream?: Upstream } = {},
  env: Record<string, string> = {},
) {
  const servers: Server[] = []
  const asked: Asked[] = []
  const answer = async (request: Request) => {
    const text = await request.text()
    const headers = Object.fromEntries(request.headers)
    const path = new URL(request.url).pathname
    asked.push({ method: request.method, path, headers, body: text && JSON.parse(text) })
    return upstream(request)
  }
  const didit = await listen(servers, { fetch: answer } as never, 0, '127.0.0.1')
  const [port = 0] = await freePorts(1)
  const config: Config = readConfig({
    DIDIT_API_KEY: 'key',
    DIDIT_WORKFLOW_ID: '11111111-2222-4333-8444-555555555555',
    DIDIT_BASE_URL: `http://127.0.0.1:${didit}`,
    DIDIT_WEBHOOK_SECRET: 'hook-secret',
    DATABASE_URL: 'file::memory:',
    OPERATOR_TOKENS: `anna:${OPERATOR}`,
    PORT: String(port),
    ...env,
  })
  const running = await startServer(config, { log: quiet, ...options })
  const origin = `http://127.0.0.1:${port}`

  return {
    port,
    origin,
    endpoint: `${origin}/api/verify`,
    page: `http://localhost:${port}`,
    asked,
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(`${origin}${path}`, { headers }),
    async start() {
      const headers = { origin: `http://localhost:${port}`, 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: '{}' }
      const response = await fetch(`${origin}/api/verify/sessions`, init)
      if (!response.ok) throw new Error(await response.text())
      return response.json()
    },
    /** A connection, and all that comes back on it. */
    open: () => openSocket(port),
    async stop() {
      const stopped = running.stop()
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
      await stopped
    },
  }
}

export interface Line {
  socket: Socket
  /** What has come back so far. */
  text(): string
  /** Sends bytes. */
  send(bytes: string): void
  /** Resolves with all that came back when the other side has ended it. */
  ended(): Promise<string>
}

export async function openSocket(port: number): Promise<Line> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  socket.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  const closed = once(socket, 'close')
  // The other side may cut the line while this one still writes.
  socket.on('error', () => {})
  return {
    socket,
    text: () => text,
    send: (bytes) => void socket.write(bytes, 'latin1'),
    async ended() {
      await closed
      return text
    },
  }
}
