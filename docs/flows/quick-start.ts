// KYC in three calls: a workflow, a session, the decision.

import { createDidit, createKycSession, pollDecision, setupKycWorkflow } from 'didit-verify/server'

const { DIDIT_API_KEY: apiKey, DIDIT_BASE_URL: baseUrl } = process.env
const didit = createDidit({ apiKey, baseUrl })

// 1. Once: every person after that uses the same workflow.
const { workflowId } = await setupKycWorkflow(didit, { label: 'KYC Onboarding', retries: 3 })

// 2. For each person.
const session = await createKycSession(didit, {
  workflowId,
  vendorData: 'user-abc-123',
  callback: 'https://yourapp.com/verification-done',
  language: 'en',
})
console.log(`Send the user to ${session.url}`)

// 3. Every ten seconds until it is decided. In production a webhook tells you: basic-kyc.ts.
const decision = await pollDecision(didit, session.session_id, { interval: 10 })
console.log(`Result: ${decision.status}`)
const [document] = decision.id_verifications ?? []
if (decision.status === 'Approved' && document) {
  console.log(`Name: ${document.first_name} ${document.last_name}`)
  console.log(`Born: ${document.date_of_birth}`)
  console.log(`Document: ${document.document_type} (${document.issuing_state})`)
}
