// Getting an account, and what it pays.

import { type Context, command, secret, show, text } from './command.ts'
import { pairs, table } from './output.ts'

const email = text('EMAIL', 'The address of the account.', { field: 'email', required: true })
const password = secret('TEXT', 'Asked for when it is not given; - reads it from standard input.', {
  field: 'password',
  env: 'DIDIT_PASSWORD',
  required: true,
})
const token = {
  'access-token': secret('TOKEN', 'From login --show-secrets; - reads it from standard input.', {
    field: 'accessToken',
    env: 'DIDIT_ACCESS_TOKEN',
    required: true,
  }),
}

const organization = {
  help: 'Its uuid, from organizations.',
  field: 'organization_uuid',
} as const

export const account = {
  register: command({
    summary: 'Begin an account at Didit; a code comes by e-mail.',
    flags: { email, password },
    calls: ['account.register'],
    server: true,
    async run({ email, password }, { didit }) {
      const answer = await didit.account.register({ email, password })
      return show(answer, (it) =>
        [it.message, `Then: didit-verify verify-email --email ${it.email} --code CODE`].join('\n'),
      )
    },
  }),

  'verify-email': command({
    summary: 'Finish it with the code of the e-mail. Prints your API key.',
    flags: {
      email,
      code: text('CODE', 'Six letters and digits, valid for about ten minutes.', {
        field: 'code',
        required: true,
      }),
    },
    calls: ['account.verifyEmail'],
    server: true,
    more: 'The key is what this command is for, so it is printed. Keep it in a .env file or a vault.',
    async run({ email, code }, { didit, err }) {
      const answer = await didit.account.verifyEmail({ email, code })
      err('The key that follows is a secret: whoever has it acts for your application.')
      return show(
        answer,
        ({ organization, application }) =>
          pairs([
            ['Organization', `${organization.name} (${organization.uuid})`],
            ['Application', `${application.name} (${application.uuid})`],
            ['DIDIT_API_KEY', application.api_key],
          ]),
        { reveals: ['api_key'] },
      )
    },
  }),

  'resend-otp': command({
    summary: 'Have another code sent; once a minute.',
    flags: {
      email,
      password: secret('TEXT', 'Only if Didit asks for it; - reads it from standard input.', {
        field: 'password',
        env: 'DIDIT_PASSWORD',
      }),
    },
    calls: ['account.resendOtp'],
    server: true,
    async run({ email, password }, { didit }) {
      const answer = await didit.account.resendOtp({ email, password })
      return show(answer, () => 'If this address waits for a code, another one is on its way.')
    },
  }),

  login: command({
    summary: 'Get a token for organizations and applications.',
    flags: { email, password },
    calls: ['account.login'],
    server: true,
    more: 'With --show-secrets it prints the token; set it as DIDIT_ACCESS_TOKEN. It lives a day.',
    async run({ email, password }, { didit }) {
      const answer = await didit.account.login({ email, password })
      return show(answer, (it) =>
        pairs([
          ['DIDIT_ACCESS_TOKEN', it.access_token],
          ['Valid for', `${Math.round(it.expires_in / 3600)} hours`],
        ]),
      )
    },
  }),

  organizations: command({
    summary: 'List the organizations of your account.',
    flags: token,
    calls: ['account.organizations'],
    server: true,
    async run({ 'access-token': accessToken }, { didit }) {
      return show(await didit.account.organizations({ accessToken }), (rows, paper) =>
        table(
          rows,
          [
            ['UUID', ({ uuid }) => uuid, 'whole'],
            ['NAME', ({ name }) => name],
            ['CONTACT', ({ contact_email }) => contact_email],
          ],
          paper,
        ),
      )
    },
  }),

  applications: command({
    summary: 'List the applications of an organization.',
    args: { organization },
    flags: token,
    calls: ['account.applications'],
    server: true,
    async run({ organization, 'access-token': accessToken }, { didit }) {
      const rows = await didit.account.applications(organization, { accessToken })
      return show(rows, (shown, paper) =>
        table(
          shown,
          [
            ['UUID', ({ uuid }) => uuid, 'whole'],
            ['NAME', ({ name }) => name],
            ['CLIENT ID', ({ client_id }) => client_id, 'whole'],
            ['API KEY', ({ api_key }) => api_key, 'whole'],
          ],
          paper,
        ),
      )
    },
  }),

  application: command({
    summary: 'Show one application. Its key with --show-secrets.',
    args: {
      organization,
      application: { help: 'Its uuid, from applications.', field: 'application_uuid' },
    },
    flags: token,
    calls: ['account.application'],
    server: true,
    async run({ organization, application, 'access-token': accessToken }, { didit }) {
      const answer = await didit.account.application(organization, application, { accessToken })
      return show(answer, (it) => pairs(Object.entries(it)))
    },
  }),
}

export const billing = {
  balance: command({
    summary: 'Show the credits that are left.',
    calls: ['billing.balance'],
    server: true,
    async run(_, { didit }: Context) {
      return show(await didit.billing.balance(), (it) =>
        pairs([
          ['Balance', `$${it.balance}`],
          [
            'Refill',
            it.auto_refill_enabled
              ? `$${it.auto_refill_amount} below $${it.auto_refill_threshold}`
              : 'by hand: didit-verify top-up',
          ],
        ]),
      )
    },
  }),

  'top-up': command({
    summary: 'Get the address of a page to buy credits on; nothing is charged by the call.',
    args: { dollars: { help: 'How many, at least 50.', field: 'amount_in_dollars' } },
    flags: {
      'success-url': text('URL', 'Where the page leads after paying.', { field: 'success_url' }),
      'cancel-url': text('URL', 'Where it leads otherwise.', { field: 'cancel_url' }),
    },
    calls: ['billing.topUp'],
    server: true,
    async run({ dollars, 'success-url': success_url, 'cancel-url': cancel_url }, { didit }) {
      const amount_in_dollars = Number(dollars)
      const answer = await didit.billing.topUp({ amount_in_dollars, success_url, cancel_url })
      return show(answer, (it) => pairs([['Pay at', it.checkout_session_url]]))
    },
  }),

  health: command({
    summary: 'Say whether Didit is up. Needs no key.',
    calls: ['health'],
    async run(_, { didit }: Context) {
      return show(await didit.health({ retries: 0 }), (it) =>
        pairs([
          ['Didit', it.status],
          ['Its time', it.timestamp],
        ]),
      )
    },
  }),
}
