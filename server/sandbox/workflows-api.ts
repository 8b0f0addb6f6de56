// `/v3/workflows/`.

import { type Call, idOf, isObject, jsonOf, notFound, pageOf, Refusal } from './call.ts'
import type { CheckName } from './checks.ts'
import { isOlderWorkflow, olderAnswer, readOlderWorkflow } from './older.ts'
import { knows } from './scopes.ts'
import { microseconds } from './time.ts'
import { readFeatures, readWorkflow, type WorkflowRequest } from './workflow-body.ts'
import { DEFAULTS, graphOf, priceOf, uniLink, type Workflow } from './workflows.ts'

const MOST = 50

export function listWorkflows(call: Call) {
  const { c, state, application, scope } = call
  const rows = state.workflows.list(application.id).filter((each) => knows(scope, each))
  const page = pageOf(call, rows)
  return c.json({ ...page, results: page.results.map((each) => row(each, call)) })
}

export function getWorkflow(call: Call) {
  return call.c.json(detail(workflowOf(call), call))
}

export async function createWorkflow(call: Call) {
  const { c, state, application } = call
  const json = await object(call)
  const wanted = read(call, json)
  if (!wanted.settings.features) readFeatures(undefined)
  if (state.workflows.list(application.id).length >= MOST) {
    throw new Refusal(400, { detail: `You can have up to ${MOST} workflows.` })
  }
  const settings = { ...DEFAULTS, ...wanted.settings }
  const made = state.workflows.create(application.id, settings, wanted.status ?? 'published')
  return c.json(detail(made, call), 201)
}

export async function updateWorkflow(call: Call) {
  const { c, state } = call
  const workflow = workflowOf(call)
  const { settings, status } = read(call, await object(call), workflow)
  const published = workflow.status === 'published'
  if (published && status === 'draft') {
    throw new Refusal(400, { status: ['Cannot revert a published version to draft.'] })
  }
  const changed =
    published && status === 'published'
      ? state.workflows.publish(workflow, settings)
      : state.workflows.change(workflow, settings, status ?? 'published')
  return c.json(detail(changed, call))
}

export function deleteWorkflow(call: Call) {
  call.state.workflows.remove(workflowOf(call))
  return call.c.body(null, 204)
}

function read(
  { state }: Call,
  json: Record<string, unknown>,
  workflow?: Workflow,
): WorkflowRequest {
  if (!state.strict && isOlderWorkflow(json))
    return readOlderWorkflow({ ...workflow?.older, ...json })
  const { settings, status } = readWorkflow(json)
  return { settings: { ...settings, older: null }, status }
}

async function object(call: Call): Promise<Record<string, unknown>> {
  const json = await jsonOf(call)
  if (isObject(json)) return json
  throw new Refusal(400, { non_field_errors: ['Invalid data. Expected a dictionary.'] })
}

function workflowOf(call: Call): Workflow {
  const found = call.state.workflows.byUuid(call.application.id, idOf(call, 'workflow'))
  if (!found || !knows(call.scope, found)) throw notFound()
  return found
}

/** A `WorkflowListItem`. */
function row(workflow: Workflow, { state, key, application }: Call) {
  const price = priceOf(workflow)
  const owner = state.accounts.byApplication(application.id)
  const type = key && owner ? 'user' : 'api_key'
  return {
    uuid: workflow.uuid,
    workflow_id: workflow.workflowId,
    workflow_label: workflow.label,
    workflow_type: typeOf(workflow),
    is_default: workflow.isDefault,
    is_archived: false,
    is_white_label_enabled: workflow.whiteLabel,
    total_price: price,
    min_price: price,
    max_price: price,
    features: workflow.features.map(({ feature }) => feature).join(' + '),
    is_simple_workflow: true,
    is_editable: workflow.status === 'draft',
    workflow_url: uniLink(workflow, state.publicUrl),
    max_retry_attempts: workflow.maxRetries ?? DEFAULTS.maxRetries,
    retry_window_days: workflow.retryWindow,
    session_expiration_time: workflow.lifetime,
    version: workflow.version,
    status: workflow.status,
    has_draft: state.workflows.hasDraft(workflow),
    created_by: { name: application.name, email: owner?.email ?? null, type },
    updated_at: microseconds(workflow.updatedAt),
  }
}

/** The whole configuration, as far as the sandbox has one. */
function detail(workflow: Workflow, call: Call) {
  const has = (feature: CheckName) => workflow.features.some((each) => each.feature === feature)
  const answer = {
    ...row(workflow, call),
    is_desktop_allowed: workflow.desktop,
    face_liveness_max_attempts: workflow.livenessAttempts,
    face_match_max_attempts: workflow.matchAttempts,
    is_liveness_enabled: has('LIVENESS'),
    is_face_match_enabled: has('FACE_MATCH'),
    is_nfc_enabled: has('NFC'),
    is_aml_enabled: has('AML'),
    is_phone_verification_enabled: has('PHONE_VERIFICATION'),
    is_email_verification_enabled: has('EMAIL_VERIFICATION'),
    is_database_validation_enabled: has('DATABASE_VALIDATION'),
    is_ip_analysis_enabled: has('IP_ANALYSIS'),
    is_age_estimation_enabled: has('AGE_ESTIMATION'),
    callback_url: null,
    workflow_graph: graphOf(workflow),
    created_at: microseconds(workflow.createdAt),
  }
  return workflow.older ? olderAnswer(answer, workflow) : answer
}

function typeOf({ older, kind }: Workflow): string | null {
  if (typeof older?.workflow_type === 'string') return older.workflow_type
  return kind === 'business' ? 'kyb' : null
}
