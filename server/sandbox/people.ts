// The people behind a company, and the sessions that verify them.

import type { FeatureStatus } from '../didit/types.ts'
import { COUNTRIES } from './countries.ts'
import type { NewSession, SandboxSession } from './session.ts'
import type { Workflow } from './workflows.ts'

/** Somebody whom the register or the company names. */
export interface KeyPerson {
  uuid: string
  first: string
  last: string
  born: string
  /** ISO 3166-1 alpha-3. */
  country: string
  /** `director`, or `ubo` with what is theirs. */
  role: 'director' | 'ubo'
  /** Percent. */
  share: number | null
  /** The session that verifies them, once the company has named them. */
  session: SandboxSession | null
}

/** Where a person can no longer do anything. */
const DONE = ['Approved', 'Declined', 'In Review', 'Expired', 'Abandoned', 'Kyc Expired']

/** A director and an owner, of the country in which the company is registered. */
export function peopleOf({ expected }: Pick<NewSession, 'expected'>): KeyPerson[] {
  const [code] = expected?.registry_country?.split('-') ?? []
  const found = Object.entries(COUNTRIES).find(([, { alpha2 }]) => alpha2 === code)
  const [country, { first, last }] = found ?? ['GBR', COUNTRIES.GBR ?? { first: '', last: '' }]
  const common = { last, country, session: null }
  return [
    {
      ...common,
      uuid: crypto.randomUUID(),
      first,
      born: '1972-11-02',
      role: 'director',
      share: null,
    },
    {
      ...common,
      uuid: crypto.randomUUID(),
      first: 'Alex',
      born: '1980-05-04',
      role: 'ubo',
      share: 75,
    },
  ]
}

/** What the session of a key person is made from. */
export function childOf(parent: SandboxSession, person: KeyPerson, workflow: Workflow): NewSession {
  return {
    application: parent.application,
    workflow,
    vendorData: null,
    callback: null,
    callbackMethod: 'initiator',
    metadata: null,
    language: parent.language,
    contact: null,
    expected: {
      first_name: person.first,
      last_name: person.last,
      date_of_birth: person.born,
      id_country: person.country,
    },
    portrait: null,
    scenario: null,
  }
}

/** How it stands with all of them: null while somebody has still something to do. */
export function verdictOf({ people }: SandboxSession): FeatureStatus | null {
  const found = people.flatMap(({ session }) => (session ? [session.status as string] : []))
  if (found.some((status) => !DONE.includes(status))) return null
  if (found.includes('Declined')) return 'Declined'
  return found.every((status) => status === 'Approved') ? 'Approved' : 'In Review'
}
