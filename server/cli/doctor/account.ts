// What Didit says about the configuration: key, workflows, credits, webhooks, the time.

import type { Given } from '../../config.ts'
import { type Didit, DiditError } from '../../didit/client.ts'
import { rowsOf } from '../../didit/pages.ts'
import type { Balance, DestinationRow, WorkflowRow } from '../../didit/types.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** From here on a signature is refused as stale; half of it is a reason to look at the clock. */
const STALE = 300
/** Fewer sessions than this should not be left. */
const FEW = 50

/** What the account is held against. */
export interface Setting {
  env: Given
  /** Where Didit should post to. */
  webhooks: string
  /** Whether others than this machine reach the backend. */
  isPublic: boolean
  /** Whether Didit is on this machine, as a sandbox is. */
  local: boolean
}

/** What was found, and where the hosted page is. */
export interface Account {
  findings: Finding[]
  hosted?: URL
}

/** Asks Didit about all of it. What cannot be asked is a finding too. */
export async function inspectAccount(didit: Didit, setting: Setting): Promise<Account> {
  const key = await inspectKey(didit, setting.env)
  if (key.some(({ level }) => level === 'problem')) return { findings: key }
  const { findings: workflows, row } = await inspectWorkflows(didit, setting.env)
  const findings = [
    ...key,
    ...workflows,
    ...(await ask(
      'credits',
      () => didit.billing.balance(),
      (it) => [credits(it, row, setting)],
    )),
    ...(await inspectWebhooks(didit, setting)),
  ]
  const hosted = row && URL.canParse(row.workflow_url) ? new URL(row.workflow_url) : undefined
  return { findings, hosted: hosted && new URL(hosted.origin) }
}

/** How far this clock is from Didit's, in words. */
export function judgeClock(seconds: number | undefined): Finding {
  const topic = 'clock'
  if (seconds === undefined) return warning(topic, 'Didit did not say what time it is.')
  const off = Math.abs(Math.round(seconds))
  if (off <= 5) return ok(topic, "This clock agrees with Didit's.")
  const words = `This clock is ${off} s ${seconds > 0 ? 'ahead of' : 'behind'} Didit's.`
  if (off >= STALE) return problem(topic, `${words} Webhooks are refused as stale. Set the clock.`)
  return off >= STALE / 10 ? warning(topic, `${words} Set the clock.`) : ok(topic, words)
}

async function inspectKey(didit: Didit, env: Given): Promise<Finding[]> {
  const topic = 'key'
  if (!env.DIDIT_API_KEY) {
    return [problem(topic, 'DIDIT_API_KEY is missing. Take the key from the Didit console.')]
  }
  try {
    await didit.sessions.list({ limit: 1 })
    return [ok(topic, 'Didit takes DIDIT_API_KEY, and lets it see sessions.')]
  } catch (error) {
    if (!(error instanceof DiditError)) return [problem('Didit', (error as Error).message)]
    const how = 'Check that it is whole, has not expired, and may see sessions.'
    const refused = error.status === 401 || error.status === 403
    return [problem(topic, refused ? `Didit refuses DIDIT_API_KEY. ${how}` : error.message)]
  }
}

async function inspectWorkflows(
  didit: Didit,
  env: Given,
): Promise<{ findings: Finding[]; row?: WorkflowRow }> {
  const wanted = Object.entries({
    ...(env.DIDIT_WORKFLOW_ID && { DIDIT_WORKFLOW_ID: env.DIDIT_WORKFLOW_ID }),
    ...env.DIDIT_WORKFLOWS,
  })
  if (wanted.length === 0) {
    const how = 'didit-verify setup makes one, didit-verify workflows list shows those there are.'
    return { findings: [problem('workflow', `DIDIT_WORKFLOW_ID is missing. ${how}`)] }
  }
  const rows: WorkflowRow[] = []
  const findings = await ask(
    'workflow',
    async () => {
      const pages = rowsOf(
        (offset) => didit.workflows.list({ offset }),
        ({ uuid }) => uuid,
      )
      for await (const row of pages) rows.push(row)
    },
    () => wanted.flatMap(([name, id]) => judgeWorkflow(name, id, rows)),
  )
  const [first] = wanted
  return { findings, row: versionsOf(first?.[1] ?? '', rows).find(isPublished) }
}

function judgeWorkflow(name: string, id: string, rows: readonly WorkflowRow[]): Finding[] {
  const topic = 'workflow'
  const versions = versionsOf(id, rows)
  const published = versions.find(isPublished)
  if (versions.length === 0) {
    const known = rows.filter(isPublished).map((it) => `${it.workflow_label} (${it.workflow_id})`)
    const have = known.length > 0 ? `It has ${known.slice(0, 5).join(', ')}.` : 'It has none.'
    return [problem(topic, `${name} is no workflow of this application. ${have}`)]
  }
  if (!published) {
    const how = `didit-verify workflows update ${versions[0]?.uuid} --publish`
    return [problem(topic, `${name} is only a draft. Publish it: ${how}`)]
  }
  const { workflow_label: label, features, total_price: price, workflow_id } = published
  const steps = [features].flat().join(' + ')
  return [
    ok(topic, `${name} is ${label}: ${steps}, $${price} a session.`),
    ...(workflow_id.toLowerCase() === id.toLowerCase()
      ? []
      : [warning(topic, `${name} is the id of one version. Use ${workflow_id}, which stays.`)]),
    ...(/\bNFC\b/i.test(steps)
      ? [warning(topic, `${name} reads chips, which no browser can: nobody ends it on the web.`)]
      : []),
  ]
}

