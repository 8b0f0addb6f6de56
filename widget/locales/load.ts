import type { Messages } from './en.ts'
import type { Language } from './lookup.ts'

/**
 * Loads the words of a language; rejects if they do not load. The script-tag bundle does it its own
 * way, in one round trip: `scripts/pack.ts`.
 */
export async function load(language: Language): Promise<Messages> {
  const { FILES } = await import('./languages.ts')
  return (await FILES[language]()).messages
}
