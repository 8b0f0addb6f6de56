export type {
  Action,
  ContactDetails,
  ErrorCode,
  ExpectedDetails,
  Mode,
  Outcome,
  Session,
  Status,
} from '../server/contract.ts'
export type { VerifyResult, View } from './attempt.ts'
export { DiditVerify } from './element.ts'
export * from './events.ts'
export type { State } from './flow.ts'
export type { Messages } from './locales/en.ts'
