// `/v3/blocklist/` of the older API, and `/v3/lists/`, which took its place. Of the latter only the
// paths and a few fields are documented; the rest is the sandbox's own.

import { z } from 'zod'
import { type Call, fieldsOf, idOf, notFound, owns, pageOf, Refusal } from './call.ts'
import { country } from './countries.ts'
import { body, choice, text, uuid } from './fields.ts'
import { comparable, type Entry, ITEM_TYPES, type ItemType, type List } from './lists.ts'
import { DOCUMENT_NAMES, personOf } from './persons.ts'
import type { SandboxSession } from './session.ts'
import { around } from './sessions-api.ts'
import { microseconds } from './time.ts'

const flag = z.boolean('Must be a valid boolean.').default(false)
const blocking = body({
  session_id: uuid,
  blocklist_face: flag,
  blocklist_document: flag,
  blocklist_phone: flag,
  blocklist_email: flag,
})
const freeing = body({
  session_id: uuid,
  unblock_face: flag,
  unblock_document: flag,
  unblock_phone: flag,
  unblock_email: flag,
})

const name = text.min(1, 'This field may not be blank.').max(255)
const listing = body({
  name,
  entry_type: text.min(1, 'This field may not be blank.'),
  list_type: choice(['blocklist', 'allowlist']).default('blocklist'),
})
const entering = body({
  value: text.optional(),
  reference_session_id: uuid.optional(),
  comment: text.nullish(),
})
const upload = body({ image: text.min(1, 'This field may not be blank.'), comment: text.nullish() })

export async function addToBlocklist(call: Call) {
  const wanted = await fieldsOf(call, blocking)
  const { c, state, application } = call
  const from = sessionFor(call, wanted.session_id)
  for (const type of ITEM_TYPES) {
    if (!wanted[`blocklist_${type}`]) continue
    const value = comparable(type, from.session, from.person)
    // Nothing is known to block.
    if (value === undefined) continue
    state.lists.put(state.lists.builtIn(application.id, type), { value, comment: null, from })
  }
  return c.json({ message: 'Successfully updated blocklist.' })
}

export async function removeFromBlocklist(call: Call) {
  const wanted = await fieldsOf(call, freeing)
  const { c, state, application } = call
  const { session, person } = sessionFor(call, wanted.session_id)
  for (const type of ITEM_TYPES) {
    if (!wanted[`unblock_${type}`]) continue
    const list = state.lists.builtIn(application.id, type)
    list.entries = list.entries.filter(({ value }) => value !== comparable(type, session, person))
  }
  return c.json({ message: 'Successfully removed from blocklist.' })
}

export function listBlocklist(call: Call) {
  const { c, state, application } = call
  const type = c.req.query('item_type')
  if (type && !(ITEM_TYPES as string[]).includes(type)) {
    throw new Refusal(400, { item_type: [`"${type}" is not a valid choice.`] })
  }
  const rows = ITEM_TYPES.filter((each) => !type || each === type)
    .flatMap((each) =>
      state.lists.builtIn(application.id, each).entries.map((entry) => ({ each, entry })),
    )
    .sort((a, b) => b.entry.createdAt - a.entry.createdAt)
  const page = pageOf(call, rows, 20)
  return c.json({
    ...page,
    results: page.results.map(({ each, entry }) => item(call, each, entry)),
  })
}

export function listLists(call: Call) {
  const page = pageOf(call, call.state.lists.of(call.application.id))
  return call.c.json({ ...page, results: page.results.map(row) })
}

export async function createList(call: Call) {
  const wanted = await fieldsOf(call, listing)
  const list = call.state.lists.add({
    application: call.application.id,
    name: wanted.name,
    type: wanted.entry_type,
    kind: wanted.list_type,
  })
  return call.c.json(row(list), 201)
}

export function getList(call: Call) {
  return call.c.json(row(listOf(call)))
}

