import {
  type Budget,
  freshState,
  giveBack,
  learn,
  type Observed,
  type Scope,
  type ScopeState,
  type Turn,
  takeTurn,
} from './didit/budget.ts'
import type { Log } from './options.ts'
import type { Store } from './store/index.ts'

export interface BudgetOptions {
  /** Requests per minute where they differ from Didit's limits. */
  limits?: Partial<Record<Scope, number>>
  /** Milliseconds since 1970. Default `Date.now`. */
  now?(): number
  /** Default `console`. */
  log?: Pick<Log, 'warn'>
}

/**
 * One budget below Didit's rate limits for all processes over one store, and across restarts. For
 * `createDidit({ apiKey, budget: shareBudget(store) })`.
 */
export function shareBudget(store: Store, options: BudgetOptions = {}): Budget {
  const { limits, now = Date.now, log = console as Log } = options

  async function change<T>(scope: Scope, work: (state: ScopeState) => T): Promise<T> {
    let result: { is: T } | undefined
    await store.share<ScopeState>(`budget ${scope}`, (state = freshState(scope, limits)) => {
      result = { is: work(state) }
      return state
    })
    return (result as { is: T }).is
  }

  /** What could not be written down must not undo what Didit has done. */
  async function note(scope: Scope, work: (state: ScopeState) => void): Promise<void> {
    await change(scope, work).catch((error: Error) => {
      log.warn({ scope, error: error.message }, 'could not write down a rate limit')
    })
  }

  return {
    reserve: (scope, latest): Promise<Turn> =>
      change(scope, (state) => takeTurn(state, now(), latest)),
    release: (scope, at) => note(scope, (state) => giveBack(state, at)),
    async observe(scope, observed) {
      if (isNews(observed)) await note(scope, (state) => learn(state, observed, now()))
    },
  }
}

/** Didit names its limits rarely, and most answers teach nothing. */
function isNews({ status, rateLimit: { limit, remaining } }: Observed): boolean {
  return status === 429 || limit !== undefined || remaining !== undefined
}
