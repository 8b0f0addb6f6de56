// A case of the conformance test: which answer of Didit's description it is, and how to get it.

import type { setUp } from '../fixture.ts'

export type Kit = ReturnType<typeof setUp>
export type Answer = Awaited<ReturnType<Kit['ask']>>
export type Run = (kit: Kit) => Promise<Answer>

export interface Case {
  operation: string
  status: number
  /** The documented example that it has to be, word for word; without one the schema decides. */
  example: string | undefined
  /** What is special, where several cases have the same answer. */
  name: string | undefined
  run: Run
}

export const NOBODY = '99999999-8888-4777-8666-555555555555'
export const NO_KEY = { 'x-api-key': '' }
export const SCOPED = { 'x-api-key': 'scoped' }
export const BY_PARTNER = { 'x-api-key': 'partner' }

/** Every check that a person can be asked for. */
export const FEATURES = [
  'OCR',
  'NFC',
  'LIVENESS',
  'FACE_MATCH',
  'AGE_ESTIMATION',
  'PROOF_OF_ADDRESS',
  'QUESTIONNAIRE',
  'DOCUMENT_AI',
  'PHONE_VERIFICATION',
  'EMAIL_VERIFICATION',
  'DATABASE_VALIDATION',
  'AML',
  'IP_ANALYSIS',
]

/** The cases of an operation. */
export function of(operation: string) {
  return {
    /** An answer that its schema describes. */
    answer: (status: number, run: Run, name?: string): Case => ({
      operation,
      status,
      example: undefined,
      name,
      run,
    }),
    /** An answer that is one of the examples. */
    example: (status: number, example: string, run: Run): Case => ({
      operation,
      status,
      example,
      name: undefined,
      run,
    }),
  }
}

/** One call. */
export function call(method: string, path: string, body?: unknown, headers = {}): Run {
  return (kit) => kit.ask(method, path, body, headers)
}

/** One call after so many of the same, and perhaps some milliseconds. */
export function tooMany(times: number, method: string, path: string, wait = 0): Run {
  return async (kit) => {
    for (let i = 0; i < times; i++) await kit.send(method, path)
    kit.time.pass(wait)
    return kit.ask(method, path)
  }
}

/** A session of every check, played to its end. */
export async function everything(kit: Kit, scenario = 'approve', body: object = {}) {
  const { workflow_id } = await kit.workflow(...FEATURES)
  const contact_details = { email: 'eva@mail.example', phone: '+34600000001', email_lang: 'es' }
  return kit.played(scenario, { workflow_id, contact_details, ...body })
}
