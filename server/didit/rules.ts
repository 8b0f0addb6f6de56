// What a single value must look like. A rule answers nothing for a good value, and for a bad one
// what is wrong and what to send, to go after the field's name. Values are not quoted: an id may be
// a token by mistake, and an address is personal. Only words from a short list are.

import { z } from 'zod'
import { STATUSES } from '../contract.ts'
import { ALPHA2, ALPHA3 } from './countries.ts'
import { diditLanguage } from './language.ts'
import { LANGUAGES } from './types.ts'

export type Rule = (value: unknown) => string | undefined

/** 2 MB as Didit counts a portrait. */
export const PORTRAIT_LIMIT = 2 * 1024 * 1024
/** Older versions of Didit stop here. */
export const PORTRAIT_ADVICE = 1024 * 1024

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const EMAIL = z.email()
const IP = z.union([z.ipv4(), z.ipv6()])

export const text: Rule = (value) =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'must be a text that is not empty.'

export const string: Rule = (value) => (typeof value === 'string' ? undefined : 'must be a text.')

export const flag: Rule = (value) =>
  typeof value === 'boolean' ? undefined : 'must be true or false.'

export const uuid: Rule = (value) =>
  typeof value === 'string' && UUID.test(value)
    ? undefined
    : 'is not a UUID. Send the id as Didit gave it, like 11111111-2222-4333-8444-555555555555.'

export const email: Rule = (value) =>
  EMAIL.safeParse(value).success
    ? undefined
    : 'is not an e-mail address. Send one like name@example.com.'

/** Didit ignores a number that it cannot parse, without a word. */
export const phone: Rule = (value) =>
  typeof value === 'string' && /^\+[1-9]\d{6,14}$/.test(value)
    ? undefined
    : 'is not in E.164 form. Send + and country code, digits only, like +14155552671.'

export const ip: Rule = (value) =>
  IP.safeParse(value).success ? undefined : 'is not an IP address. Send one in IPv4 or IPv6 form.'

/** Any scheme: callbacks may lead into an app. */
export const url: Rule = (value) =>
  typeof value === 'string' && URL.canParse(value)
    ? undefined
    : 'is not a URL. Send a complete one, with its scheme, like https://example.com/done.'

export const date: Rule = (value) => {
  const parts = typeof value === 'string' ? /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) : null
  if (!parts) return 'is not a date. Send it as YYYY-MM-DD, like 1990-05-15.'
  const real = new Date(`${value}T00:00:00Z`)
  const exists = !Number.isNaN(real.getTime()) && real.toISOString().startsWith(`${value}`)
  return exists ? undefined : 'is a day that does not exist. Send a day of the calendar.'
}

export const alpha3: Rule = (value) => {
  if (typeof value === 'string') {
    if (ALPHA2.has(value)) return undefined
    const meant = ALPHA3.get(value.toUpperCase()) ?? value.toUpperCase()
    if (ALPHA2.has(meant)) return `is not in the form that Didit wants. Send ${meant}.`
  }
  return 'is not a country code. Send three capital letters of ISO 3166-1, like DEU.'
}

/** Registers of companies: alpha-2, with a subdivision where they are kept by state. */
export const registryCountry: Rule = (value) => {
  if (typeof value === 'string') {
    const [country = '', part, ...rest] = value.split('-')
    const known = part === undefined || /^[A-Z0-9]{1,3}$/.test(part)
    if (ALPHA3.has(country) && known && rest.length === 0) return undefined
    const meant = ALPHA2.get(value.toUpperCase()) ?? value.toUpperCase()
    if (ALPHA3.has(meant)) return `is not in the form that Didit wants. Send ${meant}.`
  }
  return 'is not a country of a register. Send two capital letters, like GB, or US-CA for a state.'
}

export const language: Rule = (value) => {
  if (typeof value !== 'string') return 'is not a language. Send a code such as en or pt-BR.'
  if ((LANGUAGES as readonly string[]).includes(value)) return undefined
  const meant = diditLanguage(value)
  if (meant) return `is not a language as Didit writes it. Send ${meant}; case matters.`
  return `is not one of Didit's languages. Send one of ${LANGUAGES.join(', ')}.`
}

