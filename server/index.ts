export { createVerifyApp, type VerifyApp } from './app.ts'
export * from './contract.ts'
export {
  type Budget,
  type Call,
  createDidit,
  DecisionPending,
  type Didit,
  DiditError,
  DiditInputError,
  type DiditOptions,
  DiditUnreachable,
  type Download,
  type Exchange,
  type InputProblem,
  type RateLimit,
  type Scope,
  type WaitOptions,
} from './didit/client.ts'
export {
  createKycSession,
  getDecision,
  type KycSession,
  type KycSetup,
  type PollOptions,
  pollDecision,
  setupKycWorkflow,
} from './didit/kyc.ts'
export type { OldFlags } from './didit/old-flags.ts'
export {
  downloadPortrait,
  type PortraitOptions,
  type Reauthenticate,
  reauthenticate,
} from './didit/reauthenticate.ts'
export type * from './didit/types.ts'
export {
  BLOCKLIST_TYPES,
  CALLBACK_METHODS,
  DOCUMENT_CODES,
  LANGUAGES,
  RESUBMIT_FEATURES,
  RTL_LANGUAGES,
  SETTABLE_STATUSES,
  WEBHOOK_EVENTS,
  WORKFLOW_FEATURES,
} from './didit/types.ts'
export { isDecided } from './didit/wait.ts'
export { sign, verify } from './didit/webhook.ts'
export {
  adaptiveAgeWorkflow,
  addressWorkflow,
  type BuiltWorkflow,
  biometricWorkflow,
  emailWorkflow,
  type KycWorkflow,
  kycWorkflow,
  type LivenessMethod,
  phoneWorkflow,
  questionnaireWorkflow,
  type Thresholds,
  type WorkflowFrame,
} from './didit/workflow.ts'
export type { Operators } from './gate.ts'
export { rotateReceiptKeys } from './keyring.ts'
export { createMetrics, type Metrics, observeDidit } from './metrics.ts'
export { createOperatorApp, type OperatorApp, type OperatorOptions } from './operator.ts'
export type { Limits, Log, StatusEvent, Timers, VerifyOptions } from './options.ts'
export type { Receipt } from './receipts.ts'
export { runDue, startBackground } from './reconcile.ts'
export { type BudgetOptions, shareBudget } from './shared-budget.ts'
export { openStore, type Store } from './store/index.ts'
export {
  ReceiptError,
  type ReceiptErrorCode,
  type ReceiptExpectations,
  verifyReceipt,
} from './verify-receipt.ts'
