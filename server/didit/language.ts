import { LANGUAGES, type Language } from './types.ts'

/** Tags whose first part alone would lead astray, or nowhere. The first row that fits counts. */
const RULES: readonly (readonly [RegExp, Language])[] = [
  [/^zh-(hant|hk|mo)\b|^yue\b(?!-hans)/, 'zh-TW'],
  [/^zh-(hans|sg|my)\b|^yue\b/, 'zh-CN'],
  [/^sh\b/, 'sr'],
  [/^n[bn]\b/, 'no'],
  [/^iw\b/, 'he'],
  [/^in\b/, 'id'],
]

/** Didit's code for a BCP 47 tag, or nothing: then the hosted page asks the browser itself. */
export function diditLanguage(tag = ''): Language | undefined {
  const parts = tag.trim().toLowerCase().split(/[-_]/)
  const named = (count: number) => {
    const code = parts.slice(0, count).join('-')
    return LANGUAGES.find((language) => language.toLowerCase() === code)
  }
  const ruled = RULES.find(([rule]) => rule.test(parts.join('-')))?.[1]
  return ruled ?? named(2) ?? named(1)
}
