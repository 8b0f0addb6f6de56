// What others know of the person: watch lists and public registers.

import { DOCUMENT_NAMES, day } from '../persons.ts'
import { companyOf } from './business.ts'
import type { Evidence, Scene } from './evidence.ts'

/** `aml_screenings`. */
export const watchLists: Evidence = (scene) => {
  const { run } = scene
  const clean = run.status === 'Approved'
  return {
    total_hits: clean ? 0 : 1,
    entity_type: scene.session.workflow.kind === 'business' ? 'company' : 'person',
    hits: clean ? [] : [hit(scene)],
    score: clean ? 0 : 73,
    screened_data: screened(scene),
    is_ongoing_monitoring_enabled: false,
    next_ongoing_monitoring_bill_date: null,
  }
}

/** Who was looked for: of a company its name and country alone. */
function screened(scene: Scene) {
  const { person, session } = scene
  if (session.workflow.kind === 'business') {
    const { name, code, number } = companyOf(scene)
    return { full_name: name, nationality: code, document_number: number }
  }
  return {
    full_name: `${person.first} ${person.last}`,
    nationality: person.nationality,
    date_of_birth: person.born,
    document_number: person.documentNumber,
  }
}

/** `database_validations`. */
export const database: Evidence = ({ person, run }) => {
  const outcome =
    { Approved: 'full_match', 'In Review': 'partial_match' }[String(run.status)] ?? 'no_match'
  return {
    issuing_state: person.issuer,
    validation_type: 'one_by_one',
    screened_data: {
      last_name: person.last,
      first_name: person.first,
      tax_number: person.documentNumber,
      personal_number: person.documentNumber,
      document_number: person.documentNumber,
      date_of_birth: person.born,
      document_type: DOCUMENT_NAMES[person.document] ?? 'P',
      expiration_date: person.expires,
    },
    validations: [
      {
        service_id: `${person.issuer.toLowerCase()}_sandbox`,
        service_name: 'Sandbox population register',
        outcome_code: outcome === 'full_match' ? 'MATCH' : 'NO_MATCH',
        outcome_detail: null,
        validation: { full_name: outcome, date_of_birth: outcome, identification_number: outcome },
        source_data: {
          first_name: person.first.toUpperCase(),
          last_name: person.last.toUpperCase(),
        },
      },
    ],
    errors: [],
    match_type: outcome,
  }
}

function hit(scene: Scene) {
  const { person, run } = scene
  const name = screened(scene).full_name
  const source = 'https://lists.example/sanctions/1'
  const seen = `${day(run.at)}T00:00:00Z`
  const low = { score: 0, weightage: 25, risk_level: 'Low', risk_scores: {} }
  return {
    id: 'sandbox-hit-1',
    url: source,
    match: run.status === 'Declined',
    score: 0.73,
    target: null,
    caption: name,
    datasets: ['Sanctions'],
    features: null,
    rca_name: '',
    first_seen: seen,
    last_seen: seen,
    risk_view: {
      crimes: low,
      countries: low,
      categories: {
        score: 100,
        weightage: 50,
        risk_level: 'High',
        risk_scores: { Sanctions: 100 },
      },
      custom_list: {},
    },
    properties: properties(person.first, person.last, person.born),
    match_score: 98,
    risk_score: 73,
    review_status: run.status === 'Declined' ? 'Confirmed Match' : 'Unreviewed',
    score_breakdown: {
      name_score: 100,
      name_weight: 60,
      name_weight_normalized: 70.59,
      name_contribution: 70.59,
      dob_score: 93,
      dob_weight: 25,
      dob_weight_normalized: 29.41,
      dob_contribution: 27.35,
      country_score: 0,
      country_weight: 15,
      country_weight_normalized: 0,
      country_contribution: 0,
      document_number_match_type: 'NEUTRAL',
      document_number_effect: 'No document number to compare with',
      total_score: 98,
    },
    pep_matches: [],
    linked_entities: [],
    warning_matches: [],
    sanction_matches: [
      {
        list_name: ['Sandbox sanctions list'],
        matched_name: name,
        description: 'An entry that exists in the sandbox only.',
        reason: null,
        source_url: source,
        other_sources: [],
        details: [],
        legal_basis: [],
        listed_on: null,
        sanction_list: null,
        sanction_program: [],
        sanctioning_authority: ['Sandbox'],
        updated_on: [],
        additional_data: {},
      },
    ],
    adverse_media_details: {
      sentiment: 'Neutral',
      entity_type: 'person',
      sentiment_score: 0,
      adverse_keywords: {},
    },
    adverse_media_matches: [],
    additional_information: {},
  }
}

function properties(first: string, last: string, born: string) {
  const unknown = [
    'title',
    'height',
    'topics',
    'weight',
    'address',
    'country',
    'website',
    'eyeColor',
    'keywords',
    'position',
    'religion',
    'ethnicity',
    'hairColor',
    'weakAlias',
    'modifiedAt',
    'wikidataId',
    'citizenship',
    'nationality',
  ]
  return {
    ...Object.fromEntries(unknown.map((name) => [name, null])),
    name: [`${first} ${last}`],
    alias: [],
    notes: [],
    gender: [],
    lastName: [last],
    birthDate: [born.slice(0, 4)],
    education: [],
    firstName: [first],
    birthPlace: [],
  }
}
