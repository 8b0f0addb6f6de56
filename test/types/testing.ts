import { type Mock, mockVerification } from 'didit-verify/testing'

const mock: Mock = mockVerification({ outcome: 'approved' })
await mock.end('pending')
mock.restore()
mockVerification()
mockVerification({ code: 'misconfigured' })

// @ts-expect-error: there is no such outcome.
mockVerification({ outcome: 'success' })
// @ts-expect-error: no backend answers this; it is found out by the page.
mockVerification({ code: 'popup-blocked' })
