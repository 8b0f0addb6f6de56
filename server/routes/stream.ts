import { Hono } from 'hono'
import type { Access } from '../access.ts'
import { createChannels, type News } from '../channels.ts'
import { createFollow } from '../follow.ts'
import type { Settings } from '../options.ts'
import type { Receipts } from '../receipts.ts'
import { createStreams } from '../streams.ts'
import type { Updates } from '../updates.ts'

/** How often the row is read again; a lost notification costs at most this. */
const BEAT = 15_000
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
  const { store, now, timers, log, signal } = settings
  const streams = createStreams(settings)
  const channels = createChannels(settings, receipts)
  const follow = createFollow(settings, updates)

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
    const alarm = createAlarm(timers)
    let gone = false

    async function run(out: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
      // Subscribe, then read, then stream: a change in between wakes the loop.
      const stop = channels.listen(id, origin, alarm.ring)
      const leave = () => alarm.ring()
      signal?.addEventListener('abort', leave)
      const end = now() + LIFETIME
      const isOver = () => gone || signal?.aborted || now() >= end
      try {
        let last: number | undefined
        let news = await channels.read(id, origin)
        while (news && !isOver()) {
          const { row, settled, event } = news
          // Two looks may overlap, and the older one come later.
          if (last === undefined ? row.version !== seen : row.version > last) out.enqueue(event)
          else if ((out.desiredSize ?? 0) > 0) out.enqueue(STILL_HERE)
          last = Math.max(last ?? 0, row.version)
          if (settled) return
          // A change it finds comes back through the channel.
          follow(row)
          news =
            (await alarm.wait(BEAT)) ?? (isOver() ? undefined : await channels.read(id, origin))
        }
      } catch (error) {
        log.warn({ session: id, error }, 'stream failed')
      } finally {
        signal?.removeEventListener('abort', leave)
        stop()
        release()
        if (!gone) out.close()
      }
    }

    return new ReadableStream<Uint8Array>({
      start: (out) => void run(out),
      cancel() {
        gone = true
        alarm.ring()
      },
    })
  }
}

/** Sleeps until somebody rings, perhaps with news, or time runs out; a ring before ends it at once. */
function createAlarm({ setTimeout, clearTimeout }: Settings['timers']) {
  let rung = false
  let heard: News | undefined
  let wake = () => {}
  return {
    ring(news?: News) {
      rung = true
      heard = news
      wake()
    },
    async wait(ms: number): Promise<News | undefined> {
      let timer: unknown
      if (!rung) {
        await new Promise<void>((resolve) => {
          wake = resolve
          timer = setTimeout(resolve, ms)
        })
      }
      clearTimeout(timer)
      const news = heard
      rung = false
      heard = undefined
      return news
    },
  }
}
