// Where the person is connected from.

import { country } from '../countries.ts'
import { type Evidence, risks } from './evidence.ts'

/** `ip_analyses`. */
export const network: Evidence = (scene) => {
  const { session, person } = scene
  const { name, alpha2, region, city, latitude, longitude, timeZone } = country(person.issuer)
  const here = { latitude, longitude }
  const anonymous = risks(scene).length > 0
  return {
    device_brand: 'Apple',
    device_model: 'iPhone',
    browser_family: 'Mobile Safari',
    os_family: 'iOS',
    platform: 'mobile',
    device_fingerprint: null,
    ip_country: name,
    ip_country_code: alpha2,
    ip_state: region,
    ip_city: city,
    ...here,
    // Kept for documentation, so that it is nobody's.
    ip_address: session.expected?.ip_address ?? '192.0.2.17',
    isp: null,
    organization: null,
    is_vpn_or_tor: anonymous,
    is_data_center: anonymous,
    time_zone: timeZone[0],
    time_zone_offset: timeZone[1],
    ip: { location: here, distance_from_id_document: 0, distance_from_poa_document: null },
    id_document: { location: here, distance_from_ip: 0, distance_from_poa_document: null },
    poa_document: {
      location: null,
      distance_from_ip: null,
      distance_from_id_document: null,
    },
    matches: [],
  }
}
