// What the checks of a business session say: registry, key people, documents.

import type { FeatureStatus, Text } from './decision.ts'
import type { DocumentMetadata } from './person.ts'

/** What a person or company is to the business. */
export type KeyPersonRole =
  | 'director'
  | 'non_executive_director'
  | 'secretary'
  | 'chairman'
  | 'ubo'
  | 'shareholder'
  | 'representative'
  | 'founder'
  | 'legal_advisor'
  | 'authorized_signatory'
  | 'trustee'
  | 'beneficiary'
  | 'settlor'
  | 'protector'
  | 'company_officer'
  | 'investor'
  | 'other'

export type BusinessDocumentGroup =
  | 'LEGAL_PRESENCE'
  | 'COMPANY_DETAILS'
  | 'OWNERSHIP_STRUCTURE'
  | 'REPRESENTATIVES_AUTHORIZATION'
  | 'OTHER'

export interface RegistryCheck {
  status: string
  node_id: string | null
  data_resolved?: boolean
  company?: Company | null
  ownership_structure?: object | null
  warnings?: object[]
}

/** A company as its registry and the applicant describe it. */
export interface Company {
  uuid?: string
  node_id?: Text
  status?: string
  registry_status?: Text
  data_resolved?: boolean
  company_name?: string
  registration_number?: Text
  country_code?: string
  region?: Text
  company_type?: Text
  incorporation_date?: Text
  registered_address?: Text
  tax_number?: Text
  risk_level?: 'LOW' | 'MEDIUM' | 'HIGH' | null
  verification_status?: Text
  is_from_registry?: boolean
  fetch_status?: Text
  alternative_names?: string[]
  nature_of_business?: Text
  registered_capital?: Text
  /** A decimal, as text. */
  registered_capital_amount?: Text
  registered_capital_currency?: Text
  website?: Text
  email?: Text
  phone?: Text
  legal_entity_identifier?: Text
  location_of_registration?: Text
  vat_number?: Text
  vat_validation_status?: 'valid' | 'invalid' | 'could_not_validate' | 'not_applicable'
  vat_validated_name?: Text
  vat_validated_address?: Text
  vat_checked_at?: Text
  financial_summary?: object | null
  officers?: RegistryOfficer[]
  beneficial_owners?: RegistryOwner[]
  addresses?: object[] | null
  industries?: object[] | null
  accounts?: object[] | null
  registry_data?: object
  user_provided_data?: object
  confirmed_by_user_at?: Text
  last_console_edit_at?: Text
  is_editable?: boolean
}

export interface RegistryOfficer {
  uuid?: string
  name?: string
  designation?: Text
  role?: Text
  nationality?: Text
  is_active?: boolean
  kyc_status?: 'Approved' | 'Declined' | 'Pending' | null
  kyc_session_url?: Text
}

export interface RegistryOwner {
  uuid?: string
  name?: string
  first_name?: Text
  last_name?: Text
  entity_type?: 'person' | 'company'
  roles?: string[]
  /** Percentages, as text. */
  ownership_min_shares?: Text
  ownership_max_shares?: Text
  is_active?: boolean
  kyc_status?: 'Approved' | 'Declined' | 'Pending' | null
  kyc_session_url?: Text
  effective_ownership_percent?: number | null
}

/** The workflow that a key person is verified with. */
export interface VerificationWorkflow {
  verification_workflow_type?: Text
  verification_workflow_id?: Text
  verification_workflow_label?: Text
  verification_workflow_features?: { feature?: string; status?: FeatureStatus }[] | null
}

type Clear = 'match' | 'clear'

/** What the session of a key person came to. */
export interface KycSummary {
  aml_status?: FeatureStatus | null
  /** A session status. */
  kyc_status?: Text
  kyc_session_url?: Text
  kyc_session_id?: Text
  didit_internal_id?: Text
  kyc_document_type?: Text
  kyc_nationality?: Text
  kyc_liveness_passed?: boolean | null
  kyc_verified_at?: Text
  kyc_aml_categories?: {
    sanctions?: Clear
    pep?: Clear
    adverse_media?: Clear
    warnings?: Clear
  } | null
  kyc_notification_sent_at?: Text
}

export interface KeyPeopleCheck {
  status: string
  node_id: string | null
  registry?: { officers?: Officer[]; beneficial_owners?: BeneficialOwner[] } | null
  submitted?: { parties?: Party[] } | null
  ubo_kyc_summary?: {
    total?: number
    approved?: number
    flagged?: number
    pending?: number
  } | null
  warnings?: object[]
}

/** An officer as the registry names them. */
export interface Officer extends VerificationWorkflow, KycSummary {
  uuid?: string
  name?: string
  designation?: Text
  role?: KeyPersonRole
  nationality?: Text
  appointment_date?: Text
  termination_date?: Text
  is_active?: boolean
  address?: Text
}

/** An owner as the registry names them. */
export interface BeneficialOwner extends VerificationWorkflow, KycSummary {
  uuid?: string
  name?: string
  first_name?: Text
  last_name?: Text
  date_of_birth?: Text
  country_of_birth?: Text
  email?: Text
  company_name?: Text
  registration_number?: Text
  entity_type?: 'person' | 'company'
  nationality?: Text
  designation?: Text
  roles?: string[]
  ownership_min_shares?: Text
  ownership_max_shares?: Text
  is_active?: boolean
  child_beneficial_owners?: object[]
  effective_ownership_percent?: number | null
}

/** A key person or company that the applicant named. */
export interface Party extends VerificationWorkflow {
  uuid?: string
  entity_type?: 'person' | 'company'
  source?: 'USER'
  name?: string
  first_name?: Text
  last_name?: Text
  company_name?: Text
  registration_number?: Text
  email?: Text
  nationality?: Text
  phone_number?: Text
  date_of_birth?: Text
  position?: Text
  custom_fields?: object
  is_active?: boolean
  is_skipped?: boolean
  requires_verification?: boolean
  roles?: {
    role?: KeyPersonRole
    ownership_percent?: number | null
    voting_percent?: number | null
  }[]
  kyc_session_id?: Text
  kyc_session_status?: Text
  kyc_session_url?: Text
  kyb_sub_session_id?: Text
  kyb_sub_session_status?: Text
  kyb_sub_session_url?: Text
  didit_internal_id?: Text
}

export interface BusinessDocuments {
  status: string
  node_id: string | null
  items?: {
    uuid?: string
    document_type?: BusinessDocumentGroup | null
    document_subtype?: Text
    document_group?: BusinessDocumentGroup | null
    file_url?: Text
    original_filename?: Text
    file_size?: number | null
    status?: FeatureStatus
    created_at?: string
    cross_check_result?: object | null
    document_metadata?: DocumentMetadata | null
    description?: Text
    is_requested?: boolean
    ocr_data?: object | null
    is_console_upload?: boolean
    is_confirmed?: boolean
  }[]
  groups?: Record<string, unknown>
  required_groups?: string[]
  warnings?: object[]
}