function versionsOf(id: string, rows: readonly WorkflowRow[]): WorkflowRow[] {
  const same = (other: string) => other.toLowerCase() === id.toLowerCase()
  return rows.filter((row) => same(row.workflow_id) || same(row.uuid))
}

function isPublished({ status, is_archived }: WorkflowRow): boolean {
  return status === 'published' && !is_archived
}

function credits(it: Balance, row: WorkflowRow | undefined, { env }: Setting): Finding {
  const topic = 'credits'
  if (env.DIDIT_API_KEY?.startsWith('sk_test_')) {
    return ok(topic, 'A sandbox application pays nothing.')
  }
  if (it.auto_refill_enabled) return ok(topic, `$${it.balance}, refilled by itself.`)
  const price = Number(row?.total_price ?? 0)
  const left = price > 0 ? Math.floor(Number(it.balance) / price) : Number(it.balance) > 0 ? FEW : 0
  const words = price > 0 ? `$${it.balance}, enough for ${left} sessions.` : `$${it.balance}.`
  if (left === 0) return problem(topic, `${words} New ones are refused: didit-verify top-up 50`)
  return left < FEW ? warning(topic, `${words} Buy more: didit-verify top-up 50`) : ok(topic, words)
}

async function inspectWebhooks(didit: Didit, setting: Setting): Promise<Finding[]> {
  const { webhooks } = didit
  return ask(
    'webhook',
    async () => {
      const row = (await webhooks.destinations()).find(({ url }) => isSame(url, setting.webhooks))
      if (row) return { row, secret: (await webhooks.destination(row.uuid)).secret_shared_key }
      // Older applications have a single address, and newer ones may know nothing of it.
      const single = await webhooks.get().catch(() => undefined)
      const found = single?.webhook_url && isSame(single.webhook_url, setting.webhooks)
      return { row: undefined, secret: found ? single.secret_shared_key : undefined }
    },
    ({ row, secret }) =>
      secret === undefined
        ? [noDestination(setting)]
        : [...(row ? destination(row) : []), judgeSecret(secret, row, setting)],
  )
}

function noDestination({ webhooks, isPublic, local, env }: Setting): Finding {
  const topic = 'webhook'
  if (!isPublic && !local) {
    const words = `Didit cannot reach ${webhooks}, so changes are asked for, and come later.`
    return warning(topic, `${words} Set PUBLIC_URL to where the backend is reached from outside.`)
  }
  const how = `didit-verify webhooks create-destination --label didit-verify --url ${webhooks}`
  const words = `Nothing posts to ${webhooks}: ${how}`
  const expected = isPublic || env.DIDIT_WEBHOOK_SECRET
  return expected ? problem(topic, words) : warning(topic, words)
}

function destination(row: DestinationRow): Finding[] {
  const topic = 'webhook'
  const update = `didit-verify webhooks update-destination ${row.uuid}`
  const found = [
    ...(row.enabled ? [] : [problem(topic, `It is switched off: ${update} --enable`)]),
    ...(row.subscribed_events.includes('status.updated')
      ? []
      : [problem(topic, `It is told no status: ${update} --events status.updated,data.updated`)]),
    ...(row.webhook_version === 'v3'
      ? []
      : [warning(topic, `It gets ${row.webhook_version}: ${update} --webhook-version v3`)]),
    ...(row.failed_deliveries_count > 0
      ? [
          warning(
            topic,
            `${row.failed_deliveries_count} of ${row.deliveries_count} deliveries failed: ` +
              `didit-verify webhooks deliveries ${row.uuid}`,
          ),
        ]
      : []),
  ]
  return found.length > 0 ? found : [ok(topic, `Didit posts to ${row.url}.`)]
}

/** The secrets are compared here, and shown to nobody. */
function judgeSecret(secret: string, row: DestinationRow | undefined, { env }: Setting): Finding {
  const topic = 'secret'
  const show = row ? `webhooks destination ${row.uuid}` : 'webhooks get'
  const how = `didit-verify ${show} --show-secrets prints it.`
  const own = env.DIDIT_WEBHOOK_SECRET
  if (!own) return problem(topic, `DIDIT_WEBHOOK_SECRET is missing, webhooks are refused. ${how}`)
  return own.includes(secret)
    ? ok(topic, 'DIDIT_WEBHOOK_SECRET is that of the destination.')
    : problem(topic, `DIDIT_WEBHOOK_SECRET is not that of the destination. ${how}`)
}

function isSame(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '')
}

/** A key may not be allowed to look at everything; that alone is no fault. */
async function ask<T>(
  topic: string,
  question: () => Promise<T>,
  judge: (answer: T) => Finding[],
): Promise<Finding[]> {
  try {
    return judge(await question())
  } catch (error) {
    if (error instanceof DiditError && error.status === 403) {
      return [warning(topic, 'This key may not look at it.')]
    }
    return [problem(topic, (error as Error).message)]
  }
}
