import { describe, expect, it } from 'vitest'
import { nearest } from '../../../server/cli/nearest.ts'
import {
  anything,
  page,
  pairs,
  plain,
  pretty,
  stringify,
  table,
} from '../../../server/cli/output.ts'
import { hideSecrets } from '../../../server/cli/secrets.ts'

const paper = { color: false }
const ESCAPE = '\u001b'

describe('a text from outside', () => {
  it.each([
    [`a${ESCAPE}[31mb${ESCAPE}[0m`, 'ab'],
    [`a${ESCAPE}]0;title\u0007b`, 'ab'],
    ['a\u009b31mb', 'ab'],
    ['a\r\nb\tc\u2028d', 'a b c d'],
    ['a\u0000\u0008b', 'ab'],
    ['admin\u202etxt.exe', 'admintxt.exe'],
    ['Álvaro 王小明', 'Álvaro 王小明'],
    [null, ''],
    [undefined, ''],
    [0, '0'],
    [['a', 'b'], 'a, b'],
    [{ a: 1 }, '{"a":1}'],
  ])('is one plain line: %j', (value, expected) => {
    expect(plain(value)).toBe(expected)
  })

  it('is JSON that no terminal obeys', () => {
    expect(stringify({ a: `\u009b31m${ESCAPE}` })).toBe('{\n  "a": "\\u009b31m\\u001b"\n}')
    expect(JSON.parse(stringify({ a: '\u009b' }))).toEqual({ a: '\u009b' })
    expect(stringify(undefined)).toBe('null')
  })

  it('is spread over lines when it is JSON', () => {
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}')
    expect(pretty(`no ${ESCAPE}[2JJSON`)).toBe('no JSON')
  })
})

describe('a table', () => {
  const rows = [
    { id: '1111', name: '王小明' },
    { id: '2', name: null },
  ]
  const columns = [
    ['ID', (row: (typeof rows)[number]) => row.id, 'whole'],
    ['NAME', (row: (typeof rows)[number]) => row.name],
    ['END', () => 'x'],
  ] as const

  it('is aligned, also by letters that take two places', () => {
    expect(table(rows, columns, paper).split('\n')).toEqual([
      'ID    NAME    END',
      '1111  王小明  x',
      '2     -       x',
    ])
  })

  it('has its heading in bold where somebody looks', () => {
    expect(table([], columns, { color: true })).toBe(`${ESCAPE}[1mID  NAME  END${ESCAPE}[22m`)
  })

  it('is cut to the terminal, but never an id, and never for a program', () => {
    const long = [{ id: '1'.repeat(36), name: 'n'.repeat(60) }]
    const cut = table(long, columns, { color: false, columns: 60 }).split('\n')
    expect(cut[1]).toBe(`${'1'.repeat(36)}  ${'n'.repeat(16)}…  x`)
    expect(table(long, columns, paper)).toContain('n'.repeat(60))
    const narrow = table(long, columns, { color: false, columns: 10 })
    expect(narrow).toContain(`${'1'.repeat(36)}  ${'n'.repeat(11)}…`)
  })

  it('says how many rows are not there', () => {
    const found = { count: 120, results: rows, next: 'https://didit.example/?offset=2' }
    expect(page(found, columns, paper)).toMatch(/\n2 of 120\. Go on with --offset\.$/)
    expect(page({ count: 0, results: [], next: null }, columns, paper)).toBe('Nothing found.')
  })

  it('is made of anything that has rows', () => {
    expect(anything({ results: [{ a: 1 }, { b: 2 }] }, paper)).toBe('a  b\n1  -\n-  2')
    expect(anything({ a: 1, b: null }, paper)).toBe('a  1')
    expect(anything([], paper)).toBe('Nothing found.')
    expect(anything(null, paper)).toBe('')
  })
})

describe('values under their names', () => {
  it('are aligned, and left out where there is none', () => {
    const values = [
      ['A', 1],
      ['Long', 'x'],
      ['None', null],
      ['Empty', ''],
      ['Zero', 0],
    ] as const
    expect(pairs(values)).toBe('A     1\nLong  x\nZero  0')
  })
})

describe('secrets', () => {
  const URL = 'https://verify.didit.me/session/3FaJ9wLqX2Mz'
  it.each([
    [{ api_key: 'k' }, { api_key: '***' }],
    [{ a: [{ session_token: 't' }] }, { a: [{ session_token: '***' }] }],
    [{ secret_shared_key: null }, { secret_shared_key: null }],
    [{ share_token: '' }, { share_token: '' }],
    [{ url: URL }, { url: 'https://verify.didit.me/session/***' }],
    [{ url: `${URL}?a=1` }, { url: 'https://verify.didit.me/session/***?a=1' }],
    [
      { text: `see https://verify.didit.me/pt-BR/session/abc, and ${URL}` },
      {
        text: 'see https://verify.didit.me/pt-BR/session/*** and https://verify.didit.me/session/***',
      },
    ],
    [{ url: 'https://verify.didit.me/u/abc' }, { url: 'https://verify.didit.me/u/abc' }],
    [
      { request_body: `{"session_url": "${URL}", "session_token":"t", "a": "b"}` },
      {
        request_body:
          '{"session_url": "https://verify.didit.me/session/***", "session_token":"***", "a": "b"}',
      },
    ],
    ['text', 'text'],
    [null, null],
  ])('are hidden: %j', (data, expected) => {
    expect(hideSecrets(data)).toEqual(expected)
  })

  it('are shown where they are what was asked for, and only those', () => {
    const data = { url: URL, session_token: 't' }
    expect(hideSecrets(data, ['url'])).toEqual({ url: URL, session_token: '***' })
  })

  it('stay what they are in what was given', () => {
    const data = { api_key: 'k' }
    hideSecrets(data)
    expect(data).toEqual({ api_key: 'k' })
  })
})

describe('the nearest word', () => {
  const words = ['session', 'sessions', 'setup', 'balance']
  it.each([
    ['sesion', 'session'],
    ['sessoins', 'sessions'],
    ['SETUP', 'setup'],
    ['stup', 'setup'],
    ['bal', 'balance'],
    ['xyz', undefined],
    ['', undefined],
    ['se', undefined],
  ])('to %j is %j', (wrong, expected) => {
    expect(nearest(wrong, words)).toBe(expected)
  })
})
