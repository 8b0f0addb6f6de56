// A site that mounts the BFF with all that a host may add, as a process: it knows persons, and it
// fails in every way that a host can. Only test/server/canaries.test.ts runs it.

import { Hono } from 'hono'
import { readConfig } from '../../server/config.ts'
import { DiditError } from '../../server/didit/client.ts'
import { captureFailures, createLog, startServer } from '../../server/main.ts'
import { PERSON } from './canaries.ts'

const config = readConfig(process.env)
const log = createLog(config)
const pages = new Hono()
  .get('/broken', () => {
    throw new Error(`no page for ${PERSON.email}`)
  })
  .get('/crash', (c) => {
    setTimeout(() => {
      throw new DiditError(400, { contact_details: { email: [PERSON.email] } }, 'POST /session/')
    })
    return c.text('soon')
  })

await startServer(config, {
  log,
  pages,
  allowAnonymous: true,
  identify(request) {
    if (request.headers.has('x-broken')) throw new Error(`no account of ${PERSON.email}`)
    return request.headers.get('x-user')
  },
  buildSession: ({ contact, expected }) => ({
    contact_details: { email: PERSON.email, phone: PERSON.phone, ...contact },
    expected_details: {
      first_name: PERSON.first,
      last_name: PERSON.last,
      date_of_birth: PERSON.born,
      identification_number: PERSON.document,
      ...expected,
    },
    metadata: { note: PERSON.note },
  }),
})
captureFailures(log)
console.log('Host ready')
