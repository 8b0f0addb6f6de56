import { jwtDecrypt } from 'jose/jwt/decrypt'
import { EncryptJWT } from 'jose/jwt/encrypt'
import type { Settings } from './options.ts'
import { createKeys } from './secret.ts'

const DAYS = 24 * 60 * 60 * 1000
const LIFETIME = 30 * DAYS

/** Whom a token speaks for. With `session` it serves to read that one session and nothing else. */
export interface Bearer {
  subject: string
  session?: string
}

export type Tokens = ReturnType<typeof createTokens>

/**
 * Session tokens: encrypted, so that a browser learns nothing of the subject inside. The first of
 * the secrets makes them, any of them reads them.
 */
export function createTokens(settings: Pick<Settings, 'secrets' | 'store' | 'now'>) {
  const { now } = settings
  const getKeys = createKeys(settings, 'session token', 'seal')

  async function readWith(key: CryptoKey, token: string): Promise<Bearer | undefined> {
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
  }

  return {
    async issue({ subject, session }: Bearer): Promise<string> {
      return new EncryptJWT({ sub: subject, ...(session && { sid: session }) })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(new Date(now() + LIFETIME))
        .encrypt((await getKeys())[0] as CryptoKey)
    },

    /** The bearer of a token, or nothing when it is not ours, altered or too old. */
    async read(token: string): Promise<Bearer | undefined> {
      // Outside the try: a store that fails must not make a good token look like a bad one.
      const bearers = (await getKeys()).map((key) => readWith(key, token))
      return (await Promise.all(bearers)).find((bearer) => bearer !== undefined)
    },
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
