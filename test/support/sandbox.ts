import type { Status } from '../../server/contract.ts'
import type { Delivery } from '../../server/sandbox/webhooks.ts'

/** A row of `GET /_sandbox/sessions`. */
export interface SandboxRow {
  session_id: string
  status: Status
  vendor_data: string | null
  url: string
}

/** The controls of a running sandbox. */
export interface SandboxControls {
  origin: string
  /** Moves a session as Didit would, webhook included. */
  move(id: string, status: Status): Promise<void>
  /** Puts faults in force; an empty object clears all. */
  faults(faults: object): Promise<void>
  session(id: string): Promise<SandboxRow>
  /** Every attempt to deliver a webhook about a session. */
  deliveries(id: string): Promise<Delivery[]>
}

export function controls(origin: string): SandboxControls {
  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${origin}/_sandbox${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
    return response.json() as Promise<T>
  }

  return {
    origin,
    async move(id, status) {
      await call('POST', `/sessions/${id}/status`, { status })
    },
    async faults(faults) {
      await call('PUT', '/faults', faults)
    },
    async session(id) {
      const rows = await call<SandboxRow[]>('GET', '/sessions')
      const row = rows.find(({ session_id }) => session_id === id)
      if (!row) throw new Error(`The sandbox has no session ${id}.`)
      return row
    },
    async deliveries(id) {
      const all = await call<Delivery[]>('GET', '/deliveries')
      return all.filter(({ session_id }) => session_id === id)
    },
  }
}
