import { Hono } from 'hono'
import type { Access } from '../access.ts'
import { createChannels, type News } from '../channels.ts'
import { createFollow } from '../follow.ts'
import type { Settings } from '../options.ts'
import type { Receipts } from '../receipts.ts'
import { createStreams } from '../streams.ts'
import type { Updates } from '../updates.ts'

/** Keeps the connection open. */
const STILL_HERE = new TextEncoder().encode(': still here\n\n')
/** How long a stream lasts; the browser opens the next one. */
const LIFETIME = 15 * 60_000

export function streamRoutes(
  settings: Settings,
  access: Access,
  updates: Updates,
  receipts: Receipts,
) {
  const { store, now } = settings
  const streams = createStreams(settings)
  const channels = createChannels(settings, receipts, createFollow(settings, updates))

  return new Hono().get('/sessions/:id/events', async (c) => {
    const id = c.req.param('id')
    const visitor = await access.visitor(c)
    const { subject } = access.readable(await store.session(id), visitor)
    const origin = c.req.header('origin')
    const seen = Number(c.req.header('last-event-id') ?? 0)
    // A proxy that compresses, or gathers, would hold events back.
    c.header('content-type', 'text/event-stream')
    c.header('cache-control', 'no-cache, no-transform')
    c.header('x-accel-buffering', 'no')
    // Nobody would read its stream, and nobody end it.
    if (c.req.method === 'HEAD') return c.body(null)
    return c.body(stream(id, origin, seen, streams.take(subject, access.address(c))))
  })

  /**
   * The stream of a session. It holds no more than it needs, for there are thousands of them.
   *
   * @param seen the version that the browser has, which is not sent again.
   * @param release is called when it has ended.
   */
  function stream(id: string, origin: string | undefined, seen: number, release: () => void) {
    const end = now() + LIFETIME
    let last: number | undefined
    let leave = () => {}

    function say(out: ReadableStreamDefaultController<Uint8Array>, news: News): void {
      const { version } = news.row
      if (last === undefined ? version !== seen : version > last) out.enqueue(news.event)
      else if ((out.desiredSize ?? 0) > 0) out.enqueue(STILL_HERE)
      last = Math.max(last ?? 0, version)
    }

    return new ReadableStream<Uint8Array>({
      start(out) {
        const stop = channels.listen(id, origin, (news) => {
          const goesOn = news && now() < end
          if (goesOn) say(out, news)
          if (goesOn && !news.settled) return
          out.close()
          leave()
        })
        leave = () => {
          stop()
          release()
        }
      },
      cancel: () => leave(),
    })
  }
}
