// What each check of a decision says about a person. AML has its own file.

import type { Check, FeatureStatus, Match, Text, Warning } from './decision.ts'

/** How usable a picture of a document is; scores from 0 to 100. */
export interface ImageQuality {
  focus_score?: number
  brightness_score?: number
  brightness_issue?: 'ok' | 'too_dark' | 'too_bright'
  is_document_fully_visible?: boolean | null
  resolution_score?: number
  overall_score?: number
}

export interface Coordinates {
  latitude?: number
  longitude?: number
}

/** The machine-readable zone of a document. Dates here are `YYMMDD` or as printed. */
export interface Mrz {
  surname?: Text
  name?: Text
  country?: Text
  nationality?: Text
  birth_date?: Text
  expiry_date?: Text
  sex?: Text
  document_type?: Text
  document_number?: Text
  optional_data?: Text
  optional_data_2?: Text
  birth_date_hash?: Text
  expiry_date_hash?: Text
  document_number_hash?: Text
  final_hash?: Text
  personal_number?: Text
  warnings?: string[]
  errors?: string[]
  mrz_type?: Text
  mrz_string?: Text
  mrz_key?: Text
}

/** An address taken apart. */
export interface ParsedAddress {
  address_type?: Text
  street_1?: Text
  street_2?: Text
  city?: Text
  region?: Text
  country?: Text
  postal_code?: Text
  label?: Text
  category?: Text
  is_verified?: boolean
  formatted_address?: Text
  document_location?: Coordinates | null
  raw_results?: {
    types?: string[]
    geometry?: {
      location?: { lat?: number; lng?: number }
      viewport?: {
        northeast?: { lat?: number; lng?: number }
        southwest?: { lat?: number; lng?: number }
      }
      location_type?: string
    }
    place_id?: string
    formatted_address?: string
    navigation_points?: { location?: Coordinates }[]
    address_components?: { types?: string[]; long_name?: string; short_name?: string }[]
  } | null
}

/** What a document says beyond the usual fields; more keys than these by country. */
export interface ExtraFields {
  dl_categories?: string[]
  blood_group?: Text
  first_name_non_latin?: Text
  last_name_non_latin?: Text
  middle_name_non_latin?: Text
  full_name_non_latin?: Text
  address_non_latin?: Text
  place_of_birth_non_latin?: Text
  first_name_latin?: Text
  last_name_latin?: Text
  middle_name_latin?: Text
  full_name_latin?: Text
  address_latin?: Text
  place_of_birth_latin?: Text
  [key: string]: unknown
}

/** What a document says. Fields that were not read are null. */
export interface IdVerification extends Check {
  /** A display name: `Passport`, `Identity Card`, … */
  document_type: Text
  document_subtype: Text
  document_number: Text
  personal_number: Text
  portrait_image: Text
  front_image: Text
  front_video?: Text
  back_image: Text
  back_video?: Text
  full_front_image?: Text
  full_back_image?: Text
  front_image_camera_front?: Text
  back_image_camera_front?: Text
  date_of_birth: Text
  age: number | null
  expiration_date: Text
  date_of_issue: Text
  /** ISO 3166-1 alpha-3. */
  issuing_state: Text
  issuing_state_name: Text
  first_name: Text
  last_name: Text
  full_name: Text
  gender: Text
  address: Text
  formatted_address: Text
  place_of_birth: Text
  marital_status: Text
  nationality: Text
  extra_fields?: ExtraFields | null
  mrz?: Mrz | null
  parsed_address?: ParsedAddress | null
  extra_files?: string[] | null
  front_image_camera_front_face_match_score?: number | null
  back_image_camera_front_face_match_score?: number | null
  front_image_quality_score?: ImageQuality | null
  back_image_quality_score?: ImageQuality | null
  matches: DocumentMatch[]
  /** The last four are newer than the rest of the contract. */
  verification_method?: Text
  assurance?: unknown
  id_lookup?: unknown
  wallet_verification?: unknown
}

export interface DocumentMatch extends Match {
  user_details?: { name?: Text; document_type?: Text; document_number?: Text } | null
  front_image_url?: Text
}

