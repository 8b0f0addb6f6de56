import { createDidit, createVerifyApp, openStore, type Session } from 'didit-verify/server'

const app = createVerifyApp({
  publicUrl: 'https://shop.example/api/verify',
  didit: createDidit({ apiKey: 'key' }),
  workflows: { default: '11111111-2222-4333-8444-555555555555' },
  store: await openStore('file:./verify.db'),
  buildSession: ({ contact, expected }) => ({
    contact_details: contact,
    expected_details: { ...expected, last_name: 'Nowak' },
  }),
})
const response = await app.request('/sessions/current')
const { session } = (await response.json()) as { session: Session }
session.outcome satisfies string | null

// @ts-expect-error: a default workflow there must be.
createVerifyApp({ publicUrl: '', didit: createDidit({ apiKey: '' }), workflows: {} })
