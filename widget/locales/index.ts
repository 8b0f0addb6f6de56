import type { ErrorCode } from '../../server/contract.ts'
import type { Messages } from './en.ts'

/** The English that every page view carries: what the trigger says, and a form that needs it. */
export const ENGLISH = {
  start: 'Verify your identity',
  required: 'Please verify your identity.',
}

/** For who cannot even load the words that say what is wrong. */
export const FAILED = 'This did not work. Check your connection and try again.'

/** Each language is a file of its own, loaded when a page needs it. English comes with the attempt. */
const FILES: Record<string, () => Promise<{ messages: Messages }>> = {
  ar: () => import('./ar.ts'),
  de: () => import('./de.ts'),
  es: () => import('./es.ts'),
}

const RTL = /^(ar|he|fa)\b/

/** The language we speak for a BCP 47 tag: the tag itself, its first part, else English. */
export function lookup(tag: string): string {
  const [code = ''] = tag.toLowerCase().split('-')
  return Object.hasOwn(FILES, code) ? code : 'en'
}

export const direction = (language: string): 'rtl' | 'ltr' => (RTL.test(language) ? 'rtl' : 'ltr')

/** The words of a language, or nothing where English has to do: also when the file does not load. */
export async function loadMessages(language: string): Promise<Messages | undefined> {
  return (await FILES[language]?.().catch(() => undefined))?.messages
}

/** The words for an error. Codes that a visitor need not tell apart share theirs. */
export function wordsFor(words: Partial<Messages>, code: ErrorCode): string | undefined {
  const own = words[code as keyof Messages]
  return own ?? (code === 'session-expired' ? words.expired : words.unavailable)
}
