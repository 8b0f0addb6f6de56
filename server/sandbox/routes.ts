// Didit's API as a table: method, path, whose call it is, what it counts as, what it does.

import {
  application,
  applications,
  login,
  organizations,
  register,
  resend,
  verifyEmail,
} from './auth.ts'
import { balance, pay, showCheckout, topUp } from './billing.ts'
import type { Call } from './call.ts'
import {
  importVerifications,
  updateData,
  updateFeature,
  updateHit,
  updateHits,
  updateProof,
  updateScreening,
} from './edits.ts'
import type { Scope } from './limits.ts'
import {
  addToBlocklist,
  createEntry,
  createList,
  deleteEntry,
  deleteList,
  getList,
  listBlocklist,
  listEntries,
  listLists,
  removeFromBlocklist,
  updateList,
  uploadFace,
} from './lists-api.ts'
import { addReview, listReviews, previewResubmission, updateStatus } from './review.ts'
import { catalogue } from './scenarios.ts'
import type { Need, Resource } from './scopes.ts'
import { armSession, createSession, openUniLink } from './session-create.ts'
import { listSessions } from './session-list.ts'
import { deleteSession, deleteSessions, getDecision, getPdf } from './sessions-api.ts'
import { importShared, shareSession } from './sharing.ts'
import {
  createDestination,
  deleteDestination,
  getConfiguration,
  getDelivery,
  getDestination,
  listDeliveries,
  listDestinations,
  resendDelivery,
  updateConfiguration,
  updateDestination,
} from './webhooks-api.ts'
import {
  createWorkflow,
  deleteWorkflow,
  getWorkflow,
  listWorkflows,
  updateWorkflow,
} from './workflows-api.ts'

/**
 * Who may call: `key` needs one; `key-401` says 401 without one; `key-late` looks for the session
 * before it asks for a key; `anyone` needs none.
 */
export type Caller = 'key' | 'key-401' | 'key-late' | 'anyone'

export interface Route {
  method: string
  /** Parameters are ids, and must look like UUIDs, unless their name is in {@link TEXTS}. */
  path: string
  caller: Caller
  /** What it counts as; null is not limited. */
  counts: readonly Scope[]
  /** What a named key has to be allowed. */
  needs: readonly Need[]
  run(call: Call): Response | Promise<Response>
  /** A strict sandbox does not know it. */
  older?: true
}

/** Parameters that are no UUIDs. */
export const TEXTS = ['ticket', 'name', 'link', 'checkout', 'node']

const older = { older: true } as const

