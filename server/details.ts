import * as base64url from 'jose/base64url'
import type { CreateSession } from './didit/types.ts'
import { canonicalJson } from './didit/webhook.ts'
import type { Settings } from './options.ts'
import { createKeys } from './secret.ts'
import type { SessionRow } from './store/index.ts'

/** What Didit is told of how to reach a person and whom to expect; it never takes in another. */
type Details = Pick<Partial<CreateSession>, 'contact_details' | 'expected_details'>

/** What is kept where Didit was told neither, as of most sessions. */
const NONE = 'none'

/**
 * Knows again what a session was created with, without keeping it: what is kept is a digest that
 * nobody without the secret can guess words against, and that is another for every subject.
 */
export function createDetails(settings: Pick<Settings, 'secrets' | 'store'>) {
  const getKeys = createKeys(settings, 'session details', 'digest')

  async function digests(subject: string, details: Details): Promise<string[]> {
    const { contact_details = {}, expected_details = {} } = details
    const told = { ...contact_details, ...expected_details }
    if (Object.keys(told).length === 0) return [NONE]
    const text = canonicalJson([subject, contact_details, expected_details])
    return Promise.all((await getKeys()).map((key) => hmac(key, text)))
  }

  return {
    /** What is kept of it, by the first of the secrets. */
    async digest(subject: string, details: Details): Promise<string> {
      return (await digests(subject, details))[0] as string
    },

    /** Whether the session was created with other details. One from before they were kept was not. */
    async differ({ subject, details: kept }: SessionRow, details: Details): Promise<boolean> {
      return kept !== null && !(await digests(subject, details)).includes(kept)
    },
  }
}

async function hmac(key: CryptoKey, text: string): Promise<string> {
  const digest = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  return base64url.encode(new Uint8Array(digest))
}
