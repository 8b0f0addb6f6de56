import { describe, expect, it } from 'vitest'
import { createDidit } from '../../server/didit/client.ts'
import { createSandbox, DEFAULT_WORKFLOW } from '../../server/sandbox/app.ts'
import { createClock } from '../support/didit-stub.ts'

const ORIGIN = 'http://127.0.0.1:4010'
const log = { info() {}, warn() {}, error() {} }

function setUp(apiKey = 'sandbox-key') {
  const { now, timers } = createClock()
  const sandbox = createSandbox({ publicUrl: ORIGIN, now, timers })
  const fetch: typeof globalThis.fetch = async (input, init) => sandbox.app.request(input, init)
  const didit = createDidit({ apiKey, baseUrl: ORIGIN, fetch, now, timers, log, retries: 0 })
  return { didit, sandbox }
}

describe('the client, speaking to the sandbox', () => {
  it('creates a session and reads it', async () => {
    const { didit } = setUp()
    const session = await didit.sessions.create({
      workflow_id: DEFAULT_WORKFLOW,
      vendor_data: 'user-1',
      language: 'pt-BR',
    })
    expect(session).toMatchObject({ status: 'Not Started', vendor_data: 'user-1' })
    const decision = await didit.sessions.decision(session.session_id)
    expect(decision).toMatchObject({ session_id: session.session_id, status: 'Not Started' })
  })

  it('lists all kinds of sessions, however many pages each has', async () => {
    const { didit } = setUp()
    const { workflow_id = '' } = await didit.workflows.create({
      features: [{ feature: 'KYB_REGISTRY' }],
    })
    await didit.sessions.create({ workflow_id: DEFAULT_WORKFLOW })
    for (let i = 0; i < 3; i++) await didit.sessions.create({ workflow_id })
    const kinds: string[] = []
    for await (const row of didit.sessions.all({ session_kind: 'all', limit: 1 })) {
      kinds.push(row.session_kind)
    }
    expect(kinds).toEqual(['user', 'business', 'business', 'business'])
  })

  it('passes on its words when it refuses', async () => {
    const { didit } = setUp()
    const workflow_id = '99999999-8888-4777-8666-555555555555'
    await expect(didit.sessions.create({ workflow_id })).rejects.toThrow(
      'Didit answered 400 to POST /session/: workflow_id: Invalid workflow_id.',
    )
  })

  it('names a key that is refused as such, without the key', async () => {
    const { didit } = setUp('invalid-key-1234')
    const error = await didit.sessions
      .create({ workflow_id: DEFAULT_WORKFLOW })
      .catch((each: Error) => each)
    expect(error).toMatchObject({ name: 'DiditError', status: 401 })
    expect(String(error)).not.toContain('invalid-key-1234')
  })
})
