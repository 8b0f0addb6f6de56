// A command line without a process: what it prints, how it ends, and what it sends.

import type { Host, SandboxWish } from '../../server/cli/command.ts'
import { run } from '../../server/cli/run.ts'
import { settle } from './didit-stub.ts'

export interface CliOptions {
  env?: Record<string, string | undefined>
  fetch: typeof globalThis.fetch
  now?(): number
  timers?: Host['timers']
  /** What is typed where a secret is asked for. */
  typed?: string
  paper?: Host['paper']
}

/** A request as a command sent it. */
export interface Sent {
  method: string
  url: URL
  headers: Headers
  redirect: RequestRedirect
  body: string | undefined
}

/** How a command line ended. */
export interface Ended {
  code: number
  out: string
  err: string
  /** Standard output, read as JSON. */
  json<T = Record<string, unknown>>(): T
}

/** A terminal, as far as commands know one. */
export function createTerminal({ env = {}, fetch, now = Date.now, timers, ...rest }: CliOptions) {
  const { typed = '', paper = { color: false } } = rest
  const sent: Sent[] = []
  const asked: string[] = []
  const started: (SandboxWish | 'serve')[] = []
  const interrupt = new AbortController()
  const clock = timers && counted(timers)
  let flying = 0

  /** Runs a line; words in quotes stay together, and what is in a list is taken as it is. */
  async function cli(line: string | readonly string[], more = env): Promise<Ended> {
    const out: string[] = []
    const err: string[] = []
    const host: Host = {
      env: more,
      version: '0.0.0',
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      paper,
      async fetch(input, init) {
        const request = new Request(input, init)
        sent.push({
          method: request.method,
          url: new URL(request.url),
          headers: request.headers,
          redirect: request.redirect,
          body: typeof init?.body === 'string' ? init.body : undefined,
        })
        flying++
        const landed = () => {
          flying--
        }
        return fetch(input, init).then(
          (response) => untilRead(response, landed),
          (error) => {
            landed()
            throw error
          },
        )
      },
      now,
      timers: clock?.timers,
      signal: interrupt.signal,
      async ask(prompt) {
        asked.push(prompt)
        return typed
      },
      async serve() {
        started.push('serve')
      },
      async sandbox(wish) {
        started.push(wish)
      },
    }
    const code = await run(typeof line === 'string' ? wordsOf(line) : line, host)
    const text = out.join('\n')
    return { code, out: text, err: err.join('\n'), json: () => JSON.parse(text) }
  }

  return {
    cli,
    sent,
    asked,
    started,
    /** Whether it waits for a time, and for no answer or the rest of one. */
    isWaiting: () => flying === 0 && (clock?.pending() ?? 0) > 0,
    /** Presses Ctrl-C. */
    interrupt: () => interrupt.abort(new DOMException('Stopped.', 'AbortError')),
    /** `GET /v3/sessions/`, with every id as `:id`. */
    requests: () => sent.map(({ method, url }) => `${method} ${withoutIds(url.pathname)}`),
  }
}

/**
 * Lets time pass until a line has ended, but only while it waits for that: how long an answer or a disk
 * takes is nothing that a clock of a test knows.
 */
export async function ending<T>(
  line: Promise<T>,
  { pass, isWaiting }: { pass(ms: number): void; isWaiting(): boolean },
) {
  let over = false
  const end = line.finally(() => {
    over = true
  })
  await settle()
  while (!over) {
    if (isWaiting()) pass(1000)
    await settle()
  }
  return end
}

/** The same answer, with a word when nothing more of it is to come. */
function untilRead(response: Response, over: () => void): Response {
  const reader = response.body?.getReader()
  if (!reader) {
    over()
    return response
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (!done) return controller.enqueue(value)
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        over()
      },
      cancel(reason) {
        over()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, response)
}

/** Timers, and how many of them are still to come. */
function counted(timers: NonNullable<Host['timers']>) {
  const waiting = new Set<unknown>()
  return {
    pending: () => waiting.size,
    timers: {
      setTimeout(run: () => void, ms: number) {
        const timer = timers.setTimeout(() => {
          waiting.delete(timer)
          run()
        }, ms)
        waiting.add(timer)
        return timer
      },
      clearTimeout(timer: unknown) {
        waiting.delete(timer)
        timers.clearTimeout(timer)
      },
    },
  }
}

/** A path with every id and token as `:id`. */
export function withoutIds(path: string): string {
  return path.replace(/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/gi, ':id')
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, word]) => double ?? single ?? word ?? '',
  )
}
