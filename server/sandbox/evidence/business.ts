// Companies: what their register says, their papers and the people behind them. Only as much as an
// integration needs to tell a business from a person.

import { microseconds } from '../time.ts'
import type { Evidence } from './evidence.ts'

/** `registry_checks`. */
export const registry: Evidence = ({ session, run }) => {
  const { expected } = session
  return {
    data_resolved: true,
    company: {
      uuid: session.id,
      node_id: run.node.id,
      status: run.status,
      registry_status: 'active',
      data_resolved: true,
      company_name: expected?.company_name ?? 'SANDBOX HOLDINGS LTD',
      registration_number: expected?.registration_number ?? '12345678',
      country_code: expected?.registry_country ?? 'GB',
      region: null,
      company_type: 'Private Limited Company',
      incorporation_date: '2015-03-12',
      registered_address: '1 Example Street, London, EC1A 1AA',
      is_from_registry: true,
      fetch_status: 'resolved',
      alternative_names: [],
      officers: [],
      beneficial_owners: [],
      is_editable: false,
    },
    ownership_structure: {},
  }
}

/** `document_verifications`. */
export const companyPapers: Evidence = ({ session, run, media }) => ({
  items: [
    {
      uuid: session.id,
      document_type: 'LEGAL_PRESENCE',
      document_subtype: 'CERTIFICATE_OF_INCORPORATION',
      document_group: 'LEGAL_PRESENCE',
      file_url: media('certificate-of-incorporation.png'),
      original_filename: 'certificate-of-incorporation.png',
      file_size: 84_213,
      status: run.status,
      created_at: microseconds(run.at),
      cross_check_result: null,
      document_metadata: null,
      description: null,
      is_requested: false,
      ocr_data: null,
      is_console_upload: false,
      is_confirmed: true,
    },
  ],
  groups: {},
  required_groups: ['LEGAL_PRESENCE'],
})

/** `key_people_checks`. */
export const keyPeople: Evidence = () => ({
  registry: { officers: [], beneficial_owners: [] },
  submitted: { parties: [] },
  ubo_kyc_summary: { total: 0, approved: 0, flagged: 0, pending: 0 },
})
