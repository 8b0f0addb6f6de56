import { describe, expect, it } from 'vitest'
import { STATUSES } from '../../server/contract.ts'
import { DecisionPending } from '../../server/didit/client.ts'
import {
  createKycSession,
  getDecision,
  pollDecision,
  setupKycWorkflow,
} from '../../server/didit/kyc.ts'
import { downloadPortrait, reauthenticate } from '../../server/didit/reauthenticate.ts'
import type { Decision, SessionListRow } from '../../server/didit/types.ts'
import { isDecided } from '../../server/didit/wait.ts'
import { type Answer, createStub, OTHER, settle, UUID } from '../support/didit-stub.ts'

const HOUR = 3_600_000
const at = (status: string): Answer => ({ body: { status } })
const started = at('Not Started')
const under = at('In Progress')
const approved = at('Approved')

describe('waiting for a decision', () => {
  it('asks every ten seconds until the session is decided', async () => {
    const { didit, sent, clock } = createStub({}, started, under, under, approved)
    const result = didit.sessions.waitForDecision(UUID)
    await clock.pass(HOUR)
    expect(sent.map((each) => (each.at - clock.start) / 1000)).toEqual([0, 10, 20, 30])
    await expect(result).resolves.toEqual({ status: 'Approved' })
    expect(clock.pending()).toBe(0)
  })

  it('ends at what no longer moves by itself, and at nothing else', () => {
    const ends = Object.keys(STATUSES).filter(isDecided)
    expect(ends.sort()).toEqual([
      'Abandoned',
      'Approved',
      'Declined',
      'Expired',
      'In Review',
      'Kyc Expired',
    ])
    expect(['Pending', 'approved', '', 'constructor'].filter(isDecided)).toEqual([])
  })

  it('tells each new status once', async () => {
    const { didit, clock } = createStub({}, started, under, under, at('In Review'))
    const told: string[] = []
    const result = didit.sessions.waitForDecision(UUID, { onStatus: (each) => told.push(each) })
    await clock.pass(HOUR)
    await result
    expect(told).toEqual(['Not Started', 'In Progress', 'In Review'])
  })

  it('gives up at the timeout, after one last question, with what it knows', async () => {
    const { didit, sent, clock } = createStub({}, under)
    const result = didit.sessions
      .waitForDecision(UUID, { interval: 10_000, timeout: 25_000 })
      .catch((each: Error) => each)
    await clock.pass(HOUR)
    expect(sent.map((each) => (each.at - clock.start) / 1000)).toEqual([0, 10, 20, 25])
    const error = await result
    expect(error).toBeInstanceOf(DecisionPending)
    expect(error).toMatchObject({ sessionId: UUID, status: 'In Progress' })
    expect(String(error)).toContain('still In Progress after 25 s')
  })

  it('takes a decision that comes with the last question', async () => {
    const { didit, clock } = createStub({}, under, approved)
    const result = didit.sessions.waitForDecision(UUID, { timeout: 5_000 })
    await clock.pass(5_000)
    await expect(result).resolves.toMatchObject({ status: 'Approved' })
  })

  it('asks once when there is no time', async () => {
    const { didit, sent } = createStub({}, under)
    const error = await didit.sessions.waitForDecision(UUID, { timeout: 0 }).catch((e: Error) => e)
    expect(error).toBeInstanceOf(DecisionPending)
    expect(sent).toHaveLength(1)
  })

  it('stops between two questions when the caller does', async () => {
    const { didit, sent, clock } = createStub({}, under)
    const controller = new AbortController()
    const result = didit.sessions
      .waitForDecision(UUID, { signal: controller.signal })
      .catch((why) => why)
    await clock.pass(12_000)
    controller.abort('enough')
    expect(await result).toBe('enough')
    expect(clock.pending()).toBe(0)
    expect(sent).toHaveLength(2)
  })

  it('stops during a question when the caller does', async () => {
    const { didit, clock } = createStub({}, 'silence')
    const controller = new AbortController()
    const result = didit.sessions
      .waitForDecision(UUID, { signal: controller.signal })
      .catch((why) => why)
    await settle()
    controller.abort('enough')
    expect(await result).toBe('enough')
    expect(clock.pending()).toBe(0)
  })

  it('outlives answers that do not come', async () => {
    const down: Answer = { status: 503 }
    const { didit, clock } = createStub({ retries: 0 }, under, down, new TypeError('x'), approved)
    const result = didit.sessions.waitForDecision(UUID)
    await clock.pass(HOUR)
    await expect(result).resolves.toMatchObject({ status: 'Approved' })
  })

  it('gives up when five answers in a row do not come', async () => {
    const { didit, sent, clock } = createStub({ retries: 0 }, { status: 503 })
    const result = didit.sessions.waitForDecision(UUID).catch((each: Error) => each)
    await clock.pass(HOUR)
    expect(await result).toMatchObject({ status: 503 })
    expect(sent).toHaveLength(5)
  })

  it('counts failures anew after each answer', async () => {
    const down: Answer = { status: 503 }
    const twice = [down, down, down, under, down, down, down, approved]
    const { didit, clock } = createStub({ retries: 0 }, ...twice)
    const result = didit.sessions.waitForDecision(UUID)
    await clock.pass(HOUR)
    await expect(result).resolves.toMatchObject({ status: 'Approved' })
  })

  it('stays away for as long as a 429 says', async () => {
    const busy: Answer = { status: 429, headers: { 'retry-after': '45' } }
    const { didit, sent, clock } = createStub({ retries: 0 }, busy, approved)
    const result = didit.sessions.waitForDecision(UUID)
    await clock.pass(HOUR)
    await result
    expect((sent[1]?.at ?? 0) - clock.start).toBe(45_000)
  })

  it.each([401, 403, 404])('does not outlive a %i', async (status) => {
    const { didit, sent } = createStub({}, { status, body: { detail: 'No.' } })
    await expect(didit.sessions.waitForDecision(UUID)).rejects.toMatchObject({ status })
    expect(sent).toHaveLength(1)
  })

  it('does not begin with a bad id', async () => {
    const { didit } = createStub()
    await expect(didit.sessions.waitForDecision('x')).rejects.toMatchObject({ field: 'session_id' })
  })
})

