// Every method of the client and the one request that it sends. What the client promises is held
// against it, and so is what commands and the table of endpoints say.

import type { Didit } from '../../server/didit/client.ts'
import { OTHER, UUID } from './didit-stub.ts'

const WORKFLOW = { workflow_label: 'KYC', features: [{ feature: 'OCR' as const }] }
const NODES = [{ node_id: 'feature_ocr', feature: 'OCR' }]
const PASSWORD = 'MyStr0ng!Pass'

export type EndpointRow = [
  name: string,
  call: (didit: Didit) => unknown,
  request: string,
  more?: { query?: object; body?: object },
]

const NEW_SESSION = {
  workflow_id: UUID,
  vendor_data: 'user-123',
  callback: 'myapp://done',
  callback_method: 'both' as const,
  metadata: '{"account":"A1"}',
  language: 'pt-BR' as const,
  contact_details: {
    email: 'ana@example.com',
    send_notification_emails: true,
    email_lang: 'zh-TW' as const,
    phone: '+14155552671',
  },
  expected_details: {
    first_name: 'Ana',
    date_of_birth: '2000-02-29',
    gender: null,
    nationality: 'DEU',
    country: 'ESP',
    address: 'Calle Mayor 1',
    ip_address: '2001:db8::1',
    expected_document_types: ['P' as const],
  },
  portrait_image: 'iVBORw0KGgo=',
  sandbox_scenario: 'approve',
}

