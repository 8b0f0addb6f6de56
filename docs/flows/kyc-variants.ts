// The workflows of the KYC guide, made once; sessions are created with the ids that it prints.

import { createDidit, type KycWorkflow, setupKycWorkflow } from 'didit-verify/server'

const { DIDIT_API_KEY: apiKey, DIDIT_BASE_URL: baseUrl } = process.env
const didit = createDidit({ apiKey, baseUrl })

const VARIANTS: KycWorkflow[] = [
  // Document, selfie, face match; below 50 % the faces are different ones.
  { label: 'KYC', thresholds: { faceMatchDecline: 50 }, retries: 3 },
  // Sanctions lists and politically exposed persons.
  { label: 'KYC + AML', aml: true, thresholds: { amlDecline: 80 } },
  // A code by phone, and one by e-mail.
  { label: 'KYC + phone + e-mail', phone: true, email: true },
  // The chip of the passport; needs Didit's native apps.
  { label: 'KYC + NFC', nfc: true },
]

for (const variant of VARIANTS) {
  const { workflowId, workflow, warnings } = await setupKycWorkflow(didit, variant)
  console.log(`${variant.label}: ${workflowId}, ${workflow.features}`)
  for (const warning of warnings) console.warn(`  ${warning}`)
}
