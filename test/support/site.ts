import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What a site answers: by path, with its type. */
export type Files = Record<string, { type: string; body: string }>

/** Serves a few files on a port of its own, as the site of a host would. */
export async function startSite(
  files: Files,
  hostname = '127.0.0.1',
  { port: wanted = 0, headers = {} }: { port?: number; headers?: Record<string, string> } = {},
) {
  const server = createHttpServer((request, response) => {
    const file = files[new URL(request.url ?? '/', 'http://site').pathname]
    const type = { 'content-type': file?.type ?? 'text/plain' }
    response.writeHead(file ? 200 : 404, { ...type, ...headers })
    response.end(file?.body)
  })
  const port = await listening(server, wanted)
  return {
    url: `http://${hostname}:${port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A line to another port that can be cut. */
export async function startLine(target: number) {
  const sockets = new Set<Socket>()
  let up = true
  const server = createServer((near) => {
    if (!up) return void near.destroy()
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  const port = await listening(server)
  return {
    port,
    cut() {
      up = false
      for (const socket of sockets) socket.destroy()
    },
    mend() {
      up = true
    },
    async stop() {
      this.cut()
      server.close()
      await once(server, 'close')
    },
  }
}

async function listening(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
