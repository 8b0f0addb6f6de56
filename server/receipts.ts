import { SignJWT } from 'jose/jwt/sign'
import { RECEIPT_LIFETIME, type SessionAnswer } from './contract.ts'
import { createKeyring } from './keyring.ts'
import type { Settings } from './options.ts'
import { viewSession } from './session.ts'
import type { SessionRow } from './store/index.ts'

/** The `typ` of a receipt, so that no other JWT passes for one. */
export const RECEIPT_TYPE = 'didit-receipt+jwt'

/** What a receipt says, once `verifyReceipt` has found it good. */
export interface Receipt {
  /** The backend that gave it: its `publicUrl`. */
  iss: string
  /** The origin of the page that it was given to. */
  aud: string
  /** Didit's session id, for looking the verification up later. */
  sid: string
  /** Who was verified: what `identify` answered, or a random name for an anonymous visitor. */
  sub: string
  /** The name of the workflow, as configured at the backend. */
  wf: string
  /** Names this approval. Renewed receipts carry the same one, so it is used up once and for all. */
  jti: string
  /** When it was given and when it ends, in seconds since 1970. */
  iat: number
  exp: number
}

export type Receipts = ReturnType<typeof createReceipts>

/** Receipts: what an approved visitor hands to the host's own server as a proof. */
export function createReceipts(settings: Settings) {
  const { now, publicUrl } = settings
  const { signer, publicKeys } = createKeyring(settings)

  async function issue(row: SessionRow, audience: string): Promise<string> {
    const { kid, key } = await signer()
    const iat = Math.floor(now() / 1000)
    // `jti` is the session's id: were it new in each renewal, one approval could be used up often.
    const claims: Receipt = {
      iss: publicUrl,
      aud: audience,
      sid: row.id,
      sub: row.subject,
      wf: row.workflow,
      jti: row.id,
      iat,
      exp: iat + RECEIPT_LIFETIME,
    }
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'ES256', kid, typ: RECEIPT_TYPE })
      .sign(key)
  }

  return {
    publicKeys,

    /**
     * What a page is told about a session, with a fresh receipt where it is approved.
     *
     * @param origin the page's; reads from the backend's own origin carry none.
     */
    async answer(row: SessionRow, origin = new URL(publicUrl).origin): Promise<SessionAnswer> {
      const session = viewSession(row)
      if (session.outcome !== 'approved') return { session }
      return { session, receipt: await issue(row, origin) }
    },
  }
}