/** Path -> the resource of a key that it belongs to; reading needs `read`, everything else `write`. */
const NEEDS: readonly [path: RegExp, resource: Resource][] = [
  [/\/(decision|generate-pdf|reviews|resubmission-preview)\/?$/, 'decisions'],
  [/\/session\/:session\/.*update-.*\/$/, 'decisions'],
  [/^\/v3\/sessions?\//, 'sessions'],
  [/^\/v3\/workflows\//, 'workflows'],
  [/^\/v3\/webhook\//, 'webhooks'],
  [/^\/v3\/(blocklist|lists)\//, 'persons'],
  [/^\/v3\/billing\//, 'settings'],
]

export const ROUTES: readonly Route[] = [
  route('POST', '/auth/v2/programmatic/register/', 'anyone', register),
  route('POST', '/auth/v2/programmatic/verify-email/', 'anyone', verifyEmail),
  route('POST', '/auth/v2/programmatic/resend-otp/', 'anyone', resend),
  route('POST', '/auth/v2/programmatic/login/', 'anyone', login),
  route('GET', '/auth/v2/organizations/me/', 'anyone', organizations),
  route('GET', '/auth/v2/organizations/me/:organization/applications/', 'anyone', applications),
  route(
    'GET',
    '/auth/v2/organizations/me/:organization/applications/:application/',
    'anyone',
    application,
  ),

  route('GET', '/v3/billing/balance/', 'key', balance),
  route('POST', '/v3/billing/top-up/', 'key', topUp),
  route('GET', '/checkout/:checkout', 'anyone', showCheckout),
  route('POST', '/checkout/:checkout', 'anyone', pay),

  route('GET', '/v3/workflows/', 'key', listWorkflows),
  route('POST', '/v3/workflows/', 'key', createWorkflow),
  route('GET', '/v3/workflows/:workflow/', 'key', getWorkflow),
  route('PATCH', '/v3/workflows/:workflow/', 'key', updateWorkflow),
  route('DELETE', '/v3/workflows/:workflow/', 'key', deleteWorkflow),

  { ...route('POST', '/v3/session/', 'key', createSession), counts: ['create'] },
  route('POST', '/v3/session/import-shared/', 'key', importShared),
  route('GET', '/v3/session/:session/decision/', 'key-late', getDecision),
  route('DELETE', '/v3/session/:session/delete/', 'key-late', deleteSession),
  route('PATCH', '/v3/session/:session/update-status/', 'key', updateStatus),
  edits('update-data', updateData, 'edit-data'),
  edits('update-poa-data', updateProof, 'edit-poa'),
  edits('features/:node/update-status', updateFeature),
  edits('update-aml-status', updateScreening),
  edits('update-aml-hit-status', updateHit),
  edits('bulk-update-aml-hit-status', updateHits),
  route('POST', '/v3/session/imports/', 'key', importVerifications),
  route('POST', '/v3/session/:session/resubmission-preview/', 'key', previewResubmission),
  {
    ...route('GET', '/v3/session/:session/generate-pdf/', 'key-late', getPdf),
    counts: ['read', 'pdf'],
  },
  {
    ...route('GET', '/v3/session/:session/generate-pdf', 'key-late', getPdf),
    counts: ['read', 'pdf'],
    ...older,
  },
  route('POST', '/v3/session/:session/share/', 'key-401', shareSession),
  { ...route('POST', '/v3/session/:session/sandbox/arm/', 'anyone', armSession), counts: [] },
  route('GET', '/v3/sessions/', 'key', listSessions),
  route('POST', '/v3/sessions/delete/', 'key', deleteSessions),
  route('GET', '/v3/sessions/:session/reviews/', 'key', listReviews),
  route('POST', '/v3/sessions/:session/reviews/', 'key', addReview),

  { ...route('POST', '/v3/blocklist/add/', 'key', addToBlocklist), ...older },
  { ...route('POST', '/v3/blocklist/remove/', 'key', removeFromBlocklist), ...older },
  { ...route('GET', '/v3/blocklist/', 'key', listBlocklist), ...older },
  route('GET', '/v3/lists/', 'key', listLists),
  route('POST', '/v3/lists/', 'key', createList),
  route('GET', '/v3/lists/:list/', 'key', getList),
  route('PATCH', '/v3/lists/:list/', 'key', updateList),
  route('DELETE', '/v3/lists/:list/', 'key', deleteList),
  route('GET', '/v3/lists/:list/entries/', 'key', listEntries),
  route('POST', '/v3/lists/:list/entries/', 'key', createEntry),
  route('POST', '/v3/lists/:list/entries/face-upload/', 'key', uploadFace),
  route('DELETE', '/v3/lists/:list/entries/:entry/', 'key', deleteEntry),

  { ...route('GET', '/v3/webhook/', 'key', getConfiguration), ...older },
  { ...route('PATCH', '/v3/webhook/', 'key', updateConfiguration), ...older },
  route('GET', '/v3/webhook/destinations/', 'key', listDestinations),
  route('POST', '/v3/webhook/destinations/', 'key', createDestination),
  route('GET', '/v3/webhook/destinations/:destination/', 'key', getDestination),
  route('PATCH', '/v3/webhook/destinations/:destination/', 'key', updateDestination),
  route('DELETE', '/v3/webhook/destinations/:destination/', 'key', deleteDestination),
  route('GET', '/v3/webhook/destinations/:destination/deliveries/', 'key', listDeliveries),
  route('GET', '/v3/webhook/destinations/:destination/deliveries/:delivery/', 'key', getDelivery),
  route(
    'POST',
    '/v3/webhook/destinations/:destination/deliveries/:delivery/resend/',
    'key',
    resendDelivery,
  ),

  route('GET', '/v1/sandbox/scenarios/', 'key', ({ c }) => c.json(catalogue())),
  route('GET', '/system/healthcheck', 'anyone', healthcheck),
  route('GET', '/u/:link', 'anyone', openUniLink),
  route('GET', '/media/:ticket/:name', 'anyone', ({ c, state }) =>
    state.media.serve(c, ({ id }) => state.sessions.byId(id) !== undefined),
  ),
]

function route(method: string, path: string, caller: Caller, run: Route['run']): Route {
  const counted = path.startsWith('/v3/') || path.startsWith('/v1/')
  const scope = method === 'GET' ? 'read' : 'write'
  const [, resource] = caller === 'anyone' ? [] : (NEEDS.find(([part]) => part.test(path)) ?? [])
  const needs: Need[] = resource ? [[resource, scope]] : []
  // What was posted holds decisions.
  if (method === 'GET' && path.includes('/deliveries/')) needs.push(['decisions', 'read'])
  return { method, path, caller, counts: counted ? [scope] : [], needs, run }
}

function edits(name: string, run: Route['run'], scope?: Scope): Route {
  const each = route('PATCH', `/v3/session/:session/${name}/`, 'key', run)
  return scope ? { ...each, counts: [...each.counts, scope] } : each
}

function healthcheck({ c, state }: Call) {
  return c.json({ status: 'ok', timestamp: new Date(state.now()).toISOString() })
}
