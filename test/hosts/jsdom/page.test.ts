// @vitest-environment jsdom

import { mockVerification } from 'didit-verify/testing'
import { afterEach, expect, it } from 'vitest'

const mock = mockVerification({ outcome: 'declined' })
afterEach(() => mock.restore())

it('shows the outcome to the visitor', async () => {
  document.body.innerHTML = '<main></main><output></output>'
  await import('../apps/plain/verify.ts')
  await document.querySelector('didit-verify')?.start()
  expect(document.querySelector('output')?.textContent).toBe('declined')
})
