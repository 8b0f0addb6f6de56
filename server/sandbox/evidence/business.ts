// Companies: what their register says, their papers and the people behind them.

import { COUNTRIES } from '../countries.ts'
import type { KeyPerson } from '../people.ts'
import { microseconds } from '../time.ts'
import type { Evidence, Scene } from './evidence.ts'
import { statusesOf, summaryOf } from './key-person.ts'

const INDUSTRY = { code: '62012', description: 'Business and domestic software development' }
const ADDRESS = '1 Example Street, London, EC1A 1AA'

/** The name and number that the session was told to expect, else the sample's. */
export function companyOf({ session }: Scene) {
  const { company_name, registration_number, registry_country = 'GB' } = session.expected ?? {}
  const [code = 'GB', region = null] = registry_country.split('-')
  const place = Object.values(COUNTRIES).find(({ alpha2 }) => alpha2 === code)
  return {
    name: company_name ?? 'SANDBOX HOLDINGS LTD',
    number: registration_number ?? '12345678',
    code,
    region,
    address: place ? `${place.street}, ${place.city}, ${place.postal}` : ADDRESS,
    country: place?.name ?? code,
  }
}

/** `registry_checks`. */
export const registry: Evidence = (scene) => {
  const { session, run } = scene
  const { name, number, code, region, address, country } = companyOf(scene)
  const place = { type: 'registered', address, country: code }
  const matches = run.status !== 'Declined'
  return {
    data_resolved: true,
    company: {
      uuid: session.id,
      node_id: run.node.id,
      status: run.status,
      registry_status: 'active',
      data_resolved: true,
      company_name: matches ? name : 'ANOTHER COMPANY LTD',
      registration_number: number,
      country_code: code,
      region,
      company_type: 'Private Limited Company',
      incorporation_date: '2015-03-12',
      registered_address: address,
      tax_number: null,
      risk_level: null,
      verification_status: null,
      is_from_registry: true,
      fetch_status: 'resolved',
      alternative_names: [],
      nature_of_business: `${INDUSTRY.code} - ${INDUSTRY.description}`,
      registered_capital: '100 GBP',
      registered_capital_amount: '100.00',
      registered_capital_currency: 'GBP',
      website: null,
      email: null,
      phone: null,
      legal_entity_identifier: null,
      location_of_registration: country,
      vat_number: null,
      vat_validation_status: 'not_applicable',
      vat_validated_name: null,
      vat_validated_address: null,
      vat_checked_at: null,
      financial_summary: null,
      officers: of(scene, 'director').map((person) => ({
        uuid: person.uuid,
        name: nameOf(person),
        designation: 'Director',
        role: 'director',
        nationality: person.country,
        is_active: true,
        ...short(scene, person),
      })),
      beneficial_owners: of(scene, 'ubo').map((person) => ({
        uuid: person.uuid,
        name: nameOf(person),
        first_name: person.first,
        last_name: person.last,
        entity_type: 'person',
        roles: ['ubo', 'shareholder'],
        ownership_min_shares: '75',
        ownership_max_shares: '100',
        is_active: true,
        ...short(scene, person),
        effective_ownership_percent: person.share,
      })),
      addresses: [place],
      industries: [INDUSTRY],
      accounts: null,
      registry_data: { addresses_detail: [place], industries: [INDUSTRY] },
      user_provided_data: { company_name: name, registration_number: number },
      confirmed_by_user_at: microseconds(run.at),
      last_console_edit_at: null,
      is_editable: false,
    },
    ownership_structure: {
      nodes: [
        { id: 'company', name, type: 'company' },
        ...of(scene, 'ubo').map((person) => ({
          id: person.uuid,
          name: nameOf(person),
          type: 'person',
          ownership_percent: person.share,
        })),
      ],
    },
  }
}