export async function updateList(call: Call) {
  const list = listOf(call)
  const wanted = await fieldsOf(call, body({ name: name.optional() }))
  if (wanted.name) list.name = wanted.name
  return call.c.json(row(list))
}

export function deleteList(call: Call) {
  const list = listOf(call)
  if (list.builtIn) throw new Refusal(400, { detail: 'Built-in lists cannot be deleted.' })
  call.state.lists.remove(list)
  return call.c.body(null, 204)
}

export function listEntries(call: Call) {
  const page = pageOf(call, listOf(call).entries)
  return call.c.json({ ...page, results: page.results.map(entryRow) })
}

export async function createEntry(call: Call) {
  const list = listOf(call)
  const { value, reference_session_id, comment = null } = await fieldsOf(call, entering)
  if (value === undefined && reference_session_id === undefined) {
    throw new Refusal(400, { value: ['Send a value or a reference_session_id.'] })
  }
  const from = reference_session_id ? sessionFor(call, reference_session_id) : null
  const taken =
    from && isItem(list.type) ? comparable(list.type, from.session, from.person) : undefined
  const wanted = { value: value ?? taken ?? from?.session.vendorData ?? '', comment, from }
  return call.c.json(entryRow(call.state.lists.put(list, wanted)), 201)
}

export async function uploadFace(call: Call) {
  const list = listOf(call)
  const { image, comment = null } = await fieldsOf(call, upload)
  // Pictures are compared by nobody here: the entry is there, and meets no session.
  const value = `image ${image.length} ${image.slice(-16)}`
  return call.c.json(entryRow(call.state.lists.put(list, { value, comment, from: null })), 201)
}

export function deleteEntry(call: Call) {
  const list = listOf(call)
  const id = idOf(call, 'entry')
  if (!list.entries.some(({ uuid }) => uuid === id)) throw notFound()
  list.entries = list.entries.filter(({ uuid }) => uuid !== id)
  return call.c.body(null, 204)
}

/** A session and the person in it, even when nothing has been checked yet. */
function sessionFor(call: Call, id: string) {
  const { state } = call
  const session = state.sessions.byId(id)
  if (!session || !owns(call, session)) throw notFound('Session not found.')
  const now = state.now()
  const person = session.person ?? personOf({ ...session, asExpected: true, risk: undefined, now })
  return { session, person }
}

function item({ state, scope }: Call, type: ItemType, { from, createdAt, value }: Entry) {
  const session: SandboxSession | undefined = from?.session
  const person = from?.person
  const is = (wanted: ItemType) => type === wanted
  const { media } = around(state, scope)
  const picture = (name: string) => (session ? media(session, name) : null)
  return {
    type,
    session_id: session?.id ?? null,
    session_number: session?.number ?? null,
    blocklisted_at: microseconds(createdAt),
    face_image: is('face') ? picture('reference.png') : null,
    document_type: is('document') && person ? (DOCUMENT_NAMES[person.document] ?? null) : null,
    document_number: is('document') ? (person?.documentNumber ?? value) : null,
    front_image: is('document') ? picture('front.png') : null,
    phone_number: is('phone') ? value : null,
    country_code: is('phone') && person ? country(person.issuer).alpha2 : null,
    email: is('email') ? value : null,
  }
}

function listOf(call: Call): List {
  const found = call.state.lists.find(call.application.id, idOf(call, 'list'))
  if (!found) throw notFound()
  return found
}

function row({ uuid, name, type, kind, entries, createdAt }: List) {
  return {
    uuid,
    name,
    list_type: kind,
    entry_type: type,
    entries_count: entries.length,
    created_at: microseconds(createdAt),
  }
}

function entryRow({ uuid, value, comment, from, createdAt }: Entry) {
  return {
    uuid,
    value,
    comment,
    reference_session_id: from?.session.id ?? null,
    created_at: microseconds(createdAt),
  }
}

function isItem(type: string): type is ItemType {
  return (ITEM_TYPES as string[]).includes(type)
}
