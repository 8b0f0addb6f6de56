import type { ErrorCode } from '../../server/contract.ts'
import type { Messages } from './en.ts'
import { load } from './load.ts'
import { direction, lookup } from './lookup.ts'

/** The English that every page view carries: what the trigger says, and a form that needs it. */
export const BASICS = {
  start: 'Verify your identity',
  required: 'Please verify your identity.',
}

/** For who cannot even load the words that say what is wrong. */
export const FAILED = 'This did not work. Check your connection and try again.'

/** Words, and what `lang` and `dir` say of them. */
export interface Speech {
  lang: string
  dir: 'rtl' | 'ltr'
  words: Partial<Messages>
}

/** No other words until they come with the attempt. */
const ENGLISH: Speech = { lang: 'en', dir: 'ltr', words: BASICS }

/** What to speak for a BCP 47 tag: English where there is nothing better, or it does not load. */
export async function speechFor(tag: string): Promise<Speech> {
  const lang = lookup(tag)
  const words = lang !== 'en' && (await load(lang).catch(() => undefined))
  return words ? { lang, dir: direction(lang), words } : ENGLISH
}

/** The words for an error. Codes that a visitor need not tell apart share theirs. */
export function wordsFor(words: Partial<Messages>, code: ErrorCode): string | undefined {
  const own = words[code as keyof Messages]
  return own ?? (code === 'session-expired' ? words.expired : words.unavailable)
}
