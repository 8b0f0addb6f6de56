import type { Settings } from './options.ts'
import type { Receipts } from './receipts.ts'
import type { SessionRow } from './store/index.ts'

/** How often the row is read again; a lost notification costs at most this. Milliseconds. */
const BEAT = 15_000

/** What a stream is told of its session. */
export interface News {
  row: SessionRow
  /** Whether nothing more is to come. */
  settled: boolean
  /** The event, as it goes over the wire. */
  event: Uint8Array
}

/** Is given news, or nothing when there will be none any more. */
type Hear = (news?: News) => void

interface Channel {
  /** Who listens, and for a page of which origin. */
  listeners: Map<Hear, string | undefined>
  telling: boolean
  /** Something has changed since the row was read. */
  again: boolean
  /** The timer of the next look. */
  beat?: unknown
  close(): void
}

type Needs = Pick<Settings, 'store' | 'timers' | 'log' | 'signal'>

/**
 * One channel for each session that somebody in this process waits for. However many they are, a
 * change is read and written out once for all of them, and so is what the session is every 15 seconds.
 *
 * @param follow is given every row that was read while more may come.
 */
export function createChannels(
  { store, timers, log, signal }: Needs,
  receipts: Receipts,
  follow: (row: SessionRow) => void,
) {
  const channels = new Map<string, Channel>()
  const encoder = new TextEncoder()

  /** The session as it is now, for a page of an origin; nothing where there is nothing to tell. */
  async function read(id: string, origin: string | undefined): Promise<News | undefined> {
    if (signal?.aborted) return undefined
    try {
      const row = await store.session(id)
      if (!row) return undefined
      const answer = await receipts.answer(row, origin)
      const text = `event: session\ndata: ${JSON.stringify(answer)}\nid: ${row.version}\n\n`
      const { settled } = answer.session
      if (!settled) follow(row)
      return { row, settled, event: encoder.encode(text) }
    } catch (error) {
      log.warn({ session: id, error }, 'stream failed')
      return undefined
    }
  }

  async function tell(id: string, channel: Channel): Promise<void> {
    channel.again = true
    if (channel.telling) return
    channel.telling = true
    // What changes while the row is read may not be in it.
    while (channel.again) {
      channel.again = false
      for (const origin of new Set(channel.listeners.values())) {
        const news = await read(id, origin)
        for (const [hear, own] of channel.listeners) if (own === origin) say(id, hear, news)
      }
    }
    channel.telling = false
    beat(id, channel)
  }

  /** Says it to one of them. What goes wrong there must not take the others along. */
  function say(id: string, hear: Hear, news: News | undefined): void {
    try {
      hear(news)
    } catch (error) {
      log.warn({ session: id, error }, 'stream failed')
    }
  }

  /** Has the row read again later, should nothing be heard of it. */
  function beat(id: string, channel: Channel): void {
    timers.clearTimeout(channel.beat)
    if (channel.listeners.size === 0) return
    channel.beat = timers.setTimeout(() => void tell(id, channel), BEAT)
  }

  function open(id: string): Channel {
    const channel: Channel = {
      listeners: new Map(),
      telling: false,
      again: false,
      close: store.listen(id, () => void tell(id, channel)),
    }
    channels.set(id, channel)
    return channel
  }

  signal?.addEventListener('abort', () => {
    for (const [id, { listeners }] of channels) {
      for (const hear of listeners.keys()) say(id, hear, undefined)
    }
  })

  return {
    /**
     * Hears what a session is now, then every change and, while nothing changes, the same again every
     * 15 seconds. Two looks may overlap, and the older one come later.
     *
     * @param origin of the page that is told; its receipts are made out to it.
     * @returns what ends it.
     */
    listen(id: string, origin: string | undefined, hear: Hear): () => void {
      const channel = channels.get(id) ?? open(id)
      // Subscribe, then read: nothing that changes in between is missed.
      channel.listeners.set(hear, origin)
      if (channel.listeners.size === 1) beat(id, channel)
      void read(id, origin).then((news) => {
        if (channel.listeners.has(hear)) say(id, hear, news)
      })
      return () => {
        channel.listeners.delete(hear)
        if (channel.listeners.size > 0 || channels.get(id) !== channel) return
        channels.delete(id)
        timers.clearTimeout(channel.beat)
        channel.close()
      }
    },
  }
}
