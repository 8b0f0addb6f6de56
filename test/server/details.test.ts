// Whom a page expects and how to reach them: what is taken, where it goes, and when it makes a
// session fresh.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CreateRequest } from '../../server/contract.ts'
import type { VerifyOptions } from '../../server/options.ts'
import type { Driver } from '../../server/store/driver.ts'
import { createStore, migrate } from '../../server/store/index.ts'
import { openPostgres } from '../../server/store/postgres.ts'
import { openSqlite } from '../../server/store/sqlite.ts'
import { createBff, problem } from '../support/bff.ts'
import { PERSON } from '../support/canaries.ts'
import { createGate, until } from '../support/gate.ts'
import { openPglite } from '../support/pglite.ts'
import { NO_POSTGRES, openCluster } from '../support/postgres.ts'

const USER = { 'x-user': 'user-1' }
const identify = (request: Request) => request.headers.get('x-user')

/** Trusts the page with everything: for tests only. */
const trusting = (({ contact, expected }) => ({
  contact_details: contact,
  expected_details: expected,
})) satisfies VerifyOptions['buildSession']

const EVA = { expected: { first_name: 'Eva', last_name: 'Nowak' } } satisfies CreateRequest
const ADA = { expected: { first_name: 'Ada', last_name: 'Nowak' } } satisfies CreateRequest

/** Everything that Didit lets one say of a person. */
const WHOLE = {
  contact: {
    email: 'eva@mail.example',
    send_notification_emails: true,
    email_lang: 'pt-BR',
    phone: '+34600000001',
  },
  expected: {
    first_name: 'Éva',
    last_name: 'Nowak',
    date_of_birth: '1990-05-15',
    gender: null,
    nationality: 'POL',
    country: 'ESP',
    id_country: 'POL',
    poa_country: 'ESP',
    address: 'Mayor 1',
    identification_number: '4711',
    ip_address: '192.0.2.1',
    expected_document_types: ['P', 'ID'],
    company_name: 'ACME',
    registry_country: 'US-CA',
    registration_number: '17',
  },
} satisfies CreateRequest

