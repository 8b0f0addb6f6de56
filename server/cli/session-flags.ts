// The flags that a session is made of, and the body that they come to.

import { readFileSync, statSync } from 'node:fs'
import { DiditInputError } from '../didit/client.ts'
import { PORTRAIT_LIMIT } from '../didit/rules.ts'
import type { CreateSession } from '../didit/types.ts'
import { file, type Input, json, list, on, text } from './command.ts'
import { UsageError } from './usage.ts'

const expected = (name: string) => ({ field: `expected_details.${name}` })

/** All that a session may be told, for a workflow that is known from elsewhere. */
export const SESSION_ALONE = {
  'vendor-data': text(
    'TEXT',
    'Your own id of the person. The same one gets the open session back.',
    {
      field: 'vendor_data',
    },
  ),
  callback: text('URL', 'Where the person is sent afterwards.', { field: 'callback' }),
  'callback-method': text('WHO', 'initiator, completer or both.', { field: 'callback_method' }),
  language: text('CODE', 'Of the page, like en or pt-BR; else that of the browser.', {
    field: 'language',
  }),
  email: text('EMAIL', 'Filled in for the e-mail step.', { field: 'contact_details.email' }),
  phone: text('NUMBER', 'Filled in for the phone step, like +14155552671.', {
    field: 'contact_details.phone',
  }),
  notify: on('Didit writes to the person.', { field: 'contact_details.send_notification_emails' }),
  'email-language': text('CODE', 'Of what Didit writes.', { field: 'contact_details.email_lang' }),
  'first-name': text(
    'NAME',
    'Expected on the document; so are the next ones.',
    expected('first_name'),
  ),
  'last-name': text('NAME', 'Family name.', expected('last_name')),
  'date-of-birth': text('DATE', 'As YYYY-MM-DD.', expected('date_of_birth')),
  gender: text('M|F', 'As on the document.', expected('gender')),
  nationality: text(
    'COUNTRY',
    'Three letters, like DEU; so are the next ones.',
    expected('nationality'),
  ),
  country: text('COUNTRY', 'Of the documents.', expected('country')),
  'id-country': text('COUNTRY', 'Of the document of identity.', expected('id_country')),
  'poa-country': text('COUNTRY', 'Of the proof of address.', expected('poa_country')),
  address: text('TEXT', 'Expected on the proof of address; wants --country.', expected('address')),
  'identification-number': text('TEXT', 'Personal number.', expected('identification_number')),
  'ip-address': text('IP', 'Where the person is expected.', expected('ip_address')),
  'document-types': list(
    'CODE',
    'P, ID, DL, RP, HIC, TC or SSC.',
    expected('expected_document_types'),
  ),
  'company-name': text('NAME', 'For businesses; so are the next two.', expected('company_name')),
  'registry-country': text('COUNTRY', 'Two letters, or US-CA.', expected('registry_country')),
  'registration-number': text('TEXT', 'In the register.', expected('registration_number')),
  metadata: json('Comes back in decisions and webhooks.', { field: 'metadata' }),
  portrait: file('A picture of the face, for biometric workflows; 2 MB at most.', {
    field: 'portrait_image',
  }),
  scenario: text('NAME', 'How it ends; sandbox applications only.', { field: 'sandbox_scenario' }),
} as const

export const SESSION = {
  'workflow-id': text('UUID', 'The workflow, from setup or workflows list.', {
    field: 'workflow_id',
    env: 'DIDIT_WORKFLOW_ID',
  }),
  ...SESSION_ALONE,
} as const

type Nothing = Record<never, never>

/** The body of a new session. */
export function sessionOf(
  input: Input<Nothing, typeof SESSION_ALONE>,
  workflow: string | undefined,
): CreateSession {
  // The client judges the words; here they only get their names.
  const body = {
    workflow_id: workflow,
    vendor_data: input['vendor-data'],
    callback: input.callback,
    callback_method: input['callback-method'],
    language: input.language,
    metadata: input.metadata,
    contact_details: some({
      email: input.email,
      phone: input.phone,
      send_notification_emails: input.notify || undefined,
      email_lang: input['email-language'],
    }),
    expected_details: some({
      first_name: input['first-name'],
      last_name: input['last-name'],
      date_of_birth: input['date-of-birth'],
      gender: input.gender,
      nationality: input.nationality,
      country: input.country,
      id_country: input['id-country'],
      poa_country: input['poa-country'],
      address: input.address,
      identification_number: input['identification-number'],
      ip_address: input['ip-address'],
      expected_document_types: input['document-types'],
      company_name: input['company-name'],
      registry_country: input['registry-country'],
      registration_number: input['registration-number'],
    }),
    portrait_image: input.portrait && picture(input.portrait, 'portrait_image'),
    sandbox_scenario: input.scenario,
  }
  return body as CreateSession
}

/**
 * A picture in base64.
 *
 * @throws {DiditInputError} when it is larger than Didit takes, before it is read.
 */
export function picture(path: string, field: string): string {
  let size: number
  try {
    size = statSync(path).size
    if (size <= PORTRAIT_LIMIT) return readFileSync(path).toString('base64')
  } catch (cause) {
    throw new UsageError(`There is no picture to read at ${path}.`, { cause })
  }
  const message = `has ${(size / 1024 / 1024).toFixed(1)} MB. Send a picture of at most 2 MB.`
  throw new DiditInputError({ field, message })
}

function some<T extends object>(values: T): T | undefined {
  return Object.values(values).some((value) => value !== undefined) ? values : undefined
}
