import type { Didit } from './client.ts'
import { DiditError, DiditInputError, DiditUnreachable } from './errors.ts'
import { mediaUrl } from './media.ts'
import { PORTRAIT_LIMIT } from './rules.ts'
import type { CreatedSession, CreateSession, Decision } from './types.ts'

const REQUEST = 'GET portrait'

export interface Reauthenticate extends Omit<CreateSession, 'portrait_image'> {
  /** A biometric workflow. Others ignore the portrait. */
  workflow_id: string
  /** The approved session that shows who the person is. */
  session_id: string
}

/** How a picture is fetched. */
export interface PortraitOptions {
  /** Default `globalThis.fetch`. */
  fetch?: typeof globalThis.fetch
  /** Milliseconds. Default 10000. */
  timeout?: number
  signal?: AbortSignal
  /** Whether the picture may lie on this machine, as the sandbox's do. Default false. */
  local?: boolean
}

/**
 * Verifies somebody again by their face: takes the portrait of an approved session and creates a
 * session of a biometric workflow that compares a new selfie with it. `vendor_data` is that of the
 * approved session, unless another is named.
 *
 * @throws {DiditInputError} when that session is not approved or shows no face.
 */
export async function reauthenticate(
  didit: Didit,
  { session_id, ...session }: Reauthenticate,
  options: PortraitOptions = {},
): Promise<CreatedSession> {
  // Asked anew each time: the links of an older answer are dead after an hour.
  const decision = await didit.sessions.decision(session_id, { signal: options.signal })
  if (decision.status !== 'Approved') {
    const message = `is ${decision.status}. Only an approved session shows who somebody is.`
    throw new DiditInputError({ field: 'session_id', message })
  }
  const portrait_image = await downloadPortrait(decision, { local: didit.local, ...options })
  const { vendor_data = decision.vendor_data ?? undefined } = session
  return didit.sessions.create(
    { ...session, vendor_data, portrait_image },
    { signal: options.signal },
  )
}

/**
 * The face of a decision as base64, in Didit's own order: the selfie, the chip's picture, the
 * document's. Of several the last one that was approved.
 *
 * @throws {DiditInputError} when there is none. @throws {DiditError} @throws {DiditUnreachable}
 */
export async function downloadPortrait(
  decision: Decision,
  { fetch = globalThis.fetch, timeout = 10_000, signal, local = false }: PortraitOptions = {},
): Promise<string> {
  const url = portraitUrl(decision, local)
  if (!url) {
    const message = 'has no approved portrait. Its key may lack access to media.'
    throw new DiditInputError({ field: 'session_id', message })
  }
  const limit = AbortSignal.timeout(timeout)
  try {
    // Without the key: the link carries its own permission and leads to another host.
    const response = await fetch(url, {
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    if (!response.ok) throw new DiditError(response.status, undefined, REQUEST)
    return toBase64(await bytesOf(response))
  } catch (cause) {
    if (cause instanceof DiditError || cause instanceof DiditInputError) throw cause
    throw signal?.aborted ? signal.reason : new DiditUnreachable(REQUEST, cause)
  }
}

function portraitUrl(decision: Decision, local: boolean): string | undefined {
  const { liveness_checks, nfc_verifications, id_verifications } = decision
  const faces = [
    liveness_checks?.map((each) => [each.status, each.reference_image] as const),
    nfc_verifications?.map((each) => [each.status, each.portrait_image] as const),
    id_verifications?.map((each) => [each.status, each.portrait_image] as const),
  ]
  const best = faces.map((kind) =>
    kind?.findLast(([status, url]) => status === 'Approved' && mediaUrl(url, local)),
  )
  return best.find((face) => face !== undefined)?.[1] ?? undefined
}

/** Stops reading at Didit's limit. */
async function bytesOf(response: Response): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of response.body ?? []) {
    size += piece.length
    if (size > PORTRAIT_LIMIT) {
      const message = 'has a portrait above 2 MB, which Didit does not take back.'
      throw new DiditInputError({ field: 'session_id', message })
    }
    pieces.push(piece)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
