/** What the element is doing, for `state`, `data-state` and `:state(…)`. */
export type State = 'idle' | 'creating' | 'open' | 'trouble' | 'submitted' | 'ended' | 'resumable'

/** What can happen to an attempt. */
export type Input = 'start' | 'open' | 'trouble' | 'submit' | 'end' | 'keep' | 'reset'

const FLOW: Record<State, Partial<Record<Input, State>>> = {
  idle: { start: 'creating', keep: 'resumable', submit: 'submitted', end: 'ended' },
  creating: { open: 'open', trouble: 'trouble', submit: 'submitted', end: 'ended' },
  open: { trouble: 'trouble', submit: 'submitted', end: 'ended' },
  trouble: {
    start: 'creating',
    open: 'open',
    trouble: 'trouble',
    submit: 'submitted',
    end: 'ended',
  },
  submitted: { end: 'ended' },
  ended: { start: 'creating' },
  resumable: { start: 'creating', submit: 'submitted', end: 'ended' },
}

/** The state after an input. What makes no sense in a state changes nothing. */
export function step(state: State, input: Input): State {
  return input === 'reset' ? 'idle' : (FLOW[state][input] ?? state)
}
