import { type Context, Hono } from 'hono'
import type { Acts } from '../../acts.ts'
import { DiditInputError } from '../../didit/client.ts'
import type { Login, Register, ResendOtp, TopUp, VerifyEmail } from '../../didit/types.ts'
import type { OperatorEnv } from '../../operator.ts'
import type { Settings } from '../../options.ts'
import { noQuery, readJson } from './input.ts'

/** Carries the `access_token` of a login at Didit; `Authorization` is the operator's own. */
export const ACCESS_TOKEN_HEADER = 'didit-access-token'

/** Accounts at Didit, their organisations and applications, and credits. */
export function accountRoutes({ didit }: Settings, acts: Acts) {
  const { account, billing } = didit

  return new Hono<OperatorEnv>()
    .post('/account/register', async (c) => {
      const body = await readJson<Register>(c)
      return c.json(await acts.run(c, { action: 'register' }, () => account.register(body)), 201)
    })
    .post('/account/verify-email', async (c) => {
      const body = await readJson<VerifyEmail>(c)
      return c.json(await acts.run(c, { action: 'verify e-mail' }, () => account.verifyEmail(body)))
    })
    .post('/account/resend-otp', async (c) => {
      const body = await readJson<ResendOtp>(c)
      return c.json(await acts.run(c, { action: 'resend code' }, () => account.resendOtp(body)))
    })
    .post('/account/login', async (c) => {
      const body = await readJson<Login>(c)
      return c.json(await acts.run(c, { action: 'log in' }, () => account.login(body)))
    })
    .get('/account/organizations', async (c) => {
      noQuery(c)
      return c.json(await account.organizations(bearer(c)))
    })
    .get('/account/organizations/:organization/applications', async (c) => {
      noQuery(c)
      return c.json(await account.applications(c.req.param('organization'), bearer(c)))
    })
    .get('/account/organizations/:organization/applications/:application', async (c) => {
      noQuery(c)
      const { organization, application } = c.req.param()
      return c.json(await account.application(organization, application, bearer(c)))
    })

    .get('/billing/balance', async (c) => {
      noQuery(c)
      return c.json(await billing.balance())
    })
    .post('/billing/top-up', async (c) => {
      const body = await readJson<TopUp>(c)
      const act = { action: `top up ${body.amount_in_dollars}` }
      return c.json(await acts.run(c, act, () => billing.topUp(body)))
    })
}

function bearer(c: Context): { accessToken: string } {
  const accessToken = c.req.header(ACCESS_TOKEN_HEADER)
  if (accessToken) return { accessToken }
  const message = 'is missing. Send the access_token that POST /account/login answered.'
  throw new DiditInputError({ field: ACCESS_TOKEN_HEADER, message })
}
