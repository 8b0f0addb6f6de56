/** What we speak besides English: a file each, and `languages.ts` loads it. */
export const LANGUAGES = [
  'ar',
  'bg',
  'bn',
  'bs',
  'ca',
  'cnr',
  'cs',
  'da',
  'de',
  'el',
  'es',
  'et',
  'fa',
  'fi',
  'fr',
  'he',
  'hi',
  'hr',
  'hu',
  'hy',
  'id',
  'it',
  'ja',
  'ka',
  'kk',
  'ko',
  'ky',
  'lt',
  'lv',
  'mk',
  'mn',
  'ms',
  'nl',
  'no',
  'pl',
  'pt',
  'pt-BR',
  'ro',
  'ru',
  'sk',
  'sl',
  'so',
  'sq',
  'sr',
  'sr-Latn',
  'sv',
  'th',
  'tr',
  'uk',
  'uz',
  'vi',
  'zh-CN',
  'zh-TW',
] as const
export type Language = (typeof LANGUAGES)[number]

/** Tags whose first part alone would lead astray, or nowhere. The first row that fits counts. */
const RULES: readonly (readonly [RegExp, Language])[] = [
  [/^zh-(hant|tw|hk|mo)\b|^yue\b(?!-hans)/, 'zh-TW'],
  [/^(zh|yue)\b/, 'zh-CN'],
  [/^pt-br\b/, 'pt-BR'],
  [/^sr-(latn|me)\b|^sh\b/, 'sr-Latn'],
  [/^n[bn]\b/, 'no'],
  [/^iw\b/, 'he'],
  [/^in\b/, 'id'],
]

/** The language we speak for a BCP 47 tag: by a rule, else its first part, else English. */
export function lookup(tag: string): Language | 'en' {
  const wanted = tag.toLowerCase().replaceAll('_', '-')
  const ruled = RULES.find(([rule]) => rule.test(wanted))?.[1]
  const [first] = wanted.split('-')
  return ruled ?? LANGUAGES.find((language) => language === first) ?? 'en'
}

export const direction = (language: string): 'rtl' | 'ltr' =>
  /^(ar|he|fa)$/.test(language) ? 'rtl' : 'ltr'
