import { describe, expect, it } from 'vitest'
import { diditLanguage } from '../../server/didit/language.ts'
import { LANGUAGES } from '../../server/didit/types.ts'

describe('the language of the hosted page', () => {
  it.each([
    '',
    '-',
    ' ',
    'constructor',
    '__proto__',
    'toString',
    '../de',
    'deutsch',
    'tlh',
    `d${'e'.repeat(100_000)}`,
  ])('is left to the hosted page for %.20s', (tag) => {
    expect(diditLanguage(tag)).toBe(undefined)
  })

  it('is left to the hosted page where the page says nothing', () => {
    expect(diditLanguage()).toBe(undefined)
  })

  it.each(LANGUAGES)('is %s where the page says so, in capitals as well', (language) => {
    expect([diditLanguage(language), diditLanguage(language.toUpperCase())]).toEqual([
      language,
      language,
    ])
  })

  it.each([
    ['en-GB', 'en'],
    ['de_AT', 'de'],
    [' de ', 'de'],
    ['es-419', 'es'],
    ['pt_BR', 'pt-BR'],
    ['pt-BR-x-formal', 'pt-BR'],
    ['pt-AO', 'pt'],
    ['nb-NO', 'no'],
    ['nn', 'no'],
    ['iw-IL', 'he'],
    ['in', 'id'],
    ['sr-Latn-RS', 'sr'],
    ['sh', 'sr'],
    ['cnr-ME', 'cnr'],
    ['zh-Hans', 'zh-CN'],
    ['zh-Hans-HK', 'zh-CN'],
    ['zh-SG', 'zh-CN'],
    ['zh-Hant-TW', 'zh-TW'],
    ['zh-HK', 'zh-TW'],
    ['zh-MO', 'zh-TW'],
    ['yue-Hant-HK', 'zh-TW'],
  ])('for %s is %s', (tag, language) => {
    expect(diditLanguage(tag)).toBe(language)
  })
})
