// A website that knows its people: Didit compares the document with the account, and with as much of
// what the page says as can be trusted.

import { serve } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import type { VerifyOptions } from 'didit-verify/server'
import { createDidit, createVerifyApp, openStore, startBackground } from 'didit-verify/server'
import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'

const { DIDIT_API_KEY: apiKey, DIDIT_BASE_URL: baseUrl, DIDIT_WORKFLOW_ID = '' } = process.env
const { DIDIT_WEBHOOK_SECRET = '', DATABASE_URL = 'file:./verify.db', PORT = '3000' } = process.env
// Yours: a table.
const users = new Map([
  ['eva', { firstName: 'Eva', lastName: 'Nowak', born: '1990-05-15', email: 'eva@mail.example' }],
])

const options: VerifyOptions = {
  publicUrl: `http://localhost:${PORT}/api/verify`,
  didit: createDidit({ apiKey, baseUrl }),
  workflows: { default: DIDIT_WORKFLOW_ID },
  webhookSecrets: [DIDIT_WEBHOOK_SECRET],
  store: await openStore(DATABASE_URL),
  // Yours: who is signed in, in place of a cookie that anybody could write.
  identify: (request) => /\buser=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? null,
  buildSession({ contact, expected }, subject) {
    const user = users.get(subject)
    if (!user) throw new Error('Somebody is signed in who has no account.')
    return {
      expected_details: {
        // From the account: whoever could choose the name would pass with anybody's document.
        first_name: user.firstName,
        last_name: user.lastName,
        date_of_birth: user.born,
        // From the page: which document they have at hand. A wrong answer harms nobody else.
        id_country: expected?.id_country,
        expected_document_types: expected?.expected_document_types,
      },
      contact_details: {
        // From the account, because Didit writes there: a page must not make it write to strangers.
        email: user.email,
        // From the page: it is filled in for the visitor, who has to prove that it is theirs.
        phone: contact?.phone,
      },
    }
  },
}

const page = `<!doctype html>
  <html lang="en">
    <title>Verify</title>
    <link rel="icon" href="data:," />
    <label>Document of <select><option>ESP</option><option>DEU</option></select></label>
    <didit-verify></didit-verify>
    <script type="module" src="/didit-verify.js"></script>
    <script type="module">
      addEventListener('didit-start', ({ target }) => {
        target.expected = { id_country: document.querySelector('select').value }
      })
    </script>
  </html>`

const root = new URL('.', import.meta.resolve('didit-verify/didit-verify.js')).pathname
const app = new Hono()
  .route('/api/verify', createVerifyApp(options))
  .get('/didit-verify*', serveStatic({ root }))
  .get('/', (c) => (getCookie(c, 'user') ? c.html(page) : c.text('Sign in.', 401)))
serve({ fetch: app.fetch, port: Number(PORT) })
startBackground(options)
