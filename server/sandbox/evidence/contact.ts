// Phone numbers and e-mail addresses, each with a code that was sent to it.

import { COUNTRIES, country } from '../countries.ts'
import { microseconds } from '../time.ts'
import { blocklisted, type Evidence, type Scene } from './evidence.ts'

/** `phone_verifications`. */
export const phone: Evidence = (scene) => {
  const { person, run } = scene
  const own = Object.values(COUNTRIES).find((each) => person.phone.startsWith(each.phone[0]))
  const state = own ?? country(person.issuer)
  const [prefix] = state.phone
  return {
    phone_number_prefix: prefix,
    phone_number: person.phone.replace(prefix, ''),
    full_number: person.phone,
    country_code: state.alpha2,
    country_name: state.name,
    carrier: { name: 'Sandbox Mobile', type: 'mobile' },
    is_disposable: false,
    is_virtual: false,
    verification_method: 'sms',
    verification_attempts: attempts(scene),
    verified_at: microseconds(run.at),
    lifecycle: lifecycle(scene, 'PHONE', { channel: 'sms', actual_channel: 'sms' }, 0.1),
    matches: matches(scene, 'phone_number', person.phone),
  }
}

/** `email_verifications`. */
export const email: Evidence = (scene) => {
  const { person, run } = scene
  return {
    email: person.email,
    is_breached: false,
    breaches: [],
    is_disposable: false,
    is_undeliverable: false,
    verification_attempts: attempts(scene),
    verified_at: microseconds(run.at),
    lifecycle: lifecycle(scene, 'EMAIL', {}, 0.03),
    matches: matches(scene, 'email', person.email),
  }
}

function attempts({ run }: Scene): number {
  return run.warnings.some(({ risk }) => risk === 'VERIFICATION_CODE_ATTEMPTS_EXCEEDED') ? 3 : 1
}

function lifecycle({ run }: Scene, kind: string, channel: object, fee: number) {
  const right = run.status === 'Approved'
  const timestamp = microseconds(run.at)
  const code = { status: right ? 'Approved' : 'Declined', reason: null, code_tried: '123456' }
  return [
    {
      type: `${kind}_VERIFICATION_MESSAGE_SENT`,
      timestamp,
      details: { status: 'Success', reason: null, ...channel },
      fee,
    },
    {
      type: right ? 'VALID_CODE_ENTERED' : 'INVALID_CODE_ENTERED',
      timestamp,
      details: code,
      fee: 0,
    },
    {
      type: `${kind}_VERIFICATION_${right ? 'APPROVED' : 'DECLINED'}`,
      timestamp,
      details: null,
      fee: 0,
    },
  ]
}

function matches(scene: Scene, field: string, value: string) {
  return blocklisted(scene).map((id) => ({
    session_id: id,
    session_number: id ? scene.session.number - 1 : null,
    vendor_data: null,
    verification_date: null,
    [field]: value,
    status: id ? 'Declined' : null,
    is_blocklisted: true,
    api_service: null,
    source: id ? 'session' : 'list_entry',
  }))
}
