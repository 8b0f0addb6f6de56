import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Access } from '../access.ts'
import { createFollow } from '../follow.ts'
import type { Settings } from '../options.ts'
import type { Receipts } from '../receipts.ts'
import { createStreams } from '../streams.ts'
import type { Updates } from '../updates.ts'

/** How often the row is read again; a lost notification costs at most this. */
const BEAT = 15_000
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
  const follow = createFollow(settings, updates)

  return new Hono().get('/sessions/:id/events', async (c) => {
    const id = c.req.param('id')
    const visitor = await access.visitor(c)
    const { subject } = access.readable(await store.session(id), visitor)
    // What the browser has seen already is not sent again.
    let seen = Number(c.req.header('last-event-id') ?? 0)

    c.header('x-accel-buffering', 'no')
    // Nobody would read its stream, and nobody end it.
    if (c.req.method === 'HEAD') return c.body(null)
    const release = streams.take(subject, access.address(c))
    return streamSSE(c, async (stream) => {
      // Here, because `streamSSE` has set its own by now. A proxy that compresses would hold events back.
      c.header('cache-control', 'no-cache, no-transform')
      const alarm = createAlarm(timers)
      // Subscribe, then read, then stream: a change in between wakes the loop.
      const stop = store.listen(id, alarm.ring)
      stream.onAbort(alarm.ring)
      signal?.addEventListener('abort', alarm.ring)
      const end = now() + LIFETIME
      try {
        while (!stream.aborted && !signal?.aborted && now() < end) {
          const row = await store.session(id)
          if (!row) return
          const answer = await receipts.answer(row, c.req.header('origin'))
          if (row.version !== seen) {
            await stream.writeSSE({
              event: 'session',
              id: String(row.version),
              data: JSON.stringify(answer),
            })
            seen = row.version
          } else {
            await stream.write(': still here\n\n')
          }
          if (answer.session.settled) return
          // A change it finds comes back through the subscription.
          follow(row)
          await alarm.wait(BEAT)
        }
      } catch (error) {
        // Hono would write it to the console as it is.
        log.warn({ session: id, error }, 'stream failed')
      } finally {
        signal?.removeEventListener('abort', alarm.ring)
        stop()
        release()
      }
    })
  })
}

/** Sleeps until somebody rings or time runs out. A ring while nobody sleeps ends the next sleep. */
function createAlarm({ setTimeout, clearTimeout }: Settings['timers']) {
  let rung = false
  let wake = () => {}
  return {
    ring() {
      rung = true
      wake()
    },
    async wait(ms: number) {
      let timer: unknown
      if (!rung) {
        await new Promise<void>((resolve) => {
          wake = resolve
          timer = setTimeout(resolve, ms)
        })
      }
      clearTimeout(timer)
      rung = false
    },
  }
}
