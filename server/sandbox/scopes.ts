// Named keys: what such a key may do, and which sessions there are for it. Didit keeps that in its
// console; here the key says it itself, behind its first semicolon:
//
//   any-key;sessions=write;decisions=read;only=11111111-2222-4333-8444-555555555555

import type { Context } from 'hono'
import { UUID } from './fields.ts'
import type { SandboxSession } from './session.ts'
import type { Workflow } from './workflows.ts'

const RESOURCES = [
  'sessions',
  'decisions',
  'media',
  'persons',
  'businesses',
  'transactions',
  'workflows',
  'webhooks',
  'settings',
  'analytics',
] as const
export type Resource = (typeof RESOURCES)[number]

const LEVELS = ['none', 'read', 'write'] as const
export type Level = (typeof LEVELS)[number]

/** What a route needs of a key. */
export type Need = readonly [resource: Resource, level: 'read' | 'write']

export interface Scope {
  /** Null: everything, as the first key of an application. What is not named is `none`. */
  levels: Readonly<Partial<Record<Resource, Level>>> | null
  /** Only sessions of these workflows. */
  workflows: readonly string[] | null
  /** Only sessions that are approved. */
  approved: boolean
  /** Only from these addresses. */
  addresses: readonly string[] | null
  /** Milliseconds since 1970. */
  until: number
}

export const EVERYTHING: Scope = {
  levels: null,
  workflows: null,
  approved: false,
  addresses: null,
  until: Number.POSITIVE_INFINITY,
}

/** A key without its limits, and them. A part that nobody knows is a `problem`: it could be misspelt. */
export function readKey(text: string): { key: string; scope: Scope; problem?: string } {
  const [key = '', ...parts] = text.split(';')
  if (parts.length === 0) return { key, scope: EVERYTHING }
  const levels: Partial<Record<Resource, Level>> = {}
  const scope = { ...EVERYTHING, levels }
  for (const part of parts.map((each) => each.trim())) {
    const [name = '', value = ''] = part.split(/=(.*)/s)
    const many = value.split('+')
    if (is(RESOURCES, name) && is(LEVELS, value)) levels[name] = value
    else if (name === 'only' && many.every((id) => UUID.test(id)))
      scope.workflows = many.map((id) => id.toLowerCase())
    else if (part === 'approved') scope.approved = true
    else if (name === 'ip' && value) scope.addresses = many
    else if (name === 'until' && !Number.isNaN(Date.parse(value))) scope.until = Date.parse(value)
    else return { key, scope, problem: `The sandbox does not know "${part}" in a key.` }
  }
  return { key, scope }
}

/** Whether a key may do it; who may write may read. */
export function allows({ levels }: Scope, [resource, level]: Need): boolean {
  return levels === null || LEVELS.indexOf(levels[resource] ?? 'none') >= LEVELS.indexOf(level)
}

/** Whether a session exists for a key. */
export function sees(scope: Scope, session: SandboxSession): boolean {
  return knows(scope, session.workflow) && (!scope.approved || session.status === 'Approved')
}

/** Whether a workflow exists for a key. */
export function knows({ workflows }: Scope, { workflowId }: Workflow): boolean {
  return workflows === null || workflows.includes(workflowId)
}

/** Whether a call comes from where the key may be used. */
export function isFrom({ addresses }: Scope, c: Context): boolean {
  const forwarded = c.req.header('x-forwarded-for')?.split(',')[0]?.trim()
  const socket = c.env?.incoming?.socket?.remoteAddress as string | undefined
  return addresses === null || addresses.includes(forwarded ?? socket ?? '')
}

function is<T extends string>(words: readonly T[], word: string): word is T {
  return (words as readonly string[]).includes(word)
}
