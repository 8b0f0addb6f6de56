// `--server`: a running server hears of what is done, and says in its own words what cannot be.

import { describe, expect, it } from 'vitest'
import { createOperator, NotOffered } from '../../../server/cli/operator.ts'
import { NOBODY, SERVER, setUp, TOKEN } from './fixture.ts'

const env = { DIDIT_API_KEY: undefined, DIDIT_OPERATOR_TOKEN: TOKEN }
const TO_SERVER = `--server ${SERVER}`

describe('through the operator API', () => {
  it('a decision is in the audit log under the name of the operator', async () => {
    const { cli, played } = setUp({ env })
    const { session_id } = await played('review')
    expect((await cli(`sessions approve ${session_id} ${TO_SERVER}`)).code).toBe(0)
    const { out } = await cli(`audit --session ${session_id} ${TO_SERVER}`)
    expect(out).toMatch(new RegExp(`anna +approve +${session_id} +In Review +Approved +done`))
  })

  it.each([
    ['--action approve --result done', 'approve'],
    ['--from 2020-01-01', 'approve'],
    ['--action decline', 'Nothing found.'],
    ['--result refused', 'Nothing found.'],
    ['--from 2120-01-01', 'Nothing found.'],
    ['--to 2020-01-01', 'Nothing found.'],
    ['--from yesterday', 'is no time. Send a day like 2026-11-25'],
  ])('the audit log is asked for %s', async (flags, answer) => {
    const { cli, played } = setUp({ env })
    const { session_id } = await played('review')
    await cli(`sessions approve ${session_id} ${TO_SERVER}`)
    const { out, err } = await cli(`audit ${flags} ${TO_SERVER}`)
    expect(out + err).toContain(answer)
  })

  it('an event that was given up is listed, and waits again once it is replayed', async () => {
    const { cli, dead } = setUp({ env })
    const id = await dead()
    const error = 'the host is busy'
    expect((await cli(`outbox list ${TO_SERVER}`)).out).toMatch(
      new RegExp(`${id} +Not Started +\\S+ \\S+ +1 +given up +${error}`),
    )
    expect((await cli(`outbox replay ${id} ${TO_SERVER}`)).out).toBe('To be told again: 1.')
    expect((await cli(`outbox list ${TO_SERVER}`)).out).toBe('Nothing found.')
    expect((await cli(`outbox list --state waiting ${TO_SERVER}`)).out).toContain(id)
    const again = await cli(`outbox replay ${id} ${TO_SERVER}`)
    expect(again.err).toMatch(/^No event of this id was given up\./)
    expect(again.code).toBe(1)
  })

  it('all events that were given up wait again, if there are any', async () => {
    const { cli, dead } = setUp({ env })
    await dead()
    expect((await cli(`outbox replay --all ${TO_SERVER}`)).out).toBe('To be told again: 1.')
    expect((await cli(`outbox replay --all ${TO_SERVER}`)).out).toBe('Nothing was given up.')
  })

  // The first of them would lead to the route that replays all.
  it.each(['.', '..', '%2e', `${NOBODY}`, `${NOBODY}.1/replay`, '', `${NOBODY}.1 --all`])(
    'no event is replayed by a line that names none: %j',
    async (id) => {
      const { cli, sent } = setUp({ env })
      const { code } = await cli(`outbox replay ${id} ${TO_SERVER}`)
      expect([code, sent]).toEqual([2, []])
    },
  )

  it('events of an unknown state are not listed', async () => {
    const { cli } = setUp({ env })
    const { code, err } = await cli(`outbox list --state all ${TO_SERVER}`)
    expect(err).toContain('state: must be dead or waiting.')
    expect(code).toBe(1)
  })

  it('a note keeps the status that it names', async () => {
    const { cli, played, decision } = setUp({ env })
    const { session_id } = await played('review')
    const line = `sessions note ${session_id} hello --new-status Declined ${TO_SERVER}`
    expect((await cli(line)).code).toBe(0)
    const { out } = await cli(`sessions reviews ${session_id} ${TO_SERVER}`)
    expect(out).toMatch(/Declined +hello/)
    expect((await decision(session_id)).status).toBe('In Review')
  })

  it('steps are sent back with what is said about them', async () => {
    const { cli, played, sent, decision } = setUp({ env })
    const { session_id } = await played('review')
    const line = `sessions resubmit ${session_id} --node feature_ocr_1:OCR --comment blurry`
    expect((await cli(`${line} ${TO_SERVER}`)).code).toBe(0)
    expect(sent[0]?.url.pathname).toBe(`/api/operator/sessions/${session_id}/resubmit`)
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      nodes_to_resubmit: [{ node_id: 'feature_ocr_1', feature: 'OCR' }],
      comment: 'blurry',
    })
    expect((await decision(session_id)).status).toBe('Resubmitted')
  })

  it('the time line of a session is shown', async () => {
    const { cli, played } = setUp({ env })
    const { session_id } = await played('approve')
    const { json } = await cli(`decision ${session_id} --events --json ${TO_SERVER}`)
    expect(json<{ events: unknown[] }>().events.length).toBeGreaterThan(0)
  })

  it('an account is asked for with its own token beside that of the operator', async () => {
    const { cli, account, sent } = setUp({ env })
    const { access_token, organization } = await account()
    const line = `applications ${organization} --access-token=${access_token} ${TO_SERVER}`
    expect((await cli(line)).code).toBe(0)
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([`Bearer ${TOKEN}`])
    expect(sent.map(({ headers }) => headers.get('didit-access-token'))).toEqual([access_token])
  })

  it('nothing is asked for that has no route there', async () => {
    const asked: unknown[] = []
    const fetch = async (input: unknown) => {
      asked.push(input)
      return Response.json({})
    }
    const operator = createOperator({ server: SERVER, token: TOKEN, fetch })
    const session = 'https://shop.example/v3/session/'
    await expect(operator.fetch(session, { method: 'POST' })).rejects.toThrow(NotOffered)
    expect(asked).toEqual([])
  })

  it('a decision is waited for', async () => {
    const { wait, played } = setUp({ env })
    const { session_id } = await played('decline')
    expect((await wait(`decision ${session_id} --poll ${TO_SERVER}`)).code).toBe(3)
  })

  it('input is looked at before anything is sent', async () => {
    const { cli, sent } = setUp({ env })
    const { code, err } = await cli(`top-up 5 ${TO_SERVER}`)
    expect(err).toMatch(/^DOLLARS must be/)
    expect([code, sent]).toEqual([2, []])
  })

  it('the token may come from standard input', async () => {
    const { cli, asked } = setUp({ env: { DIDIT_API_KEY: undefined }, typed: TOKEN })
    expect((await cli(`balance ${TO_SERVER} --token -`)).code).toBe(0)
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['https://shop.example/', '/api/operator/billing/balance'],
    ['https://shop.example/api/operator/', '/api/operator/billing/balance'],
    ['https://shop.example/elsewhere', '/elsewhere/billing/balance'],
  ])('is found at %s', async (address, path) => {
    const { cli, sent } = setUp({ env })
    await cli(`balance --server ${address}`)
    expect(sent.map(({ url }) => url.pathname)).toEqual([path])
  })
})