/** Base64, 2 MB at most once decoded. */
export const portrait: Rule = (value) => {
  if (typeof value !== 'string' || value === '') return 'must be a picture in base64.'
  if (value.startsWith('data:')) return 'is a data URL. Send only what comes after the comma.'
  const bytes = portraitBytes(value)
  if (bytes > PORTRAIT_LIMIT) {
    return `has ${(bytes / 1024 / 1024).toFixed(1)} MB. Send a picture of at most 2 MB.`
  }
  return /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)
    ? undefined
    : 'is not base64. Send the picture encoded with the ordinary alphabet, + and /.'
}

/** How many bytes a base64 text stands for. */
export function portraitBytes(value: string): number {
  const letters = value.replace(/[\s=]/g, '').length
  return Math.floor((letters * 3) / 4)
}

const PASSWORD: readonly (readonly [RegExp, string])[] = [
  [/^[\s\S]{8,}$/, 'at least 8 characters'],
  [/[A-Z]/, 'a capital letter'],
  [/[a-z]/, 'a small letter'],
  [/\d/, 'a digit'],
  [/[!@#$%^&*()_+\-=[\]{}|;:,.<>?]/, 'one of !@#$%^&*()_+-=[]{}|;:,.<>?'],
]

/** Didit's own rules, but all that is missing at once. */
export const password: Rule = (value) => {
  if (typeof value !== 'string') return 'must be a text.'
  const missing = PASSWORD.filter(([rule]) => !rule.test(value)).map(([, words]) => words)
  return missing.length > 0 ? `is too weak. It still needs ${missing.join(', ')}.` : undefined
}

export const code: Rule = (value) =>
  typeof value === 'string' && /^[A-Za-z0-9]{6}$/.test(value)
    ? undefined
    : 'is not a code. Send the six letters and digits of the e-mail.'

/** One of Didit's ten statuses; what people write for one is corrected. */
export const status: Rule = oneOf(Object.keys(STATUSES))

/** A word of a list. The right one is named when only case, spaces or underscores differ. */
export function oneOf(words: readonly string[]): Rule {
  const plain = (word: string) => word.toLowerCase().replace(/[\s_-]+/g, ' ')
  return (value) => {
    if (typeof value === 'string' && words.includes(value)) return undefined
    const meant = words.find((word) => typeof value === 'string' && plain(word) === plain(value))
    if (meant) return `is not spelled as Didit does. Send ${meant}.`
    return `is not known to Didit. Send one of ${words.join(', ')}.`
  }
}

/** A word of a list, in any case. */
export function oneOfAnyCase(words: readonly string[]): Rule {
  const rule = oneOf(words)
  return (value) => rule(typeof value === 'string' ? value.toUpperCase() : value)
}

/** A number within bounds. */
export function between(least: number, most: number, what = ''): Rule {
  const range = Number.isFinite(most) ? `from ${least} to ${most}` : `of at least ${least}`
  return (value) =>
    typeof value === 'number' && value >= least && value <= most
      ? undefined
      : `must be a number ${range}${what}.`
}

/** A whole number within bounds. */
export function whole(least: number, most = Number.POSITIVE_INFINITY): Rule {
  const rule = between(least, most)
  return (value) => (Number.isInteger(value) ? rule(value) : 'must be a whole number.')
}

/** A text of a limited length. */
export function atMost(length: number): Rule {
  return (value) => {
    if (typeof value !== 'string') return 'must be a text.'
    return value.length <= length
      ? undefined
      : `has ${value.length} characters. Send at most ${length}.`
  }
}

/** A rule that lets null pass. */
export function nullable(rule: Rule): Rule {
  return (value) => (value === null ? undefined : rule(value))
}

/** A rule for each entry of a list that must not be empty. */
export function listOf(rule: Rule): Rule {
  return (value) => {
    if (!Array.isArray(value)) return 'must be a list.'
    if (value.length === 0) return 'is an empty list. Name at least one, or leave it out.'
    for (const [index, entry] of value.entries()) {
      const wrong = rule(entry)
      if (wrong) return `has an entry (number ${index + 1}) that ${wrong}`
    }
  }
}

/** A rule for each part of a text with commas, or each entry of a list. */
export function commaList(rule: Rule): Rule {
  const each = listOf(rule)
  return (value) =>
    each(typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value)
}
