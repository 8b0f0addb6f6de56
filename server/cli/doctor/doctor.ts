import type { Given } from '../../config.ts'
import { ConfigError, readConfig, readGiven, VARIABLE_NAMES } from '../../config.ts'
import { isLoopback } from '../../loopback.ts'
import { clientOf } from '../client.ts'
import { type Context, command, type Result, show, text } from '../command.ts'
import { UsageError } from '../usage.ts'
import { type Account, inspectAccount, judgeClock } from './account.ts'
import { describeFindings, type Finding, ok, problem } from './finding.ts'
import { neededHeaders } from './headers.ts'
import { judgeOrigins } from './origins.ts'
import type { HostPage } from './page.ts'

const HOSTED = 'https://verify.didit.me'
/** Characters of a page that are looked at; policies stand at its beginning. */
const LENGTH = 1_000_000
const PATIENCE = 15_000

export const doctor = {
  doctor: command({
    summary: 'Check key, workflows, credits, webhooks, clock and origins; or a page, by its URL.',
    args: { url: { help: 'A page with the element, to check its headers.', optional: true } },
    flags: {
      hosted: text(
        'URL',
        'Where the hosted page is. Default: https://verify.didit.me, or the sandbox.',
      ),
      backend: text('URL', 'Where the backend is. Default: as the page says, or PUBLIC_URL.'),
    },
    calls: [
      'sessions.list',
      'workflows.list',
      'billing.balance',
      'webhooks.destinations',
      'webhooks.destination',
      'webhooks.get',
    ],
    more: 'Changes nothing. Ends with 1 when there is a problem.',
    async run({ url, hosted, backend }, context) {
      if (url === undefined) return checkUp(context)
      const page = urlOf('URL', url)
      const env = context.given('DIDIT_BASE_URL', 'PUBLIC_URL')
      const ours = backend ?? env.PUBLIC_URL
      const needs = {
        hosted: urlOf('--hosted', hosted ?? hostedBy(env.DIDIT_BASE_URL)),
        backend: ours === undefined ? undefined : urlOf('--backend', ours),
      }
      // With a parser of HTML, which no other command needs.
      const { inspectPage } = await import('./host-page.ts')
      return report(inspectPage(await fetchPage(page, context), needs))
    },
  }),
}

/** Everything that can be known without a page. */
async function checkUp(context: Context): Promise<Result> {
  const { values: env, problems } = readGiven(context.env, VARIABLE_NAMES)
  const publicUrl = new URL(env.PUBLIC_URL ?? `http://localhost:${env.PORT ?? 8787}/api/verify`)
  const allowed = env.ALLOWED_ORIGINS ?? []
  // With an address that cannot be read nobody knows whom to ask.
  const lost = problems.some((line) => line.startsWith('DIDIT_BASE_URL'))
  const account = lost ? { findings: [] } : await checkAccount(context, env, publicUrl)
  return report(
    [...configuration(context.env), ...account.findings, ...judgeOrigins(publicUrl, allowed)],
    neededHeaders({
      hosted: account.hosted?.origin ?? hostedBy(env.DIDIT_BASE_URL),
      backend: publicUrl.origin,
      pages: allowed.length > 0 ? allowed : [publicUrl.origin],
    }),
  )
}

async function checkAccount(context: Context, env: Given, publicUrl: URL): Promise<Account> {
  const { now, timers, err } = context
  const clock = watchClock(context)
  const didit = clientOf(() => env, { fetch: clock.fetch, now, timers, err }, { retries: 0 })
  const base = env.DIDIT_BASE_URL
  const { findings, hosted } = await inspectAccount(didit, {
    env,
    webhooks: `${publicUrl.href.replace(/\/$/, '')}/webhooks`,
    isPublic: !isLoopback(publicUrl),
    local: base !== undefined && isLoopback(new URL(base)),
  })
  return { hosted, findings: clock.heard() ? [...findings, judgeClock(clock.ahead())] : findings }
}

/** What serve would refuse to start with. */
function configuration(env: Context['env']): Finding[] {
  try {
    readConfig(env)
    return [ok('config', 'didit-verify serve can be started with it.')]
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const [, ...lines] = error.message.split('\n- ')
    return lines.map((line) => problem('config', line))
  }
}

function report(findings: Finding[], headers?: Record<string, string>): Result {
  const healthy = findings.every(({ level }) => level !== 'problem')
  return show(
    { healthy, findings, ...(headers && { headers }) },
    (it, paper) => {
      const lines = Object.entries(it.headers ?? {}).map(([name, value]) => `${name}: ${value}`)
      const advice = [
        '',
        'A page with the element that sends these headers needs at least:',
        ...lines,
      ]
      return [describeFindings(it.findings, paper), ...(lines.length > 0 ? advice : [])].join('\n')
    },
    { exit: healthy ? 'ok' : 'failed' },
  )
}

/** Where Didit's hosted page is, as far as addresses tell: a sandbox serves it itself. */
function hostedBy(base: string | undefined): string {
  return base !== undefined && isLoopback(new URL(base)) ? new URL(base).origin : HOSTED
}

/** A fetch that notes what the other side's clock says. */
function watchClock({ fetch, now }: Context) {
  let ahead: number | undefined
  let heard = false
  return {
    /** Whether there was any answer. */
    heard: () => heard,
    /** Seconds that this clock is ahead. */
    ahead: () => ahead,
    fetch: (async (input, init) => {
      const before = now()
      const response = await fetch(input, init)
      heard = true
      const date = Date.parse(response.headers.get('date') ?? '')
      // The header has whole seconds, and was written somewhere between question and answer.
      if (!Number.isNaN(date)) ahead = ((before + now()) / 2 - date - 500) / 1000
      return response
    }) satisfies typeof globalThis.fetch,
  }
}

async function fetchPage(url: URL, { fetch, signal }: Context): Promise<HostPage> {
  let response: Response
  try {
    response = await fetch(url, {
      headers: { accept: 'text/html' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    })
  } catch (cause) {
    throw new Error(`${url} did not answer. Check the address, and that it is up.`, { cause })
  }
  return {
    url: new URL(response.url || url),
    status: response.status,
    header: (name) => response.headers.get(name),
    html: await beginningOf(response),
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of body ?? []) {
    text += decoder.decode(piece, { stream: true })
    if (text.length > LENGTH) break
  }
  return text
}

function urlOf(name: string, written: string): URL {
  if (URL.canParse(written) && /^https?:$/.test(new URL(written).protocol)) return new URL(written)
  throw new UsageError(`${name} is not an address. Write it whole, like https://www.example.com/.`)
}
