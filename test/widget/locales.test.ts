import { expect } from '@open-wc/testing'
import { ERRORS, type ErrorCode, STATUSES } from '../../server/contract.ts'
import { messages as ar } from '../../widget/locales/ar.ts'
import { messages as de } from '../../widget/locales/de.ts'
import { messages as en } from '../../widget/locales/en.ts'
import { messages as es } from '../../widget/locales/es.ts'
import { FIRST } from '../../widget/locales/first.ts'
import { direction, loadMessages, lookup, wordsFor } from '../../widget/locales/index.ts'

describe('lookup', () => {
  const rows = [
    ['constructor', 'en'],
    ['__proto__', 'en'],
    ['toString', 'en'],
    ['../de', 'en'],
    ['', 'en'],
    ['-', 'en'],
    ['deutsch', 'en'],
    ['pt-BR', 'en'],
    ['tlh', 'en'],
    ['en', 'en'],
    ['en-GB', 'en'],
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['es-419', 'es'],
    ['ar-EG', 'ar'],
    ['ar-Arab-EG', 'ar'],
  ] as const
  for (const [tag, expected] of rows) {
    it(`speaks ${expected} for '${tag}'`, () => {
      expect(lookup(tag)).to.equal(expected)
    })
  }
})

describe('direction', () => {
  it('is right to left for Arabic alone among our languages', () => {
    expect(['ar', 'de', 'en', 'es'].map(direction)).to.deep.equal(['rtl', 'ltr', 'ltr', 'ltr'])
  })
})

describe('loadMessages', () => {
  it('loads nothing for English, and nothing for what it does not know', async () => {
    expect(await loadMessages('en')).to.equal(undefined)
    expect(await loadMessages('xx')).to.equal(undefined)
  })

  it('loads German', async () => {
    expect(await loadMessages('de')).to.equal(de)
  })
})

for (const [language, words] of Object.entries({ ar, de, es })) {
  describe(`the words of ${language}`, () => {
    it('are all there, and no more', () => {
      expect(Object.keys(words).sort()).to.deep.equal(Object.keys(en).sort())
    })

    it('are none of them empty or still English', () => {
      for (const [key, text] of Object.entries(words)) {
        expect(text.trim(), key).not.to.equal('')
        expect(text, key).not.to.equal(en[key as keyof typeof en])
      }
    })
  })
}

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
