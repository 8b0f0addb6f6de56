import type { Timers } from '../options.ts'

/** A file as it comes in. */
export interface Download {
  /** To be read or cancelled. Fails with {@link DiditUnreachable} when Didit falls silent. */
  stream: ReadableStream<Uint8Array>
  filename: string
  /** `application/pdf`. */
  type: string
}

type Timeout = ReturnType<typeof createTimeout>

interface DownloadTools {
  limit: Timeout
  /** Ends the request: the limit, or the caller. */
  signal: AbortSignal
  failed(cause: unknown): unknown
}

/** A time limit that can be started again. */
export function createTimeout(ms: number, timers: Timers) {
  const controller = new AbortController()
  let timer: unknown
  return {
    signal: controller.signal,
    start() {
      timer = timers.setTimeout(() => {
        controller.abort(new DOMException(`No answer in ${ms} ms`, 'TimeoutError'))
      }, ms)
    },
    stop: () => timers.clearTimeout(timer),
  }
}

/** Hands on a file while it comes in. The limit holds for each piece that somebody waits for. */
export function download(response: Response, { limit, signal, failed }: DownloadTools): Download {
  const reader = response.body?.getReader()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  // It may come while nobody reads.
  aborted.catch(() => {})
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          limit.start()
          const piece = await Promise.race([reader?.read(), aborted])
          if (!piece || piece.done) controller.close()
          else controller.enqueue(piece.value)
        } catch (cause) {
          controller.error(failed(cause))
          reader?.cancel(cause).catch(() => {})
        } finally {
          limit.stop()
        }
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  const name = /filename="?([^";]+)"?/i.exec(response.headers.get('content-disposition') ?? '')?.[1]
  return {
    stream,
    // Never a path: the name comes from outside and may end up on a disk.
    filename: (name ?? 'report.pdf')
      .trim()
      .replace(/[^\w.-]/g, '_')
      .replace(/^\.+/, '_'),
    type: response.headers.get('content-type') ?? 'application/pdf',
  }
}
