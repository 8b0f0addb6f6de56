// Documents, and the chips in some of them.

import { country } from '../countries.ts'
import { ageOf, DOCUMENT_NAMES, type Person } from '../persons.ts'
import { blocklisted, type Evidence, type Scene } from './evidence.ts'

const QUALITY = {
  focus_score: 88.2,
  brightness_score: 91.4,
  brightness_issue: 'ok',
  is_document_fully_visible: true,
  resolution_score: 76.5,
  overall_score: 87.1,
} as const

/** `id_verifications`. */
export const document: Evidence = (scene) => {
  const { person, media, now } = scene
  const state = country(person.issuer)
  return {
    document_type: person.document,
    document_subtype: null,
    document_number: person.documentNumber,
    personal_number: `${person.documentNumber.slice(-8)}R`,
    portrait_image: media('portrait.png'),
    front_image: media('front.png'),
    front_video: media('front.mp4'),
    back_image: media('back.png'),
    back_video: media('back.mp4'),
    full_front_image: media('full-front.png'),
    full_back_image: media('full-back.png'),
    front_image_camera_front: media('front-camera-front.png'),
    back_image_camera_front: media('back-camera-front.png'),
    date_of_birth: person.born,
    age: ageOf(person.born, now),
    expiration_date: person.expires,
    date_of_issue: person.issued,
    issuing_state: person.issuer,
    issuing_state_name: state.name,
    first_name: person.first,
    last_name: person.last,
    full_name: `${person.first} ${person.last}`.trim(),
    gender: person.gender,
    address: `${state.street}, ${state.city}`,
    formatted_address: addressOf(person),
    place_of_birth: state.city,
    marital_status: 'Single',
    nationality: person.nationality,
    extra_fields: extraFields(person),
    mrz: machineReadable(person),
    parsed_address: parsedAddress(person),
    extra_files: [],
    front_image_camera_front_face_match_score: null,
    back_image_camera_front_face_match_score: null,
    front_image_quality_score: QUALITY,
    back_image_quality_score: QUALITY,
    matches: matches(scene),
  }
}

/** `nfc_verifications`. */
export const chip: Evidence = ({ person, media, run }) => {
  const state = country(person.issuer)
  const genuine = run.status === 'Approved'
  return {
    portrait_image: media('chip-portrait.png'),
    signature_image: media('chip-signature.png'),
    chip_data: {
      document_type: DOCUMENT_NAMES[person.document] ?? 'P',
      issuing_country: person.issuer,
      document_number: person.documentNumber,
      expiration_date: person.expires,
      first_name: person.first,
      last_name: person.last,
      birth_date: person.born,
      gender: person.gender,
      nationality: person.nationality,
      address: addressOf(person),
      place_of_birth: state.city,
    },
    authenticity: { sod_integrity: genuine, dg_integrity: genuine },
    certificate_summary: {
      issuer: `Common Name: CSCA Sandbox, Country: ${state.alpha2}`,
      subject: `Common Name: DS Sandbox 1, Country: ${state.alpha2}`,
      serial_number: '271828182845904523536',
      not_valid_after: '2039-12-31T00:00:00Z',
      not_valid_before: '2019-01-01T00:00:00Z',
    },
  }
}

/** One line, as a letter is addressed. */
export function addressOf({ issuer }: Person): string {
  const { street, postal, city, region, name } = country(issuer)
  return `${street}, ${postal} ${city}, ${region}, ${name}`
}

/** Names in the country's own script, where the document has them. */
function extraFields({ issuer, first, last }: Person): Record<string, unknown> {
  const { native, first: sampleFirst, last: sampleLast } = country(issuer)
  const plain = { dl_categories: [], blood_group: null }
  // A name that the session expects is not the sample's, and nobody knows how it is written there.
  if (!native || first !== sampleFirst || last !== sampleLast) return plain
  const [firstNative, lastNative] = native
  return {
    ...plain,
    first_name_non_latin: firstNative,
    last_name_non_latin: lastNative,
    full_name_non_latin: `${lastNative} ${firstNative}`,
    first_name_latin: first,
    last_name_latin: last,
    full_name_latin: `${first} ${last}`,
  }
}

