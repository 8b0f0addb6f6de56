// What a person hands in beside the document: proof of address, answers, other papers.

import { country } from '../countries.ts'
import { day } from '../persons.ts'
import { microseconds } from '../time.ts'
import { QUESTIONNAIRE } from '../workflow-body.ts'
import { addressOf } from './document.ts'
import type { Evidence } from './evidence.ts'

const MONTH = 30 * 24 * 60 * 60 * 1000

/** `poa_verifications`. */
export const proofOfAddress: Evidence = ({ session, person, run, media }) => {
  const state = country(session.expected?.poa_country ?? person.issuer)
  const { street, postal, city, region, alpha2, latitude, longitude } = state
  const good = run.status === 'Approved'
  const name = `${person.first} ${person.last}`
  const written = session.expected?.address ?? null
  return {
    document_file: media('proof-of-address.png'),
    issuing_state: alpha2,
    document_type: 'UTILITY_BILL',
    document_subtype: null,
    document_language: state.language,
    document_metadata: {
      file_size: 84_213,
      content_type: 'image/png',
      creation_date: day(run.at - MONTH),
      modified_date: day(run.at - MONTH),
      overlay_manipulation: null,
      creator: null,
      producer: null,
      software: null,
      encryption: null,
      is_signed: false,
      is_tampered: false,
      signature_info: null,
      exif_original_date: null,
      exif_digitized_date: null,
      processed_by_known_editor: false,
      has_different_creation_mod_date: false,
    },
    issuer: 'Sandbox Water and Power',
    issue_date: day(run.at - MONTH),
    expiration_date: null,
    poa_address: `${street}, ${city}`,
    poa_formatted_address: addressOf(person),
    poa_parsed_address: {
      address_type: 'Street',
      street_1: street,
      street_2: null,
      city,
      region,
      country: alpha2,
      postal_code: postal,
      document_location: { latitude, longitude },
    },
    name_on_document: name,
    name_match_score_expected_details: session.expected?.first_name ? 97.5 : null,
    name_match_score_id_verification: good ? 98.1 : 41.6,
    expected_details_address: written,
    expected_details_formatted_address: written,
    expected_details_parsed_address: {},
    extra_fields: {
      bank_account_number: null,
      bank_iban: null,
      bank_sort_code: null,
      bank_routing_number: null,
      bank_swift_bic: null,
      bank_branch_name: null,
      bank_branch_address: null,
      document_phone_number: null,
      additional_names: [],
    },
    extra_files: [],
  }
}

/** `questionnaire_responses`. */
export const questionnaire: Evidence = ({ session, run }) => {
  const item = (
    uuid: string,
    element_type: string,
    title: string,
    answer: object,
    choices: object[] | null = null,
  ) => ({
    uuid,
    value: `question_${uuid.at(-1)}`,
    element_type,
    is_required: true,
    title,
    description: null,
    placeholder: null,
    choices,
    max_files: 1,
    answer,
    required_if: null,
    repeatable_config: null,
  })
  const salary = [
    { label: 'Salary', value: 'salary' },
    { label: 'Other', value: 'other', requires_text_input: true },
  ]
  return {
    questionnaire_id: QUESTIONNAIRE,
    title: 'Source of funds',
    description: 'Where the money comes from.',
    languages: ['en'],
    default_language: 'en',
    is_active: true,
    is_simple_questionnaire: true,
    questionnaire_group_id: null,
    version: 1,
    published_at: microseconds(session.workflow.createdAt),
    sections: [
      {
        title: null,
        description: null,
        items: [
          item(
            '618636d9-7d5c-41ce-b8d0-1ab2a4be20d1',
            'DROPDOWN',
            'What is your primary source of funds?',
            { value: 'salary' },
            salary,
          ),
          item('2d16b527-72be-42e0-8e96-b164b81838f2', 'LONG_TEXT', 'Please tell us more.', {
            value: 'Ich bin Lehrerin. 私は教師です。',
          }),
        ],
      },
    ],
    status: run.status,
  }
}

/** `document_ai_documents`: other papers, read by a model. */
export const papers: Evidence = ({ session, person, run, media }) => ({
  items: [
    {
      uuid: session.id,
      node_id: run.node.id,
      document_key: 'proof_of_funds',
      original_filename: 'bank-statement.png',
      file_size: 84_213,
      file_url: media('bank-statement.png'),
      status: run.status,
      extracted_data: { account_holder: `${person.first} ${person.last}`, balance: 15_230.55 },
      fields: [
        {
          key: 'account_holder',
          name: 'Account holder',
          instruction: 'The full name of the account holder.',
          type: 'text',
          required: true,
        },
      ],
      document_metadata: null,
      cross_check_result: null,
      created_at: microseconds(run.at),
    },
  ],
})
