import { base64url } from 'jose'
import type { Settings } from './options.ts'

/** In a list of secrets: the one that was made once and is kept in the store. */
export const KEPT_SECRET = 'kept'

/**
 * The keys of 256 bits for one purpose, derived when they are first needed: one for each secret. The
 * first of them makes, any of them reads.
 */
export function createKeys(
  { secrets, store }: Pick<Settings, 'secrets' | 'store'>,
  purpose: string,
): () => Promise<Uint8Array<ArrayBuffer>[]> {
  let keys: Promise<Uint8Array<ArrayBuffer>[]> | undefined
  return () => {
    keys ??= Promise.all(secrets.map(derive)).catch((error) => {
      keys = undefined
      throw error
    })
    return keys
  }

  async function derive(secret: string): Promise<Uint8Array<ArrayBuffer>> {
    const random = base64url.encode(crypto.getRandomValues(new Uint8Array(32)))
    const kept = secret === KEPT_SECRET
    const material = kept ? await store.settingOr('secret', random) : secret
    const encode = (text: string) => new TextEncoder().encode(text)
    const base = await crypto.subtle.importKey('raw', encode(material), 'HKDF', false, [
      'deriveBits',
    ])
    const algorithm = {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: encode(purpose),
    }
    return new Uint8Array(await crypto.subtle.deriveBits(algorithm, base, 256))
  }
}
