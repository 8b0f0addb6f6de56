import { expect } from '@open-wc/testing'
import { ERRORS, type ErrorCode, PROBLEMS } from '../../server/contract.ts'
import { backendError } from '../../widget/backend.ts'
import { diagnose, waysOn } from '../../widget/trouble.ts'

const URL = 'https://shop.example/api/verify/sessions'

describe('diagnose', () => {
  const between: [status: number, answer: unknown, code: ErrorCode][] = [
    [400, { code: 'constructor' }, 'misconfigured'],
    [400, { code: '__proto__' }, 'misconfigured'],
    [400, { code: 7 }, 'misconfigured'],
    [404, undefined, 'misconfigured'],
    [405, 'Method Not Allowed', 'misconfigured'],
    [200, undefined, 'misconfigured'],
    [401, null, 'backend-refused'],
    [403, [], 'backend-refused'],
    [429, undefined, 'rate-limited'],
    [500, { message: 'oops' }, 'backend-unreachable'],
    [408, undefined, 'backend-unreachable'],
    [502, undefined, 'backend-unreachable'],
    [504, undefined, 'backend-unreachable'],
  ]
  for (const [status, answer, code] of between) {
    it(`takes ${status} ${JSON.stringify(answer)} of something in between for ${code}`, () => {
      const { message, ...obstacle } = diagnose(backendError(URL, status, answer))
      expect(obstacle.code).to.equal(code)
      expect(message).to.contain(URL)
    })
  }

  for (const [code, expected] of Object.entries(PROBLEMS)) {
    it(`takes the problem ${code} for ${expected}, in the words of the backend`, () => {
      const answer = { code, title: 'It did not work.', detail: 'Do something.' }
      const obstacle = diagnose(backendError(URL, 418, answer))
      expect(obstacle.code).to.equal(expected)
      expect(obstacle.message).to.equal('It did not work. Do something.')
    })
  }

  it('takes no answer for backend-unreachable, with its cause', () => {
    const cause = new TypeError('Failed to fetch')
    const obstacle = diagnose(backendError(URL, 0, undefined, cause))
    expect(obstacle).to.include({ code: 'backend-unreachable', cause })
    expect(obstacle.message).to.contain(URL)
  })

  it('takes no answer while the browser is offline for offline', () => {
    Object.defineProperty(navigator, 'onLine', { value: false, configurable: true })
    try {
      expect(diagnose(backendError(URL, 0)).code).to.equal('offline')
    } finally {
      Reflect.deleteProperty(navigator, 'onLine')
    }
  })

  it('takes anything else for a browser that cannot do it', () => {
    expect(diagnose(new TypeError('no such function')).code).to.equal('unsupported')
  })
})

describe('waysOn', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    it(`offers for ${code} only another try where there is no address to lead to`, () => {
      const all: readonly string[] = ERRORS[code]
      expect(waysOn(code, { hasAddress: true, hasPhone: true })).to.deep.equal(all)
      expect(waysOn(code, { hasAddress: false, hasPhone: true })).to.deep.equal(
        all.filter((way) => way === 'retry'),
      )
    })

    it(`offers for ${code} the phone only where this is none`, () => {
      const all: readonly string[] = ERRORS[code]
      expect(waysOn(code, { hasAddress: true, hasPhone: false })).to.deep.equal(
        all.filter((way) => way !== 'phone'),
      )
    })
  }
})
