// The blocklist of the guides, and the lists that replace it.

import type { Text } from './decision.ts'
import type { Paging } from './session.ts'

export const BLOCKLIST_TYPES = ['face', 'document', 'phone', 'email'] as const
export type BlocklistType = (typeof BLOCKLIST_TYPES)[number]

/** The body of `POST /v3/blocklist/add/`: what of this session is blocked. */
export interface BlocklistAdd {
  session_id: string
  blocklist_face?: boolean
  blocklist_document?: boolean
  blocklist_phone?: boolean
  blocklist_email?: boolean
}

/** The body of `POST /v3/blocklist/remove/`. */
export interface BlocklistRemove {
  session_id: string
  unblock_face?: boolean
  unblock_document?: boolean
  unblock_phone?: boolean
  unblock_email?: boolean
}

/** The query of `GET /v3/blocklist/`; every type when none is named. */
export interface ListBlocklist extends Paging {
  item_type?: BlocklistType
}

export interface BlocklistEntry {
  type: BlocklistType
  session_id: Text
  session_number: number | null
  blocklisted_at: string
  face_image?: Text
  document_type?: Text
  document_number?: Text
  front_image?: Text
  phone_number?: Text
  country_code?: Text
  email?: Text
}

/** Bodies of `/v3/lists/` are passed through as they are: no reference of them is public. */
export type ListBody = Record<string, unknown>
