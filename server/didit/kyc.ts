// The functions of the KYC guide's script, over the client. Names and meaning of the arguments are
// the script's, so durations are seconds here.

import type { Didit } from './client.ts'
import type { OldFlags } from './old-flags.ts'
import type { CreatedSession, CreateSession, Decision, Language, Workflow } from './types.ts'
import { type KycWorkflow, kycWorkflow } from './workflow.ts'

/** A workflow that was made. */
export interface KycSetup {
  /** What sessions want. */
  workflowId: string
  workflow: Workflow
  /** What to know about it, in sentences. */
  warnings: string[]
}

/** Makes a KYC workflow. Once per use case, not once per person. */
export async function setupKycWorkflow(
  didit: Didit,
  options: KycWorkflow | OldFlags = {},
): Promise<KycSetup> {
  const { body, warnings } = kycWorkflow(options)
  const workflow = await didit.workflows.create(body)
  return { workflowId: workflow.workflow_id ?? workflow.uuid, workflow, warnings }
}

export interface KycSession {
  workflowId: string
  /** Your own id of the person. Without it Didit takes every session for another person. */
  vendorData?: string
  callback?: string
  language?: Language
  email?: string
  phone?: string
  firstName?: string
  lastName?: string
  /** `YYYY-MM-DD`. */
  dateOfBirth?: string
  metadata?: unknown
  /** Anything else that `sessions.create()` takes; wins over the above. */
  more?: Partial<CreateSession>
}

/** Makes a session for one person; send them to the `url` of the answer. */
export function createKycSession(didit: Didit, options: KycSession): Promise<CreatedSession> {
  const contact = given({ email: options.email, phone: options.phone })
  const expected = given({
    first_name: options.firstName,
    last_name: options.lastName,
    date_of_birth: options.dateOfBirth,
  })
  return didit.sessions.create({
    workflow_id: options.workflowId,
    vendor_data: options.vendorData,
    callback: options.callback,
    language: options.language,
    metadata: options.metadata,
    contact_details: contact,
    expected_details: expected,
    ...options.more,
  })
}

/** The session as it is now. */
export function getDecision(didit: Didit, sessionId: string): Promise<Decision> {
  return didit.sessions.decision(sessionId)
}

export interface PollOptions {
  /** Seconds between two questions. Default 10. */
  interval?: number
  /** Seconds in all. Default: until the session ends. */
  maxWait?: number
  signal?: AbortSignal
  /** Told each new status. */
  onStatus?(status: string, decision: Decision): void
}

/**
 * Asks until the session no longer moves by itself.
 *
 * @throws {DecisionPending} after `maxWait`.
 */
export function pollDecision(
  didit: Didit,
  sessionId: string,
  { interval = 10, maxWait, signal, onStatus }: PollOptions = {},
): Promise<Decision> {
  return didit.sessions.waitForDecision(sessionId, {
    interval: interval * 1000,
    timeout: maxWait === undefined ? undefined : maxWait * 1000,
    signal,
    onStatus,
  })
}

function given<T extends object>(values: T): T | undefined {
  return Object.values(values).some((value) => value !== undefined) ? values : undefined
}
