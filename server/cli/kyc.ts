// The KYC guide's script: setup, session, decision, full.

import { CREATE_SESSION, check } from '../didit/checks.ts'
import { DecisionPending } from '../didit/client.ts'
import { pollDecision, setupKycWorkflow } from '../didit/kyc.ts'
import { reauthenticate } from '../didit/reauthenticate.ts'
import { between } from '../didit/rules.ts'
import type { CreatedSession, Decision } from '../didit/types.ts'
import {
  type Context,
  command,
  type Input,
  number,
  on,
  type Result,
  show,
  text,
} from './command.ts'
import { describeDecision } from './decision.ts'
import { exitOf } from './exits.ts'
import { pairs, stringify } from './output.ts'
import { SESSION, SESSION_ALONE, sessionOf } from './session-flags.ts'
import { KYC, kycOf } from './workflow-flags.ts'

const WAITING = {
  poll: on('Waits until the session no longer moves by itself.'),
  interval: number('Seconds between two questions; Didit advises 10 to 30. Default 10.', {
    field: 'interval',
  }),
  'max-wait': number('Seconds to wait in all. Default: until the session ends.', {
    field: 'maxWait',
  }),
} as const

type Waiting = Input<Record<never, never>, typeof WAITING>

const LIMITS = { fields: { interval: between(1, 3600), maxWait: between(0, Infinity) } }

/** Stands for a workflow that does not exist yet, while the rest is looked at. */
const TO_COME = '00000000-0000-4000-8000-000000000000'

export const kyc = {
  setup: command({
    summary: 'Create a KYC workflow: document, selfie, face match, and what the flags add.',
    flags: KYC,
    calls: ['workflows.create'],
    server: true,
    more: 'Once per use case, not once per person.',
    async run(input, { didit, err }) {
      const { workflowId, workflow, warnings } = await setupKycWorkflow(didit, kycOf(input))
      warnings.forEach(err)
      return show(workflow, (it) =>
        pairs([
          ['Workflow', it.workflow_label],
          ['Features', it.features],
          ['Price', `$${it.total_price}`],
          ['DIDIT_WORKFLOW_ID', workflowId],
        ]),
      )
    },
  }),

  session: command({
    summary: 'Create a session for one person and print the link to send to them.',
    flags: { ...SESSION, ...WAITING },
    calls: ['sessions.create', 'sessions.waitForDecision'],
    async run(input, context) {
      const session = await context.didit.sessions.create(sessionOf(input, input['workflow-id']))
      if (!input.poll) return show(session, describeSession, { reveals: ['url'] })
      context.err(`Send user to: ${session.url}`)
      return wait(session.session_id, input, context)
    },
  }),

  decision: command({
    summary: 'Show the decision of a session; wait for it with --poll.',
    args: { id: { help: 'The session.', field: 'session_id' } },
    flags: {
      ...WAITING,
      events: on('With time line, activity and cost, as JSON.'),
    },
    calls: ['sessions.decision', 'sessions.decisionWithEvents', 'sessions.waitForDecision'],
    server: true,
    more: 'Ends with 0 for an approval only; see the exit codes of didit-verify --help.',
    async run(input, context) {
      const { id, events, poll } = input
      const { didit } = context
      if (poll) return wait(id, input, context)
      if (events) {
        const answer = await didit.sessions.decisionWithEvents(id)
        return show(answer, stringify, { exit: exitOf(answer.status) })
      }
      return decided(await didit.sessions.decision(id))
    },
  }),

  full: command({
    summary: 'Create a KYC workflow and a session of it in one go, and print the link.',
    flags: {
      ...KYC,
      ...SESSION_ALONE,
      ...WAITING,
      email: text('EMAIL', 'Adds the e-mail step, and fills it in.', {
        field: SESSION.email.field,
      }),
      phone: text('NUMBER', 'Adds the phone step, and fills it in, like +14155552671.', {
        field: SESSION.phone.field,
      }),
      address: text('TEXT', 'Adds the proof of address, and expects this; wants --country.', {
        field: SESSION.address.field,
      }),
    },
    calls: ['workflows.create', 'sessions.create', 'sessions.waitForDecision'],
    more: 'For trying out. An application has 50 workflows at most: keep the one that it prints.',
    async run(input, context) {
      const { didit, err } = context
      // The workflow would be left over if only the session were refused.
      check(CREATE_SESSION, sessionOf(input, TO_COME))
      check(LIMITS, { interval: input.interval, maxWait: input['max-wait'] })
      const { workflowId, workflow, warnings } = await setupKycWorkflow(didit, {
        ...kycOf({ ...input, email: false, phone: false, address: false }),
        email: input.email !== undefined,
        phone: input.phone !== undefined,
        poa: input.address !== undefined,
      })
      warnings.forEach(err)
      err(`Workflow: ${workflowId}`)
      const session = await didit.sessions.create(sessionOf(input, workflowId))
      if (!input.poll) {
        return show(
          { workflow, session },
          (it) =>
            `${pairs([['Workflow', it.workflow.workflow_label]])}\n${describeSession(it.session)}`,
          { reveals: ['url'] },
        )
      }
      err(`Send user to: ${session.url}`)
      return wait(session.session_id, input, context)
    },
  }),

  reauthenticate: command({
    summary: 'Verify somebody again by their face, from the portrait of an approved session.',
    args: { id: { help: 'The approved session.', field: 'session_id' } },
    flags: SESSION,
    calls: ['sessions.decision', 'sessions.create'],
    more: 'The workflow has to be a biometric one; others ignore the portrait.',
    async run(input, { didit, fetch, signal }) {
      const body = { ...sessionOf(input, input['workflow-id']), session_id: input.id }
      const session = await reauthenticate(didit, body, { fetch, signal })
      return show(session, describeSession, { reveals: ['url'] })
    },
  }),
}

/** A new session: above all its link. */
function describeSession(session: CreatedSession): string {
  return [
    pairs([
      ['Session', session.session_id],
      ['Status', session.status],
      ['User', session.vendor_data],
      ['Workflow id', session.workflow_id],
    ]),
    `Send user to: ${session.url}`,
    `Then: didit-verify decision ${session.session_id} --poll`,
  ].join('\n')
}

/** A decision, and the exit code that it means. */
export function decided(decision: Decision): Result {
  return show(decision, describeDecision, { exit: exitOf(decision.status) })
}

async function wait(id: string, flags: Waiting, { didit, err, signal, now }: Context) {
  const { interval = 10, 'max-wait': maxWait } = flags
  check(LIMITS, { interval, maxWait })
  let last: Decision | undefined
  const onStatus = (status: string, decision: Decision) => {
    last = decision
    err(`${new Date(now()).toISOString().slice(11, 19)} ${status}`)
  }
  err(`Asking every ${interval} s. Ctrl-C ends the waiting, not the session.`)
  const goOn = () => err(`Go on with: didit-verify decision ${id} --poll`)
  signal.addEventListener('abort', goOn, { once: true })
  try {
    return decided(await pollDecision(didit, id, { interval, maxWait, signal, onStatus }))
  } catch (error) {
    if (!(error instanceof DecisionPending) || !last) throw error
    err(error.message)
    return decided(last)
  }
}
