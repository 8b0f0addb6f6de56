// The guides' common flows, as docs/flows has them: each file is run as it stands.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it as test, vi } from 'vitest'
import { createDidit } from '../../server/didit/client.ts'
import { kycWorkflow } from '../../server/didit/workflow.ts'
import { BIOMETRIC_WORKFLOW, DEFAULT_WORKFLOW, PARTNER } from '../../server/sandbox/app.ts'
import { type Scene, setUp } from '../support/flows.ts'
import { freePorts, root } from '../support/process.ts'

// Each starts programs of its own, which takes its time where many share a machine.
vi.setConfig({ testTimeout: 60_000 })

const KYC = { DIDIT_WORKFLOW_ID: DEFAULT_WORKFLOW }
const CONTACT = { email: 'mallory@mail.example', phone: '+34600000009' }
const ENTITIES = [
  ['liveness_checks', 'FACE_IN_BLOCKLIST'],
  ['id_verifications', 'ID_DOCUMENT_IN_BLOCKLIST'],
  ['phone_verifications', 'PHONE_NUMBER_IN_BLOCKLIST'],
  ['email_verifications', 'EMAIL_IN_BLOCKLIST'],
] as const

const it = test
  .extend('atOnce', 'user-abc-123')
  .extend('scene', async ({ atOnce }, { onCleanup }) => {
    const scene = await setUp({ atOnce })
    onCleanup(scene.stop)
    return scene
  })

/** Starts at the app, as a browser that follows its redirect. */
async function begin(url: string): Promise<string> {
  const response = await fetch(url, { method: 'POST', redirect: 'manual' })
  expect(response.status, await response.text()).toBe(303)
  return response.headers.get('location') ?? ''
}

async function read(url: string) {
  return (await fetch(url)).json()
}

async function newest({ didit }: Scene, vendor_data: string) {
  const { results } = await didit.sessions.list({ vendor_data, limit: 1 })
  return didit.sessions.decision(results[0]?.session_id ?? '')
}

describe('basic KYC', () => {
  it('learns by webhook what became of each visitor', async ({ scene }) => {
    const app = await scene.serve('basic-kyc', KYC)
    for (const [scenario, status] of [
      ['approve', 'Approved'],
      ['decline', 'Declined'],
      ['review', 'In Review'],
    ] as const) {
      const hosted = await begin(`${app}/users/${scenario}/verification`)
      expect(await read(`${app}/users/${scenario}`)).toEqual({ status: null })
      await scene.finish(hosted, scenario)
      expect(await read(`${app}/users/${scenario}`)).toEqual({ status })
    }
  })

  it('asks once more for a document that nobody could read, under the same address', async ({
    scene,
  }) => {
    const app = await scene.serve('basic-kyc', KYC)
    const hosted = await begin(`${app}/users/eva/verification`)
    await scene.finish(hosted, 'decline_could_not_recognize_document')
    expect((await newest(scene, 'eva')).status).toBe('Resubmitted')
    await scene.finish(hosted, 'approve')
    expect(await read(`${app}/users/eva`)).toEqual({ status: 'Approved' })
  })

  it('does not ask a third time', async ({ scene }) => {
    const app = await scene.serve('basic-kyc', KYC)
    const hosted = await begin(`${app}/users/eva/verification`)
    await scene.finish(hosted, 'decline_could_not_recognize_document')
    await scene.finish(hosted, 'decline_could_not_recognize_document')
    expect(await read(`${app}/users/eva`)).toEqual({ status: 'Declined' })
  })

  it('believes nobody but Didit', async ({ scene }) => {
    const app = await scene.serve('basic-kyc', KYC)
    await scene.finish(await begin(`${app}/users/eva/verification`), 'decline')
    const { session_id } = await newest(scene, 'eva')
    const body = JSON.stringify({ webhook_type: 'status.updated', session_id, status: 'Approved' })
    const forged = await fetch(`${app}/webhooks`, { method: 'POST', body })
    expect(forged.status).toBe(401)
    expect(await read(`${app}/users/eva`)).toEqual({ status: 'Declined' })
  })
})

