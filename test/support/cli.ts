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
        return fetch(input, init).finally(() => {
          flying--
        })
      },
      now,
      timers,
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
    /** Whether a request waits for its answer. */
    isAsking: () => flying > 0,
    /** Presses Ctrl-C. */
    interrupt: () => interrupt.abort(new DOMException('Stopped.', 'AbortError')),
    /** `GET /v3/sessions/`, with every id as `:id`. */
    requests: () => sent.map(({ method, url }) => `${method} ${withoutIds(url.pathname)}`),
  }
}

/** Lets time pass until a line has ended, but none while it waits for an answer. */
export async function ending<T>(
  line: Promise<T>,
  { pass, isAsking }: { pass(ms: number): void; isAsking(): boolean },
) {
  let over = false
  const end = line.finally(() => {
    over = true
  })
  await settle()
  while (!over) {
    if (!isAsking()) pass(1000)
    await settle()
  }
  return end
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
