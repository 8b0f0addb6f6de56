// `npm run test:faults`: a campaign on each store, or on the one that is asked for.

import { parseArgs } from 'node:util'
import { NO_POSTGRES } from '../support/postgres.ts'
import { type CampaignOptions, type Report, runCampaign } from './campaign.ts'

const HELP = `npm run test:faults -- [--store sqlite|postgres] [--sessions 500] [--seed N]

Runs as many verifications through real processes while webhooks, Didit's API, the host, the
processes and the database fail, and then compares each with what Didit knows of it.`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      store: { type: 'string' },
      sessions: { type: 'string', default: '500' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
      help: { type: 'boolean', default: false },
    },
  })
  const { store, help } = values
  const [sessions, seed] = [Number(values.sessions), Number(values.seed)]
  const known = store === undefined || store === 'sqlite' || store === 'postgres'
  if (help || !known || !Number.isInteger(sessions) || sessions < 1 || !Number.isInteger(seed)) {
    console.log(HELP)
    return help ? 0 : 2
  }
  const stores: CampaignOptions['store'][] = store ? [store] : ['sqlite', 'postgres']
  let failed = false
  for (const each of stores) {
    if (each === 'postgres' && NO_POSTGRES) {
      console.log(`postgres${NO_POSTGRES}`)
      continue
    }
    const report = await runCampaign({ store: each, sessions, seed, say: console.log })
    console.log(describe(report))
    failed ||= Object.values(report.faults).some((all) => all.length > 0)
  }
  return failed ? 1 : 0
}

/** A report for people. */
export function describe(report: Report): string {
  const { store, seed, seconds, sessions, changes, storms, events, faults } = report
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, amount]) => `  ${String(amount).padStart(6)}  ${name}`)
  return [
    `\n── ${store}, seed ${seed}, ${seconds} s ${'─'.repeat(40)}`,
    `${sessions} sessions, ${changes} changes at Didit`,
    'Faults in force:',
    ...list(storms),
    'What happened:',
    ...list(events),
    `${report.rightBeforeSweep} of ${sessions} were right before the next daily sweep. After it:`,
    ...Object.entries(faults).flatMap(([name, all]) => [
      `  ${String(all.length).padStart(6)}  ${name}`,
      ...all.slice(0, 20).map((text) => `          ${text}`),
    ]),
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) process.exit(await main())
