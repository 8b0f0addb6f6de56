import type { JSONWebKeySet, JWK_EC_Private } from 'jose'
import { compactDecrypt } from 'jose/jwe/compact/decrypt'
import { CompactEncrypt } from 'jose/jwe/compact/encrypt'
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint'
import { exportJWK } from 'jose/key/export'
import { generateKeyPair } from 'jose/key/generate/keypair'
import { importJWK } from 'jose/key/import'
import { type Settings, settle, type VerifyOptions } from './options.ts'
import { createKeys } from './secret.ts'

/** What the ring is kept as in the store. */
const NAME = 'receipt keys'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What other processes do to the ring is seen after this time at the latest. */
const REREAD = MINUTE
/** How long a new key is public before it signs, so that whoever caches the set has it by then. */
const AHEAD = HOUR
/** How long a replaced key stays public: the last receipt it signed lives a day. */
const KEEP = DAY + HOUR

/** A key pair that signs from `from` on, until the next one does. */
interface Pair {
  kid: string
  from: number
  jwk: JWK_EC_Private
}

/** The ring, the text that it is kept as, and when that was read. */
interface Kept {
  text: string
  ring: Pair[]
  at: number
}

/**
 * The key pairs of receipts. They are made when first needed, kept in the store, sealed with a key
 * derived from the secret, and replaced in time. Private halves never leave this file.
 */
export function createKeyring(settings: Settings) {
  const { store, now, log, receiptKeyDays } = settings
  if (!(receiptKeyDays >= 1)) {
    throw new Error(`receiptKeyDays is ${receiptKeyDays}. Give a number of days, at least 1.`)
  }
  const getSeals = createKeys(settings, 'receipt keys', 'seal')
  let known: Kept | undefined

  /** The ring as it is in the store, where another process may have turned it. */
  async function read(): Promise<Kept> {
    const fresh = known?.text ?? (await seal([await createPair(now())]))
    const text = await store.settingOr(NAME, fresh)
    const opened = text === known?.text ? known : await open(text)
    if (!opened) return read()
    known = { text, ring: opened.ring, at: now() }
    return known
  }

  async function current(): Promise<Pair[]> {
    const { ring } = known && now() < known.at + REREAD ? known : await read()
    return isDue(ring) ? turn({}, isDue) : ring
  }

  /** Puts a new key on the ring, unless meanwhile somebody else has done what was needed. */
  async function turn({ revoke = false }, isNeeded: (ring: Pair[]) => boolean): Promise<Pair[]> {
    const { text, ring } = await read()
    if (!isNeeded(ring)) return ring
    const next = await createPair(revoke ? now() : now() + AHEAD)
    const turned = revoke ? [next] : [...ring.filter(isPublic), next]
    const changed = await store.changeSetting(NAME, text, await seal(turned))
    return changed ? (await read()).ring : turn({ revoke }, isNeeded)
  }

  /** Whether the newest key is about to be too old. */
  function isDue(ring: Pair[]): boolean {
    const begun = ring.at(-1)?.from ?? 0
    return now() >= begun + receiptKeyDays * DAY - AHEAD
  }

  const isPublic = (_pair: Pair, index: number, ring: Pair[]) => {
    const replaced = ring[index + 1]?.from ?? Number.POSITIVE_INFINITY
    return now() < replaced + KEEP
  }

  async function seal(ring: Pair[]): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(ring)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt((await getSeals())[0] as CryptoKey)
  }

  /** The ring inside a text; where another than the first secret has sealed it, it is sealed anew. */
  async function open(text: string): Promise<{ ring: Pair[] } | undefined> {
    const seals = await getSeals()
    for (const seal of seals) {
      const ring = await openWith(seal, text)
      if (ring && seal === seals[0]) return { ring }
      if (ring) return reseal(text, ring)
    }
    log.warn({}, 'the receipt keys are sealed with an unknown secret; new ones take their place')
    return reseal(text, [await createPair(now())])
  }

  async function reseal(text: string, ring: Pair[]): Promise<undefined> {
    await store.changeSetting(NAME, text, await seal(ring))
  }

  return {
    /** The key that signs now. */
    async signer() {
      const ring = await current()
      // On a clock that is behind, the first key may not have begun.
      const pair = (ring.findLast(({ from }) => from <= now()) ?? ring[0]) as Pair
      return { kid: pair.kid, key: await importJWK(pair.jwk, 'ES256') }
    },

    /** The public keys of every receipt that is good, and of those to come. */
    async publicKeys(): Promise<JSONWebKeySet> {
      const ring = await current()
      const keys = ring.filter(isPublic).map(({ kid, jwk: { kty, crv, x, y } }) => {
        return { kid, kty, crv, x, y, alg: 'ES256', use: 'sig' }
      })
      return { keys }
    },

    /** Adds a key by hand; with `revoke` it is the only one, at once. */
    rotate: (how: { revoke?: boolean }) => turn(how, () => true),
  }
}

async function openWith(seal: CryptoKey, text: string): Promise<Pair[] | undefined> {
  try {
    const { plaintext } = await compactDecrypt(text, seal)
    return JSON.parse(new TextDecoder().decode(plaintext))
  } catch {
    return undefined
  }
}

async function createPair(from: number): Promise<Pair> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = (await exportJWK(privateKey)) as JWK_EC_Private
  return { kid: await calculateJwkThumbprint(jwk), from, jwk }
}

/**
 * Replaces the key that signs receipts before its time. Without `revoke` nothing breaks: the new key
 * is published for an hour before it signs, and the old one stays public until its last receipt has
 * expired. With `revoke`, for a key that may have leaked, every receipt given so far is worthless
 * within minutes, and visitors' pages fetch new ones.
 */
export async function rotateReceiptKeys(
  options: VerifyOptions,
  { revoke = false } = {},
): Promise<void> {
  await createKeyring(settle(options)).rotate({ revoke })
}
