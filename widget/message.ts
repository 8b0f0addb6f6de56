import { RETURN_MESSAGE } from '../server/contract.ts'

/** A message of the hosted page, or of the BFF's return page, after all checks. */
export interface HostedMessage {
  /** Didit's type without its prefix: `ready`, `completed`, …; or `return`. */
  name: string
  data: Readonly<Record<string, unknown>>
}

/** Whom an attempt listens to. */
export interface Trust {
  /** The window of the frame. */
  source: unknown
  /** Exact origins of the hosted page. */
  hosted: readonly string[]
  /** The exact origin of the BFF, which may say that the visitor came back, and no more. */
  backend: string
}

/**
 * Reads a `message` event: source, then origin, then shape. What fails any of them is not ours.
 *
 * Didit posts an object or a JSON string `{type, data?, timestamp?}`.
 */
export function readMessage(
  event: Pick<MessageEvent, 'source' | 'origin' | 'data'>,
  trust: Trust,
): HostedMessage | undefined {
  if (!event.source || event.source !== trust.source) return undefined
  const hosted = trust.hosted.includes(event.origin)
  if (!hosted && event.origin !== trust.backend) return undefined
  const message = parse(event.data)
  if (event.origin === trust.backend && message?.type === RETURN_MESSAGE) {
    return { name: 'return', data: message }
  }
  const { type, data = {} } = message ?? {}
  const name = hosted && typeof type === 'string' && /^didit:([a-z_]+)$/.exec(type)?.[1]
  return name && isRecord(data) ? { name, data } : undefined
}

function parse(data: unknown): Record<string, unknown> | undefined {
  try {
    const value: unknown = typeof data === 'string' ? JSON.parse(data) : data
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
