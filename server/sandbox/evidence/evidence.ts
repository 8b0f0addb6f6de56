// What a check has found, by the rules of `GET /v3/session/{id}/decision/`.

import type { Run } from '../flow.ts'
import type { Person } from '../persons.ts'
import type { SandboxSession } from '../session.ts'

/** What the findings of a run are made from. */
export interface Scene {
  session: SandboxSession
  person: Person
  run: Run
  /** Milliseconds since 1970, when it is asked. */
  now: number
  /** The address of a picture or film, for an hour; null for who may not see any. */
  media(name: string): string | null
  /** Where the visitor of another session goes; null for who may not create sessions. */
  link(session: SandboxSession): string | null
}

/** The findings of one run, beside `node_id`, `status` and `warnings`. */
export type Evidence = (scene: Scene) => Record<string, unknown>

export function risks({ run }: Scene): string[] {
  return run.warnings.map(({ risk }) => risk)
}

/** Sessions whose entry on a blocklist was hit. */
export function blocklisted(scene: Scene): (string | null)[] {
  return scene.run.warnings
    .filter(({ risk }) => risk.endsWith('_IN_BLOCKLIST'))
    .map(({ additional_data }) => {
      const { blocklisted_session_id: id } = (additional_data ?? {}) as Record<string, unknown>
      return typeof id === 'string' ? id : null
    })
}
