// The workflows of the sandbox's applications, in their versions. In memory.

import { type CheckName, check, nodesOf } from './checks.ts'
import { base64url } from './tokens.ts'

/** The workflow that is there from the start. */
export const DEFAULT_WORKFLOW = '11111111-2222-4333-8444-555555555555'
/** There from the start too: liveness and face match without a document, as only the console makes. */
export const BIOMETRIC_WORKFLOW = '11111111-2222-4333-8444-666666666666'
/** The one that the examples of the older sessions guide name; not there when strict. */
export const GUIDE_WORKFLOW = 'd8d2fa2d-c69c-471c-b7bc-bc71512b43ef'

/** A feature of a workflow, as it was sent. */
export interface WorkflowFeature {
  feature: CheckName
  config: Record<string, unknown>
  label: string | null
}

/** What a caller decides about a workflow. */
export interface WorkflowSettings {
  label: string
  isDefault: boolean
  whiteLabel: boolean
  desktop: boolean
  features: WorkflowFeature[]
  /** Null: nobody counts, as in the workflows that are there from the start. */
  maxRetries: number | null
  /** Days; null counts for ever. */
  retryWindow: number | null
  livenessAttempts: number
  matchAttempts: number
  /** How long an unfinished session lives, in seconds. */
  lifetime: number
  /** The flags of the older form, as they came; null when it was made in today's. */
  older: Record<string, unknown> | null
}

/** One version of a workflow. */
export interface Workflow extends WorkflowSettings {
  readonly application: string
  readonly uuid: string
  /** The same for all versions. */
  readonly workflowId: string
  readonly version: number
  status: 'draft' | 'published'
  kind: 'user' | 'business'
  /** Sessions outlive it, and then name no workflow. */
  deleted: boolean
  createdAt: number
  updatedAt: number
}

/** What `POST /v3/workflows/` fills in. */
export const DEFAULTS: WorkflowSettings = {
  label: 'ID Verification',
  isDefault: false,
  whiteLabel: false,
  desktop: false,
  features: [],
  maxRetries: 3,
  retryWindow: 7,
  livenessAttempts: 3,
  matchAttempts: 3,
  lifetime: 604_800,
  older: null,
}

const BUILT_IN = [
  {
    workflowId: DEFAULT_WORKFLOW,
    label: 'Sandbox KYC',
    features: ['OCR', 'LIVENESS', 'FACE_MATCH', 'IP_ANALYSIS'],
    isDefault: true,
    older: null,
  },
  {
    workflowId: BIOMETRIC_WORKFLOW,
    label: 'Sandbox biometrics',
    features: ['LIVENESS', 'FACE_MATCH'],
    isDefault: false,
    older: null,
  },
  {
    workflowId: GUIDE_WORKFLOW,
    label: 'KYC Onboarding',
    features: ['OCR', 'LIVENESS', 'FACE_MATCH'],
    isDefault: false,
    older: { workflow_type: 'kyc' },
  },
] as const

export type Workflows = ReturnType<typeof createWorkflows>