/** What the chip of a document says; only the native apps can read one. */
export interface NfcVerification extends Check {
  portrait_image?: Text
  signature_image?: Text
  chip_data?: {
    document_type?: Text
    issuing_country?: Text
    document_number?: Text
    expiration_date?: Text
    first_name?: Text
    last_name?: Text
    birth_date?: Text
    gender?: Text
    nationality?: Text
    address?: Text
    place_of_birth?: Text
  } | null
  authenticity?: { sod_integrity?: boolean; dg_integrity?: boolean } | null
  certificate_summary?: {
    issuer?: Text
    subject?: Text
    serial_number?: Text
    not_valid_after?: Text
    not_valid_before?: Text
  } | null
  is_nfc_skipped?: boolean | null
  skip_reason?: Text
}

/** Whether a living person stood before the camera. Scores run from 0 to 100. */
export interface LivenessCheck extends Check {
  /** `ACTIVE_3D`, `FLASHING` or `PASSIVE`. */
  method: string
  score: number | null
  reference_image: Text
  video_url: Text
  /** Years. */
  age_estimation: number | null
  matches: FaceSearchMatch[]
  face_quality: number | null
  face_luminance: number | null
}

export interface FaceSearchMatch extends Match {
  similarity_percentage?: number
  user_details?: { full_name?: Text; document_type?: Text; document_number?: Text } | null
  match_image_url?: Text
  is_allowlisted?: boolean
}

/** Whether selfie and document show the same face. */
export interface FaceMatch extends Check {
  score: number | null
  source_image_session_id: Text
  source_image: Text
  target_image: Text
}

/** One attempt to send or to check a code. */
export interface CodeEvent {
  type?: string
  timestamp?: string
  details?: {
    status?: string
    reason?: Text
    channel?: Text
    actual_channel?: Text
    code_tried?: string
  } | null
  fee?: number
}

export interface PhoneVerification extends Check {
  phone_number_prefix?: Text
  phone_number?: Text
  /** E.164. */
  full_number?: Text
  /** ISO 3166-1 alpha-2. */
  country_code?: Text
  country_name?: Text
  carrier?: { name?: Text; type?: Text } | null
  is_disposable?: boolean | null
  is_virtual?: boolean | null
  verification_method?: Text
  verification_attempts?: number
  verified_at?: Text
  lifecycle?: CodeEvent[] | null
  matches?: (Match & { phone_number?: Text })[] | null
}

export interface EmailVerification extends Check {
  email?: Text
  is_breached?: boolean | null
  breaches?:
    | {
        name?: string
        domain?: string
        logo_path?: string
        breach_date?: string
        description?: string
        is_verified?: boolean
        data_classes?: string[]
        breach_emails_count?: number
      }[]
    | null
  is_disposable?: boolean | null
  is_undeliverable?: boolean | null
  verification_attempts?: number
  verified_at?: Text
  lifecycle?: CodeEvent[] | null
  matches?: (Match & { email?: Text })[] | null
}

/** Traces of editing in a document's pages. */
export interface Overlay {
  detected?: boolean
  analyzed?: boolean
  signals?: string[]
  manipulated_regions?: {
    page?: number
    x?: number
    y?: number
    width?: number
    height?: number
    page_width?: number
    page_height?: number
  }[]
}

/** What a file says about itself. */
export interface DocumentMetadata {
  file_size?: number | null
  content_type?: Text
  creation_date?: Text
  modified_date?: Text
  overlay_manipulation?: Overlay | null
  creator?: Text
  producer?: Text
  software?: Text
  encryption?: Text
  is_signed?: boolean | null
  is_tampered?: boolean | null
  signature_info?: object | null
  exif_original_date?: Text
  exif_digitized_date?: Text
  processed_by_known_editor?: boolean | null
  has_different_creation_mod_date?: boolean | null
}

/** A proof of address. */
export interface PoaVerification extends Check {
  document_file?: Text
  issuing_state?: Text
  document_type?: Text
  document_subtype?: Text
  document_language?: Text
  document_metadata?: DocumentMetadata | null
  issuer?: Text
  issue_date?: Text
  expiration_date?: Text
  poa_address?: Text
  poa_formatted_address?: Text
  poa_parsed_address?: ParsedAddress | null
  name_on_document?: Text
  name_match_score_expected_details?: number | null
  name_match_score_id_verification?: number | null
  expected_details_address?: Text
  expected_details_formatted_address?: Text
  expected_details_parsed_address?: object | null
  extra_fields?: {
    bank_account_number?: Text
    bank_iban?: Text
    bank_sort_code?: Text
    bank_routing_number?: Text
    bank_swift_bic?: Text
    bank_branch_name?: Text
    bank_branch_address?: Text
    document_phone_number?: Text
    additional_names?: string[]
  } | null
  extra_files?: string[] | null
  detected_codes?: unknown
}

