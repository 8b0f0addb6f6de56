import { expect } from '@open-wc/testing'
import { readCallback } from '../../widget/callback.ts'

const OWNED = ['abc', 'a b']
const PAIR = 'verificationSessionId=abc&status=Approved'

describe('readCallback', () => {
  const foreign = [
    'https://x/',
    'https://x/?status=Approved',
    'https://x/?status=Approved&sessionId=abc',
    'https://x/?verificationSessionId=',
    'https://x/?verificationSessionId=&status=Approved',
    'https://x/?verificationSessionId=unknown&status=Approved',
    'https://x/?verificationSessionId=ABC&status=Approved',
    'https://x/?xverificationSessionId=abc&status=Approved',
    'https://x/?verificationsessionid=abc&status=Approved',
    'https://x/?verificationSessionId=%&status=Approved',
    'https://x/?verificationSessionId=%E0%A4%A&status=Approved',
    `https://x/#${PAIR}`,
    `https://x/#?${PAIR}`,
    `https://x/#/route?a=1&${PAIR}`,
    `https://x/${PAIR}`,
    `https://x/a&${PAIR}`,
    `https://x/;${PAIR}`,
    `https://x/?next=https://y/?${PAIR}`,
    `https://x/?next=${encodeURIComponent(`https://y/?${PAIR}`)}`,
    '',
  ]
  for (const href of foreign) {
    it(`leaves ${href || 'nothing'} alone`, () => {
      expect(readCallback(href, OWNED)).to.equal(undefined)
    })
  }

  it('knows no session where none is owned', () => {
    expect(readCallback(`https://x/?${PAIR}`, [])).to.equal(undefined)
  })

  it('does not take an empty id for an owned one whose escape is broken', () => {
    expect(readCallback('https://x/?verificationSessionId=%&status=a', ['a'])).to.equal(undefined)
  })

  const rows: [href: string, status: string, rest: string][] = [
    [`https://x/?${PAIR}`, 'Approved', 'https://x/'],
    [`https://x/?${PAIR}#hash?a&b`, 'Approved', 'https://x/#hash?a&b'],
    [`https://x/?${PAIR}&a=1`, 'Approved', 'https://x/?a=1'],
    [`https://x/?a=1&${PAIR}`, 'Approved', 'https://x/?a=1'],
    [`https://x/?a=1&${PAIR}&b=2#c`, 'Approved', 'https://x/?a=1&b=2#c'],
    [`https://x/?status=mine&${PAIR}&status=too`, 'Approved', 'https://x/?status=mine&status=too'],
    ['https://x/?verificationSessionId=abc', '', 'https://x/'],
    ['https://x/?verificationSessionId=abc&a=1&status=mine', '', 'https://x/?a=1&status=mine'],
    ['https://x/?verificationSessionId=abc&status=In%20Review', 'In Review', 'https://x/'],
    ['https://x/?verificationSessionId=abc&status=In+Review', 'In Review', 'https://x/'],
    ['https://x/?verificationSessionId=abc&status=%E0%A4%A', '', 'https://x/'],
    ['https://x/?verificationSessionId=abc&status=', '', 'https://x/'],
    ['https://x/?verificationSessionId=abc&status=a=b', 'a=b', 'https://x/'],
    [
      `https://x/?verificationSessionId=no&status=No&${PAIR}`,
      'Approved',
      'https://x/?verificationSessionId=no&status=No',
    ],
    [`https://x/?${PAIR}&${PAIR}`, 'Approved', `https://x/?${PAIR}`],
    [`https://x/?q=%C3%A9+%20&&e=&f&${PAIR}`, 'Approved', 'https://x/?q=%C3%A9+%20&&e=&f'],
    [`https://x/?$&=$1&${PAIR}`, 'Approved', 'https://x/?$&=$1'],
  ]
  for (const [href, status, rest] of rows) {
    it(`reads ${href}`, () => {
      expect(readCallback(href, OWNED)).to.deep.equal({ sessionId: 'abc', status, rest })
    })
  }

  it('decodes the id', () => {
    const { sessionId } = readCallback('https://x/?verificationSessionId=a%20b', OWNED) ?? {}
    expect(sessionId).to.equal('a b')
  })
})