/** @param options.strict leave out the workflow of the older guide */
export function createWorkflows({ now, strict }: { now(): number; strict: boolean }) {
  let rows: Workflow[] = []
  const seeded = new Set<string>()

  /** Oldest first. Every application has those that are there from the start. */
  function of(application: string): Workflow[] {
    if (!seeded.has(application)) {
      seeded.add(application)
      const wanted = BUILT_IN.filter(({ workflowId }) => !strict || workflowId !== GUIDE_WORKFLOW)
      for (const { workflowId, features, ...rest } of wanted) {
        const list = features.map((feature) => ({ feature, config: {}, label: null }))
        const settings = { ...DEFAULTS, ...rest, features: list, maxRetries: null }
        rows.push({ ...version(application, settings, 'published'), uuid: workflowId, workflowId })
      }
    }
    return rows.filter((each) => each.application === application)
  }

  function version(
    application: string,
    settings: WorkflowSettings,
    status: Workflow['status'],
    previous?: Workflow,
  ): Workflow {
    const uuid = crypto.randomUUID()
    return {
      ...settings,
      application,
      uuid,
      workflowId: previous?.workflowId ?? uuid,
      version: (previous?.version ?? 0) + 1,
      status,
      kind: kindOf(settings.features),
      deleted: false,
      createdAt: now(),
      updatedAt: now(),
    }
  }

  function keep(workflow: Workflow): Workflow {
    if (workflow.isDefault) {
      for (const other of of(workflow.application)) {
        if (other.workflowId !== workflow.workflowId) other.isDefault = false
      }
    }
    if (!rows.includes(workflow)) rows.push(workflow)
    return workflow
  }

  function group({ application, workflowId }: Workflow): Workflow[] {
    return of(application).filter((each) => each.workflowId === workflowId)
  }

  return {
    /** Newest first, each version a row. */
    list: (application: string) => of(application).reverse(),

    byUuid: (application: string, uuid: string) =>
      of(application).find((each) => each.uuid === uuid),

    /** The latest published version, found by the stable id or by that of any version. */
    published(application: string, id: string): Workflow | undefined {
      const own = of(application)
      const found = own.find((each) => each.workflowId === id || each.uuid === id)
      return found && group(found).findLast(({ status }) => status === 'published')
    },

    create: (application: string, settings: WorkflowSettings, status: Workflow['status']) =>
      keep(version(application, settings, status)),

    /** Changes a version in place. */
    change(workflow: Workflow, settings: Partial<WorkflowSettings>, status: Workflow['status']) {
      Object.assign(workflow, settings, { status, updatedAt: now() })
      return keep(Object.assign(workflow, { kind: kindOf(workflow.features) }))
    },

    /** Publishes a new version beside the old one. Only the console leaves a draft beside them. */
    publish(workflow: Workflow, settings: Partial<WorkflowSettings>): Workflow {
      const newest = group(workflow).at(-1) ?? workflow
      const { application } = workflow
      return keep(version(application, { ...workflow, ...settings }, 'published', newest))
    },

    remove(workflow: Workflow) {
      workflow.deleted = true
      rows = rows.filter((each) => each !== workflow)
    },

    hasDraft: (workflow: Workflow) => group(workflow).some(({ status }) => status === 'draft'),

    clear() {
      rows = []
      seeded.clear()
    },
  }
}

/** Dollars for one session that runs every step. */
export function priceOf({ features }: Pick<Workflow, 'features'>): number {
  const cents = features.reduce((sum, { feature }) => sum + check(feature).price * 100, 0)
  return Math.round(cents) / 100
}

/** A link that makes a session of its own at every visit. */
export function uniLink({ workflowId }: Workflow, publicUrl: string): string {
  const bytes = Uint8Array.from(workflowId.replaceAll('-', '').match(/../g) ?? [], (pair) =>
    Number.parseInt(pair, 16),
  )
  return `${publicUrl}/u/${base64url(bytes)}`
}

/** The steps in a row, each leading to the next, the last to the end. */
export function graphOf({ features }: Workflow) {
  const nodes = nodesOf(features.map(({ feature }) => feature))
  const steps = nodes.map(({ id, feature }, i) => [
    id,
    {
      id,
      type: 'feature',
      feature,
      config: features[i]?.config ?? {},
      label: features[i]?.label ?? null,
      next: nodes[i + 1]?.id ?? 'status',
    },
  ])
  const end = ['status', { id: 'status', type: 'status' }]
  return { start_node: nodes[0]?.id ?? 'status', nodes: Object.fromEntries([...steps, end]) }
}

function kindOf(features: readonly WorkflowFeature[]): Workflow['kind'] {
  return features.some(({ feature }) => feature.startsWith('KYB_')) ? 'business' : 'user'
}
