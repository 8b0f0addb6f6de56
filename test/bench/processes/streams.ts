// Holds event streams open, counts what comes through them, and posts webhooks.

import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { Hono } from 'hono'
import type { Load } from './load.ts'
import { serve, task } from './process.ts'

/** The streams to open. */
export interface Open {
  port: number
  streams: { path: string; token: string }[]
}

/** The webhooks to post, and the most that may be on their way at once. */
export interface Tell {
  url: string
  webhooks: Load['requests']
  inFlight: number
}

/** How many connections are being made at a time. */
const OPENING = 100
/** Each of these loopback addresses has ports of its own; other systems than Linux have only one. */
const SOURCES = process.platform === 'linux' ? 8 : 0

const { port } = task<{ port: number }>()
const sockets = new Set<Socket>()
/** Streams that have not had an event since the count began. */
let waiting = new Set<number>()
let told = Promise.resolve()
let done = () => {}
const chunk = Buffer.alloc(64 * 1024)

const app = new Hono()
  .onError((error, c) => c.text(String(error.cause ?? error), 500))
  .post('/open', async (c) => {
    const { port, streams }: Open = await c.req.json()
    const start = performance.now()
    await forEach(streams, OPENING, ({ path, token }, i) => open(port, path, token, i))
    return c.json({ ms: performance.now() - start })
  })
  // From here on everybody who is told counts: a question to Didit may be faster than its webhook.
  .post('/count', (c) => {
    waiting = new Set(Array.from({ length: sockets.size }, (_, i) => i))
    told = new Promise((resolve) => {
      done = resolve
    })
    return c.body(null, 204)
  })
  .post('/tell', async (c) => {
    const { url, webhooks, inFlight }: Tell = await c.req.json()
    const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
    const start = performance.now()
    await Promise.all(webhooks.map((each) => deliver(url, each, agent)))
    await told
    agent.destroy()
    return c.json({ ms: performance.now() - start })
  })
  .post('/close', (c) => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    return c.body(null, 204)
  })

await serve({ port, fetch: app.fetch })

/** Opens a stream. Resolves when its first event is there. */
function open(port: number, path: string, token: string, i: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const localAddress = SOURCES > 0 ? `127.0.0.${2 + (i % SOURCES)}` : undefined
    const socket = connect({
      port,
      host: '127.0.0.1',
      localAddress,
      onread: {
        // One buffer for all of them: nothing of a chunk is needed after it was looked at.
        buffer: chunk,
        callback(length, buffer) {
          const text = Buffer.from(buffer.buffer, buffer.byteOffset, length)
          if (text.includes('event: session')) {
            resolve()
            if (waiting.delete(i) && waiting.size === 0) done()
          } else if (text.includes('HTTP/1.1 ') && !text.includes('HTTP/1.1 200')) {
            reject(new Error(`A stream was refused: ${text}`))
          }
          return true
        },
      },
    })
    sockets.add(socket)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('A stream ended.')))
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nVerify-Token: ${token}\r\n\r\n`,
    )
  })
}

function deliver(
  url: string,
  { method, path, headers, body }: Load['requests'][number],
  agent: Agent,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const posting = request(url + path, { method, headers, agent }, (answer) => {
      answer.resume()
      if (answer.statusCode === 204) resolve()
      else reject(new Error(`A webhook was answered ${answer.statusCode}.`))
    })
    posting.once('error', reject).end(body)
  })
}

/** Does something with each of many, so many at a time. */
async function forEach<T>(
  all: readonly T[],
  width: number,
  work: (each: T, i: number) => Promise<void>,
): Promise<void> {
  let next = 0
  async function lane(): Promise<void> {
    for (let i = next++; i < all.length; i = next++) await work(all[i] as T, i)
  }
  await Promise.all(Array.from({ length: width }, lane))
}
