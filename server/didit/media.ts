// Links to pictures and films: who may follow them, and where a decision has them.

import { isLoopback } from '../loopback.ts'
import { isRecord } from './errors.ts'

/** Every field of a decision that is a link to a picture, a film or a paper; each dies after an hour. */
const FIELDS: ReadonlySet<string> = new Set([
  'portrait_image',
  'front_image',
  'front_video',
  'back_image',
  'back_video',
  'full_front_image',
  'full_back_image',
  'front_image_camera_front',
  'back_image_camera_front',
  'front_image_url',
  'match_image_url',
  'extra_files',
  'signature_image',
  'reference_image',
  'registry_portrait',
  'portrait',
  'video_url',
  'source_image',
  'target_image',
  'document_file',
  'file_url',
  'files',
])

/**
 * Where the words are those of a document, a register or the host: what looks like a link there leads
 * wherever its author wants.
 */
const FOREIGN: ReadonlySet<string> = new Set([
  'metadata',
  'extra_fields',
  'extracted_data',
  'ocr_data',
  'registry_data',
  'user_provided_data',
  'source_data',
  'attributes',
  'hits',
])

const NOWHERE = /(^|\.)(localhost|local|internal)$/
/** Networks that are nobody's on the internet: this machine, private ones, link-local ones. */
const PRIVATE_V4 =
  /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./
/** Everything but the global range, which begins with 2 or 3. */
const PRIVATE_V6 = /^\[(?![23])/

/** Whether an address is this machine, as that of a sandbox is. */
export function isLocal(address: string): boolean {
  return URL.canParse(address) && isLoopback(new URL(address))
}

/**
 * A link of a decision, if it may be followed. Decisions hold what persons typed: a link must not
 * lead a server to what only it can reach. The name may still be one that somebody points at a
 * private address; Didit's answer is trusted that far.
 *
 * @param local whether pictures may lie on this machine, because Didit is the sandbox.
 */
export function mediaUrl(link: string | null | undefined, local: boolean): string | undefined {
  if (!link || !URL.canParse(link)) return undefined
  const url = new URL(link)
  const { protocol, hostname, username, password } = url
  if (username || password) return undefined
  if (isLoopback(url)) return local && /^https?:$/.test(protocol) ? link : undefined
  const name = hostname.replace(/\.$/, '')
  const hidden = NOWHERE.test(name) || PRIVATE_V4.test(name) || PRIVATE_V6.test(name)
  return protocol === 'https:' && !hidden ? link : undefined
}

/** Every link of a decision that may be followed, by where it stands: `id_verifications.0.front_image`. */
export function mediaLinks(decision: object, local = false): Map<string, string> {
  const found = new Map<string, string>()
  const visit = (value: unknown, path: string, field: string): void => {
    if (FOREIGN.has(field)) return
    const link = FIELDS.has(field) && typeof value === 'string' && mediaUrl(value, local)
    if (link) found.set(path, link)
    if (Array.isArray(value)) {
      for (const [i, member] of value.entries()) visit(member, `${path}.${i}`, field)
    } else if (isRecord(value)) {
      for (const [name, member] of Object.entries(value)) {
        visit(member, path ? `${path}.${name}` : name, name)
      }
    }
  }
  visit(decision, '', '')
  return found
}
