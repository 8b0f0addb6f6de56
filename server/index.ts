export { createVerifyApp, type VerifyApp } from './app.ts'
export * from './contract.ts'
export {
  createDidit,
  type Didit,
  DiditError,
  type DiditOptions,
  DiditUnreachable,
} from './didit/client.ts'
export { sign, verify } from './didit/webhook.ts'
export type { Limits, Log, Timers, VerifyOptions } from './options.ts'
export { runDue, startBackground } from './reconcile.ts'
export { openStore, type Store } from './store/index.ts'
