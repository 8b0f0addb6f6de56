// Blocklists and other lists of an application. In memory.

import type { CheckName } from './checks.ts'
import type { Hit } from './flow.ts'
import type { Person } from './persons.ts'
import type { SandboxSession } from './session.ts'

/** The lists that every application has, and what an entry of each does to the next session. */
const BUILT_IN = {
  face: { feature: 'LIVENESS', risk: 'FACE_IN_BLOCKLIST', name: 'Blocklisted faces' },
  document: { feature: 'OCR', risk: 'ID_DOCUMENT_IN_BLOCKLIST', name: 'Blocklisted documents' },
  phone: {
    feature: 'PHONE_VERIFICATION',
    risk: 'PHONE_NUMBER_IN_BLOCKLIST',
    name: 'Blocklisted phone numbers',
  },
  email: { feature: 'EMAIL_VERIFICATION', risk: 'EMAIL_IN_BLOCKLIST', name: 'Blocklisted e-mails' },
} as const
export type ItemType = keyof typeof BUILT_IN
export const ITEM_TYPES = Object.keys(BUILT_IN) as [ItemType, ...ItemType[]]

/** The checks that bring an item to light. */
const SHOWN_BY: Readonly<Record<ItemType, readonly CheckName[]>> = {
  face: ['LIVENESS', 'FACE_MATCH', 'AGE_ESTIMATION', 'OCR', 'NFC'],
  document: ['OCR', 'NFC'],
  phone: ['PHONE_VERIFICATION'],
  email: ['EMAIL_VERIFICATION'],
}

export interface Entry {
  uuid: string
  value: string
  comment: string | null
  /** The session that the value was taken from, as it was then. */
  from: { session: SandboxSession; person: Person } | null
  createdAt: number
}

export interface List {
  uuid: string
  application: string
  name: string
  /** What its values are: one of {@link ITEM_TYPES}, `user`, or something without effect here. */
  type: string
  kind: 'blocklist' | 'allowlist'
  builtIn: boolean
  entries: Entry[]
  createdAt: number
}

export type Lists = ReturnType<typeof createLists>

export function createLists({ now }: { now(): number }) {
  let lists: List[] = []

  /** Oldest first; the built-in ones are made when an application first looks. */
  function of(application: string): List[] {
    if (!lists.some((each) => each.application === application)) {
      for (const type of ITEM_TYPES) {
        add({ application, name: BUILT_IN[type].name, type, kind: 'blocklist', builtIn: true })
      }
    }
    return lists.filter((each) => each.application === application)
  }

  function add(wanted: Pick<List, 'application' | 'name' | 'type' | 'kind' | 'builtIn'>): List {
    const list = { ...wanted, uuid: crypto.randomUUID(), entries: [], createdAt: now() }
    lists.push(list)
    return list
  }

  function blocking(application: string, type: string, value: string): Entry | undefined {
    return of(application)
      .filter((list) => list.kind === 'blocklist' && list.type === type)
      .flatMap(({ entries }) => entries)
      .find((entry) => entry.value === value)
  }

  return {
    of,

    /** One more, beside the built-in ones. */
    add(wanted: Omit<Parameters<typeof add>[0], 'builtIn'>): List {
      of(wanted.application)
      return add({ ...wanted, builtIn: false })
    },

    find: (application: string, uuid: string) => of(application).find((each) => each.uuid === uuid),

    remove(list: List) {
      lists = lists.filter((each) => each !== list)
    },

    /** The built-in list of a type. */
    builtIn(application: string, type: ItemType): List {
      return of(application).find((each) => each.builtIn && each.type === type) as List
    },

    /** Adds a value; one that is there already stays as it is. */
    put(list: List, entry: Pick<Entry, 'value' | 'comment' | 'from'>): Entry {
      const same = list.entries.find(({ value }) => value === entry.value)
      if (same) return same
      const made = { ...entry, uuid: crypto.randomUUID(), createdAt: now() }
      list.entries.push(made)
      return made
    },

    /** What of a person is on a blocklist of the session's application. */
    hits(session: SandboxSession, person: Person): Hit[] {
      return ITEM_TYPES.flatMap((type) => {
        const value = comparable(type, session, person)
        const entry = value && blocking(session.application, type, value)
        if (!entry) return []
        const { feature, risk } = BUILT_IN[type]
        return [{ feature, risk, session: entry.from?.session.id ?? null }]
      })
    },

    blocksUser: (application: string, vendorData: string) =>
      blocking(application, 'user', vendorData) !== undefined,

    clear() {
      lists = []
    },
  }
}

/**
 * What is compared: equal faces have equal texts here, as they have alike vectors elsewhere. Nothing
 * where the session does not know it: it neither asks for it nor was told it.
 */
export function comparable(
  type: ItemType,
  session: Pick<SandboxSession, 'nodes' | 'runs' | 'contact'>,
  person: Person,
): string | undefined {
  const asked = [...session.nodes, ...session.runs.map(({ node }) => node)]
  const has = (names: readonly CheckName[]) => asked.some(({ feature }) => names.includes(feature))
  const known = type === 'phone' || type === 'email' ? session.contact?.[type] : undefined
  if (!known && !has(SHOWN_BY[type])) return undefined
  return {
    face: person.face,
    document: `${person.issuer} ${person.documentNumber}`,
    phone: person.phone,
    email: person.email,
  }[type]
}
