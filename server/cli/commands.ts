import { account, billing } from './account.ts'
import { blocklist } from './blocklist.ts'
import { doctor } from './doctor/doctor.ts'
import type { Commands } from './find.ts'
import { kyc } from './kyc.ts'
import { lists } from './lists.ts'
import { processes } from './processes.ts'
import { review } from './review.ts'
import { sessions } from './sessions.ts'
import { webhooks } from './webhooks.ts'
import { workflows } from './workflows.ts'

/** Heading -> commands, as the help shows them. */
export const SECTIONS: Readonly<Record<string, Commands>> = {
  'Verify somebody': kyc,
  Sessions: { ...sessions, ...review },
  Workflows: workflows,
  Blocklist: { ...blocklist, ...lists },
  Webhooks: webhooks,
  'Account and credits': { ...account, ...billing },
  'On your machine': { ...processes, ...doctor },
}

/** Every command; parsing, help, `docs/cli.md` and `docs/endpoints.md` are read off this table. */
export const COMMANDS: Commands = Object.assign({}, ...Object.values(SECTIONS))