describe('what a page says of the person', () => {
  const long = 'x'.repeat(256)
  it.each([
    ['a key of prototypes', '{"expected":{"__proto__":{"polluted":true}}}'],
    ['the same in contact', '{"contact":{"__proto__":{"polluted":true}}}'],
    ['the same beside them', '{"__proto__":{"polluted":true}}'],
    ['constructor', '{"expected":{"constructor":{"prototype":{"polluted":true}}}}'],
    ['another key', { expected: { middle_name: 'Maria' } }],
    ['another key of contact', { contact: { webhook: 'https://evil.example/' } }],
    ['camel case', { expected: { firstName: 'Eva' } }],
    ["Didit's own name for it", { expected_details: { first_name: 'Eva' } }],
    ['another key of Didit', { vendor_data: 'user-2' }],
    ['null', { expected: null }],
    ['a list', { expected: [] }],
    ['a list of objects', { contact: [{ email: 'eva@mail.example' }] }],
    ['a text', { expected: 'Eva' }],
    ['a number for a name', { expected: { first_name: 7 } }],
    ['an object for a name', { expected: { last_name: { $ne: '' } } }],
    ['a list for a name', { expected: { first_name: ['Eva'] } }],
    ['null for a name', { expected: { first_name: null } }],
    ['a long name', { expected: { first_name: long } }],
    ['a long day', { expected: { date_of_birth: '1990-05-15T00:00' } }],
    ['a long address', { expected: { address: 'x'.repeat(1001) } }],
    ['a long e-mail address', { contact: { email: `${long}@mail.example` } }],
    ['a long phone number', { contact: { phone: '1'.repeat(33) } }],
    ['a text for a switch', { contact: { send_notification_emails: 'yes' } }],
    ['a language that Didit has not', { contact: { email_lang: 'EN' } }],
    ['a gender in full', { expected: { gender: 'male' } }],
    ['one document, no list', { expected: { expected_document_types: 'P' } }],
    ['a document that is none', { expected: { expected_document_types: ['LIBRARY'] } }],
    [
      'more documents than there are',
      { expected: { expected_document_types: Array(8).fill('P') } },
    ],
  ])('is refused whole: %s', async (_what, body) => {
    const { post, didit, lines } = await createBff({ buildSession: trusting })
    expect(await problem(await post(body))).toEqual([400, 'invalid-body'])
    expect(didit.calls).toEqual([])
    expect(JSON.stringify(lines)).not.toMatch(/Eva|mail\.example|xxx/)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('is refused beyond 64 KiB before it is looked at', async () => {
    const { post } = await createBff({ buildSession: trusting })
    const body = { expected: { address: 'x'.repeat(70_000) } }
    expect(await problem(await post(body))).toEqual([413, 'body-too-large'])
  })

  it('comes to the host as it was sent, and to Didit as the host says', async () => {
    const told: unknown[] = []
    const { start, didit } = await createBff({
      identify,
      buildSession(body, subject) {
        told.push([subject, body.contact, body.expected])
        return { expected_details: { last_name: body.expected?.last_name } }
      },
    })
    await start(WHOLE, USER)
    expect(told).toEqual([['user-1', WHOLE.contact, WHOLE.expected]])
    expect(didit.bodies[0]).toMatchObject({ expected_details: { last_name: 'Nowak' } })
    expect(JSON.stringify(didit.bodies)).not.toMatch(/Éva|mail\.example/)
  })

  it('can be handed on as it is', async () => {
    const { start, didit } = await createBff({ buildSession: trusting })
    await start(WHOLE)
    expect(didit.bodies[0]).toMatchObject({
      contact_details: WHOLE.contact,
      expected_details: WHOLE.expected,
    })
  })

  it('is dropped without a buildSession, which is said once and without a word of it', async () => {
    const { start, didit, lines } = await createBff()
    await start()
    const dropped = () => lines.filter(({ message }) => message.includes('no buildSession'))
    expect(dropped()).toEqual([])
    await start(WHOLE)
    await start(EVA)
    expect(dropped()).toEqual([
      {
        level: 'warn',
        data: {},
        message: 'contact and expected of the page are dropped: there is no buildSession',
      },
    ])
    const keys = didit.bodies.map((body) => Object.keys(body).sort())
    expect(new Set(keys.flat())).toEqual(new Set(['callback', 'vendor_data', 'workflow_id']))
    expect(JSON.stringify([lines, didit.bodies])).not.toMatch(/Eva|Éva|Nowak|mail\.example/)
  })
})

/** A server where there is one: its connections meet as those of instances do. */
async function openAnyPostgres(): Promise<Driver> {
  if (NO_POSTGRES) return openPglite()
  const cluster = await openCluster()
  const driver = await openPostgres(await cluster.createDatabase())
  return {
    ...driver,
    async close() {
      await driver.close()
      await cluster.stop()
    },
  }
}

const DRIVERS: Record<string, () => Promise<Driver>> = {
  libsql: async () => openSqlite(':memory:'),
  Postgres: openAnyPostgres,
}

describe.each(Object.entries(DRIVERS))('over %s, a session that nobody has opened', (_, open) => {
  let driver: Driver
  // One for all, because one of the two takes seconds to start; each test has users of its own.
  beforeAll(async () => {
    driver = await open()
    await migrate(driver)
  }, 60_000)
  // That Didit is left alone after an outage is in the store too.
  beforeEach(() => driver.query('delete from settings'))
  afterAll(() => driver.close(), 60_000)

  let users = 0

  /** A host with a user, and what it can do as them. */
  async function setUp(options: Partial<VerifyOptions> = {}) {
    const user = { 'x-user': `user-${++users}` }
    const built: CreateRequest[] = []
    const bff = await createBff({
      store: createStore(driver),
      identify,
      buildSession(body) {
        built.push(body)
        return trusting(body)
      },
      ...options,
    })
    const { start, didit, clock, sandbox } = bff
    return {
      ...bff,
      user,
      built,
      /** Starts a second later: the newest session is told by its time. */
      async as(body: CreateRequest) {
        clock.pass(1_000)
        return start(body, user)
      },
      deletions: () => didit.calls.filter((call) => call.startsWith('DELETE')),
      creations: () => didit.calls.filter((call) => call === 'POST /v3/session/'),
      /** What Didit holds of a session; undefined where it holds nothing. */
      async atDidit(id: string) {
        const path = `/v3/session/${id}/decision/`
        const response = await sandbox.app.request(path, { headers: { 'x-api-key': 'key' } })
        return response.ok ? response.json() : undefined
      },
    }
  }

  it('makes way for a fresh one when the host tells something new', async () => {
    const { as, atDidit, seen, didit, store } = await setUp()
    const one = await as(EVA)
    const told: string[] = []
    store.listen(one.session.id, () => told.push('changed'))
    didit.calls.length = 0
    const two = await as({ ...ADA, contact: { email: 'ada@mail.example' } })
    expect(two.status).toBe(201)
    expect(two.session).toMatchObject({ status: 'Not Started', outcome: null })
    const { id } = one.session
    expect(didit.calls).toEqual([
      `GET /v3/session/${id}/decision/`,
      `DELETE /v3/session/${id}/delete/`,
      'POST /v3/session/',
    ])
    expect(await atDidit(id)).toBeUndefined()
    expect(await atDidit(two.session.id)).toMatchObject({
      expected_details: ADA.expected,
      contact_details: { email: 'ada@mail.example' },
    })
    // Whoever waits for the first one hears that it has ended.
    expect(told).toEqual(['changed'])
    expect(await seen(id, one.token)).toMatchObject({ outcome: 'expired', settled: true })
  })

  it.each<[string, CreateRequest, CreateRequest]>([
    ['nothing', {}, {}],
    ['the same', EVA, EVA],
    ['the same in another order', EVA, { expected: { last_name: 'Nowak', first_name: 'Eva' } }],
    ['nothing, as empty objects', {}, { contact: {}, expected: {} }],
    ['the same with another reference', { ...EVA, reference: 'a' }, { ...EVA, reference: 'b' }],
  ])('is handed back when the host tells %s', async (_what, first, second) => {
    const { as, deletions } = await setUp()
    const one = await as(first)
    const two = await as(second)
    expect(two).toMatchObject({ status: 200, session: { id: one.session.id, version: 1 } })
    expect(deletions()).toEqual([])
  })

  it.each<[string, CreateRequest, CreateRequest]>([
    ['something for the first time', {}, EVA],
    ['nothing any more', EVA, {}],
    ['one letter more', EVA, { expected: { ...EVA.expected, first_name: 'Evaa' } }],
    ['the same as contact', { contact: { email: 'a@b.co' } }, { expected: { address: 'a@b.co' } }],
    [
      'the documents in another order',
      { expected: { expected_document_types: ['P', 'ID'] } },
      { expected: { expected_document_types: ['ID', 'P'] } },
    ],
  ])('is not handed back when the host tells %s', async (_what, first, second) => {
    const { as, didit, deletions } = await setUp({
      // An address alone Didit would refuse.
      buildSession: ({ contact, expected }) => ({
        contact_details: contact,
        expected_details: expected && { ...expected, country: 'ESP' },
      }),
    })
    const one = await as(first)
    const two = await as(second)
    expect(two.status).toBe(201)
    expect(two.session.id).not.toBe(one.session.id)
    expect(deletions()).toHaveLength(1)
    expect(didit.bodies).toHaveLength(2)
  })

  it.each(['In Progress', 'Awaiting User', 'In Review', 'Resubmitted', 'Approved'])(
    'is handed back when at Didit it turns out to be %s, and the host is not asked',
    async (status) => {
      const { as, move, clock, built, deletions, atDidit } = await setUp()
      const one = await as(EVA)
      await move(one.session.id, status)
      clock.pass(60_000)
      const two = await as(ADA)
      expect(two).toMatchObject({ status: 200, session: { id: one.session.id, status } })
      expect(built).toEqual([EVA])
      expect(deletions()).toEqual([])
      expect(await atDidit(one.session.id)).toMatchObject({ expected_details: EVA.expected })
    },
  )

  it('is handed back when it was opened a moment ago, although the store does not know', async () => {
    const { start, user, move, deletions, atDidit } = await setUp()
    const one = await start(EVA, user)
    await move(one.session.id, 'In Progress')
    // No time has passed, so nobody would have asked Didit.
    const two = await start(ADA, user)
    expect(two).toMatchObject({
      status: 200,
      session: { id: one.session.id, status: 'In Progress' },
    })
    expect(deletions()).toEqual([])
    expect(await atDidit(one.session.id)).toMatchObject({ expected_details: EVA.expected })
  })

  it('makes way for a fresh one when it turns out to have expired', async () => {
    const { start, user, clock, move, deletions } = await setUp()
    const one = await start(EVA, user)
    await move(one.session.id, 'Expired')
    clock.pass(1_000)
    const two = await start(ADA, user)
    expect(two.status).toBe(201)
    expect(two.session.id).not.toBe(one.session.id)
    expect(deletions()).toEqual([])
  })

  it.each([403, 429, 503])(
    'is handed back when its deletion is refused with %i',
    async (status) => {
      const { as, didit, creations, lines } = await setUp()
      const one = await as(EVA)
      didit.answer = (request, pass) =>
        request.method === 'DELETE' ? Response.json({ detail: 'No.' }, { status }) : pass()
      const two = await as(ADA)
      expect(two).toMatchObject({ status: 200, session: { id: one.session.id, outcome: null } })
      expect(creations()).toHaveLength(1)
      expect(lines.map(({ message }) => message)).toContain('could not delete a session')
      expect(JSON.stringify(lines)).not.toMatch(/Ada|Eva|Nowak/)
    },
  )

  it('makes way when it is gone although Didit did not say so', async () => {
    const { as, didit, atDidit } = await setUp()
    const one = await as(EVA)
    didit.answer = async (request, pass) => {
      const answer = await pass()
      return request.method === 'DELETE' ? new Response(null, { status: 500 }) : answer
    }
    const two = await as(ADA)
    expect(two.status).toBe(201)
    expect(two.session.id).not.toBe(one.session.id)
    expect(await atDidit(two.session.id)).toMatchObject({ expected_details: ADA.expected })
  })

  it.each([
    ['In Progress', 201, null],
    ['Approved', 200, 'approved'],
  ])('that is told to be %s while it is deleted leads to %i', async (status, code, outcome) => {
    const { as, didit, store, clock } = await setUp()
    const one = await as(EVA)
    didit.answer = async (request, pass) => {
      if (request.method === 'DELETE') {
        const now = clock.now()
        const news = { status, eventAt: now, checkAt: now, now }
        await store.changeStatus(one.session.id, 1, news)
      }
      return pass()
    }
    expect(await as(ADA)).toMatchObject({ status: code, session: { outcome } })
  })

  it('is handed back when Didit does not answer', async () => {
    const { as, didit, deletions } = await setUp()
    const one = await as(EVA)
    didit.answer = () => Promise.reject(new TypeError('fetch failed'))
    const two = await as(ADA)
    expect(two).toMatchObject({ status: 200, session: { id: one.session.id } })
    expect(deletions()).toEqual([])
  })

  it('is not deleted for a start that a limit refuses', async () => {
    const { as, post, user, deletions, seen } = await setUp({ limits: { subject: 1 } })
    const one = await as(EVA)
    expect(await problem(await post(ADA, user))).toEqual([429, 'too-many-requests'])
    expect(deletions()).toEqual([])
    expect(await seen(one.session.id, one.token)).toMatchObject({ outcome: null })
  })

  it('makes way when its creation was broken off, and Didit made it with something else', async () => {
    const { as, post, user, didit, clock, atDidit } = await setUp()
    // Didit makes the session, and its answer is lost.
    didit.answer = async (_request, pass) => {
      await pass()
      throw new TypeError('fetch failed')
    }
    clock.pass(1_000)
    expect(await problem(await post(EVA, user))).toEqual([502, 'didit-unreachable'])
    didit.answer = (_request, pass) => pass()
    const two = await as(ADA)
    expect(await atDidit(two.session.id)).toMatchObject({ expected_details: EVA.expected })
    const three = await as(ADA)
    expect(three.session.id).not.toBe(two.session.id)
    expect(await atDidit(three.session.id)).toMatchObject({ expected_details: ADA.expected })
    expect(await as(ADA)).toMatchObject({ status: 200, session: { id: three.session.id } })
  })

  it('is handed back when it is from before details were kept', async () => {
    const { as, deletions } = await setUp()
    const one = await as(EVA)
    await driver.query('update sessions set details = null where id = $1', [one.session.id])
    expect(await as(ADA)).toMatchObject({ status: 200, session: { id: one.session.id } })
    expect(deletions()).toEqual([])
  })

  it('is handed back to a host without buildSession, whatever it was created with', async () => {
    const first = await setUp()
    const one = await first.as(EVA)
    const second = await createBff({ ...first.options, buildSession: undefined })
    expect(await second.start(ADA, first.user)).toMatchObject({ session: { id: one.session.id } })
    expect(first.deletions()).toEqual([])
  })

  it('is known again after the secret was rotated', async () => {
    const [old, fresh] = [
      'the old secret, 32 characters long',
      'the new secret, 32 characters long',
    ]
    const first = await setUp({ secret: old })
    const one = await first.as(EVA)
    const second = await createBff({ ...first.options, secret: [fresh, old] })
    expect(await second.start(EVA, first.user)).toMatchObject({ session: { id: one.session.id } })
    first.clock.pass(1_000)
    expect((await second.start(ADA, first.user)).status).toBe(201)
  })

  it('is kept with a digest, another for each subject and each secret, and no word', async () => {
    const body = {
      contact: { email: PERSON.email, phone: PERSON.phone },
      expected: { first_name: PERSON.first, date_of_birth: PERSON.born },
    }
    const one = await setUp()
    const two = await setUp()
    const three = await setUp({ secret: 'a secret of this one instance only' })
    const ids: string[] = []
    for (const { as } of [one, two, three]) ids.push((await as(body)).session.id)
    const rows = await Promise.all(ids.map((id) => one.store.session(id)))
    const digests = rows.map((row) => row?.details)
    for (const digest of digests) expect(digest).toMatch(/^[\w-]{43}$/)
    expect(new Set(digests).size).toBe(3)

    const all: unknown[] = []
    for (const table of ['sessions', 'returns', 'inbox', 'outbox', 'counters', 'settings']) {
      all.push(await driver.query(`select * from ${table}`))
    }
    const text = JSON.stringify([all, one.lines])
    expect(text).toContain(ids[0])
    for (const word of Object.values(PERSON)) expect(text).not.toContain(word)
  })

  describe('to two instances at once', () => {
    /** Two instances over one database and one Didit, and the user's session that both know. */
    async function setUpTwo() {
      const one = await setUp()
      const two = await createBff({ ...one.options, store: createStore(driver) })
      const first = await one.as(EVA)
      one.clock.pass(1_000)
      one.didit.calls.length = 0
      return { one, two, first }
    }

    it('makes way for one fresh session when both are told the same', async () => {
      const { one, two, first } = await setUpTwo()
      const both = await Promise.all([one, two, one, two].map((each) => each.start(ADA, one.user)))
      const ids = new Set(both.map(({ session }) => session.id))
      expect(ids.size).toBe(1)
      expect(ids.has(first.session.id)).toBe(false)
      expect(await one.atDidit([...ids][0] ?? '')).toMatchObject({ expected_details: ADA.expected })
      one.clock.pass(1_000)
      expect(await two.start(ADA, one.user)).toMatchObject({
        status: 200,
        session: { id: [...ids][0] },
      })
    })

    it('leaves one session when both are told something else, and the next start is right', async () => {
      const { one, two } = await setUpTwo()
      const IDA = { expected: { first_name: 'Ida' } }
      const both = await Promise.all([one.start(ADA, one.user), two.start(IDA, one.user)])
      expect(both.map(({ session }) => session.outcome)).toEqual([null, null])
      const listed = await one.sandbox.app.request(
        `/v3/sessions/?vendor_data=${one.user['x-user']}`,
        { headers: { 'x-api-key': 'key' } },
      )
      expect((await listed.json()).results).toHaveLength(1)
      one.clock.pass(1_000)
      const last = await one.start(IDA, one.user)
      expect(await one.atDidit(last.session.id)).toMatchObject({ expected_details: IDA.expected })
    })

    it('never takes a session that the other one made, and that was opened', async () => {
      const { one, two, first } = await setUpTwo()
      // The second instance has the answer that nobody has opened the old one, and is held there.
      const gate = createGate()
      let held = 0
      one.didit.answer = async (request, pass) => {
        if (request.method === 'DELETE' && held++ === 0) {
          await gate.opened
        }
        return pass()
      }
      const slow = two.start(ADA, one.user)
      await until(() => held === 1)
      const fast = await one.start(ADA, one.user)
      expect(fast.status).toBe(201)
      await one.move(fast.session.id, 'In Progress')
      gate.open()
      const { session } = await slow
      expect(session.id).toBe(fast.session.id)
      expect(await one.atDidit(fast.session.id)).toMatchObject({ status: 'In Progress' })
      expect(await one.atDidit(first.session.id)).toBeUndefined()
    })
  })
})