function parsedAddress({ issuer }: Person) {
  const { street, postal, city, region, alpha2, name, latitude, longitude } = country(issuer)
  const formatted_address = `${street}, ${postal} ${city}, ${name}`
  const here = { lat: latitude, lng: longitude }
  const parts: [type: string, long: string, short: string][] = [
    ['route', street, street],
    ['locality', city, city],
    ['country', name, alpha2],
    ['postal_code', postal, postal],
  ]
  return {
    city,
    label: `${name} ID Card Address`,
    region,
    country: alpha2,
    category: 'Residential',
    street_1: street,
    street_2: null,
    is_verified: true,
    postal_code: postal,
    raw_results: {
      types: ['street_address'],
      geometry: {
        location: here,
        viewport: { northeast: here, southwest: here },
        location_type: 'ROOFTOP',
      },
      place_id: `sandbox-${alpha2}`,
      formatted_address,
      navigation_points: [{ location: { latitude, longitude } }],
      address_components: parts.map(([type, long_name, short_name]) => ({
        types: [type],
        long_name,
        short_name,
      })),
    },
    address_type: 'Street',
    document_location: { latitude, longitude },
    formatted_address,
  }
}

/** The two lines of a passport, check digits included. */
function machineReadable(person: Person) {
  const born = person.born.slice(2).replaceAll('-', '')
  const expires = person.expires.slice(2).replaceAll('-', '')
  const number = letters(person.documentNumber).padEnd(9, '<').slice(0, 9)
  const sex = person.gender === 'M' || person.gender === 'F' ? person.gender : '<'
  const [numberHash, birthHash, expiryHash] = [number, born, expires].map(digit)
  const key = `${number}${numberHash}${born}${birthHash}${expires}${expiryHash}`
  const personal = `${'<'.repeat(14)}0`
  const final = digit(`${key}${personal}`)
  const name = `${letters(person.last)}<<${letters(person.first)}`
  const first = `P<${person.issuer}${name}`.padEnd(44, '<').slice(0, 44)
  const second = `${number}${numberHash}${person.nationality.padEnd(3, '<')}${born}${birthHash}${sex}${expires}${expiryHash}${personal}${final}`
  return {
    surname: letters(person.last).replaceAll('<', ' '),
    name: letters(person.first).replaceAll('<', ' '),
    country: person.issuer,
    nationality: person.nationality,
    birth_date: born,
    expiry_date: expires,
    sex: person.gender,
    document_type: 'P',
    document_number: person.documentNumber,
    optional_data: '',
    optional_data_2: '',
    birth_date_hash: birthHash,
    expiry_date_hash: expiryHash,
    document_number_hash: numberHash,
    final_hash: final,
    personal_number: '',
    warnings: [],
    errors: [],
    mrz_type: 'TD3',
    mrz_string: `${first}\n${second}`,
    mrz_key: key,
  }
}

/** Capitals of the Latin alphabet, everything else a filler. */
function letters(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '<')
}

/** ICAO 9303: weights 7, 3, 1; letters count from ten. */
function digit(field: string): string {
  const sum = [...field].reduce((total, character, i) => {
    const value = character === '<' ? 0 : Number.parseInt(character, 36)
    return total + value * ([7, 3, 1][i % 3] ?? 0)
  }, 0)
  return String(sum % 10)
}

function matches(scene: Scene) {
  const { session, person, media, run } = scene
  return blocklisted(scene)
    .filter((id) => id !== null)
    .map((id) => ({
      session_id: id,
      session_number: session.number - 1,
      vendor_data: null,
      verification_date: new Date(run.at).toISOString(),
      user_details: {
        name: `${person.first} ${person.last}`,
        document_type: DOCUMENT_NAMES[person.document] ?? 'P',
        document_number: person.documentNumber,
      },
      status: 'Declined',
      is_blocklisted: true,
      api_service: null,
      front_image_url: media('front.png'),
    }))
}