/** `document_verifications`. */
export const companyPapers: Evidence = (scene) => {
  const { session, run, media } = scene
  const { name, number } = companyOf(scene)
  const same = (value: string) => ({ document: value, registry: value, match: true })
  const word = { Approved: 'approved', Declined: 'declined', 'In Review': 'in_review' }[
    String(run.status)
  ]
  const none = {
    total: 1,
    approved: 0,
    pending: 0,
    declined: 0,
    in_review: 0,
    other: 0,
    missing: 0,
  }
  return {
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
        cross_check_result: {
          critical: {
            company_name: { ...same(name), score: 1 },
            registration_number: same(number),
          },
          non_critical: {},
          people: {},
        },
        document_metadata: {
          file_size: 84_213,
          content_type: 'image/png',
          creation_date: '2015-03-12T09:00:00',
          modified_date: '2015-03-12T09:00:00',
          creator: null,
          producer: null,
          software: null,
          encryption: null,
          is_signed: null,
          is_tampered: false,
          signature_info: null,
          exif_original_date: null,
          exif_digitized_date: null,
          processed_by_known_editor: false,
          has_different_creation_mod_date: false,
          overlay_manipulation: null,
        },
        description: null,
        is_requested: false,
        ocr_data: {
          company_name: name,
          registration_number: number,
          incorporation_date: '2015-03-12',
        },
        is_console_upload: false,
        is_confirmed: true,
      },
    ],
    groups: { LEGAL_PRESENCE: { ...none, [word ?? 'pending']: 1 } },
    required_groups: ['LEGAL_PRESENCE'],
  }
}

/** `key_people_checks`. */
export const keyPeople: Evidence = (scene) => {
  const { people } = scene.session
  const owners = of(scene, 'ubo').map(({ session }) => session?.status)
  const approved = owners.filter((status) => status === 'Approved').length
  const flagged = owners.filter((status) => status === 'Declined' || status === 'In Review').length
  return {
    registry: {
      officers: of(scene, 'director').map((person) => ({
        uuid: person.uuid,
        name: nameOf(person),
        designation: 'Director',
        role: 'director',
        nationality: person.country,
        appointment_date: '2015-03-12',
        termination_date: null,
        is_active: true,
        address: companyOf(scene).address,
        ...summaryOf(scene, person),
      })),
      beneficial_owners: of(scene, 'ubo').map((person) => ({
        uuid: person.uuid,
        name: nameOf(person),
        first_name: person.first,
        last_name: person.last,
        date_of_birth: person.born,
        country_of_birth: null,
        email: null,
        company_name: null,
        registration_number: null,
        entity_type: 'person',
        nationality: person.country,
        designation: null,
        roles: ['ubo', 'shareholder'],
        ownership_min_shares: '75',
        ownership_max_shares: '100',
        is_active: true,
        ...summaryOf(scene, person),
        child_beneficial_owners: [],
        effective_ownership_percent: person.share,
      })),
    },
    submitted: { parties: people.map((person) => party(scene, person)) },
    ubo_kyc_summary: {
      total: owners.length,
      approved,
      flagged,
      pending: owners.length - approved - flagged,
    },
  }
}

/** The same person as the company itself has named them. */
function party(scene: Scene, person: KeyPerson) {
  const { session } = person
  return {
    uuid: person.uuid,
    entity_type: 'person',
    source: 'USER',
    name: nameOf(person),
    first_name: person.first,
    last_name: person.last,
    company_name: null,
    registration_number: null,
    email: null,
    nationality: person.country,
    phone_number: null,
    date_of_birth: person.born,
    position: person.role === 'director' ? 'Director' : 'Owner',
    custom_fields: {},
    is_active: true,
    is_skipped: false,
    requires_verification: session !== null,
    roles: [{ role: person.role, ownership_percent: person.share, voting_percent: person.share }],
    kyc_session_id: session?.id ?? null,
    kyc_session_status: session?.status ?? null,
    kyc_session_url: session && scene.link(session),
    kyb_sub_session_id: null,
    kyb_sub_session_status: null,
    kyb_sub_session_url: null,
    ...statusesOf(session),
    didit_internal_id: session?.internalId ?? null,
  }
}

/** Three words in place of ten, as the register's part has them. */
function short({ link }: Scene, { session }: KeyPerson) {
  const { status = null } = session ?? {}
  const decided = status === 'Approved' || status === 'Declined'
  return {
    kyc_status: decided ? status : status && 'Pending',
    kyc_session_url: session && link(session),
  }
}

function of({ session }: Scene, role: KeyPerson['role']): KeyPerson[] {
  return session.people.filter((person) => person.role === role)
}

function nameOf({ first, last }: KeyPerson): string {
  return `${first} ${last}`
}
