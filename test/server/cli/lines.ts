// A line for every command, to be tried on a sandbox. What they send is what docs/endpoints.md says.

import { APPLICATION, BIOMETRIC_WORKFLOW, PARTNER } from '../../../server/sandbox/app.ts'
import { OTP, PASSWORD, type World } from './fixture.ts'

/** Makes what a line is about, and writes the line. */
export type Line = (world: World) => string | Promise<string>

const fresh = async ({ create }: World) => (await create()).session_id as string
const reviewed = async ({ played }: World) => (await played('review')).session_id as string
const approved = async ({ played }: World) => (await played('approve')).session_id as string

/** Command -> lines that together call everything that the command may call. */
export const LINES: Readonly<Record<string, readonly Line[]>> = {
  setup: [() => 'setup --label "My KYC" --liveness --face-match --aml --phone --email'],
  session: [
    () => 'session --vendor-data user-123 --callback https://shop.example/done --language en',
    () => 'session --vendor-data user-123 --poll --max-wait 0',
  ],
  decision: [
    async (world) => `decision ${await approved(world)}`,
    async (world) => `decision ${await approved(world)} --events`,
    async (world) => `decision ${await approved(world)} --poll`,
  ],
  full: [
    () => 'full --vendor-data user-123 --callback https://myapp.com/done',
    () => 'full --vendor-data user-123 --poll --max-wait 0',
  ],
  reauthenticate: [
    async (world) => `reauthenticate ${await approved(world)} --workflow-id ${BIOMETRIC_WORKFLOW}`,
  ],

  'sessions list': [
    async (world) => `sessions list --search ${(await reviewed(world)).slice(0, 8)} --limit 5`,
    () => 'sessions list --status "In Review,Approved" --all',
  ],
  'sessions get': [async (world) => `sessions get ${await reviewed(world)}`],
  'sessions delete': [async (world) => `sessions delete ${await fresh(world)} --yes`],
  'sessions delete-many': [
    async ({ create }) => `sessions delete-many ${(await create()).session_number} 99999 --yes`,
  ],
  'sessions pdf': [
    async (world) => `sessions pdf ${await approved(world)} --out ${world.folder()}/report.pdf`,
  ],
  'sessions pictures': [
    async (world) => `sessions pictures ${await approved(world)} --out ${world.folder()}`,
  ],
  'sessions share': [async (world) => `sessions share ${await approved(world)} --for ${PARTNER}`],
  'sessions import': [
    async (world) => {
      const partner = { 'x-api-key': 'partner' }
      const { session_id, session_token } = await world.create({}, partner)
      await world.play(session_token, 'approve')
      const path = `/v3/session/${session_id}/share/`
      const { body } = await world.ask('POST', path, { for_application_id: APPLICATION }, partner)
      return `sessions import --share-token=${body.share_token} --trust-review`
    },
  ],
  'sessions reviews': [async (world) => `sessions reviews ${await reviewed(world)} --oldest`],
  'sessions note': [async (world) => `sessions note ${await reviewed(world)} "called back"`],
  'sessions arm': [
    async ({ create }) => {
      const { session_id, session_token } = await create()
      return `sessions arm ${session_id} decline --session-token=${session_token}`
    },
  ],
  'sessions approve': [
    async (world) => `sessions approve ${await reviewed(world)} --comment "Manual review passed"`,
  ],
  'sessions decline': [async (world) => `sessions decline ${await reviewed(world)}`],
  'sessions resubmit': [
    async (world) =>
      `sessions resubmit ${await reviewed(world)} --node feature_ocr_1:OCR --send-email ` +
      '--email-address user@example.com',
  ],
  'sessions update-status': [
    async (world) => `sessions update-status ${await reviewed(world)} Declined`,
  ],
  'sessions preview': [
    async (world) => `sessions preview ${await reviewed(world)} --node feature_ocr_1:OCR`,
  ],
  audit: [
    () => 'audit --operator anna --limit 5',
    () => 'audit --action approve --result done --from 2026-11-25 --to 2026-11-26T09:30:00Z',
  ],

  'workflows list': [() => 'workflows list --limit 2'],
  'workflows get': [
    async ({ workflow }) => `workflows get ${(await workflow('OCR', 'LIVENESS')).uuid}`,
  ],
  'workflows create': [() => 'workflows create --template age --minimum-age 21 --label Age'],
  'workflows update': [
    async ({ workflow }) =>
      `workflows update ${(await workflow('OCR')).uuid} --retries 1 --publish`,
  ],
  'workflows delete': [
    async ({ workflow }) => `workflows delete ${(await workflow('OCR')).uuid} --yes`,
  ],

  'blocklist add': [async (world) => `blocklist add ${await approved(world)} --face --document`],
  'blocklist remove': [async (world) => `blocklist remove ${await approved(world)} --face`],
  'blocklist list': [() => 'blocklist list --type face --limit 20'],
  'lists list': [() => 'lists list'],
  'lists create': [() => 'lists create --name Friends --entry-type email'],
  'lists entries': [async ({ list }) => `lists entries ${await list()}`],
  'lists add': [async ({ list }) => `lists add ${await list()} --value x --comment why`],
  'lists upload-face': [
    async ({ list, picture }) => `lists upload-face ${await list()} --image ${picture(1000)}`,
  ],

  'webhooks destinations': [() => 'webhooks destinations'],
  'webhooks destination': [
    async ({ destination }) => `webhooks destination ${(await destination()).uuid}`,
  ],
  'webhooks create-destination': [
    () => 'webhooks create-destination --label new --url https://new.example/hooks',
  ],
  'webhooks update-destination': [
    async ({ destination }) =>
      `webhooks update-destination ${(await destination()).uuid} --disable --events data.updated`,
  ],
  'webhooks delete-destination': [
    async ({ destination }) => `webhooks delete-destination ${(await destination()).uuid} --yes`,
  ],
  'webhooks deliveries': [
    async ({ destination }) => `webhooks deliveries ${(await destination()).uuid} --limit 3`,
  ],
  'webhooks delivery': [
    async ({ destination }) => {
      const { uuid, delivery } = await destination()
      return `webhooks delivery ${uuid} ${delivery}`
    },
  ],
  'webhooks resend': [
    async ({ destination }) => {
      const { uuid, delivery } = await destination()
      return `webhooks resend ${uuid} ${delivery}`
    },
  ],
  'webhooks get': [() => 'webhooks get'],
  'webhooks update': [() => 'webhooks update --retention-months 12 --rotate-secret --yes'],

  'outbox list': [
    async ({ dead }) => {
      await dead()
      return 'outbox list --limit 5'
    },
    () => 'outbox list --state waiting',
  ],
  'outbox replay': [
    async ({ dead }) => `outbox replay ${await dead()}`,
    () => 'outbox replay --all',
  ],

  register: [() => `register --email new@shop.example --password ${PASSWORD}`],
  'verify-email': [
    async ({ ask }) => {
      const body = { email: 'new@shop.example', password: PASSWORD }
      await ask('POST', '/auth/v2/programmatic/register/', body)
      return `verify-email --email new@shop.example --code ${OTP}`
    },
  ],
  'resend-otp': [() => 'resend-otp --email somebody@shop.example'],
  login: [async ({ account }) => `login --email ${(await account()).email} --password ${PASSWORD}`],
  organizations: [
    async ({ account }) => `organizations --access-token=${(await account()).access_token}`,
  ],
  applications: [
    async ({ account }) => {
      const { organization, access_token } = await account()
      return `applications ${organization} --access-token=${access_token}`
    },
  ],
  application: [
    async ({ account }) => {
      const { organization, application, access_token } = await account()
      return `application ${organization} ${application.uuid} --access-token=${access_token}`
    },
  ],
  balance: [() => 'balance'],
  'top-up': [() => 'top-up 50'],
  health: [() => 'health'],

  serve: [],
  sandbox: [],
  doctor: [
    () => 'doctor',
    async ({ ask }) => {
      const label = 'here'
      const url = 'http://localhost:8787/api/verify/webhooks'
      await ask('POST', '/v3/webhook/destinations/', { label, url })
      return 'doctor'
    },
  ],
}
