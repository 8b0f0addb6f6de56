// What goes wrong, and when.

import type { Random } from './random.ts'

/** Faults of the sandbox, as its controls take them. */
export type SandboxFault = Record<string, unknown>

/** Of Didit's webhooks, one at a time or two together. */
export const WEBHOOKS: Readonly<Record<string, SandboxFault>> = {
  'webhooks dropped': { drop: true },
  'webhooks duplicated': { duplicate: true },
  'webhooks reordered': { reorder: true },
  'webhooks late': { webhooks: true, delayMs: 90_000 },
  'webhooks late, duplicated and reordered': { duplicate: true, reorder: true, delayMs: 20_000 },
}

/** Of Didit's API. */
export const API: Readonly<Record<string, SandboxFault>> = {
  'API 429': { status: 429, retryAfter: 5, rate: 0.4 },
  'API 500': { status: 500, rate: 0.4 },
  'API slow': { delayMs: 15_000, rate: 0.4 },
  'API too slow': { delayMs: 40_000, rate: 0.2 },
  'API down': { status: 503 },
}

/** Of what passes between the processes and those they speak to. */
export const SAID = ['answer lost', 'host refuses', 'host answers too late'] as const
export type Said = (typeof SAID)[number]

/** Of the processes and their database. */
export const MACHINES = [
  'process killed',
  'process stopped',
  'connections broken',
  'database crashed',
] as const
export type Machine = (typeof MACHINES)[number]

/** Every class of faults in a random order, again and again. */
export function* storm(random: Random, classes: readonly string[]): Generator<string, never> {
  for (;;) yield* random.shuffle(classes)
}