describe('all sessions', () => {
  const rows = (...ids: string[]) => ids.map((session_id) => ({ session_id }))
  const page = (next: string | null, ...ids: string[]): Answer => ({
    body: { count: 9, next, previous: null, results: rows(...ids) },
  })

  async function read(list: AsyncIterable<SessionListRow>): Promise<string[]> {
    const ids: string[] = []
    for await (const row of list) ids.push(row.session_id)
    return ids
  }

  it('are read page by page, with the same filters', async () => {
    const next = 'https://elsewhere.example/v3/sessions/?limit=2&offset=2'
    const { didit, sent } = createStub({}, page(next, 'a', 'b'), page(null, 'c'))
    const found = await read(didit.sessions.all({ status: 'Approved', limit: 2 }))
    expect(found).toEqual(['a', 'b', 'c'])
    expect(sent.map(({ origin, query }) => [origin, query.offset, query.status])).toEqual([
      ['https://verification.didit.me', '0', 'Approved'],
      ['https://verification.didit.me', '2', 'Approved'],
    ])
  })

  it('go on where Didit says: with both kinds a page holds more rows than its limit', async () => {
    const next = '/v3/sessions/?limit=2&offset=2'
    const { didit, sent } = createStub({}, page(next, 'a', 'b', 'x', 'y'), page(null, 'c'))
    await read(didit.sessions.all({ session_kind: 'all', limit: 2 }))
    expect(sent[1]?.query.offset).toBe('2')
  })

  it.each(['not a url', 'https://x/?offset=0', 'https://x/?offset=-5', 'https://x/'])(
    'go on by counting when the next page is %j',
    async (next) => {
      const { didit, sent } = createStub({}, page(next, 'a', 'b'), page(null))
      await read(didit.sessions.all())
      expect(sent[1]?.query.offset).toBe('2')
    },
  )

  it('come once each, though newer ones push them to the next page', async () => {
    const next = 'https://x/?offset=2'
    const { didit } = createStub({}, page(next, 'b', 'c'), page(null, 'c', 'd'))
    expect(await read(didit.sessions.all())).toEqual(['b', 'c', 'd'])
  })

  it('end with an empty page, whatever it says', async () => {
    const { didit, sent } = createStub({}, page('https://x/?offset=50'))
    expect(await read(didit.sessions.all())).toEqual([])
    expect(sent).toHaveLength(1)
  })

  it('are not read further than somebody wants them', async () => {
    const { didit, sent } = createStub({}, page('https://x/?offset=2', 'a', 'b'))
    for await (const _ of didit.sessions.all()) break
    expect(sent).toHaveLength(1)
  })
})

