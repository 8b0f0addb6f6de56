import { expect } from '@open-wc/testing'
import type { Session } from '../../server/contract.ts'
import { type Input, type State, step } from '../../widget/flow.ts'
import { heard } from '../../widget/heard.ts'

const INPUTS: Input[] = ['start', 'open', 'trouble', 'submit', 'end', 'keep', 'reset']

/** One column for each input; a dot where it changes nothing. */
const TABLE: Record<State, string> = {
  idle: 'creating . . submitted ended resumable idle',
  creating: '. open trouble submitted ended . idle',
  open: '. . trouble submitted ended . idle',
  trouble: 'creating open trouble submitted ended . idle',
  submitted: '. . . . ended . idle',
  ended: 'creating . . . . . idle',
  resumable: 'creating . . submitted ended . idle',
}

describe('step', () => {
  for (const [state, row] of Object.entries(TABLE) as [State, string][]) {
    row.split(' ').forEach((next, column) => {
      const input = INPUTS[column] as Input
      const expected = next === '.' ? state : next
      it(`goes from ${state} by ${input} to ${expected}`, () => {
        expect(step(state, input)).to.equal(expected)
      })
    })
  }
})

describe('heard', () => {
  const rows: [Pick<Session, 'outcome' | 'url'>, ReturnType<typeof heard>][] = [
    [{ outcome: 'approved', url: 'https://x/' }, 'end'],
    [{ outcome: 'expired', url: 'https://x/' }, 'expired'],
    [{ outcome: 'expired' }, 'expired'],
    [{ outcome: 'resubmit' }, 'end'],
    [{ outcome: 'resubmit', url: 'https://x/' }, 'wait'],
    [{ outcome: null, url: 'https://x/' }, 'wait'],
    [{ outcome: null }, 'wait'],
    [{ outcome: 'pending' }, 'end'],
    [{ outcome: 'declined' }, 'end'],
  ]
  for (const [session, expected] of rows) {
    it(`takes ${JSON.stringify(session)} for ${expected}`, () => {
      expect(heard(session as Session)).to.equal(expected)
    })
  }
})
