// Links to pictures and films: who may follow them, and where a decision has them.

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

/** Whether it may be followed: https, or this machine, where a sandbox runs. */
export function isMediaLink(text: unknown): text is string {
  if (typeof text !== 'string' || !URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  const loopback =
    hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && loopback)
}

/** Every link of a decision by where it stands: `id_verifications.0.front_image`. */
export function mediaLinks(decision: object): Map<string, string> {
  const found = new Map<string, string>()
  const visit = (value: unknown, path: string, field: string): void => {
    if (FOREIGN.has(field)) return
    if (FIELDS.has(field) && isMediaLink(value)) found.set(path, value)
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
