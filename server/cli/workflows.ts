import type { CreateWorkflow, Workflow, WorkflowRow } from '../didit/types.ts'
import {
  adaptiveAgeWorkflow,
  addressWorkflow,
  type BuiltWorkflow,
  biometricWorkflow,
  emailWorkflow,
  kycWorkflow,
  phoneWorkflow,
  questionnaireWorkflow,
  type WorkflowFrame,
} from '../didit/workflow.ts'
import { type Arguments, command, number, on, show, text } from './command.ts'
import { didYouMean } from './nearest.ts'
import { type Column, page, pairs } from './output.ts'
import { PAGING, pageOf } from './paging.ts'
import { UsageError } from './usage.ts'
import { bodyOf, FEATURES, FRAME, frameOf } from './workflow-flags.ts'

const args = {
  uuid: { help: 'The uuid of a version, from workflows list.', field: 'settings_uuid' },
} as const satisfies Arguments

const COLUMNS: readonly Column<WorkflowRow>[] = [
  ['UUID', ({ uuid }) => uuid, 'whole'],
  ['WORKFLOW ID', ({ workflow_id }) => workflow_id, 'whole'],
  ['LABEL', ({ workflow_label }) => workflow_label],
  ['STATUS', ({ status }) => status],
  ['VERSION', ({ version }) => version],
  ['PRICE', ({ total_price }) => `$${total_price}`],
  ['FEATURES', ({ features }) => features],
]

interface TemplateOptions extends WorkflowFrame {
  minimumAge?: number
  questionnaire: string
}

const TEMPLATES: Readonly<Record<string, (options: TemplateOptions) => BuiltWorkflow>> = {
  kyc: kycWorkflow,
  age: adaptiveAgeWorkflow,
  biometric: biometricWorkflow,
  address: addressWorkflow,
  questionnaire: questionnaireWorkflow,
  email: emailWorkflow,
  phone: phoneWorkflow,
}

export const workflows = {
  'workflows list': command({
    summary: 'List the versions of your workflows, newest first.',
    flags: PAGING,
    calls: ['workflows.list'],
    server: true,
    async run(input, { didit }) {
      const rows = await didit.workflows.list(pageOf(input))
      return show(rows, (it, paper) => page(it, COLUMNS, paper))
    },
  }),

  'workflows get': command({
    summary: 'Show one version; all of its settings with --json.',
    args,
    calls: ['workflows.get'],
    server: true,
    async run({ uuid }, { didit }) {
      return show(await didit.workflows.get(uuid), describe)
    },
  }),

  'workflows create': command({
    summary: 'Create a workflow from a template, a list of features, or a body.',
    flags: {
      template: text('NAME', `${Object.keys(TEMPLATES).join(', ')}; for more of KYC see setup.`),
      'minimum-age': number('Years, for the template age. Default 18.', { field: 'minimumAge' }),
      questionnaire: text('UUID', 'For the template questionnaire.', { field: 'questionnaire' }),
      ...FEATURES,
      ...FRAME,
    },
    calls: ['workflows.create'],
    server: true,
    async run(input, { didit, err }) {
      const { template, features, body } = input
      if ((template !== undefined) === (features !== undefined || body !== undefined)) {
        throw new UsageError('Give either --template, or --features or --body.')
      }
      const built = template === undefined ? undefined : fromTemplate(template, input)
      built?.warnings.forEach(err)
      const wanted = built?.body ?? (bodyOf(input) as CreateWorkflow)
      return show(await didit.workflows.create(wanted), describe)
    },
  }),

  'workflows update': command({
    summary: 'Change a version in place; --publish makes a new version with a new uuid.',
    args,
    flags: { ...FEATURES, ...FRAME, publish: on('Publishes it.', { field: 'status' }) },
    calls: ['workflows.update'],
    server: true,
    async run(input, { didit }) {
      const body = { ...bodyOf(input), ...(input.publish && { status: 'published' as const }) }
      if (Object.keys(body).length === 0) {
        throw new UsageError('Nothing is to be changed. Give a flag like --label.')
      }
      return show(await didit.workflows.update(input.uuid, body), describe)
    },
  }),

  'workflows delete': command({
    summary: 'Delete a version.',
    args,
    calls: ['workflows.delete'],
    server: true,
    destroys: ({ uuid }) => `deletes the workflow ${uuid} for good`,
    async run({ uuid }, { didit }) {
      await didit.workflows.delete(uuid)
      return show({ deleted: uuid }, () => 'Deleted.')
    },
  }),
}

function fromTemplate(
  name: string,
  input: Parameters<typeof frameOf>[0] & { 'minimum-age'?: number; questionnaire?: string },
): BuiltWorkflow {
  const build = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined
  if (!build) {
    const names = Object.keys(TEMPLATES)
    const words = `--template is none of ${names.join(', ')}.${didYouMean(name, names)}`
    throw new UsageError(words)
  }
  const { 'minimum-age': minimumAge, questionnaire } = input
  // A template that needs the questionnaire says so itself.
  return build({ ...frameOf(input), minimumAge, questionnaire: questionnaire as string })
}

function describe(it: Workflow): string {
  return pairs([
    ['UUID', it.uuid],
    ['Workflow id', it.workflow_id],
    ['Label', it.workflow_label],
    ['Status', `${it.status}, version ${it.version}`],
    ['Features', it.features],
    ['Price', `$${it.total_price}`],
    ['Retries', it.max_retry_attempts],
    ['Expires after', `${it.session_expiration_time} s`],
    ['Link', it.workflow_url],
  ])
}