export const ENDPOINTS: readonly EndpointRow[] = [
  [
    'account.register',
    (d) => d.account.register({ email: 'a@example.com', password: PASSWORD }),
    'POST /auth/v2/programmatic/register/',
    { body: { email: 'a@example.com', password: PASSWORD } },
  ],
  [
    'account.verifyEmail',
    (d) => d.account.verifyEmail({ email: 'a@example.com', code: 'A3K9F2' }),
    'POST /auth/v2/programmatic/verify-email/',
    { body: { email: 'a@example.com', code: 'A3K9F2' } },
  ],
  [
    'account.resendOtp',
    (d) => d.account.resendOtp({ email: 'a@example.com' }),
    'POST /auth/v2/programmatic/resend-otp/',
    { body: { email: 'a@example.com' } },
  ],
  [
    'account.login',
    (d) => d.account.login({ email: 'a@example.com', password: 'older rules' }),
    'POST /auth/v2/programmatic/login/',
    { body: { email: 'a@example.com', password: 'older rules' } },
  ],
  ['account.organizations', (d) => d.account.organizations(), 'GET /auth/v2/organizations/me/'],
  [
    'account.applications',
    (d) => d.account.applications(UUID),
    `GET /auth/v2/organizations/me/${UUID}/applications/`,
  ],
  [
    'account.application',
    (d) => d.account.application(UUID, OTHER),
    `GET /auth/v2/organizations/me/${UUID}/applications/${OTHER}/`,
  ],
  ['billing.balance', (d) => d.billing.balance(), 'GET /v3/billing/balance/'],
  [
    'billing.topUp',
    (d) => d.billing.topUp({ amount_in_dollars: 50 }),
    'POST /v3/billing/top-up/',
    { body: { amount_in_dollars: 50 } },
  ],
  [
    'workflows.list',
    (d) => d.workflows.list({ offset: 50 }),
    'GET /v3/workflows/',
    { query: { limit: '50', offset: '50' } },
  ],
  ['workflows.get', (d) => d.workflows.get(UUID), `GET /v3/workflows/${UUID}/`],
  [
    'workflows.create',
    (d) => d.workflows.create(WORKFLOW),
    'POST /v3/workflows/',
    { body: WORKFLOW },
  ],
  [
    'workflows.update',
    (d) => d.workflows.update(UUID, { status: 'published' }),
    `PATCH /v3/workflows/${UUID}/`,
    { body: { status: 'published' } },
  ],
  ['workflows.delete', (d) => d.workflows.delete(UUID), `DELETE /v3/workflows/${UUID}/`],
  [
    'sessions.create',
    (d) => d.sessions.create(NEW_SESSION),
    'POST /v3/session/',
    { body: NEW_SESSION },
  ],
  ['sessions.decision', (d) => d.sessions.decision(UUID), `GET /v3/session/${UUID}/decision/`],
  [
    'sessions.decisionWithEvents',
    (d) => d.sessions.decisionWithEvents(UUID),
    `GET /v3/session/${UUID}/decision/`,
    { query: { include: 'events' } },
  ],
  [
    'sessions.list',
    (d) =>
      d.sessions.list({
        status: ['In Review', 'Kyc Expired'],
        workflow_id: [UUID, OTHER],
        session_kind: 'user',
        country: 'ESP,DEU',
        date_from: '2026-06-01',
        vendor_data: 'a b&c',
        is_kyc_to_be_reviewed: true,
        search: undefined,
      }),
    'GET /v3/sessions/',
    {
      query: {
        limit: '50',
        status: 'In Review,Kyc Expired',
        workflow_id: `${UUID},${OTHER}`,
        session_kind: 'user',
        country: 'ESP,DEU',
        date_from: '2026-06-01',
        vendor_data: 'a b&c',
        is_kyc_to_be_reviewed: 'true',
      },
    },
  ],
  [
    'sessions.all',
    (d) => d.sessions.all({ status: 'Approved', limit: 20 }).next(),
    'GET /v3/sessions/',
    { query: { limit: '20', offset: '0', status: 'Approved' } },
  ],
  ['sessions.delete', (d) => d.sessions.delete(UUID), `DELETE /v3/session/${UUID}/delete/`],
  [
    'sessions.deleteMany',
    (d) => d.sessions.deleteMany({ session_numbers: [1001, '1002'] }),
    'POST /v3/sessions/delete/',
    { body: { session_numbers: ['1001', '1002'] } },
  ],
  [
    'sessions.updateStatus',
    (d) => d.sessions.updateStatus(UUID, { new_status: 'Resubmitted' }),
    `PATCH /v3/session/${UUID}/update-status/`,
    { body: { new_status: 'Resubmitted' } },
  ],
  [
    'sessions.approve',
    (d) => d.sessions.approve(UUID, { comment: 'Manual review passed' }),
    `PATCH /v3/session/${UUID}/update-status/`,
    { body: { new_status: 'Approved', comment: 'Manual review passed' } },
  ],
  [
    'sessions.decline',
    (d) => d.sessions.decline(UUID),
    `PATCH /v3/session/${UUID}/update-status/`,
    { body: { new_status: 'Declined' } },
  ],
  [
    'sessions.resubmit',
    (d) => d.sessions.resubmit(UUID, NODES, { send_email: true, email_address: 'a@example.com' }),
    `PATCH /v3/session/${UUID}/update-status/`,
    {
      body: {
        new_status: 'Resubmitted',
        nodes_to_resubmit: NODES,
        send_email: true,
        email_address: 'a@example.com',
      },
    },
  ],
  [
    'sessions.resubmissionPreview',
    (d) => d.sessions.resubmissionPreview(UUID, { nodes_to_resubmit: NODES }),
    `POST /v3/session/${UUID}/resubmission-preview/`,
    { body: { nodes_to_resubmit: NODES } },
  ],
  ['sessions.pdf', (d) => d.sessions.pdf(UUID), `GET /v3/session/${UUID}/generate-pdf/`],
  [
    'sessions.share',
    (d) => d.sessions.share(UUID, { for_application_id: OTHER, ttl_in_seconds: 60 }),
    `POST /v3/session/${UUID}/share/`,
    { body: { for_application_id: OTHER, ttl_in_seconds: 60 } },
  ],
  [
    'sessions.importShared',
    (d) => d.sessions.importShared({ share_token: 't', trust_review: true, workflow_id: UUID }),
    'POST /v3/session/import-shared/',
    { body: { share_token: 't', trust_review: true, workflow_id: UUID } },
  ],
  [
    'sessions.reviews',
    (d) => d.sessions.reviews(UUID, { limit: 2, ordering: 'created_at' }),
    `GET /v3/sessions/${UUID}/reviews/`,
    { query: { limit: '2', ordering: 'created_at' } },
  ],
  [
    'sessions.addReview',
    (d) => d.sessions.addReview(UUID, { comment: 'Look again' }),
    `POST /v3/sessions/${UUID}/reviews/`,
    { body: { comment: 'Look again' } },
  ],
  [
    'sessions.armScenario',
    (d) => d.sessions.armScenario(UUID, '3FaJ9wLqX2Mz', 'approve'),
    `POST /v3/session/${UUID}/sandbox/arm/`,
    { body: { scenario: 'approve' } },
  ],
  [
    'sessions.waitForDecision',
    (d) => d.sessions.waitForDecision(UUID),
    `GET /v3/session/${UUID}/decision/`,
  ],
  [
    'blocklist.add',
    (d) => d.blocklist.add({ session_id: UUID, blocklist_face: true }),
    'POST /v3/blocklist/add/',
    { body: { session_id: UUID, blocklist_face: true } },
  ],
  [
    'blocklist.remove',
    (d) => d.blocklist.remove({ session_id: UUID, unblock_face: true }),
    'POST /v3/blocklist/remove/',
    { body: { session_id: UUID, unblock_face: true } },
  ],
  [
    'blocklist.list',
    (d) => d.blocklist.list({ item_type: 'phone', limit: 20 }),
    'GET /v3/blocklist/',
    { query: { item_type: 'phone', limit: '20' } },
  ],
  ['lists.list', (d) => d.lists.list(), 'GET /v3/lists/'],
  ['lists.create', (d) => d.lists.create({ a: 1 }), 'POST /v3/lists/', { body: { a: 1 } }],
  ['lists.entries', (d) => d.lists.entries(UUID), `GET /v3/lists/${UUID}/entries/`],
  [
    'lists.addEntry',
    (d) => d.lists.addEntry(UUID, { reference_session_id: OTHER }),
    `POST /v3/lists/${UUID}/entries/`,
    { body: { reference_session_id: OTHER } },
  ],
  [
    'lists.uploadFace',
    (d) => d.lists.uploadFace(UUID, { image: 'aGk=' }),
    `POST /v3/lists/${UUID}/entries/face-upload/`,
    { body: { image: 'aGk=' } },
  ],
  ['webhooks.get', (d) => d.webhooks.get(), 'GET /v3/webhook/'],
  [
    'webhooks.update',
    (d) => d.webhooks.update({ webhook_url: null, rotate_secret_key: true }),
    'PATCH /v3/webhook/',
    { body: { webhook_url: null, rotate_secret_key: true } },
  ],
  ['webhooks.destinations', (d) => d.webhooks.destinations(), 'GET /v3/webhook/destinations/'],
  [
    'webhooks.destination',
    (d) => d.webhooks.destination(UUID),
    `GET /v3/webhook/destinations/${UUID}/`,
  ],
  [
    'webhooks.createDestination',
    (d) =>
      d.webhooks.createDestination({
        label: 'Here',
        url: 'http://127.0.0.1:8787/api/verify/webhooks',
        webhook_version: 'v3',
        subscribed_events: ['status.updated'],
      }),
    'POST /v3/webhook/destinations/',
    {
      body: {
        label: 'Here',
        url: 'http://127.0.0.1:8787/api/verify/webhooks',
        webhook_version: 'v3',
        subscribed_events: ['status.updated'],
      },
    },
  ],
  [
    'webhooks.updateDestination',
    (d) => d.webhooks.updateDestination(UUID, { enabled: false }),
    `PATCH /v3/webhook/destinations/${UUID}/`,
    { body: { enabled: false } },
  ],
  [
    'webhooks.deleteDestination',
    (d) => d.webhooks.deleteDestination(UUID),
    `DELETE /v3/webhook/destinations/${UUID}/`,
  ],
  [
    'webhooks.deliveries',
    (d) => d.webhooks.deliveries(UUID, { date_from: '2026-11-01', limit: 10 }),
    `GET /v3/webhook/destinations/${UUID}/deliveries/`,
    { query: { date_from: '2026-11-01', limit: '10' } },
  ],
  [
    'webhooks.delivery',
    (d) => d.webhooks.delivery(UUID, OTHER),
    `GET /v3/webhook/destinations/${UUID}/deliveries/${OTHER}/`,
  ],
  [
    'webhooks.resend',
    (d) => d.webhooks.resend(UUID, OTHER),
    `POST /v3/webhook/destinations/${UUID}/deliveries/${OTHER}/resend/`,
  ],
  ['health', (d) => d.health(), 'GET /system/healthcheck'],
]
