import type { Settings } from './options.ts'
import type { Receipts } from './receipts.ts'
import type { SessionRow } from './store/index.ts'

/** What a stream is told of its session. */
export interface News {
  row: SessionRow
  /** Whether nothing more is to come. */
  settled: boolean
  /** The event, as it goes over the wire. */
  event: Uint8Array
}

/** Is given news or, where they could not be read, nothing: then it has to look for itself. */
type Hear = (news?: News) => void

interface Channel {
  /** Who listens, and for a page of which origin. */
  listeners: Map<Hear, string | undefined>
  telling: boolean
  /** Something has changed since the row was read. */
  again: boolean
  close(): void
}

export type Channels = ReturnType<typeof createChannels>

/**
 * One channel for each session that somebody in this process waits for. However many they are, a
 * change is read and written out once for all of them.
 */
export function createChannels(
  { store, log }: Pick<Settings, 'store' | 'log'>,
  receipts: Receipts,
) {
  const channels = new Map<string, Channel>()
  const encoder = new TextEncoder()

  /** The session as it is now, for a page of an origin; nothing where it is not there any more. */
  async function read(id: string, origin: string | undefined): Promise<News | undefined> {
    const row = await store.session(id)
    if (!row) return undefined
    const answer = await receipts.answer(row, origin)
    const text = `event: session\ndata: ${JSON.stringify(answer)}\nid: ${row.version}\n\n`
    return { row, settled: answer.session.settled, event: encoder.encode(text) }
  }

  async function tell(id: string, channel: Channel): Promise<void> {
    channel.again = true
    if (channel.telling) return
    channel.telling = true
    // What changes while the row is read may not be in it.
    while (channel.again) {
      channel.again = false
      for (const origin of new Set(channel.listeners.values())) {
        const news = await read(id, origin).catch((error: Error) => {
          log.warn({ session: id, error }, 'could not read the session')
          return undefined
        })
        for (const [hear, own] of channel.listeners) if (own === origin) hear(news)
      }
    }
    channel.telling = false
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

  return {
    read,

    /** Hears of every change from now on. @returns what ends that. */
    listen(id: string, origin: string | undefined, hear: Hear): () => void {
      const channel = channels.get(id) ?? open(id)
      channel.listeners.set(hear, origin)
      return () => {
        channel.listeners.delete(hear)
        if (channel.listeners.size > 0 || channels.get(id) !== channel) return
        channels.delete(id)
        channel.close()
      }
    },
  }
}
