import { describe, expect, it } from 'vitest'
import { DEFAULT_WORKFLOW } from '../../../server/sandbox/app.ts'
import { setUp } from './fixture.ts'

const CONTACT = { email: 'mallory@mail.example', phone: '+34600000009' }
const ITEMS = [
  ['face', 'liveness_checks', 'FACE_IN_BLOCKLIST'],
  ['document', 'id_verifications', 'ID_DOCUMENT_IN_BLOCKLIST'],
  ['phone', 'phone_verifications', 'PHONE_NUMBER_IN_BLOCKLIST'],
  ['email', 'email_verifications', 'EMAIL_IN_BLOCKLIST'],
] as const

/** Somebody whom a reviewer has declined. */
async function declined() {
  const kit = setUp()
  const features = ['OCR', 'LIVENESS', 'PHONE_VERIFICATION', 'EMAIL_VERIFICATION']
  const { workflow_id } = await kit.workflow(...features)
  const body = { workflow_id, vendor_data: 'mallory', contact_details: CONTACT }
  const made = await kit.played('decline_liveness_attack', body)
  const block = (flags: object) =>
    kit.ask('POST', '/v3/blocklist/add/', { session_id: made.session_id, ...flags })
  const free = (flags: object) =>
    kit.ask('POST', '/v3/blocklist/remove/', { session_id: made.session_id, ...flags })
  const again = async (change: object = {}) =>
    kit.decision((await kit.played('approve', { ...body, ...change })).session_id)
  return { ...kit, made, block, free, again }
}

describe('the blocklist', () => {
  it.each(ITEMS)('declines the next session with the same %s', async (item, list, risk) => {
    const { again, block, made } = await declined()
    expect((await block({ [`blocklist_${item}`]: true })).body).toEqual({
      message: 'Successfully updated blocklist.',
    })
    const decision = await again()
    expect(decision.status).toBe('Declined')
    expect(decision[list]).toMatchObject([
      {
        status: 'Declined',
        warnings: [
          {
            risk,
            log_type: 'error',
            additional_data: { blocklisted_session_id: made.session_id },
          },
        ],
        matches: [{ is_blocklisted: true }],
      },
    ])
  })

  it.each(ITEMS)('lets the %s in again when it is taken off', async (item) => {
    const { again, block, free } = await declined()
    await block({ [`blocklist_${item}`]: true })
    expect((await free({ [`unblock_${item}`]: true })).body).toEqual({
      message: 'Successfully removed from blocklist.',
    })
    expect((await again()).status).toBe('Approved')
  })

  it('meets the same session again, when it is sent back', async () => {
    const { block, decision, made, play, update } = await declined()
    await block({ blocklist_face: true })
    await update(made.session_id, { new_status: 'Resubmitted' })
    await play(made.session_token, 'approve')
    expect((await decision(made.session_id)).status).toBe('Declined')
  })

  it('does not meet other people', async () => {
    const { again, block } = await declined()
    await block(Object.fromEntries(ITEMS.map(([item]) => [`blocklist_${item}`, true])))
    const other = { vendor_data: 'alice', contact_details: null }
    expect((await again(other)).status).toBe('Approved')
  })

  it('meets nobody else where no contact is known, though all entities were to be blocked', async () => {
    const { ask, decision, played, workflow } = setUp()
    const flags = Object.fromEntries(ITEMS.map(([item]) => [`blocklist_${item}`, true]))
    const { session_id } = await played('decline', { vendor_data: 'mallory' })
    await ask('POST', '/v3/blocklist/add/', { session_id, ...flags })
    const { results } = (await ask('GET', '/v3/blocklist/')).body
    expect(results.map(({ type }: { type: string }) => type).sort()).toEqual(['document', 'face'])
    const { workflow_id } = await workflow('OCR', 'PHONE_VERIFICATION', 'EMAIL_VERIFICATION')
    const second = { workflow_id, vendor_data: 'bert' }
    const contact = await played('decline', second)
    await ask('POST', '/v3/blocklist/add/', { session_id: contact.session_id, ...flags })
    for (const wanted of [{ vendor_data: 'alice' }, { vendor_data: 'alice', workflow_id }]) {
      const other = await played('approve', wanted)
      expect((await decision(other.session_id)).status).toBe('Approved')
    }
  })

  it('knows a person by an expected name too', async () => {
    const { ask, decision, played } = setUp()
    const expected_details = { first_name: 'Eva', last_name: 'Nowak' }
    const first = await played('approve', { vendor_data: 'a', expected_details })
    const body = { session_id: first.session_id, blocklist_face: true }
    await ask('POST', '/v3/blocklist/add/', body)
    const second = await played('approve', { vendor_data: 'b', expected_details })
    expect((await decision(second.session_id)).status).toBe('Declined')
  })

  it('looks at a contact even where the workflow does not ask for it', async () => {
    const { again, block } = await declined()
    await block({ blocklist_phone: true })
    const decision = await again({ workflow_id: DEFAULT_WORKFLOW })
    expect(decision.phone_verifications).toMatchObject([{ status: 'Declined' }])
    expect(decision.status).toBe('Declined')
  })

  it('is listed, newest first, twenty at a time, by type', async () => {
    const { ask, block, made, time } = await declined()
    await block({ blocklist_face: true })
    time.pass(1)
    await block({ blocklist_phone: true, blocklist_document: true })
    const all = (await ask('GET', '/v3/blocklist/')).body
    expect([all.count, all.results.at(-1).type]).toEqual([3, 'face'])
    const { results } = (await ask('GET', '/v3/blocklist/?item_type=phone')).body
    expect(results).toMatchObject([
      {
        type: 'phone',
        session_id: made.session_id,
        phone_number: CONTACT.phone,
        document_number: null,
        email: null,
      },
    ])
    expect((await ask('GET', '/v3/blocklist/?item_type=car')).status).toBe(400)
  })

  it('does not know unknown sessions', async () => {
    const { ask } = setUp()
    const session_id = crypto.randomUUID()
    expect((await ask('POST', '/v3/blocklist/add/', { session_id })).status).toBe(404)
    expect((await ask('POST', '/v3/blocklist/add/', {})).body).toEqual({
      session_id: ['This field is required.'],
    })
  })
})

