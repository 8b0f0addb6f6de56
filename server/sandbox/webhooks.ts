// Sending webhooks: signed, in order, repeated when Didit would repeat them, every attempt on record.

import { canonicalJson, sign } from '../didit/webhook.ts'
import type { Decision } from './decision.ts'
import { decisionV2 } from './decision-v2.ts'
import type { Target } from './destinations.ts'
import { type Faults, webhookFault } from './faults.ts'

const TIMEOUT = 5_000
/** How long after a failed attempt the next one comes; after the last the event is lost. */
const RETRY_AFTER = [60_000, 240_000] as const
/** How long a reordered event waits for a later one of its session. */
const HELD_FOR = 5_000
const KEPT = 1_000

/** What is posted, without the `timestamp` that each attempt adds. */
export interface WebhookEvent {
  event_id: string
  webhook_type: string
  session_id: string
  status: string
  decision?: Decision
  [field: string]: unknown
}

/** One attempt to deliver an event. */
export interface Delivery {
  uuid: string
  /** The destination's id; null for the single configuration. */
  destination: string | null
  event_id: string
  webhook_type: string
  session_id: string
  /** The session's status that it tells of. */
  status: string
  /** 1 to 3. */
  attempt: number
  url: string
  /** ISO 8601. */
  sent_at: string
  headers: Record<string, string>
  /** The raw body. */
  body: string
  /** What came back, or null when nothing did. */
  answer: { status: number; body: string } | null
  /** Why nothing came back, or that a fault kept the event from being sent. */
  error: 'timeout' | 'connection' | 'dropped' | null
  ms: number
  /** Whether another attempt follows. */
  retry: boolean
}

/** The two timers of the platform, so that a test can be the clock. */
export interface Timers {
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}

export interface Log {
  info(data: object, message: string): void
  warn(data: object, message: string): void
  error(data: object, message: string): void
}

/** An event on its way to one target. */
interface Letter {
  target: Target
  event: WebhookEvent
}

interface Queue {
  waiting: Letter[]
  held: Letter[]
  busy: boolean
}

export type Webhooks = ReturnType<typeof createWebhooks>

