// Screening against sanctions, politically exposed persons, warnings and adverse media.

import type { Check, Text } from './decision.ts'

export interface AmlScreening extends Check {
  total_hits?: number
  /** `person` or `company`. */
  entity_type?: Text
  hits?: AmlHit[] | null
  /** From 0 to 100; the highest of the hits. */
  score?: number | null
  screened_data?: {
    full_name?: Text
    nationality?: Text
    date_of_birth?: Text
    document_number?: Text
  } | null
  is_ongoing_monitoring_enabled?: boolean | null
  next_ongoing_monitoring_bill_date?: Text
}

/** What a hit was found in. */
export type AmlDataset =
  | 'PEP'
  | `PEP Level ${1 | 2 | 3 | 4}`
  | 'Sanctions'
  | 'Adverse Media'
  | 'Warnings and Regulatory Enforcement'
  | 'Fitness and Probity'
  | 'SIP'
  | 'SIE'
  | 'Insolvency'

export interface RiskPart {
  score?: number
  weightage?: number
  risk_level?: string
  risk_scores?: object
}

export interface AmlHit {
  id?: string
  url?: Text
  match?: boolean
  score?: number | null
  target?: boolean | null
  caption?: string
  datasets?: AmlDataset[]
  features?: object | null
  rca_name?: Text
  first_seen?: Text
  last_seen?: Text
  risk_view?: {
    crimes?: RiskPart
    countries?: RiskPart
    categories?: RiskPart
    custom_list?: object
  } | null
  properties?: AmlProperties | null
  match_score?: number | null
  risk_score?: number | null
  review_status?: 'Unreviewed' | 'Confirmed Match' | 'False Positive' | 'Inconclusive'
  score_breakdown?: AmlScore | null
  pep_matches?: PepMatch[] | null
  linked_entities?:
    | {
        name?: string[]
        active?: string[]
        status?: string[]
        details?: string[]
        relation?: string[]
      }[]
    | null
  warning_matches?: WarningMatch[] | null
  sanction_matches?: SanctionMatch[] | null
  adverse_media_details?: {
    sentiment?: string
    entity_type?: string
    sentiment_score?: number
    adverse_keywords?: Record<string, unknown>
  } | null
  adverse_media_matches?: AdverseMediaMatch[] | null
  additional_information?: object | null
}

/** What the source says about the person or company of a hit. */
export interface AmlProperties {
  name?: string[] | null
  alias?: string[] | null
  notes?: string[] | null
  title?: Text
  gender?: string[] | null
  height?: Text
  topics?: Text
  weight?: Text
  address?: Text
  country?: Text
  website?: Text
  eyeColor?: Text
  keywords?: Text
  lastName?: string[] | null
  position?: Text
  religion?: Text
  birthDate?: string[] | null
  education?: string[] | null
  ethnicity?: Text
  firstName?: string[] | null
  hairColor?: Text
  weakAlias?: Text
  birthPlace?: string[] | null
  modifiedAt?: Text
  wikidataId?: Text
  citizenship?: Text
  nationality?: Text
}

/** How `match_score` came about. */
export interface AmlScore {
  name_score?: number
  name_weight?: number
  name_weight_normalized?: number
  name_contribution?: number
  dob_score?: number
  dob_weight?: number
  dob_weight_normalized?: number
  dob_contribution?: number
  country_score?: number
  country_weight?: number
  country_weight_normalized?: number
  country_contribution?: number
  document_number_match_type?: 'MATCH' | 'NEUTRAL' | 'HARD_MISMATCH'
  document_number_effect?: string
  total_score?: number
}

export interface PepMatch {
  aliases?: string[]
  education?: string[]
  list_name?: string
  publisher?: string
  source_url?: Text
  description?: string
  matched_name?: string
  pep_position?: string
  date_of_birth?: Text
  other_sources?: string[]
  place_of_birth?: Text
}

export interface WarningMatch {
  list_name?: string
  matched_name?: string
  description?: string
  publisher?: string
  source_url?: Text
  other_sources?: string[]
  countries?: string[] | null
  created_at?: Text
  updated_at?: Text
  additional_data?: { data?: { case_details?: { case_type?: string }[] } } | null
}

export interface SanctionMatch {
  list_name?: string[] | null
  matched_name?: string
  description?: string
  reason?: Text
  source_url?: Text
  other_sources?: string[]
  details?: string[]
  legal_basis?: string[]
  listed_on?: string[] | null
  sanction_list?: string[] | null
  sanction_program?: string[]
  sanctioning_authority?: string[]
  updated_on?: string[]
  additional_data?: object | null
}

export interface AdverseMediaMatch {
  country?: string
  summary?: string
  headline?: string
  sentiment?: string
  thumbnail?: Text
  source_url?: Text
  author_name?: Text
  other_sources?: string[]
  adverse_keywords?: string[]
  sentiment_score?: number
  publication_date?: Text
}