describe('lists', () => {
  const LISTS = '/v3/lists/'

  it('hold the blocklist of the older API', async () => {
    const { ask, block } = await declined()
    await block({ blocklist_email: true })
    const { results } = (await ask('GET', LISTS)).body
    expect(results).toHaveLength(4)
    const own = results.find((each: { entry_type: string }) => each.entry_type === 'email')
    const entries = (await ask('GET', `${LISTS}${own.uuid}/entries/`)).body.results
    expect(entries).toMatchObject([{ value: CONTACT.email }])
    expect((await ask('DELETE', `${LISTS}${own.uuid}/`)).status).toBe(400)
  })

  it('take values and sessions, and block by them', async () => {
    const { again, ask, made } = await declined()
    const wanted = { name: 'Mine', entry_type: 'phone' }
    const { body, status } = await ask('POST', LISTS, wanted)
    expect(status).toBe(201)
    const entries = `${LISTS}${body.uuid}/entries/`
    const entry = await ask('POST', entries, { reference_session_id: made.session_id })
    expect(entry.body.value).toBe(CONTACT.phone)
    expect((await again()).status).toBe('Declined')
    expect((await ask('DELETE', `${entries}${entry.body.uuid}/`)).status).toBe(204)
    expect((await again()).status).toBe('Approved')
    expect((await ask('POST', entries, {})).status).toBe(400)
  })

  it('stand beside the built-in ones, whatever comes first', async () => {
    const { ask, played } = setUp()
    expect((await ask('POST', LISTS, { name: 'A', entry_type: 'phone' })).status).toBe(201)
    expect((await ask('GET', LISTS)).body.count).toBe(5)
    const { session_id } = await played('decline')
    const add = { session_id, blocklist_face: true }
    expect((await ask('POST', '/v3/blocklist/add/', add)).status).toBe(200)
  })

  it('take pictures, can be renamed and deleted', async () => {
    const { ask } = setUp()
    const { uuid } = (await ask('POST', LISTS, { name: 'A', entry_type: 'face' })).body
    const upload = await ask('POST', `${LISTS}${uuid}/entries/face-upload/`, { image: 'AAAA' })
    expect(upload.status).toBe(201)
    expect((await ask('PATCH', `${LISTS}${uuid}/`, { name: 'B' })).body.name).toBe('B')
    expect((await ask('DELETE', `${LISTS}${uuid}/`)).status).toBe(204)
    expect((await ask('GET', `${LISTS}${uuid}/`)).status).toBe(404)
  })

  it('of users refuse them new sessions', async () => {
    const { ask, create } = setUp()
    const { uuid } = (await ask('POST', LISTS, { name: 'Users', entry_type: 'user' })).body
    const { session_id } = await create({ vendor_data: 'mallory' })
    await ask('POST', `${LISTS}${uuid}/entries/`, { reference_session_id: session_id })
    const wanted = { workflow_id: DEFAULT_WORKFLOW, vendor_data: 'mallory' }
    expect((await ask('POST', '/v3/session/', wanted)).status).toBe(400)
  })
})