export function createWebhooks(options: {
  fetch: typeof globalThis.fetch
  now(): number
  timers: Timers
  log: Log
  faults: Faults
}) {
  const { fetch, now, timers, log, faults } = options
  const queues = new Map<string, Queue>()
  const deliveries: Delivery[] = []
  const pending = new Set<unknown>()
  const running = new Set<Promise<void>>()
  let stopped = false
  // What was begun before a reset must not come back after it.
  let era = 0

  function later(ms: number, run: () => void) {
    const timer = timers.setTimeout(() => {
      pending.delete(timer)
      run()
    }, ms)
    pending.add(timer)
  }

  function track(work: Promise<void>) {
    running.add(work)
    void work.finally(() => running.delete(work))
  }

  /** Sends an event to each of the targets, which know nothing of each other. */
  function send(event: WebhookEvent, targets: readonly Target[]) {
    if (!stopped) for (const target of targets) post({ target, event })
  }

  function post(letter: Letter) {
    const { target, event } = letter
    if (webhookFault(faults, 'drop')) {
      const sent = { attempt: 1, sent_at: iso(now()), headers: {}, body: '' }
      const failed = { answer: null, error: 'dropped', ms: 0, retry: false } as const
      keep({ ...about(letter), ...sent, ...failed })
      return
    }
    const name = `${target.uuid} ${event.session_id}`
    const queue = queues.get(name) ?? { waiting: [], held: [], busy: false }
    queues.set(name, queue)
    const copies = webhookFault(faults, 'duplicate') ? [letter, letter] : [letter]
    if (faults.webhooks.reorder && queue.held.length === 0) {
      queue.held = copies
      return later(HELD_FOR, () => release(queue))
    }
    queue.waiting.push(...copies)
    release(queue)
  }

  function release(queue: Queue) {
    queue.waiting.push(...queue.held.splice(0))
    pump(queue)
  }

  /** First attempts of a session follow each other; a retry holds nothing up. */
  function pump(queue: Queue) {
    const letter = queue.busy ? undefined : queue.waiting.shift()
    if (!letter) return
    queue.busy = true
    const go = () =>
      track(
        attempt(letter, 1).finally(() => {
          queue.busy = false
          pump(queue)
        }),
      )
    const { delayMs = 0 } = faults.webhooks
    if (delayMs > 0) later(delayMs, go)
    else go()
  }

  async function attempt(letter: Letter, number: number): Promise<void> {
    if (stopped) return
    const started = era
    const delivery = await deliver(letter, bodyOf(letter), number)
    if (started !== era) return
    keep(delivery)
    const { answer, error, retry } = delivery
    if (!answer || answer.status >= 300) {
      log.warn({ status: answer?.status, error, attempt: number, retry }, 'webhook not taken')
    }
    const wait = RETRY_AFTER[number - 1]
    if (retry && wait) later(wait, () => track(attempt(letter, number + 1)))
  }

  /** Posts a body once, stamped and signed afresh. */
  async function deliver(letter: Letter, fields: object, number: number): Promise<Delivery> {
    const { url, secret } = letter.target
    const at = now()
    const timestamp = Math.floor(at / 1000)
    const body = asciiJson({ ...fields, timestamp })
    const headers = {
      'Content-Type': 'application/json',
      'User-Agent': 'DiditWebhook/2.0 +https://didit.me',
      ...(await sign({ body, secret, timestamp })),
    }
    const { answer, error } = await call(url, headers, body)
    const again = RETRY_AFTER[number - 1] !== undefined
    const retry = again && (!answer || answer.status >= 500 || answer.status === 404)
    const sent = { attempt: number, sent_at: iso(at), headers, body }
    return { ...about(letter), ...sent, answer, error, ms: now() - at, retry }
  }

  async function call(url: string, headers: Record<string, string>, body: string) {
    const abort = new AbortController()
    let timer: unknown
    // Raced, because a `fetch` that was passed in may not listen to the signal.
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = timers.setTimeout(() => {
        resolve('timeout')
        abort.abort()
      }, TIMEOUT)
    })
    const answering = async () => {
      const init = {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
        signal: abort.signal,
      } as const
      const response = await fetch(url, init)
      return { status: response.status, body: (await response.text()).slice(0, 2_000) }
    }
    try {
      const answer = await Promise.race([answering(), timeout])
      if (answer === 'timeout') return { answer: null, error: answer }
      return { answer, error: null }
    } catch {
      return { answer: null, error: 'connection' as const }
    } finally {
      timers.clearTimeout(timer)
    }
  }

  function keep(delivery: Delivery) {
    deliveries.push(delivery)
    if (deliveries.length > KEPT) deliveries.shift()
  }

  function clear() {
    era++
    for (const timer of pending) timers.clearTimeout(timer)
    pending.clear()
    for (const queue of queues.values()) Object.assign(queue, { waiting: [], held: [] })
    queues.clear()
    deliveries.length = 0
  }

  return {
    send,
    clear,
    /** Every attempt since the last reset, oldest first, the last thousand of them. */
    deliveries: (): readonly Delivery[] => deliveries,
    /** Sends what was sent before once more: the same payload, to where it went, with today's secret. */
    async resend(delivery: Delivery, secret: string): Promise<Delivery> {
      const { uuid: _, destination, url, body } = delivery
      const { timestamp: __, ...fields } = JSON.parse(body)
      const target: Target = { uuid: destination, url, secret, version: 'v3' }
      const sent = { ...(await deliver({ target, event: fields }, fields, 1)), retry: false }
      keep(sent)
      return sent
    },
    /** Sends nothing from now on. */
    stop() {
      stopped = true
    },
    /** Resolves when nothing is being sent; does not wait for retries and delays. */
    async idle() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

/** The event as the target's version has it. */
function bodyOf({ event, target }: Letter): object {
  const { decision, ...rest } = event
  if (!decision) return rest
  return { ...rest, decision: target.version === 'v3' ? decision : decisionV2(decision) }
}

function about({ target, event }: Letter) {
  const { event_id, webhook_type, session_id, status } = event
  const { url, uuid } = target
  const id = { uuid: crypto.randomUUID(), destination: uuid }
  return { ...id, event_id, webhook_type, session_id, status, url }
}

/** Didit's raw bodies: sorted, compact, everything beyond ASCII escaped. */
function asciiJson(value: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return canonicalJson(value).replace(/[\u007f-\uffff]/g, escaped)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
