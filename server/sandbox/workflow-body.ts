// What `POST` and `PATCH /v3/workflows/` take: a strict list of keys, and rules for the features.

import { z } from 'zod'
import { Refusal } from './call.ts'
import { CHECKS, type CheckName, check, isCheck } from './checks.ts'
import { fieldErrors } from './fields.ts'
import type { WorkflowFeature, WorkflowSettings } from './workflows.ts'

/** A questionnaire that every application has. */
export const QUESTIONNAIRE = '9f7485e0-b00b-4d56-9d3e-7859b68d1213'

/** In the order in which Didit's refusal names them. */
const KEYS = [
  'workflow_label',
  'is_default',
  'status',
  'features',
  'is_white_label_enabled',
  'is_desktop_allowed',
  'max_retry_attempts',
  'retry_window_days',
  'session_expiration_time',
  'face_liveness_max_attempts',
  'face_match_max_attempts',
]

const flag = z.boolean('Must be a valid boolean.').optional()

function whole(min: number, max: number) {
  return z
    .int('A valid integer is required.')
    .min(min, `Ensure this value is greater than or equal to ${min}.`)
    .max(max, `Ensure this value is less than or equal to ${max}.`)
}

const body = z.object({
  workflow_label: z
    .string('Not a valid string.')
    .max(50, 'Ensure this field has no more than 50 characters.')
    .optional(),
  is_default: flag,
  status: z
    .enum(['draft', 'published'], {
      error: ({ input }) => `${JSON.stringify(input)} is not a valid choice.`,
    })
    .optional(),
  is_white_label_enabled: flag,
  is_desktop_allowed: flag,
  max_retry_attempts: whole(0, 10).optional(),
  retry_window_days: whole(1, 365).nullish(),
  face_liveness_max_attempts: whole(1, 3).optional(),
  face_match_max_attempts: whole(1, 3).optional(),
  session_expiration_time: whole(3_600, 2_419_200).optional(),
})

const feature = z.object({
  feature: z.string(),
  config: z.record(z.string(), z.unknown()).default({}),
  label: z.string().nullish(),
})

/** What a body of today's form asks for; keys that it leaves out are left out. */
export interface WorkflowRequest {
  settings: Partial<WorkflowSettings>
  status: 'draft' | 'published' | undefined
}

/** Reads a body of today's form, or refuses it in Didit's words. */
export function readWorkflow(json: Record<string, unknown>): WorkflowRequest {
  const unknown = Object.keys(json).filter((key) => !KEYS.includes(key))
  if (unknown.length > 0) {
    const names = KEYS.map((key) => `\`${key}\``).join(', ')
    const sentence = `The v3 workflow API only accepts ${names}.`
    throw new Refusal(400, Object.fromEntries(unknown.map((key) => [key, [sentence]])))
  }
  const parsed = body.safeParse(json)
  if (!parsed.success) throw new Refusal(400, fieldErrors(parsed.error))
  const { data } = parsed
  const settings: Partial<WorkflowSettings> = {
    label: data.workflow_label,
    isDefault: data.is_default,
    whiteLabel: data.is_white_label_enabled,
    desktop: data.is_desktop_allowed,
    maxRetries: data.max_retry_attempts,
    retryWindow: data.retry_window_days,
    livenessAttempts: data.face_liveness_max_attempts,
    matchAttempts: data.face_match_max_attempts,
    lifetime: data.session_expiration_time,
    features: 'features' in json ? readFeatures(json.features) : undefined,
  }
  const given = Object.entries(settings).filter(([, value]) => value !== undefined)
  return { settings: Object.fromEntries(given), status: data.status }
}

/** Reads `features` in the order in which they run. */
export function readFeatures(json: unknown): WorkflowFeature[] {
  if (!Array.isArray(json) || json.length === 0) refuse('At least one feature is required.')
  const features = json.map((each: unknown, i: number) => {
    const row = feature.safeParse(each)
    if (!row.success) return refuse(`Feature ${i + 1} must be an object with a \`feature\`.`)
    const { config, label } = row.data
    if (isCheck(row.data.feature))
      return { feature: row.data.feature, config, label: label ?? null }
    // The refusal's own list leaves out the newest feature, although it is accepted.
    const known = Object.keys(CHECKS).filter((name) => name !== 'DOCUMENT_AI')
    return refuse(
      `Invalid feature '${row.data.feature}'. Allowed values: ${known.sort().join(', ')}.`,
    )
  })
  order(features.map((each) => each.feature))
  for (const { feature, config } of features) {
    const id = config.questionnaire_uuid
    if (feature === 'QUESTIONNAIRE' && id !== undefined && id !== QUESTIONNAIRE) {
      throw new Refusal(400, {
        features: `Questionnaire '${id}' was not found for this application. Create the questionnaire first, then use its questionnaire_id.`,
      })
    }
    thresholds(feature, config)
  }
  return features
}

function order(names: readonly CheckName[]) {
  const [first] = names
  if (first && check(first).passive) refuse(`Feature '${first}' cannot be the first feature.`)
  for (const [i, name] of names.entries()) {
    const { after } = check(name)
    if (after.length > 0 && !names.slice(0, i).some((each) => after.includes(each))) {
      refuse(`Feature '${name}' must appear after one of: ${after.join(', ')}.`)
    }
  }
}

function thresholds(name: CheckName, config: Record<string, unknown>) {
  for (const [key, value] of Object.entries(config)) {
    const range = /threshold/.test(key) && (typeof value !== 'number' || value < 0 || value > 100)
    if (range) refuse(`Feature '${name}': ${key} must be a number between 0 and 100.`)
  }
}

function refuse(sentence: string): never {
  throw new Refusal(400, { features: [sentence] })
}
