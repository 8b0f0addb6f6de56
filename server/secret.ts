import * as base64url from 'jose/base64url'
import type { Settings } from './options.ts'

/** In a list of secrets: the one that was made once and is kept in the store. */
export const KEPT_SECRET = 'kept'

/** What keys are for: to encrypt and decrypt, or to make digests that others cannot guess. */
const USES = {
  seal: [{ name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt']],
  digest: [{ name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign']],
} as const

/**
 * The keys of 256 bits for one purpose, derived when they are first needed: one for each secret. The
 * first of them makes, any of them reads.
 */
export function createKeys(
  { secrets, store }: Pick<Settings, 'secrets' | 'store'>,
  purpose: string,
  use: keyof typeof USES,
): () => Promise<CryptoKey[]> {
  let keys: Promise<CryptoKey[]> | undefined
  return () => {
    keys ??= Promise.all(secrets.map(derive)).catch((error) => {
      keys = undefined
      throw error
    })
    return keys
  }

  async function derive(secret: string): Promise<CryptoKey> {
    const random = base64url.encode(crypto.getRandomValues(new Uint8Array(32)))
    const kept = secret === KEPT_SECRET
    const material = kept ? await store.settingOr('secret', random) : secret
    const encode = (text: string) => new TextEncoder().encode(text)
    const base = await crypto.subtle.importKey('raw', encode(material), 'HKDF', false, [
      'deriveKey',
    ])
    const info = encode(purpose)
    const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
    const [algorithm, usages] = USES[use]
    return crypto.subtle.deriveKey(derivation, base, algorithm, false, [...usages])
  }
}