describe('programmatic review', () => {
  /** Somebody whose every entity can be compared, at the door with a name that is not theirs. */
  async function visit(scene: Scene, scenario: string, vendor_data: string, change: object = {}) {
    const { body } = kycWorkflow({ phone: true, email: true })
    const { workflow_id } = await scene.didit.workflows.create(body)
    const { url, session_id } = await scene.didit.sessions.create({
      workflow_id,
      vendor_data,
      contact_details: CONTACT,
      expected_details: { first_name: vendor_data, last_name: 'Moss' },
      ...change,
    })
    await scene.finish(url, scenario)
    return scene.didit.sessions.decision(session_id)
  }

  it('declines a fraud, and whoever comes with the same entities after it', async ({ scene }) => {
    await scene.serve('review-and-block')
    const first = await visit(scene, 'review_expected_mismatch', 'Anna')
    expect(first).toMatchObject({ status: 'Declined', reviews: [{ comment: 'fraud' }] })
    const { results } = await scene.didit.blocklist.list()
    expect(results.map(({ type }) => type).sort()).toEqual(['document', 'email', 'face', 'phone'])
    const next = await visit(scene, 'review_expected_mismatch', 'Bert')
    expect(next).toMatchObject({ status: 'Declined', reviews: [] })
    for (const [list, risk] of ENTITIES) {
      expect(next[list]?.[0]?.warnings).toContainEqual(expect.objectContaining({ risk }))
    }
  })

  it('approves what is fine', async ({ scene }) => {
    await scene.serve('review-and-block')
    const { status, reviews } = await visit(scene, 'review_face_match_borderline', 'Anna')
    expect([status, reviews[0]?.comment]).toEqual(['Approved', 'by our rules'])
    expect((await scene.didit.blocklist.list()).count).toBe(0)
  })

  it('leaves to a person what only a person can tell', async ({ scene }) => {
    await scene.serve('review-and-block')
    expect((await visit(scene, 'review_poa_partial_match', 'Anna')).status).toBe('In Review')
  })

  it('blocks nobody else', async ({ scene }) => {
    await scene.serve('review-and-block')
    const plain = { workflow_id: DEFAULT_WORKFLOW, contact_details: undefined }
    await visit(scene, 'review_expected_mismatch', 'Anna', plain)
    const other = { ...plain, expected_details: undefined }
    expect((await visit(scene, 'approve', 'Bert', other)).status).toBe('Approved')
  })

  it('blocks after all when that failed the first time', async ({ scene }) => {
    await scene.serve('review-and-block')
    const faults = { path: '/v3/blocklist/add/', status: 500, count: 1 }
    await scene.control('/faults', faults)
    expect((await visit(scene, 'review_expected_mismatch', 'Anna')).status).toBe('Declined')
    expect((await scene.didit.blocklist.list()).count).toBe(4)
  })
})

describe('B2B sharing', () => {
  const TOKEN = 'what-only-the-two-services-know'

  /** Services X and Y, and how X shares a verification that somebody has finished there. */
  async function partners(scene: Scene, trust = 'yes') {
    const [xPort = 0, yPort = 0] = await freePorts(2)
    const y = `http://127.0.0.1:${yPort}`
    const ours = { PARTNER_APPLICATION: PARTNER, PARTNER_URL: y, PARTNER_TOKEN: TOKEN }
    const theirs = { ...KYC, DIDIT_API_KEY: 'partner', PARTNER_TOKEN: TOKEN, TRUST_PARTNER: trust }
    const [x] = await Promise.all([
      scene.serve('share-between-services', ours, xPort),
      scene.serve('import-shared', theirs, yPort),
    ])
    const visit = async (scenario?: string) => {
      const wanted = { workflow_id: DEFAULT_WORKFLOW, vendor_data: 'eva' }
      const { url, session_id } = await scene.didit.sessions.create(wanted)
      if (scenario) await scene.finish(url, scenario)
      return session_id
    }
    const share = async (id: string) => {
      const response = await fetch(`${x}/users/eva/sessions/${id}/share`, { method: 'POST' })
      return { status: response.status, body: await response.json() }
    }
    const { decision } = createDidit({ apiKey: 'partner', baseUrl: scene.origin }).sessions
    return { y, visit, share, decision }
  }

  for (const [trust, scenario, status] of [
    ['yes', 'decline', 'Declined'],
    ['no', 'approve', 'In Review'],
  ] as const) {
    it(`imports what X has ${scenario}d as ${status}, trust: ${trust}`, async ({ scene }) => {
      const { visit, share, decision } = await partners(scene, trust)
      const id = await visit(scenario)
      const { status: code, body } = await share(id)
      expect([code, body.status]).toEqual([201, status])
      expect(body.session_id).not.toBe(id)
      expect(await decision(body.session_id)).toMatchObject({ status, vendor_data: 'eva' })
    })
  }

  it('imports each session once', async ({ scene }) => {
    const { visit, share } = await partners(scene)
    const id = await visit('approve')
    expect((await share(id)).body.status).toBe('Approved')
    const { status, body } = await share(id)
    expect([status, body.detail]).toEqual([502, expect.stringContaining('already been shared')])
    expect((await share(await visit('approve'))).status).toBe(201)
  })

  it('shares nothing that is not finished, and takes nothing from strangers', async ({ scene }) => {
    const { y, visit, share } = await partners(scene)
    const { status, body } = await share(await visit())
    expect([status, body.detail]).toEqual([400, expect.stringContaining('Only finished sessions')])
    for (const authorization of ['', 'Bearer', 'Bearer wrong']) {
      const forged = JSON.stringify({ share_token: 'x', user: 'eva' })
      const init = { method: 'POST', headers: { authorization }, body: forged }
      expect([400, 401]).toContain((await fetch(`${y}/imports`, init)).status)
    }
  })
})

