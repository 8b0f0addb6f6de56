// The commands that go on until they are stopped; the process itself runs them.

import { command, number, on, secret, text } from './command.ts'
import { UsageError } from './usage.ts'

export const processes = {
  serve: command({
    summary: 'Run the backend. Configured by the environment or a .env file.',
    calls: [],
    async run(_: object, { serve }) {
      await serve()
      return undefined
    },
  }),

  sandbox: command({
    summary: 'Run a local Didit: API, hosted page and webhooks.',
    flags: {
      port: number('Default 4010.'),
      'webhook-url': text('URL', 'Where webhooks go; wants --webhook-secret.'),
      'webhook-secret': secret('TEXT', 'What they are signed with.'),
      strict: on('Refuses what Didit refuses, though it is handy here.'),
    },
    calls: [],
    async run(input, { sandbox, given }) {
      const { 'webhook-url': url, 'webhook-secret': secret, strict } = input
      if ((url === undefined) !== (secret === undefined)) {
        throw new UsageError('Give --webhook-url and --webhook-secret together, or neither.')
      }
      const { port = given('SANDBOX_PORT').SANDBOX_PORT ?? 4010 } = input
      await sandbox({ port, strict, webhook: url && secret ? { url, secret } : undefined })
      return undefined
    },
  }),
}