describe('a report', () => {
  function report(body: BodyInit | null, disposition?: string): Response {
    const headers = { 'content-type': 'application/pdf' }
    return new Response(body, {
      headers: disposition ? { ...headers, 'content-disposition': disposition } : headers,
    })
  }

  it('comes as a stream with its name', async () => {
    const answer = report('%PDF-1.7', `attachment; filename=session_${UUID}.pdf`)
    const { didit, sent } = createStub({}, answer)
    const { stream, filename, type } = await didit.sessions.pdf(UUID)
    expect(await new Response(stream).text()).toBe('%PDF-1.7')
    expect(filename).toBe(`session_${UUID}.pdf`)
    expect(type).toBe('application/pdf')
    expect(sent[0]?.headers.accept).toBe('application/pdf')
  })

  it.each([
    ['attachment; filename="../../etc/passwd"', '__.._etc_passwd'],
    ['attachment; filename=.bashrc', '_bashrc'],
    ['attachment', 'report.pdf'],
    ['', 'report.pdf'],
  ])('with %j is called %j', async (disposition, name) => {
    const { didit } = createStub({}, report('x', disposition))
    const { filename } = await didit.sessions.pdf(UUID)
    expect(filename).not.toMatch(/^\.|\//)
    expect(filename).toBe(name)
  })

  it('that is refused says why', async () => {
    const detail = 'You can only generate a PDF for sessions in review, declined, approved'
    const { didit } = createStub({}, { status: 403, body: { detail } })
    await expect(didit.sessions.pdf(UUID)).rejects.toThrow(detail)
  })

  it('fails when it stops half way, but only while somebody waits', async () => {
    const stuck = new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode('%PDF')) })
    const { didit, clock } = createStub({ timeout: 1_000 }, report(stuck))
    const reader = (await didit.sessions.pdf(UUID)).stream.getReader()
    await reader.read()
    await clock.pass(HOUR)
    const rest = reader.read().catch((each: Error) => each)
    await clock.pass(1_000)
    expect(await rest).toMatchObject({ name: 'DiditUnreachable', timedOut: true })
  })

  it('can be cancelled half way', async () => {
    let cancelled: unknown
    const endless = new ReadableStream({
      pull: (c) => c.enqueue(new Uint8Array(1)),
      cancel(why) {
        cancelled = why
      },
    })
    const { didit, clock } = createStub({}, report(endless))
    const { stream } = await didit.sessions.pdf(UUID)
    await stream.cancel('enough')
    expect(cancelled).toBe('enough')
    expect(clock.pending()).toBe(0)
  })
})

describe('verifying somebody again', () => {
  const face = 'https://media.example/face.jpg?X-Amz-Expires=3600'
  const decided = (more: object): Decision =>
    ({ status: 'Approved', vendor_data: 'user-1', ...more }) as unknown as Decision
  const id = (status: string, portrait_image: string | null) => ({ status, portrait_image })

  /** Answers pictures by address. */
  function media(pictures: Record<string, Response>) {
    const asked: [string, RequestInit][] = []
    const fetch: typeof globalThis.fetch = async (input, init = {}) => {
      asked.push([String(input), init])
      return pictures[String(input)] ?? new Response('gone', { status: 403 })
    }
    return { fetch, asked }
  }

  it('asks anew, takes the picture without the key, and sends it as base64', async () => {
    const body = decided({ id_verifications: [id('Approved', face)] })
    const { didit, sent } = createStub({}, { body }, { body: { session_id: OTHER } })
    const { fetch, asked } = media({ [face]: new Response(Uint8Array.of(255, 216, 255)) })
    await reauthenticate(didit, { session_id: UUID, workflow_id: OTHER, language: 'es' }, { fetch })
    expect(asked.map(([url, init]) => [url, init.headers])).toEqual([[face, undefined]])
    expect(sent.map(({ path }) => path)).toEqual([`/v3/session/${UUID}/decision/`, '/v3/session/'])
    expect(sent[1]?.body).toEqual({
      workflow_id: OTHER,
      language: 'es',
      vendor_data: 'user-1',
      portrait_image: '/9j/',
    })
  })

  it.each(['Declined', 'In Review', 'Kyc Expired', 'Not Started'])(
    'is refused from a session that is %s',
    async (status) => {
      const body = decided({ status, id_verifications: [id('Approved', face)] })
      const { didit, sent } = createStub({}, { body })
      const { fetch, asked } = media({ [face]: new Response('x') })
      const again = reauthenticate(didit, { session_id: UUID, workflow_id: OTHER }, { fetch })
      await expect(again).rejects.toThrow(`session_id is ${status}.`)
      expect(sent).toHaveLength(1)
      expect(asked).toEqual([])
    },
  )

  it.each<[string, object, string | undefined]>([
    ['nothing', {}, undefined],
    ['null', { id_verifications: null, liveness_checks: null }, undefined],
    ['a hidden link', { id_verifications: [id('Approved', null)] }, undefined],
    ['a declined document', { id_verifications: [id('Declined', 'https://a/1')] }, undefined],
    ['a link that is none', { id_verifications: [id('Approved', 'javascript:1')] }, undefined],
    ['an open link', { id_verifications: [id('Approved', 'http://a.example/1')] }, undefined],
    [
      'a local link',
      { id_verifications: [id('Approved', 'http://127.0.0.1/1')] },
      'http://127.0.0.1/1',
    ],
    [
      'several documents, the last approved',
      { id_verifications: [id('Approved', 'https://a/1'), id('Approved', 'https://a/2')] },
      'https://a/2',
    ],
    [
      'a chip before a document',
      {
        id_verifications: [id('Approved', 'https://a/1')],
        nfc_verifications: [id('Approved', 'https://a/chip')],
      },
      'https://a/chip',
    ],
    [
      'a selfie before all',
      {
        id_verifications: [id('Approved', 'https://a/1')],
        liveness_checks: [{ status: 'Approved', reference_image: 'https://a/selfie' }],
      },
      'https://a/selfie',
    ],
  ])('takes from %s the right picture', async (_, more, url) => {
    const { fetch, asked } = media(url ? { [url]: new Response('x') } : {})
    const picture = await downloadPortrait(decided(more), { fetch, local: true }).catch(
      (each: Error) => each,
    )
    if (url) expect(picture).toBe('eA==')
    else expect(picture).toMatchObject({ field: 'session_id' })
    expect(asked.map(([each]) => each)).toEqual(url ? [url] : [])
  })

  it('says nothing of the link when it is dead', async () => {
    const { fetch } = media({})
    const decision = decided({ id_verifications: [id('Approved', face)] })
    const error = await downloadPortrait(decision, { fetch }).catch((each: Error) => each)
    expect(error).toMatchObject({ name: 'DiditError', status: 403 })
    expect(String(error)).not.toContain('media.example')
  })

  it('stops reading at 2 MB', async () => {
    let pieces = 0
    const endless = new ReadableStream({
      pull(controller) {
        pieces++
        controller.enqueue(new Uint8Array(512 * 1024))
      },
    })
    const { fetch } = media({ [face]: new Response(endless) })
    const decision = decided({ id_verifications: [id('Approved', face)] })
    await expect(downloadPortrait(decision, { fetch })).rejects.toMatchObject({
      field: 'session_id',
    })
    expect(pieces).toBeLessThan(8)
  })
})