describe('biometric re-authentication', () => {
  const BIOMETRIC = { ...KYC, DIDIT_BIOMETRIC_WORKFLOW_ID: BIOMETRIC_WORKFLOW }

  async function verified(scene: Scene) {
    const app = await scene.serve('reauthenticate', BIOMETRIC)
    const wanted = { workflow_id: DEFAULT_WORKFLOW, vendor_data: 'eva' }
    const { url } = await scene.didit.sessions.create(wanted)
    await scene.finish(url, 'approve')
    return app
  }

  it('confirms somebody by a selfie, more than an hour after the links have died', async ({
    scene,
  }) => {
    const app = await verified(scene)
    const known = await newest(scene, 'eva')
    scene.clock.ahead = 61 * 60_000
    const link = known.liveness_checks?.[0]?.reference_image ?? ''
    expect((await fetch(link)).status).toBe(403)
    const hosted = await begin(`${app}/users/eva/confirmation`)
    // Back, so that its webhooks are not an hour in the future.
    scene.clock.ahead = 0
    expect(await read(`${app}/users/eva`)).toEqual({ confirmed: null })
    await scene.finish(hosted, 'approve')
    expect(await read(`${app}/users/eva`)).toEqual({ confirmed: expect.any(Number) })
    const { face_matches, id_verifications } = await newest(scene, 'eva')
    expect([face_matches?.[0]?.status, id_verifications]).toEqual(['Approved', null])
  })

  it('confirms nobody with another face', async ({ scene }) => {
    const app = await verified(scene)
    await scene.finish(await begin(`${app}/users/eva/confirmation`), 'decline')
    expect(await read(`${app}/users/eva`)).toEqual({ confirmed: null })
  })

  it('needs somebody who was verified before', async ({ scene }) => {
    const app = await scene.serve('reauthenticate', BIOMETRIC)
    const response = await fetch(`${app}/users/eva/confirmation`, { method: 'POST' })
    expect(response.status).toBe(409)
  })
})

describe('the KYC guide', () => {
  it('is three calls: workflow, session, decision', async ({ scene }) => {
    const program = scene.start('quick-start')
    expect(await program.ended(), program.output()).toBe(0)
    expect(program.output().trim().split('\n')).toEqual([
      expect.stringMatching(/^Send the user to http.+\/en\/session\/[\w-]{12}$/),
      'Result: Approved',
      'Name: Álvaro Muñoz Serrano',
      'Born: 1990-05-15',
      'Document: Passport (ESP)',
    ])
  })

  it('has four variants, and a word about chips', async ({ scene }) => {
    const program = scene.start('kyc-variants')
    expect(await program.ended(), program.output()).toBe(0)
    const lists = new Map<string, unknown>()
    const { results } = await scene.didit.workflows.list()
    for (const { workflow_id, features } of results) lists.set(workflow_id ?? '', features)
    const printed = [...program.output().matchAll(/^(KYC.*): ([\da-f-]{36})/gm)]
    expect(printed.map(([, label, id = '']) => [label, lists.get(id)])).toEqual([
      ['KYC', 'OCR + LIVENESS + FACE_MATCH'],
      ['KYC + AML', 'OCR + LIVENESS + FACE_MATCH + AML'],
      ['KYC + phone + e-mail', expect.stringMatching(/PHONE.+ \+ EMAIL/)],
      ['KYC + NFC', 'OCR + NFC + LIVENESS + FACE_MATCH'],
    ])
    expect(program.output()).toContain('native apps')
  })
})

describe('docs/flows.md', () => {
  const docs = path.join(root, 'docs')
  const page = readFileSync(path.join(docs, 'flows.md'), 'utf8')
  const files = readdirSync(path.join(docs, 'flows'))
  const texts = files.map((file) => readFileSync(path.join(docs, 'flows', file), 'utf8'))
  const quotes = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)

  test('leads to every file', () => {
    expect(files.filter((file) => !page.includes(`](flows/${file})`))).toEqual([])
  })

  test.each(quotes)('quotes a file as it stands: %s', (quote) => {
    expect(texts.filter((text) => text.includes(quote))).toHaveLength(1)
  })
})
