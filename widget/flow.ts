/** What the element is doing, for `state`, `data-state` and `:state(…)`. */
export type State = 'idle' | 'creating' | 'open' | 'trouble' | 'submitted' | 'ended' | 'resumable'

/** What can happen to an attempt. */
export type Input = 'start' | 'open' | 'trouble' | 'submit' | 'end' | 'keep' | 'reset'

/** Where an input leads, and from where; elsewhere it makes no sense and changes nothing. */
const FLOW: Record<Exclude<Input, 'reset'>, [to: State, ...from: State[]]> = {
  start: ['creating', 'idle', 'trouble', 'ended', 'resumable'],
  open: ['open', 'creating', 'trouble'],
  trouble: ['trouble', 'creating', 'open', 'trouble'],
  submit: ['submitted', 'idle', 'creating', 'open', 'trouble', 'resumable'],
  end: ['ended', 'idle', 'creating', 'open', 'trouble', 'submitted', 'resumable'],
  keep: ['resumable', 'idle'],
}

/** The state after an input. */
export function step(state: State, input: Input): State {
  if (input === 'reset') return 'idle'
  const [to, ...from] = FLOW[input]
  return from.includes(state) ? to : state
}
