import {
  DiditVerify,
  type VerifyCompleteEvent,
  type VerifyOutcome,
  type VerifyResult,
} from 'didit-verify'
import 'didit-verify/define'

const element = document.createElement('didit-verify')
element.mode = 'modal'
element.messages = { done: 'Ready' }
element.fetch = (input, init) => fetch(input, init)
element.hostedOptions = { camera: true }
element.contact = { email: 'eva@mail.example', email_lang: 'pt-BR' }
element.expected = { first_name: 'Eva', expected_document_types: ['P'], gender: null }
element.expected = null
const result: VerifyResult = await element.start()
if (result.kind === 'complete') result.outcome satisfies VerifyOutcome

// @ts-expect-error: there is no such mode.
element.mode = 'iframe'
// @ts-expect-error: there are no such words.
element.messages = { ready: 'Ready' }
// @ts-expect-error: Didit names it otherwise.
element.expected = { firstName: 'Eva' }
// @ts-expect-error: Didit has no such document.
element.expected = { expected_document_types: ['LIBRARY'] }
// @ts-expect-error: Didit has no such language.
element.contact = { email_lang: 'EN' }
// @ts-expect-error: only the server decides.
element.outcome = 'approved'
// @ts-expect-error: a number of milliseconds.
element.confirmTimeout = '5000'

element.addEventListener('didit-complete', (event) => {
  event satisfies VerifyCompleteEvent
  event.outcome satisfies VerifyOutcome
  // @ts-expect-error: a complete event has no code.
  event.code
})
document.addEventListener('didit-error', ({ code }) => {
  // @ts-expect-error: there is no such code.
  code === 'no-such-code'
})
window.addEventListener('didit-status', ({ settled }) => settled satisfies boolean)

customElements.define('my-verify', class extends DiditVerify {})
