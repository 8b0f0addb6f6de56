import { expect } from '@open-wc/testing'
import { ERRORS, type ErrorCode, STATUSES } from '../../server/contract.ts'
import { diditLanguage } from '../../server/didit/language.ts'
import { LANGUAGES, RTL_LANGUAGES } from '../../server/didit/types.ts'
import { messages as en, type Messages } from '../../widget/locales/en.ts'
import { FIRST } from '../../widget/locales/first.ts'
import { BASICS, speechFor, wordsFor } from '../../widget/locales/index.ts'
import { FILES } from '../../widget/locales/languages.ts'
import { load } from '../../widget/locales/load.ts'
import { direction, type Language, lookup } from '../../widget/locales/lookup.ts'
import { messages as cyrillic } from '../../widget/locales/sr.ts'
import { messages as latin } from '../../widget/locales/sr-Latn.ts'

type Key = keyof Messages

const KEYS = Object.keys(en) as Key[]

/** A tag, and the language that we speak for it. */
const TAGS = [
  ['constructor', 'en'],
  ['__proto__', 'en'],
  ['toString', 'en'],
  ['../de', 'en'],
  ['de/../fr', 'en'],
  ['', 'en'],
  ['-', 'en'],
  ['*', 'en'],
  ['deutsch', 'en'],
  ['x-de', 'en'],
  ['i-klingon', 'en'],
  ['tlh', 'en'],
  ['fil', 'en'],
  [`zh${'-'.repeat(100_000)}`, 'zh-CN'],
  ['d'.repeat(100_000), 'en'],
  ['en', 'en'],
  ['en-GB', 'en'],
  ['de', 'de'],
  ['DE', 'de'],
  ['de-AT', 'de'],
  ['de_AT', 'de'],
  ['es-419', 'es'],
  ['ar-Arab-EG', 'ar'],
  ['fa-AF', 'fa'],
  ['nb-NO', 'no'],
  ['nn', 'no'],
  ['NO', 'no'],
  ['iw-IL', 'he'],
  ['in', 'id'],
  ['in-ID', 'id'],
  ['pt', 'pt'],
  ['pt-PT', 'pt'],
  ['pt-AO', 'pt'],
  ['pt-BR', 'pt-BR'],
  ['PT_br', 'pt-BR'],
  ['sr', 'sr'],
  ['sr-RS', 'sr'],
  ['sr-Cyrl-ME', 'sr'],
  ['sr-Latn', 'sr-Latn'],
  ['sr-latn-rs', 'sr-Latn'],
  ['sr-ME', 'sr-Latn'],
  ['sh', 'sr-Latn'],
  ['cnr-ME', 'cnr'],
  ['zh', 'zh-CN'],
  ['zh-CN', 'zh-CN'],
  ['zh-SG', 'zh-CN'],
  ['zh-Hans', 'zh-CN'],
  ['zh-Hans-HK', 'zh-CN'],
  ['zh-TW', 'zh-TW'],
  ['zh-HK', 'zh-TW'],
  ['zh-MO', 'zh-TW'],
  ['zh-Hant', 'zh-TW'],
  ['zh-Hant-TW', 'zh-TW'],
  ['zh-Hant-CN', 'zh-TW'],
  ['yue', 'zh-TW'],
  ['yue-Hant-HK', 'zh-TW'],
  ['yue-Hans-CN', 'zh-CN'],
] as const

/** Where Didit's code says less, or more, than our file. */
const OWN: Record<string, string> = { zh: 'zh-CN', 'sr-Latn': 'sr' }

/** The letters of languages that are not written in Latin ones. */
const LETTERS: Record<string, RegExp> = {
  ar: /\p{Script=Arabic}/u,
  bg: /\p{Script=Cyrillic}/u,
  bn: /\p{Script=Bengali}/u,
  el: /\p{Script=Greek}/u,
  fa: /\p{Script=Arabic}/u,
  he: /\p{Script=Hebrew}/u,
  hi: /\p{Script=Devanagari}/u,
  hy: /\p{Script=Armenian}/u,
  ja: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
  ka: /\p{Script=Georgian}/u,
  kk: /\p{Script=Cyrillic}/u,
  ko: /\p{Script=Hangul}/u,
  ky: /\p{Script=Cyrillic}/u,
  mk: /\p{Script=Cyrillic}/u,
  mn: /\p{Script=Cyrillic}/u,
  ru: /\p{Script=Cyrillic}/u,
  sr: /\p{Script=Cyrillic}/u,
  th: /\p{Script=Thai}/u,
  uk: /\p{Script=Cyrillic}/u,
  'zh-CN': /\p{Script=Han}/u,
  'zh-TW': /\p{Script=Han}/u,
}

/** How a sentence ends, and a question. Thai marks neither, Armenian a question at its word. */
const ENDS: Record<string, [sentence: RegExp, question: RegExp]> = {
  ar: [/\.$/, /؟$/],
  bn: [/।$/, /\?$/],
  el: [/\.$/, /;$/],
  fa: [/\.$/, /؟$/],
  hi: [/।$/, /\?$/],
  hy: [/։$/, /՞/],
  ja: [/。$/, /？$/],
  th: [/[^.]$/, /หรือไม่$/],
  'zh-CN': [/。$/, /？$/],
  'zh-TW': [/。$/, /？$/],
}

/** Words that are the same as in English. */
const SAME = ['da leave Stop']