/** Documents of the application's own kinds, read by its own instructions. */
export interface DocumentAi {
  status: FeatureStatus
  node_id: string | null
  items?: {
    uuid?: string
    node_id?: Text
    document_key?: string
    original_filename?: Text
    file_size?: number | null
    file_url?: Text
    status?: FeatureStatus
    extracted_data?: Record<string, unknown> | null
    fields?: {
      key?: string
      name?: string
      instruction?: string
      type?: 'text' | 'number' | 'date'
      required?: boolean
    }[]
    document_metadata?: object | null
    cross_check_result?: object | null
    created_at?: string
  }[]
  warnings: object[] | null
}

export interface QuestionnaireResponse {
  node_id: string
  status: string
  questionnaire_id?: string
  title?: string
  description?: Text
  languages?: string[]
  default_language?: string
  is_active?: boolean
  is_simple_questionnaire?: boolean
  questionnaire_group_id?: Text
  version?: number | null
  published_at?: Text
  sections?: { title?: Text; description?: Text; items?: QuestionnaireItem[] }[]
  warnings?: Warning[]
}

export interface QuestionnaireItem {
  uuid: string
  value: Text
  element_type: string
  is_required: boolean
  title: string
  description?: Text
  placeholder?: Text
  choices?: { label: string; value: string; requires_text_input?: boolean | null }[] | null
  max_files?: number | null
  answer?: { value?: Text; text?: Text; files?: string[] | null } | null
  required_if?: object | null
  repeatable_config?: object | null
}

/** Where the person was connected from, and with what. */
export interface IpAnalysis extends Check {
  device_brand: Text
  device_model: Text
  browser_family: Text
  os_family: Text
  platform: Text
  device_fingerprint?: Text
  ip_country: Text
  ip_country_code: Text
  ip_state?: Text
  ip_city?: Text
  latitude?: number | null
  longitude?: number | null
  ip_address: Text
  isp?: Text
  organization?: Text
  is_vpn_or_tor: boolean
  is_data_center: boolean
  time_zone?: Text
  time_zone_offset?: Text
  ip?: {
    location?: Coordinates | null
    distance_from_id_document?: number | null
    distance_from_poa_document?: number | null
  } | null
  id_document?: {
    location?: Coordinates | null
    distance_from_ip?: number | null
    distance_from_poa_document?: number | null
  } | null
  poa_document?: {
    location?: Coordinates | null
    distance_from_ip?: number | null
    distance_from_id_document?: number | null
  } | null
  matches: DeviceMatch[]
}

export interface DeviceMatch extends Match {
  match_type?: 'ip_address' | 'device_fingerprint'
  match_source?: 'ip_address' | 'persistent_id' | 'legacy_fp' | 'recovered_high'
  matched_value?: Text
  device_info?: {
    device_brand?: Text
    device_model?: Text
    browser_family?: Text
    os_family?: Text
    platform?: Text
    device_fingerprint?: Text
  } | null
  location_info?: {
    ip_address?: Text
    ip_country?: Text
    ip_country_code?: Text
    ip_state?: Text
    ip_city?: Text
    is_vpn_or_tor?: boolean
    is_data_center?: boolean
  } | null
  confidence?: number
  match_mode?: 'deterministic' | 'probabilistic' | 'co_occurrence'
  recovery_similarity?: number
  tls_ja4_corroborated?: boolean
  recovery_gate_reason?: string
}

/** What a government's or another register says about the same data. */
export interface DatabaseValidation extends Check {
  issuing_state?: Text
  validation_type?: 'one_by_one' | 'two_by_two' | 'not_enabled'
  screened_data?: {
    last_name?: Text
    first_name?: Text
    tax_number?: Text
    personal_number?: Text
    document_number?: Text
    date_of_birth?: Text
    document_type?: Text
    expiration_date?: Text
  } | null
  validations?:
    | {
        service_id?: string
        service_name?: string
        validation?: { full_name?: Text; date_of_birth?: Text; identification_number?: Text } | null
        outcome_code?: Text
        outcome_detail?: Text
        source_data?: Record<string, unknown> | null
      }[]
    | null
  errors?: { service_id?: Text; [key: string]: unknown }[] | null
  match_type?: 'no_match' | 'partial_match' | 'full_match' | null
}
