import type { Messages } from './en.ts'
import type { Speech } from './index.ts'

/**
 * Each language is a file of its own, loaded when a page needs it; so is this table of all of them.
 * Written out, because not every bundler finds files whose names are put together. English is not
 * here: it comes with the attempt.
 */
export const FILES: Readonly<Record<string, () => Promise<{ messages: Messages }>>> = {
  ar: () => import('./ar.ts'),
  bg: () => import('./bg.ts'),
  bn: () => import('./bn.ts'),
  bs: () => import('./bs.ts'),
  ca: () => import('./ca.ts'),
  cnr: () => import('./cnr.ts'),
  cs: () => import('./cs.ts'),
  da: () => import('./da.ts'),
  de: () => import('./de.ts'),
  el: () => import('./el.ts'),
  es: () => import('./es.ts'),
  et: () => import('./et.ts'),
  fa: () => import('./fa.ts'),
  fi: () => import('./fi.ts'),
  fr: () => import('./fr.ts'),
  he: () => import('./he.ts'),
  hi: () => import('./hi.ts'),
  hr: () => import('./hr.ts'),
  hu: () => import('./hu.ts'),
  hy: () => import('./hy.ts'),
  id: () => import('./id.ts'),
  it: () => import('./it.ts'),
  ja: () => import('./ja.ts'),
  ka: () => import('./ka.ts'),
  kk: () => import('./kk.ts'),
  ko: () => import('./ko.ts'),
  ky: () => import('./ky.ts'),
  lt: () => import('./lt.ts'),
  lv: () => import('./lv.ts'),
  mk: () => import('./mk.ts'),
  mn: () => import('./mn.ts'),
  ms: () => import('./ms.ts'),
  nl: () => import('./nl.ts'),
  no: () => import('./no.ts'),
  pl: () => import('./pl.ts'),
  pt: () => import('./pt.ts'),
  'pt-BR': () => import('./pt-BR.ts'),
  ro: () => import('./ro.ts'),
  ru: () => import('./ru.ts'),
  sk: () => import('./sk.ts'),
  sl: () => import('./sl.ts'),
  so: () => import('./so.ts'),
  sq: () => import('./sq.ts'),
  sr: () => import('./sr.ts'),
  'sr-Latn': () => import('./sr-Latn.ts'),
  sv: () => import('./sv.ts'),
  th: () => import('./th.ts'),
  tr: () => import('./tr.ts'),
  uk: () => import('./uk.ts'),
  uz: () => import('./uz.ts'),
  vi: () => import('./vi.ts'),
  'zh-CN': () => import('./zh-CN.ts'),
  'zh-TW': () => import('./zh-TW.ts'),
}

/** Tags whose first part alone would lead astray, or nowhere. The first row that fits counts. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/^zh-(hant|tw|hk|mo)\b|^yue\b(?!-hans)/, 'zh-TW'],
  [/^(zh|yue)\b/, 'zh-CN'],
  [/^pt-br\b/, 'pt-BR'],
  [/^sr-(latn|me)\b|^sh\b/, 'sr-Latn'],
  [/^n[bn]\b/, 'no'],
  [/^iw\b/, 'he'],
  [/^in\b/, 'id'],
]

/** The language we speak for a BCP 47 tag: by a rule, else its first part, else English. */
export function lookup(tag: string): string {
  const wanted = tag.toLowerCase().replaceAll('_', '-')
  const [first = ''] = wanted.split('-')
  const ruled = RULES.find(([rule]) => rule.test(wanted))?.[1]
  return ruled ?? (Object.hasOwn(FILES, first) ? first : 'en')
}

export const direction = (language: string): 'rtl' | 'ltr' =>
  /^(ar|he|fa)$/.test(language) ? 'rtl' : 'ltr'

/** Loads the words for a BCP 47 tag; nothing where English has to do. Rejects if they do not load. */
export async function load(tag: string): Promise<Speech | undefined> {
  const lang = lookup(tag)
  const file = await FILES[lang]?.()
  return file && { lang, dir: direction(lang), words: file.messages }
}
