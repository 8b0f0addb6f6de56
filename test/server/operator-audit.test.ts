import { describe, expect, it } from 'vitest'
import { APPLICATION, DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { OTHER, setUp } from '../support/operator.ts'

describe('the audit log', () => {
  it('says who did what, when, to which session, and how it stood before and after', async () => {
    const { call, inStatus, clock } = await setUp()
    const { id } = await inStatus('In Review')
    await call('POST', `/sessions/${id}/approve`, {}, OTHER)
    const { results } = await (await call('GET', `/audit?session=${id}`)).json()
    expect(results).toEqual([
      {
        id: expect.any(String),
        at: clock.now(),
        operator: 'bert',
        action: 'approve',
        session: id,
        before: 'In Review',
        after: 'Approved',
        result: 'done',
      },
    ])
  })

  it("holds what Didit refused, with Didit's words for the operator", async () => {
    const { call, start } = await setUp()
    const { session } = await start()
    const response = await call('POST', `/sessions/${session.id}/approve`)
    expect(response.status).toBe(400)
    const problem = await response.json()
    expect(problem).toMatchObject({ code: 'didit-refused' })
    expect(JSON.stringify(problem.didit)).toContain('Current status: Not Started')
    const { results } = await (await call('GET', '/audit?operator=anna')).json()
    expect(results).toMatchObject([{ action: 'approve', result: 'refused', after: 'Not Started' }])
  })

  it('has an act before it happens', async () => {
    const { call, inStatus, didit, store } = await setUp()
    const { id } = await inStatus('In Review')
    let seen: unknown
    didit.answer = async (request, pass) => {
      if (request.method === 'PATCH') seen = await store.acts({ limit: 10, offset: 0 })
      return pass()
    }
    await call('POST', `/sessions/${id}/decline`)
    expect(seen).toMatchObject([{ action: 'decline', before: 'In Review', result: null }])
  })

  it('reads nothing into it', async () => {
    const { call, inStatus } = await setUp()
    const { id } = await inStatus('In Review')
    await call('GET', `/sessions/${id}`)
    expect((await (await call('GET', '/audit')).json()).results).toEqual([])
  })

  it('names the sessions of a batch, the session that an import made, and what was blocked', async () => {
    const { call, inStatus, sandbox } = await setUp()
    const { id } = await inStatus('In Progress', 'Declined')
    await call('POST', '/blocklist/add', {
      session_id: id.toUpperCase(),
      blocklist_face: true,
      blocklist_document: true,
    })
    const share = await partnersShare(sandbox)
    const wanted = { share_token: share, trust_review: true, workflow_id: DEFAULT_WORKFLOW }
    const copy = await (await call('POST', '/sessions/import', wanted)).json()
    await call('POST', '/sessions/delete', { session_numbers: [1001, '1002'] })
    await call('POST', '/sessions/delete', { delete_all: true })
    const { results } = await (await call('GET', '/audit')).json()
    const told = results.map((row: Record<string, string>) => [row.action, row.session, row.after])
    expect(told.sort()).toEqual([
      ['block face, document', id, 'Declined'],
      ['delete all sessions', null, null],
      ['delete sessions 1001, 1002', null, null],
      ['import', copy.session_id, 'Approved'],
    ])
  })

  it('knows a session however its id was written', async () => {
    const { call, inStatus, seen } = await setUp()
    const { id, token } = await inStatus('In Review')
    await call('POST', `/sessions/${id.toUpperCase()}/approve`)
    expect(await seen(id, token)).toMatchObject({ status: 'Approved' })
    const page = await (await call('GET', `/audit?session=${id.toUpperCase()}`)).json()
    expect(page.results).toMatchObject([{ session: id, before: 'In Review', after: 'Approved' }])
  })

  it('keeps no secret', async () => {
    const { call, store } = await setUp()
    const body = { email: 'anna@mail.test.example', password: 'MyStr0ng!Pass' }
    await call('POST', '/account/register', body)
    await call('POST', '/account/verify-email', { email: body.email, code: 'A1B2C3' })
    const rows = JSON.stringify(await store.acts({ limit: 10, offset: 0 }))
    expect(rows).toContain('verify e-mail')
    for (const secret of [body.email, body.password, 'A1B2C3']) expect(rows).not.toContain(secret)
  })

  it('does not grow without end by one act', async () => {
    const { call } = await setUp()
    const session_numbers = Array.from({ length: 2_000 }, (_, i) => i)
    await call('POST', '/sessions/delete', { session_numbers })
    const { results } = await (await call('GET', '/audit')).json()
    expect(results[0].action.length).toBeLessThanOrEqual(500)
  })

  describe('is read', () => {
    /** Six acts, an hour apart: by two operators, on two sessions, one of them refused. */
    async function filled() {
      const kit = await setUp()
      const { call, inStatus, clock } = kit
      const [first, second] = [await inStatus('In Review'), await inStatus('In Review')]
      const acts = [
        ['POST', `/sessions/${first.id}/approve`, {}],
        ['POST', `/sessions/${second.id}/decline`, {}, OTHER],
        ['POST', `/sessions/${second.id}/reviews`, { comment: 'called back' }],
        ['POST', '/workflows', { features: [{ feature: 'OCR' }] }, OTHER],
        ['POST', '/workflows', { features: [] }],
        ['DELETE', `/sessions/${first.id}`],
      ] as const
      const times: string[] = []
      for (const [method, path, body, token] of acts) {
        times.push(new Date(clock.now()).toISOString())
        await call(method, path, body, token)
        clock.pass(60 * 60_000)
      }
      const actions = async (query: string) => {
        const { results } = await (await call('GET', `/audit?${query}`)).json()
        return results.map(({ action }: { action: string }) => action)
      }
      return { ...kit, first, second, times, actions }
    }

    const ALL = ['delete', 'create workflow', 'create workflow', 'note', 'decline', 'approve']

    it('newest first, page by page', async () => {
      const { call } = await filled()
      const seen: string[] = []
      let query: string | null = '?limit=4'
      for (const previous of [null, '?limit=4&offset=0']) {
        const page: Record<string, unknown> & {
          results: { action: string }[]
          next: string | null
        } = await (await call('GET', `/audit${query}`)).json()
        expect(page).toMatchObject({ count: 6, previous })
        seen.push(...page.results.map(({ action }) => action))
        query = page.next
      }
      expect([seen, query]).toEqual([ALL, null])
    })

    it('by who, what, how it ended and which session', async () => {
      const { actions, second } = await filled()
      expect(await actions('operator=bert')).toEqual(['create workflow', 'decline'])
      expect(await actions('action=create')).toEqual(['create workflow', 'create workflow'])
      expect(await actions('action=creat')).toEqual([])
      expect(await actions('result=refused')).toEqual(['create workflow'])
      expect(await actions(`session=${second.id}`)).toEqual(['note', 'decline'])
      expect(await actions(`session=${second.id}&operator=bert`)).toEqual(['decline'])
      expect(await actions("operator=bert' or '1'='1")).toEqual([])
    })

    it('by when', async () => {
      const { actions, times } = await filled()
      const [first = '', second = '', third = ''] = times
      expect(await actions(`from=${third}`)).toEqual(ALL.slice(0, 4))
      expect(await actions(`from=${second}&to=${third}`)).toEqual(['decline'])
      expect(await actions(`from=${first.slice(0, 10)}&to=${first.slice(0, 10)}`)).toContain(
        'approve',
      )
      expect(await actions('to=2001-01-01')).toEqual([])
    })

    it('with its filters kept in the link to the next page', async () => {
      const { call } = await filled()
      const { next } = await (await call('GET', '/audit?operator=anna&limit=2')).json()
      const { results, count } = await (await call('GET', `/audit${next}`)).json()
      expect([count, results.length]).toEqual([4, 2])
      expect(results.map(({ operator }: { operator: string }) => operator)).toEqual([
        'anna',
        'anna',
      ])
    })
  })
})

/** A token of a session that the partner has approved. */
async function partnersShare({ app }: Awaited<ReturnType<typeof setUp>>['sandbox']) {
  const ask = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': 'partner' }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    return (await app.request(`http://127.0.0.1:4010${path}`, init)).json()
  }
  const { session_id, session_token } = await ask('/v3/session/', { workflow_id: DEFAULT_WORKFLOW })
  await ask(`/session/${session_token}/finish`, { scenario: 'approve' })
  const wanted = { for_application_id: APPLICATION }
  return (await ask(`/v3/session/${session_id}/share/`, wanted)).share_token
}