describe('the script of the guide', () => {
  it('makes a workflow and hands out what sessions want', async () => {
    const { didit, sent } = createStub({}, { body: { uuid: UUID, workflow_id: OTHER } })
    const { workflowId, warnings } = await setupKycWorkflow(didit, { label: 'My KYC', nfc: true })
    expect(workflowId).toBe(OTHER)
    expect(warnings).toEqual([expect.stringContaining('native apps')])
    expect(sent[0]?.body).toMatchObject({ workflow_label: 'My KYC' })
  })

  it('takes the uuid of older Didits for it', async () => {
    const { didit } = createStub({}, { body: { uuid: UUID } })
    expect((await setupKycWorkflow(didit)).workflowId).toBe(UUID)
  })

  it('makes a session for a person', async () => {
    const { didit, sent } = createStub()
    await createKycSession(didit, {
      workflowId: UUID,
      vendorData: 'user-123',
      callback: 'https://myapp.com/done',
      language: 'en',
      email: 'ana@example.com',
      firstName: 'Ana',
      dateOfBirth: '1990-05-15',
      more: { callback_method: 'both' },
    })
    expect(sent[0]?.body).toEqual({
      workflow_id: UUID,
      vendor_data: 'user-123',
      callback: 'https://myapp.com/done',
      language: 'en',
      contact_details: { email: 'ana@example.com' },
      expected_details: { first_name: 'Ana', date_of_birth: '1990-05-15' },
      callback_method: 'both',
    })
  })

  it('leaves out what was not said', async () => {
    const { didit, sent } = createStub()
    await createKycSession(didit, { workflowId: UUID })
    expect(sent[0]?.body).toEqual({ workflow_id: UUID })
  })

  it('reads a decision, and polls for one in seconds', async () => {
    const { didit, sent, clock } = createStub({}, under, under, approved)
    expect(await getDecision(didit, UUID)).toMatchObject({ status: 'In Progress' })
    const result = pollDecision(didit, UUID, { interval: 30, maxWait: 60 })
    await clock.pass(HOUR)
    await expect(result).resolves.toMatchObject({ status: 'Approved' })
    expect((sent[2]?.at ?? 0) - clock.start).toBe(30_000)
  })
})
