import { EncryptJWT, jwtDecrypt } from 'jose'
import type { Settings } from './options.ts'

const DAYS = 24 * 60 * 60 * 1000
const LIFETIME = 30 * DAYS

/** Whom a token speaks for. With `session` it serves to read that one session and nothing else. */
export interface Bearer {
  subject: string
  session?: string
}

export type Tokens = ReturnType<typeof createTokens>

/** Session tokens: encrypted, so that a browser learns nothing of the subject inside. */
export function createTokens(settings: Pick<Settings, 'secret' | 'store' | 'now'>) {
  const { now } = settings
  const getKey = createKey(settings, 'session token')

  return {
    async issue({ subject, session }: Bearer): Promise<string> {
      return new EncryptJWT({ sub: subject, ...(session && { sid: session }) })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(new Date(now() + LIFETIME))
        .encrypt(await getKey())
    },

    /** The bearer of a token, or nothing when it is not ours, altered or too old. */
    async read(token: string): Promise<Bearer | undefined> {
      // Outside the try: a store that fails must not make a good token look like a bad one.
      const key = await getKey()
      try {
        const { payload } = await jwtDecrypt(token, key, {
          currentDate: new Date(now()),
          contentEncryptionAlgorithms: ['A256GCM'],
          keyManagementAlgorithms: ['dir'],
        })
        if (typeof payload.sub !== 'string') return undefined
        return {
          subject: payload.sub,
          ...(typeof payload.sid === 'string' && { session: payload.sid }),
        }
      } catch {
        return undefined
      }
    },
  }
}

/** A key of 256 bits for one purpose, derived from the secret when it is first needed. */
export function createKey(
  { secret, store }: Pick<Settings, 'secret' | 'store'>,
  purpose: string,
): () => Promise<Uint8Array> {
  let key: Promise<Uint8Array> | undefined
  return () => {
    key ??= derive().catch((error) => {
      key = undefined
      throw error
    })
    return key
  }

  async function derive(): Promise<Uint8Array> {
    const material = secret ?? (await store.settingOr('secret', randomName(32)))
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

/** A random name of `bytes` bytes, URL-safe. */
export function randomName(bytes = 16): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes))
  return btoa(String.fromCharCode(...random))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