describe('what the server says', () => {
  it("is Didit's own word, where it was Didit that refused", async () => {
    const { cli, create } = setUp({ env })
    const { session_id } = await create()
    const { code, err } = await cli(`sessions approve ${session_id} ${TO_SERVER}`)
    expect(err).toMatch(/^Didit answered 400 to PATCH .*Current status: Not Started/)
    expect(code).toBe(1)
  })

  it.each([
    ['a password is wrong', 'login --email ana@shop.example --password Wr0ng!Password'],
    ['a token of an account has died', 'organizations --access-token dead'],
  ])('is that %s, and nothing of its own key', async (_, line) => {
    const { cli, account } = setUp({ env })
    await account()
    const { code, err } = await cli(`${line} ${TO_SERVER}`)
    expect(err).toMatch(/^Didit answered 401 to /)
    expect(code).toBe(1)
  })

  it.each(['audit', 'outbox list', `sessions pictures ${NOBODY}`])(
    'is no list: %s',
    async (line) => {
      const answers = () => Response.json({ hello: 'world' })
      const { code, err } = await setUp({ env, answers }).cli(`${line} ${TO_SERVER}`)
      expect(err).toMatch(/^https:\/\/shop\.example\/api\/operator answered GET .+ with no list\./)
      expect(code).toBe(1)
    },
  )

  it('is no number of events', async () => {
    const answers = () => Response.json({ hello: 'world' })
    const { code, err } = await setUp({ env, answers }).cli(`outbox replay --all ${TO_SERVER}`)
    expect(err).toMatch(/answered POST \/outbox\/replay with no number\./)
    expect(code).toBe(1)
  })

  it('is that nobody knows the session', async () => {
    const { cli } = setUp({ env })
    const { code, err } = await cli(`decision ${NOBODY} ${TO_SERVER}`)
    expect(err).toMatch(/^Didit answered 404 to GET .*Not found\.$/)
    expect(code).toBe(1)
  })

  it.each(['balance', `decision ${NOBODY} --poll`, 'audit'])(
    'is that the token is wrong, once: %s',
    async (line) => {
      const { wait, sent } = setUp({ env: { ...env, DIDIT_OPERATOR_TOKEN: 'x'.repeat(32) } })
      const { code, err } = await wait(`${line} ${TO_SERVER}`)
      expect(err).toContain(
        'The operator token is missing or wrong. Send Authorization: Bearer with a token of OPERATOR_TOKENS.',
      )
      expect(err).not.toContain('xxxx')
      expect([code, sent.length]).toEqual([1, 1])
    },
  )

  it.each([
    ['a web page', () => new Response('<h1>Hello</h1>', { status: 404 })],
    [
      'a server without operators',
      () => Response.json({ code: 'not-found', title: 'x' }, { status: 404 }),
    ],
  ])('is that it has no operator API: %s', async (_, answers) => {
    const { code, err } = await setUp({ env, answers }).cli(`balance ${TO_SERVER}`)
    expect(err).toBe(
      `There is no operator API at ${SERVER}/api/operator. ` +
        'Check the address, and that the server has OPERATOR_TOKENS.',
    )
    expect(code).toBe(1)
  })

  it('is that Didit is away', async () => {
    const answers = ({ url }: Request) =>
      url.startsWith(SERVER) ? undefined : new Response('', { status: 500 })
    const { code, err } = await setUp({ env, answers }).cli(`balance ${TO_SERVER}`)
    expect(err).toBe('Didit cannot be reached. Try again in a moment.')
    expect(code).toBe(1)
  })

  it.each(['balance', 'audit'])('is nothing, when it is down: %s', async (line) => {
    const answers = () => {
      throw new TypeError('fetch failed')
    }
    const { code, err } = await setUp({ env, answers }).cli(`${line} ${TO_SERVER}`)
    expect(err).toMatch(/^https:\/\/shop\.example\/api\/operator did not answer GET .* --server/)
    expect(code).toBe(1)
  })

  it.each(['balance', 'audit'])('is not followed elsewhere with the token: %s', async (line) => {
    const { cli, sent } = setUp({ env })
    await cli(`${line} ${TO_SERVER}`)
    expect(sent.map(({ redirect }) => redirect)).toEqual(['error'])
  })
})