describe('lookup', () => {
  for (const [tag, expected] of TAGS) {
    it(`speaks ${expected} for '${tag.slice(0, 20)}'`, () => {
      expect(lookup(tag)).to.equal(expected)
    })
  }

  for (const language of LANGUAGES) {
    it(`speaks ${language} as Didit does`, () => {
      expect(lookup(language)).to.equal(OWN[language] ?? language)
    })
  }

  it('speaks what the hosted page will speak', () => {
    const differing = TAGS.filter(([tag, language]) => {
      const hosted = diditLanguage(tag)
      return hosted ? lookup(hosted) !== lookup(OWN[language] ?? language) : language !== 'en'
    })
    expect(differing).to.deep.equal([])
  })
})

describe('direction', () => {
  it('is right to left for those languages that Didit turns round as well', () => {
    const turned = Object.keys(FILES).filter((language) => direction(language) === 'rtl')
    expect(turned.sort()).to.deep.equal([...RTL_LANGUAGES].sort())
  })
})

describe('speechFor', () => {
  it('has few words for English and for what it does not know: more come with the attempt', async () => {
    for (const tag of ['en', 'EN-gb', 'en_US', 'tlh', '../de', '']) {
      expect(await speechFor(tag)).to.deep.equal({ lang: 'en', dir: 'ltr', words: BASICS })
    }
  })

  it('has the words of the language of a tag, and how to write them', async () => {
    const { lang, dir, words } = await speechFor('ar-EG')
    expect([lang, dir, words.close]).to.deep.equal(['ar', 'rtl', 'إغلاق'])
  })
})

for (const language of Object.keys(FILES) as Language[]) {
  describe(`the words of ${language}`, () => {
    let words: Messages

    before(async () => {
      words = await load(language)
    })

    const texts = () => KEYS.map((key) => [key, words[key]] as const)

    it('are all there, and no more', () => {
      expect(Object.keys(words).sort()).to.deep.equal([...KEYS].sort())
    })

    it('are plain text, well spaced and composed', () => {
      for (const [key, text] of texts()) {
        // French has a narrow space before its question mark.
        expect(text, key).to.match(/^\S+([ \u202f]\S+)*$/)
        expect(text, key).not.to.match(/[<>{}[\]$%&|\\"'`]|\.\.|TODO/)
        expect(text, key).to.equal(text.normalize('NFC'))
      }
    })

    it('are none of them English', () => {
      const english = texts().filter(([key, text]) => text === en[key])
      const found = english.map(([key, text]) => `${language} ${key} ${text}`)
      expect(found).to.deep.equal(SAME.filter((row) => row.startsWith(`${language} `)))
    })

    it('are written in its own letters', () => {
      const letters = LETTERS[language] ?? /\p{Script=Latin}/u
      for (const [key, text] of texts()) {
        expect(text, key).to.match(letters)
        if (letters.test('A')) continue
        expect(text.replace('QR', ''), key).not.to.match(/\p{Script=Latin}/u)
      }
    })

    it('end as a sentence, a question, a wait or a label ends in it', () => {
      const [sentence, question] = ENDS[language] ?? [/\.$/, /\?$/]
      for (const [key, text] of texts()) {
        const english = en[key]
        if (english.endsWith('…')) expect(text, key).to.match(/…$/)
        else if (english.endsWith('?')) expect(text, key).to.match(question)
        else if (english.endsWith('.')) expect(text, key).to.match(sentence)
        else expect(text, key).to.match(/[\p{Letter}\p{Mark}]$/u)
      }
    })

    it('tell apart what stands side by side', () => {
      const { leave, stay, retry, close, reopen, phone, redirect } = words
      const labels = [leave, stay, retry, close, reopen, phone, redirect, words['new-tab']]
      expect(new Set(labels).size).to.equal(labels.length)
    })
  })
}

describe('Serbian', () => {
  it('is the same in both scripts, letter by letter', () => {
    for (const key of KEYS) expect(inLatin(cyrillic[key]), key).to.equal(latin[key])
  })
})

describe('English', () => {
  it('is the same before and after all of its words are there', () => {
    expect(en).to.include(FIRST)
  })

  it('has words for every outcome and every way on', () => {
    const outcomes = Object.values(STATUSES).flatMap(({ outcome }) => outcome ?? [])
    expect(en).to.include.all.keys([...Object.values(ERRORS).flat(), ...outcomes])
  })
})

describe('wordsFor', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    it(`finds words for ${code}`, () => {
      expect(wordsFor(en, code)).to.be.a('string')
    })
  }

  it('prefers words that a host has for the very code', () => {
    const words = { ...en, misconfigured: 'Write to us.' }
    expect(wordsFor(words, 'misconfigured')).to.equal('Write to us.')
    expect(wordsFor(words, 'invalid-url')).to.equal(en.unavailable)
  })
})

/** Serbian is read letter by letter: each of the one script has its own in the other. */
function inLatin(text: string): string {
  const from = [...'абвгдђежзијклљмнњопрстћуфхцчџш']
  const to = 'a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š'.split(' ')
  const letter = (one: string) => to[from.indexOf(one)]
  return [...text]
    .map((one) => {
      const small = letter(one.toLowerCase())
      if (!small || letter(one)) return small ?? one
      return small.charAt(0).toUpperCase() + small.slice(1)
    })
    .join('')
}
